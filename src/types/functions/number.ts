import { compareMoney } from "../money.ts";
import { isPoint, sameUnit } from "../unit.ts";
import { BOOL, NUMBER, type Type } from "../type.ts";
import { Missing, type Money, type Value } from "../value.ts";
import { fits, fixed, type Builtin, type Example } from "./signature.ts";

/** More arguments than this to `min` and `max` are a list in disguise. */
const MAX_ARGUMENTS = 16;

/** All arguments numbers of one unit, or all money, durations or timestamps: then their common type. */
export function ordered(args: readonly Type[]): Type | undefined {
  const known = args.find((type) => type.kind !== "error");
  if (known === undefined) return args[0];
  const same = args.every((type) => type.kind === "error" || sameScalar(known, type));
  return same ? known : undefined;
}

function sameScalar(a: Type, b: Type): boolean {
  if (a.kind === "number") return b.kind === "number" && sameUnit(a.unit, b.unit);
  if (a.kind === "money") return b.kind === "money" && (a.currency === null || b.currency === null || a.currency === b.currency);
  return (a.kind === "duration" || a.kind === "timestamp") && a.kind === b.kind;
}

/** Negative, zero or positive as the first of two scalars is less, equal or greater. */
function orderOf(a: Value, b: Value): number | Missing {
  return typeof a === "number" ? a - (b as number) : compareMoney(a as Money, b as Money);
}

/** The least (sign 1) or greatest (sign -1) value; missing of none, and of two currencies. */
function extreme(values: readonly Value[], sign: 1 | -1): Value | Missing {
  const [first] = values;
  if (first === undefined) return EMPTY;
  let best = first;
  for (const each of values) {
    const order = orderOf(each, best);
    if (order instanceof Missing) return order;
    if (order * sign < 0) best = each;
  }
  return best;
}

const EMPTY = new Missing("nothing in the list");

interface Extremum {
  readonly name: "min" | "max";
  readonly sign: 1 | -1;
  readonly word: string;
  readonly spelling: string;
  readonly examples: readonly Example[];
}

function extremum({ name, sign, word, spelling, examples }: Extremum): Builtin {
  return {
    name,
    spellings: [spelling],
    signature: `${name}(a, b, …) → the same type, ${name}(list) → its elements' type`,
    doc: `the ${word} of numbers of one unit, amounts, durations or timestamps; missing for an empty list and for amounts of different currencies`,
    examples,
    arity: [1, MAX_ARGUMENTS],
    result: (args) => {
      const [first] = args;
      return args.length === 1 && first?.kind === "list" ? ordered([first.element]) : ordered(args);
    },
    run: (...args) => extreme(Array.isArray(args[0]) ? (args[0] as readonly Value[]) : args, sign),
  };
}

interface Unary {
  readonly name: string;
  readonly doc: string;
  readonly examples: readonly Example[];
  readonly run: (x: number) => number;
}

/** A function in `math` that keeps the unit of its number. */
function keepsUnit({ name, doc, examples, run }: Unary): Builtin {
  return {
    name,
    spellings: [`math.${name}`],
    signature: `${name}(number) → number of the same unit`,
    doc,
    examples,
    arity: [1, 1],
    result: ([type]) => (type?.kind === "number" ? type : type?.kind === "error" ? NUMBER : undefined),
    run: (x) => run(x as number),
  };
}

/** A function of a plain number that is missing where its result is no finite number. */
function plain({ name, doc, examples, run }: Unary, spellings: readonly string[] = []): Builtin {
  const undefinedThere = new Missing(`\`${name}\` is not defined there`);
  return fixed({ name, spellings, signature: `${name}(number) → number`, doc, examples }, ["number"], NUMBER, (x) => {
    const result = run(x as number);
    return Number.isFinite(result) ? result : undefinedThere;
  });
}

/** What the IEEE standard calls the number; a division by zero, missing here, is seen as what it would give there. */
function question(name: string, doc: string, examples: readonly Example[], ask: (x: number) => boolean): Builtin {
  return {
    name,
    spellings: [`math.${name}`],
    signature: `${name}(number) → bool`,
    doc,
    examples,
    arity: [1, 1],
    result: ([type]) => (type?.kind === "number" || type?.kind === "error" ? BOOL : undefined),
    run: (x) => ask(x as number),
    seesMissing: (x) => {
      if (!(x instanceof Missing)) return ask(x as number);
      return x.quotient === null ? x : ask(Number(x.quotient));
    },
  };
}

function half(x: number): number {
  return Math.sign(x) * Math.round(Math.abs(x));
}

/** More decimal places than this a double does not have. */
const MAX_PLACES = 15;
const NO_PLACES = new Missing("no such number of decimal places");

/**
 * Rounds on the shortest decimal text of the number, so that 1.005 to two places is 1.01 as written and not 1 as the
 * nearest double would have it.
 */
function roundTo(x: number, places: number): number | Missing {
  if (!Number.isInteger(places) || places < 0 || places > MAX_PLACES) return NO_PLACES;
  if (!Number.isFinite(x)) return x;
  const shifted = shift(Math.abs(x), places);
  return Number.isFinite(shifted) ? Math.sign(x) * shift(Math.round(shifted), -places) : x;
}

function shift(x: number, places: number): number {
  const [digits = "", exponent = "0"] = String(x).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

const NO_CLAMP = new Missing("the lower bound is above the upper");

function clamp(x: Value, low: Value, high: Value): Value | Missing {
  const bounds = orderOf(low, high);
  if (bounds instanceof Missing) return bounds;
  if (bounds > 0) return NO_CLAMP;
  const raised = extreme([x, low], -1);
  return raised instanceof Missing ? raised : extreme([raised, high], 1);
}

const POWER = new Missing("`pow` is not defined there");

export const numberFunctions: readonly Builtin[] = [
  extremum({
    name: "min", sign: 1, word: "least", spelling: "math.least",
    examples: [["min(3, 1, 2)", "1"], ["min([5.00 USD, 3.20 USD]) == 3.20 USD", "true"], ["math.least(2, 5)", "2"]],
  }),
  extremum({
    name: "max", sign: -1, word: "greatest", spelling: "math.greatest",
    examples: [["max(3, 1, 2)", "3"], ["max(2h, 90m)", "2h"], ["max([1, 7, 4])", "7"]],
  }),
  {
    name: "clamp",
    signature: "clamp(x, low, high) → the same type",
    doc: "`x`, raised to `low` or lowered to `high`; missing when `low` is above `high`",
    examples: [["clamp(130, 0, 100)", "100"], ["clamp(-1, 0, 100)", "0"], ["clamp(50, 100, 0)", "missing: the lower bound is above the upper"]],
    arity: [3, 3],
    result: ordered,
    run: (x, low, high) => clamp(x, low, high),
  },
  {
    name: "abs",
    spellings: ["math.abs"],
    signature: "abs(number | money | duration) → the same type",
    doc: "the value without its sign",
    examples: [["abs(-11)", "11"], ["abs(-3.20 USD) == 3.20 USD", "true"]],
    arity: [1, 1],
    result: ([type]) =>
      (type?.kind === "number" && !isPoint(type.unit)) || type?.kind === "money" || type?.kind === "duration" || type?.kind === "error"
        ? type
        : undefined,
    run: (x) => (typeof x === "number" ? Math.abs(x) : { ...(x as Money), minor: Math.abs((x as Money).minor) }),
  },
  {
    name: "sign",
    spellings: ["math.sign"],
    signature: "sign(number) → number",
    doc: "-1, 0 or 1",
    examples: [["sign(-11)", "-1"], ["sign(0)", "0"]],
    arity: [1, 1],
    result: ([type]) => (type?.kind === "number" || type?.kind === "error" ? NUMBER : undefined),
    run: (x) => Math.sign(x as number),
  },
  {
    name: "round",
    spellings: ["math.round"],
    signature: "round(number[, places]) → number of the same unit",
    doc: "the nearest whole number, or the nearest with so many decimal places (0 to 15); halves go away from zero",
    examples: [["round(2.5)", "3"], ["round(-2.5)", "-3"], ["round(1.005, 2)", "1.01"]],
    arity: [1, 2],
    result: ([type, places]) => {
      if (places !== undefined && !fits([places], "number")) return undefined;
      return type?.kind === "number" ? type : type?.kind === "error" ? NUMBER : undefined;
    },
    run: (x, places) => (places === undefined ? half(x as number) : roundTo(x as number, places as number)),
  },
  keepsUnit({ name: "floor", doc: "the whole number below", examples: [["floor(-1.2)", "-2"]], run: Math.floor }),
  keepsUnit({ name: "ceil", doc: "the whole number above", examples: [["ceil(1.2)", "2"], ["math.ceil(1.2)", "2"]], run: Math.ceil }),
  keepsUnit({ name: "trunc", doc: "the number without its decimal places", examples: [["trunc(-1.7)", "-1"]], run: Math.trunc }),
  {
    name: "sqrt",
    spellings: ["math.sqrt"],
    signature: "sqrt(number) → number",
    doc: "the square root of a plain number; missing below zero",
    examples: [["sqrt(2.25)", "1.5"], ["sqrt(-1)", "missing: square root of a negative number"]],
    arity: [1, 1],
    result: ([type]) => (type !== undefined && fits([type], "number") ? NUMBER : undefined),
    run: (x) => ((x as number) < 0 ? new Missing("square root of a negative number") : Math.sqrt(x as number)),
  },
  fixed(
    { name: "pow", signature: "pow(base, exponent) → number", doc: "the base to the power of the exponent; missing where there is none, and beyond the largest number", examples: [["pow(2, 10)", "1024"], ["pow(-8, 0.5)", "missing: `pow` is not defined there"]] },
    ["number", "number"],
    NUMBER,
    (base, exponent) => {
      const result = (base as number) ** (exponent as number);
      return Number.isFinite(result) ? result : POWER;
    },
  ),
  plain({ name: "exp", doc: "e to the power of the number; missing beyond the largest number", examples: [["exp(0)", "1"]], run: Math.exp }),
  plain({ name: "ln", doc: "the natural logarithm; missing for 0 and below", examples: [["ln(1)", "0"], ["ln(0)", "missing: `ln` is not defined there"]], run: Math.log }),
  plain({ name: "log10", doc: "the logarithm to base 10; missing for 0 and below", examples: [["log10(1_000)", "3"]], run: Math.log10 }),
  question("isNaN", "whether it is not a number, as 0 / 0 would be", [["isNaN(0 / 0)", "true"], ["isNaN(1 / 0)", "false"], ["isNaN(1)", "false"]], Number.isNaN),
  question("isInf", "whether it is infinite, as 1 / 0 would be", [["isInf(1 / 0)", "true"], ["isInf(1)", "false"]], (x) => Math.abs(x) === Infinity),
  question("isFinite", "whether it is a number and finite; a division by zero is neither", [["isFinite(1 / 3)", "true"], ["isFinite(1 / 0)", "false"]], Number.isFinite),
];
