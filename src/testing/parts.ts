import { childrenOf } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";

/** An expression and all inside of it. */
export function partsOf(ir: ExprIr): readonly ExprIr[] {
  const found: ExprIr[] = [];
  const pending = [ir];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    pending.push(...childrenOf(next));
  }
  return found;
}

/** The expression with some parts replaced; what holds no such part stays the same object. */
export function replaceParts(ir: ExprIr, swap: (part: ExprIr) => ExprIr | undefined): ExprIr {
  const swapped = swap(ir);
  if (swapped !== undefined) return swapped;
  let changed = false;
  const go = (part: ExprIr): ExprIr => {
    const next = replaceParts(part, swap);
    if (next !== part) changed = true;
    return next;
  };
  const copy = rebuild(ir, go);
  return changed ? copy : ir;
}

function rebuild(ir: ExprIr, go: (part: ExprIr) => ExprIr): ExprIr {
  switch (ir.op) {
    case "once":
      return { ...ir, value: go(ir.value) };
    case "and":
    case "or":
      return { ...ir, operands: ir.operands.map(go) };
    case "not":
    case "isMissing":
    case "known":
      return { ...ir, operand: go(ir.operand) };
    case "cond":
      return { ...ir, condition: go(ir.condition), whenTrue: go(ir.whenTrue), whenFalse: go(ir.whenFalse) };
    case "eq":
    case "compare":
      return { ...ir, left: go(ir.left), right: go(ir.right) };
    case "between":
      return { ...ir, item: go(ir.item), low: go(ir.low), high: go(ir.high) };
    case "call":
      return { ...ir, args: ir.args.map(go) };
    case "inList":
      return { ...ir, item: go(ir.item) };
    case "convert":
      return { ...ir, money: go(ir.money) };
    case "list":
      return { ...ir, items: ir.items.map(go) };
    case "map":
      return { ...ir, entries: ir.entries.map(({ key, value }) => ({ key: go(key), value: go(value) })) };
    case "template":
      return { ...ir, parts: ir.parts.map((part) => (typeof part === "string" ? part : { ...part, value: go(part.value) })) };
    case "macro":
      return { ...ir, over: go(ir.over), where: ir.where === null ? null : go(ir.where), body: go(ir.body) };
    default:
      return ir;
  }
}
