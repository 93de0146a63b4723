import type { BinaryOp } from "../src/syntax/ast.ts";

/**
 * How tightly operators bind, loosest first. `not` stands between `and` and the comparisons, as in Python; `!` and the sign
 * bind tighter than all of these.
 */
export const LEVEL = { or: 1, and: 2, not: 3, compare: 4, add: 5, multiply: 6 } as const;

export interface OperatorInfo {
  /** `..` is no operator of its own: it belongs to the `in` before it. */
  readonly op: BinaryOp | "..";
  readonly level: number;
}

function at(level: number, ops: readonly (readonly [token: string, op: BinaryOp | ".."])[]): [string, OperatorInfo][] {
  return ops.map(([token, op]) => [token, { op, level }]);
}

/** Operators by the name of their token; among them are those of other languages, which are reported where they are read. */
export const OPERATORS: ReadonlyMap<string, OperatorInfo> = new Map([
  ...at(LEVEL.or, [
    ['"or"', "or"],
    ["OrOr", "or"],
    ["Or1", "or"],
  ]),
  ...at(LEVEL.and, [
    ['"and"', "and"],
    ["AndAnd", "and"],
    ["And1", "and"],
  ]),
  ...at(LEVEL.compare, [
    ["EqEq", "=="],
    ["EqEqEq", "=="],
    ["Eq", "=="],
    ["NotEq", "!="],
    ["NotEqEq", "!="],
    ["SqlNotEq", "!="],
    ["NotSign", "!="],
    ["Less", "<"],
    ["LessEq", "<="],
    ["EqLess", "<="],
    ["LessSign", "<="],
    ["Greater", ">"],
    ["GreaterEq", ">="],
    ["EqGreater", ">="],
    ["GreaterSign", ">="],
    ["DotDot", ".."],
  ]),
  ...at(LEVEL.add, [
    ["Plus", "+"],
    ["Minus", "-"],
  ]),
  ...at(LEVEL.multiply, [
    ["Star", "*"],
    ["Slash", "/"],
    ["Percent", "%"],
  ]),
]);

/** Operators that compare by order, which people chain: `1 < x < 5`. */
export const ORDERED: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);
