import type { Comparison, Const, Domain, ExprIr, ListIr } from "../ir/ir.ts";
import type { Money } from "../types/value.ts";
import type { Column, Columns } from "./columns.ts";
import type { Test } from "./tests.ts";

/** A condition as the index sees it. */
export type Condition =
  | { readonly kind: "ask"; readonly column: Column; readonly test: Test }
  | { readonly kind: "all" | "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "fixed"; readonly value: boolean }
  /** What no column tells. */
  | { readonly kind: "rest" };

/** Longer lists are asked as they are: a row for every entry would take more room than it gains time. */
export const LISTED_AT_MOST = 256;

/** Parts of texts that are longer are asked as they are: looking for any of them takes time by the length of the longest. */
export const LONGEST_PART = 32;

/** A text from its last unit of UTF-16 to its first. */
function reversed(text: string): string {
  return text.split("").toReversed().join("");
}

interface Reading {
  readonly columns: Columns;
  readonly lists: readonly ListIr[];
}

const REST: Condition = { kind: "rest" };

/** Reads a condition, or its contrary: with missing in neither, `not` can stand before the parts as well as before the whole. */
export function readCondition(ir: ExprIr, reading: Reading, negated = false): Condition {
  switch (ir.op) {
    case "const":
      return typeof ir.value === "boolean" ? { kind: "fixed", value: ir.value !== negated } : REST;
    case "missing":
      return REST;
    case "not":
      return readCondition(ir.operand, reading, !negated);
    case "and":
    case "or":
      return { kind: (ir.op === "and") === negated ? "any" : "all", parts: ir.operands.map((each) => readCondition(each, reading, negated)) };
    case "between":
      return readCondition({ op: "and", operands: boundsOf(ir) }, reading, negated);
    case "once": {
      const inner = readCondition(ir.value, reading, negated);
      // Many rules share it, and its alternatives would multiply with those of each.
      return inner.kind === "any" ? ask(reading, "truth", ir, { kind: "true" }, negated) : inner;
    }
    default:
      return readTest(ir, reading, negated);
  }
}

function boundsOf({ domain, item, low, high }: Extract<ExprIr, { op: "between" }>): readonly ExprIr[] {
  return [
    { op: "compare", domain, how: ">=", left: item, right: low },
    { op: "compare", domain, how: "<=", left: item, right: high },
  ];
}

function ask({ columns }: Reading, kind: Column["kind"], side: ExprIr, test: Test, negated: boolean): Condition {
  return asked(columns.of(kind, [side]), test, negated);
}

function asked(column: Column, test: Test, negated: boolean): Condition {
  return { kind: "ask", column, test: negated ? { kind: "not", test } : test };
}

function readTest(ir: ExprIr, reading: Reading, negated: boolean): Condition {
  switch (ir.op) {
    case "isMissing":
      return ask(reading, "presence", ir.operand, { kind: "absent" }, negated !== ir.negated);
    case "eq":
      return readEquality(ir, reading, negated) ?? ask(reading, "truth", { ...ir, negated: false }, { kind: "true" }, negated !== ir.negated);
    case "compare":
      return readComparison(ir, reading, negated) ?? ask(reading, "truth", ir, { kind: "true" }, negated);
    case "inList":
      return readMembership(ir.item, reading.lists[ir.list], reading, negated) ?? ask(reading, "truth", ir, { kind: "true" }, negated);
    case "call":
      return readCall(ir, reading, negated) ?? ask(reading, "truth", ir, { kind: "true" }, negated);
    default:
      return ask(reading, "truth", ir, { kind: "true" }, negated);
  }
}

/** A constant and the other side; undefined where there is none, or nothing else. */
function constantBeside(left: ExprIr, right: ExprIr): { readonly side: ExprIr; readonly value: Const; readonly swapped: boolean } | undefined {
  if (right.op === "const" && left.op !== "const") return { side: left, value: right.value, swapped: false };
  if (left.op === "const" && right.op !== "const") return { side: right, value: left.value, swapped: true };
  return undefined;
}

function readEquality({ domain, negated: unequal, left, right }: Extract<ExprIr, { op: "eq" }>, reading: Reading, negated: boolean): Condition | undefined {
  const found = constantBeside(left, right);
  if (found === undefined) return undefined;
  const { side, value } = found;
  const turned = negated !== unequal;
  if (domain === "bool" && typeof value === "boolean") return readCondition(side, reading, turned === value);
  if (domain === "string" && typeof value === "string") return ask(reading, "text", side, { kind: "among", values: [value] }, turned);
  const place = placeOf(domain, side, value, reading);
  return place === undefined ? undefined : asked(place.column, { kind: "among", values: [place.value] }, turned);
}

const SWAPPED: Readonly<Record<Comparison, Comparison>> = { "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function readComparison({ domain, how, left, right }: Extract<ExprIr, { op: "compare" }>, reading: Reading, negated: boolean): Condition | undefined {
  const found = constantBeside(left, right);
  if (found !== undefined) {
    const place = placeOf(domain, found.side, found.value, reading);
    if (place === undefined) return undefined;
    return asked(place.column, { kind: "compare", how: found.swapped ? SWAPPED[how] : how, value: place.value }, negated);
  }
  const scaled = factorOf(right);
  if (scaled !== undefined) return readFactor(domain, how, left, scaled, reading, negated);
  const turned = factorOf(left);
  return turned === undefined ? undefined : readFactor(domain, SWAPPED[how], right, turned, reading, negated);
}

/** The column of a number or an amount, and the number that stands for a constant in it. */
function placeOf(domain: Domain, side: ExprIr, value: Const, { columns }: Reading): { readonly column: Column; readonly value: number } | undefined {
  if (domain === "number" && typeof value === "number" && !Number.isNaN(value)) return { column: columns.of("number", [side]), value };
  if (domain !== "money" || typeof value !== "object" || value === null || !("minor" in value)) return undefined;
  const { minor, currency } = value satisfies Money;
  return currency === "" ? undefined : { column: columns.of("money", [side], currency), value: minor };
}

interface Scaled {
  readonly side: ExprIr;
  readonly factor: number;
}

/** What `b * k` is made of. */
function factorOf(ir: ExprIr): Scaled | undefined {
  if (ir.op === "once") return factorOf(ir.value);
  if (ir.op !== "call" || (ir.name !== "number.multiply" && ir.name !== "money.scale")) return undefined;
  const found = constantBeside(ir.args[0] as ExprIr, ir.args[1] as ExprIr);
  if (found === undefined || typeof found.value !== "number" || !Number.isFinite(found.value)) return undefined;
  return ir.name === "money.scale" && found.swapped ? undefined : { side: found.side, factor: found.value };
}

/** `a < b * k` is what `a >= b * k` is not, and `a <= b * k` what `a > b * k` is not: numbers that are none are asked elsewhere. */
function readFactor(domain: Domain, how: Comparison, side: ExprIr, { side: other, factor }: Scaled, { columns }: Reading, negated: boolean): Condition | undefined {
  if ((domain !== "number" && domain !== "money") || side.op === "const") return undefined;
  const kind = how === ">" || how === "<=" ? "above" : "reaches";
  const column = columns.of(kind, [side, other], domain === "money" ? "*" : null);
  return asked(column, { kind: "factor", value: factor }, negated !== (how === "<" || how === "<="));
}

function readMembership(item: ExprIr, list: ListIr | undefined, reading: Reading, negated: boolean): Condition | undefined {
  if (list === undefined || list.source === "managed") return undefined;
  const { kind } = list.element;
  return kind === "cidr" ? undefined : readAmong(item, list.entries, reading, negated);
}

function readAmong(item: ExprIr, values: readonly Const[], reading: Reading, negated: boolean): Condition | undefined {
  if (item.op === "const" || values.length === 0 || values.length > LISTED_AT_MOST) return undefined;
  const texts = values.filter((value) => typeof value === "string");
  if (texts.length === values.length) return ask(reading, "text", item, { kind: "among", values: texts }, negated);
  const numbers = values.filter((value) => typeof value === "number" && !Number.isNaN(value)) as readonly number[];
  return numbers.length === values.length ? ask(reading, "number", item, { kind: "among", values: numbers }, negated) : undefined;
}

function readCall({ name, args }: Extract<ExprIr, { op: "call" }>, reading: Reading, negated: boolean): Condition | undefined {
  const [first, second] = args;
  if (first === undefined || second === undefined || args.length !== 2) return undefined;
  if (name === "list.has" && first.op === "const" && Array.isArray(first.value)) return readAmong(second, first.value as readonly Const[], reading, negated);
  if (first.op === "const" || second.op !== "const" || typeof second.value !== "string") return undefined;
  const { value } = second;
  if (name === "startsWith") return ask(reading, "prefix", first, { kind: "begins", with: value }, negated);
  if (name === "endsWith") return ask(reading, "suffix", first, { kind: "begins", with: reversed(value) }, negated);
  // That a text does not hold a part is no class of its own.
  if (name === "contains" && !negated && value !== "" && value.length <= LONGEST_PART) return ask(reading, "infix", first, { kind: "among", values: [value] }, false);
  return undefined;
}
