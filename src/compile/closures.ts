import type { Comparison, Const, Domain, ExprIr } from "../ir/ir.ts";
import { compareMoney } from "../types/money.ts";
import { compareStrings, equalValues } from "../types/equality.ts";
import { implementation, seesMissing } from "../types/functions/table.ts";
import { printValue } from "../types/print.ts";
import type { Converter } from "../types/rates.ts";
import { Missing, type Money, type Value } from "../types/value.ts";
import { isSeen } from "../windows/spec.ts";
import { compileArithmetic, firstMissing } from "./arithmetic.ts";
import { chain } from "./chains.ts";
import { compileLeaf } from "./leaves.ts";
import { macro } from "./macros.ts";
import type { Closure } from "./program.ts";

/** Whether a value is in a list of the program; for managed lists the engine knows. */
export type Membership = Closure extends (frame: infer F, run: infer R) => unknown
  ? (item: Value, frame: F, run: R) => boolean
  : never;

/** What of a program its expressions look things up in, by number. */
export interface Lookups {
  readonly lists: readonly Membership[];
  readonly rates: readonly Converter[];
}

/** Compiles an expression to a closure. Closures never throw: whatever cannot be computed is missing. */
export function compileExpr(ir: ExprIr, lookups: Lookups): Closure {
  const general = compileNode(ir, lookups);
  return compileLeaf(ir, general) ?? general;
}

function compileNode(ir: ExprIr, lookups: Lookups): Closure {
  const compile = (each: ExprIr): Closure => compileExpr(each, lookups);
  switch (ir.op) {
    case "const":
      return constant(ir.value);
    case "missing": {
      const missing = new Missing(ir.cause, ir.quotient);
      return () => missing;
    }
    case "slot":
      return slot(ir.slot);
    case "feature":
      return feature(ir.feature, ir.slot);
    case "once":
      return once(ir.slot, compile(ir.value));
    case "and":
      return chain(ir.operands.map(compile), false);
    case "or":
      return chain(ir.operands.map(compile), true);
    case "not":
      return not(compile(ir.operand));
    case "isMissing":
      return isMissing(compile(ir.operand), ir.negated);
    case "known":
      return known(compile(ir.operand), ir.operand);
    case "cond":
      return cond(compile(ir.condition), compile(ir.whenTrue), compile(ir.whenFalse));
    case "eq":
      return equality(ir.domain, ir.negated, compile(ir.left), compile(ir.right));
    case "compare":
      return comparison(ir.domain, ir.how, compile(ir.left), compile(ir.right));
    case "between":
      return between(ir.domain, compile(ir.item), compile(ir.low), compile(ir.high));
    case "call":
      return compileCall(ir.name, ir.args, compile);
    case "inList":
      return inList(compile(ir.item), lookups.lists[ir.list] ?? (() => false));
    case "convert":
      return conversion(compile(ir.money), ir.currency, ir.time, lookups.rates[ir.rates] as Converter);
    case "macro":
      return macro(ir, compile(ir.over), ir.where === null ? null : compile(ir.where), compile(ir.body));
    case "list":
      return list(ir.items.map(compile));
    case "map":
      return map(ir.entries.map((entry) => [compile(entry.key), compile(entry.value)]));
    case "template":
      return template(ir.parts, compile);
  }
}

function constant(value: Const): Closure {
  const fixed: Value = value;
  return () => fixed;
}

const UNSET = new Missing("not set");

function slot(index: number): Closure {
  return (frame) => frame[index] ?? (frame[index] === null ? null : UNSET);
}

function feature(index: number, at: number): Closure {
  return (frame, run) => {
    const kept = frame[at];
    if (kept !== undefined) return kept;
    return (frame[at] = run.feature(index));
  };
}

function once(at: number, value: Closure): Closure {
  return (frame, run) => {
    const kept = frame[at];
    if (kept !== undefined) return kept;
    return (frame[at] = value(frame, run));
  };
}

function not(operand: Closure): Closure {
  return (frame, run) => {
    const value = operand(frame, run);
    return typeof value === "boolean" ? !value : value;
  };
}

function isMissing(operand: Closure, negated: boolean): Closure {
  return (frame, run) => operand(frame, run) instanceof Missing !== negated;
}

/** In place of a feature that a test or an analysis replaced by a value, that value is known. */
function known(operand: Closure, ir: ExprIr): Closure {
  if (ir.op !== "feature") return (frame, run) => !(operand(frame, run) instanceof Missing);
  return (frame, run) => !(operand(frame, run) instanceof Missing) && isSeen(run.quality(ir.feature));
}

function cond(condition: Closure, whenTrue: Closure, whenFalse: Closure): Closure {
  return (frame, run) => {
    const value = condition(frame, run);
    if (value === true) return whenTrue(frame, run);
    return value === false ? whenFalse(frame, run) : value;
  };
}

function equality(domain: Domain, negated: boolean, left: Closure, right: Closure): Closure {
  if (domain === "money" || domain === "value") return deepEquality(negated, left, right);
  return (frame, run) => {
    const a = left(frame, run);
    if (a instanceof Missing) return a;
    const b = right(frame, run);
    return b instanceof Missing ? b : (a === b) !== negated;
  };
}

function deepEquality(negated: boolean, left: Closure, right: Closure): Closure {
  return (frame, run) => {
    const a = left(frame, run);
    if (a instanceof Missing) return a;
    const b = right(frame, run);
    if (b instanceof Missing) return b;
    const equal = equalValues(a, b);
    return equal instanceof Missing ? equal : equal !== negated;
  };
}

function comparison(domain: Domain, how: Comparison, left: Closure, right: Closure): Closure {
  return domain === "number" ? numberComparison(how, left, right) : orderComparison(order(domain), how, left, right);
}

/** One closure literal per operator, so that each stays monomorphic in what it compares. */
function numberComparison(how: Comparison, left: Closure, right: Closure): Closure {
  switch (how) {
    case "<":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a < b : firstMissing(a, b);
      };
    case "<=":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a <= b : firstMissing(a, b);
      };
    case ">":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a > b : firstMissing(a, b);
      };
    case ">=":
      return (frame, run) => {
        const a = left(frame, run);
        const b = right(frame, run);
        return typeof a === "number" && typeof b === "number" ? a >= b : firstMissing(a, b);
      };
  }
}

type Order = (a: Value, b: Value) => number | Missing;

const numberOrder: Order = (a, b) => (a === b ? 0 : (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : Number.NaN);
const stringOrder: Order = (a, b) => compareStrings(a as string, b as string);
const boolOrder: Order = (a, b) => Number(a) - Number(b);
const moneyOrder: Order = (a, b) => compareMoney(a as Money, b as Money);

const NO_ORDER = new Missing("values without an order");

/** For values whose type nothing told. */
const valueOrder: Order = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return numberOrder(a, b);
  if (typeof a === "string" && typeof b === "string") return stringOrder(a, b);
  return typeof a === "boolean" && typeof b === "boolean" ? boolOrder(a, b) : NO_ORDER;
};

function order(domain: Domain): Order {
  switch (domain) {
    case "number":
      return numberOrder;
    case "string":
      return stringOrder;
    case "bool":
      return boolOrder;
    case "money":
      return moneyOrder;
    case "value":
      return valueOrder;
  }
}

/** Whether a comparison is true of two values of which the first has this sign against the second: below 0 when it is less. */
export function holds(how: Comparison, sign: number): boolean {
  switch (how) {
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    case ">=":
      return sign >= 0;
  }
}

function orderComparison(compare: Order, how: Comparison, left: Closure, right: Closure): Closure {
  return (frame, run) => {
    const a = left(frame, run);
    if (a instanceof Missing) return a;
    const b = right(frame, run);
    if (b instanceof Missing) return b;
    const sign = compare(a, b);
    return sign instanceof Missing ? sign : holds(how, sign);
  };
}

/** Both bounds must hold, with the three-valued meaning of `low <= item and item <= high`. */
function between(domain: Domain, item: Closure, low: Closure, high: Closure): Closure {
  const compare = order(domain);
  const bound = (value: Value | Missing, end: Value | Missing, least: boolean): boolean | Missing => {
    if (value instanceof Missing) return value;
    if (end instanceof Missing) return end;
    const sign = compare(value, end);
    return sign instanceof Missing ? sign : least ? sign >= 0 : sign <= 0;
  };
  return (frame, run) => {
    const value = item(frame, run);
    const above = bound(value, low(frame, run), true);
    const below = bound(value, high(frame, run), false);
    if (above === false || below === false) return false;
    return above instanceof Missing ? above : below;
  };
}

function compileCall(name: string, args: readonly ExprIr[], compile: (ir: ExprIr) => Closure): Closure {
  const held = args[0];
  if (name === "list.has" && held?.op === "const" && Array.isArray(held.value)) {
    const set = constantSet(held.value as readonly Value[]);
    if (set !== undefined) return inList(compile(args[1] as ExprIr), (item) => set.has(item));
  }
  const closures = args.map(compile);
  const [first, second] = closures;
  if (first !== undefined && second !== undefined && closures.length === 2) {
    const fast = compileArithmetic(name, first, second);
    if (fast !== undefined) return fast;
  }
  const asks = seesMissing(name);
  if (asks !== undefined && first !== undefined) return (frame, run) => asks(first(frame, run));
  const run = implementation(name);
  if (run === undefined) throw new Error(`there is no operation \`${name}\``);
  return invoke(run, closures);
}

/** A set of constants whose JavaScript identity is their equality; undefined when some are composite. */
function constantSet(values: readonly Value[]): ReadonlySet<Value> | undefined {
  return values.every((value) => typeof value !== "object" || value === null) ? new Set(values) : undefined;
}

function invoke(implementation: (...args: readonly Value[]) => Value | Missing, args: readonly Closure[]): Closure {
  const [first, second] = args;
  if (first !== undefined && args.length === 1) {
    return (frame, run) => {
      const a = first(frame, run);
      return a instanceof Missing ? a : implementation(a);
    };
  }
  if (first !== undefined && second !== undefined && args.length === 2) {
    return (frame, run) => {
      const a = first(frame, run);
      if (a instanceof Missing) return a;
      const b = second(frame, run);
      return b instanceof Missing ? b : implementation(a, b);
    };
  }
  return (frame, run) => {
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(frame, run);
      if (value instanceof Missing) return value;
      values.push(value);
    }
    return implementation(...values);
  };
}

function inList(item: Closure, has: Membership): Closure {
  return (frame, run) => {
    const value = item(frame, run);
    return value instanceof Missing ? value : has(value, frame, run);
  };
}

function conversion(money: Closure, currency: string, time: number | null, convert: Converter): Closure {
  return (frame, run) => {
    const amount = money(frame, run);
    return amount instanceof Missing ? amount : convert(amount as Money, currency, time === null ? null : (frame[time] as number));
  };
}

function list(items: readonly Closure[]): Closure {
  return (frame, run) => {
    const values: Value[] = [];
    for (const item of items) {
      const value = item(frame, run);
      if (value instanceof Missing) return value;
      values.push(value);
    }
    return values;
  };
}

const NO_KEY = new Missing("the key of a map is text, a whole number or true/false");
const SAME_KEY = new Missing("a key is given twice");

function map(entries: readonly (readonly [Closure, Closure])[]): Closure {
  return (frame, run) => {
    const values = new Map<string | number | boolean, Value>();
    for (const [keyOfEntry, valueOfEntry] of entries) {
      const key = keyOfEntry(frame, run);
      if (key instanceof Missing) return key;
      const value = valueOfEntry(frame, run);
      if (value instanceof Missing) return value;
      if (typeof key === "number" && !Number.isInteger(key)) return NO_KEY;
      if (values.has(key as string)) return SAME_KEY;
      values.set(key as string | number | boolean, value);
    }
    return values;
  };
}

type TemplateIr = Extract<ExprIr, { op: "template" }>;

/** A hole whose value is missing prints as the word, so that a reason never hides that it is incomplete. */
function template(parts: TemplateIr["parts"], compile: (ir: ExprIr) => Closure): Closure {
  const compiled = parts.map((part) =>
    typeof part === "string" ? part : { value: compile(part.value), type: part.type },
  );
  return (frame, run) => {
    let text = "";
    for (const part of compiled) {
      if (typeof part === "string") text += part;
      else {
        const value = part.value(frame, run);
        text += value instanceof Missing ? "missing" : printValue(value, part.type);
      }
    }
    return text;
  };
}

