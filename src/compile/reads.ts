import { childrenOf } from "../ir/children.ts";
import type { EventIr, ExprIr, FeatureIr } from "../ir/ir.ts";

/**
 * By event type the slots of the fields that windows record: keys, filters and values of the features that it feeds. An
 * event type that feeds none is not in it.
 */
export function windowReads(events: readonly Pick<EventIr, "schema">[], features: readonly Pick<FeatureIr, "source" | "keys" | "where" | "value">[]): ReadonlyMap<string, readonly number[]> {
  const reads = new Map<string, readonly number[]>();
  for (const { schema } of events) {
    const fed = features.filter((feature) => feature.source === schema.name);
    if (fed.length === 0) continue;
    const slots = new Set(fed.flatMap(({ keys }) => keys.map((key) => schema.fields.findIndex((field) => field.name === key))));
    const met = new Set<number>();
    for (const { where, value } of fed) for (const expr of [where, value]) if (expr !== null) collect(expr, slots, met);
    reads.set(schema.name, Object.freeze([...slots].filter((slot) => slot >= 0 && slot < schema.fields.length).toSorted((a, b) => a - b)));
  }
  return reads;
}

/** @param met slots of values that were gone into: what many names share is walked over once */
function collect(expr: ExprIr, slots: Set<number>, met: Set<number>): void {
  const pending = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.op === "once") {
      if (met.has(next.slot)) continue;
      met.add(next.slot);
    }
    if (next.op === "slot") slots.add(next.slot);
    if (next.op === "convert" && next.time !== null) slots.add(next.time);
    pending.push(...childrenOf(next));
  }
}
