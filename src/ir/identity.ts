import { createHash } from "node:crypto";
import type { ListInfo } from "../check/checked.ts";
import type { EventSchema } from "../types/schema.ts";
import { printType } from "../types/type.ts";
import type { FeatureIr } from "./ir.ts";

/** Characters of the hash that are kept; 96 bits leave no chance to an accident. */
const LENGTH = 24;

/**
 * Names the meaning of a feature. Equal for definitions that differ in name, layout, order of clauses or spelling, and
 * when the event gains or loses fields that it does not use; different when window, key, filter or value mean another thing.
 */
export function featureIdentity(
  feature: Omit<FeatureIr, "name" | "identity">,
  schema: EventSchema,
  lists: readonly ListInfo[],
): string {
  const keyTypes = feature.keys.map((key) => {
    const field = schema.fields.find((each) => each.name === key);
    return field === undefined ? key : `${key}: ${printType(field.type)}`;
  });
  const scratch = new Map<number, string>();
  const slotName = (slot: number): string => {
    const field = schema.fields[slot];
    // A default stands for absent values, so it is part of what a field means.
    if (field !== undefined) return `${field.name}: ${printType(field.type)} = ${stringify(field.default)}`;
    const name = scratch.get(slot) ?? `#${scratch.size}`;
    scratch.set(slot, name);
    return name;
  };
  const listName = (index: number): string => stringify(lists[index]?.entries ?? []);
  const meaning = {
    source: feature.source,
    keys: keyTypes,
    time: schema.time === null ? null : schema.fields[schema.time]?.name,
    aggregate: feature.aggregate,
    argument: feature.argument,
    over: feature.over,
    delay: feature.delay,
    excludingCurrent: feature.excludingCurrent && feature.delay === 0,
    where: canonical(feature.where, slotName, listName),
    value: canonical(feature.value, slotName, listName),
  };
  return createHash("sha256").update(stringify(meaning)).digest("hex").slice(0, LENGTH);
}

/** The expression with slots and lists replaced by what they stand for. */
function canonical(node: unknown, slotName: (slot: number) => string, listName: (index: number) => string): unknown {
  if (Array.isArray(node)) return node.map((each) => canonical(each, slotName, listName));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === "slot" && typeof value === "number") return [key, slotName(value)];
      if (key === "list" && typeof value === "number") return [key, listName(value)];
      return [key, canonical(value, slotName, listName)];
    }),
  );
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
}
