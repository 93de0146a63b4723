import type { ExprIr } from "./ir.ts";

/** The expressions directly inside of an expression. */
export function childrenOf(ir: ExprIr): readonly ExprIr[] {
  switch (ir.op) {
    case "once":
      return [ir.value];
    case "and":
    case "or":
      return ir.operands;
    case "not":
    case "isMissing":
    case "known":
      return [ir.operand];
    case "cond":
      return [ir.condition, ir.whenTrue, ir.whenFalse];
    case "eq":
    case "compare":
      return [ir.left, ir.right];
    case "between":
      return [ir.item, ir.low, ir.high];
    case "call":
      return ir.args;
    case "inList":
      return [ir.item];
    case "convert":
      return [ir.money];
    case "macro":
      return [ir.over, ...(ir.where === null ? [] : [ir.where]), ir.body];
    case "list":
      return ir.items;
    case "map":
      return ir.entries.flatMap(({ key, value }) => [key, value]);
    case "template":
      return ir.parts.flatMap((part) => (typeof part === "string" ? [] : [part.value]));
    default:
      return [];
  }
}

/** Those that have one value: of a macro what it goes over, since its condition and body have one for every element. */
export function valuesIn(ir: ExprIr): readonly ExprIr[] {
  return ir.op === "macro" ? [ir.over] : childrenOf(ir);
}

/**
 * An expression and all inside of it that has one value, each before its parts. A value that is kept in a slot is gone into where it stands
 * first: what many names share would otherwise be walked over and over.
 */
export function* preorder(root: ExprIr): Generator<ExprIr, void> {
  const met = new Set<number>();
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    if (next.op === "once" && met.has(next.slot)) continue;
    if (next.op === "once") met.add(next.slot);
    pending.push(...valuesIn(next).toReversed());
  }
}
