import { compareMoney } from "../money.ts";
import { isPoint, sameUnit } from "../unit.ts";
import { NUMBER, type Type } from "../type.ts";
import { Missing, type Money, type Value } from "../value.ts";
import type { Builtin } from "./signature.ts";

/** More arguments than this to `min` and `max` are a list in disguise. */
const MAX_ARGUMENTS = 16;

/** All arguments numbers of one unit, or all money, durations or timestamps: then their common type. */
function ordered(args: readonly Type[]): Type | undefined {
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

/** The least (sign 1) or greatest (sign -1) argument. */
function extreme(args: readonly Value[], sign: 1 | -1): Value | Missing {
  let best = args[0] as Value;
  for (const each of args) {
    const order = typeof each === "number" ? each - (best as number) : compareMoney(each as Money, best as Money);
    if (order instanceof Missing) return order;
    if (order * sign < 0) best = each;
  }
  return best;
}

function extremum(name: "min" | "max", sign: 1 | -1, word: string): Builtin {
  return {
    name,
    signature: `${name}(a, b, …) → the same type`,
    doc: `the ${word} of numbers of one unit, amounts, durations or timestamps`,
    arity: [1, MAX_ARGUMENTS],
    result: ordered,
    run: (...args) => extreme(args, sign),
  };
}

function keepsUnit(name: string, doc: string, run: (x: number) => number): Builtin {
  return {
    name,
    signature: `${name}(number) → number of the same unit`,
    doc,
    arity: [1, 1],
    result: ([type]) => (type?.kind === "number" || type?.kind === "error" ? (type.kind === "error" ? NUMBER : type) : undefined),
    run: (x) => run(x as number),
  };
}

export const numberFunctions: readonly Builtin[] = [
  extremum("min", 1, "least"),
  extremum("max", -1, "greatest"),
  {
    name: "abs",
    signature: "abs(number | money | duration) → the same type",
    doc: "the value without its sign",
    arity: [1, 1],
    result: ([type]) =>
      (type?.kind === "number" && !isPoint(type.unit)) || type?.kind === "money" || type?.kind === "duration" || type?.kind === "error"
        ? type
        : undefined,
    run: (x) => (typeof x === "number" ? Math.abs(x) : { ...(x as Money), minor: Math.abs((x as Money).minor) }),
  },
  keepsUnit("round", "the nearest whole number, halves away from zero", (x) => Math.sign(x) * Math.round(Math.abs(x))),
  keepsUnit("floor", "the whole number below", Math.floor),
  keepsUnit("ceil", "the whole number above", Math.ceil),
  {
    name: "sqrt",
    signature: "sqrt(number) → number",
    doc: "the square root of a plain number; missing below zero",
    arity: [1, 1],
    result: ([type]) => (type?.kind === "error" || (type?.kind === "number" && type.unit === null) ? NUMBER : undefined),
    run: (x) => ((x as number) < 0 ? new Missing("square root of a negative number") : Math.sqrt(x as number)),
  },
];
