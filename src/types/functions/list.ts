import { addMoney, divideMoney } from "../money.ts";
import { compareValues, keyOf } from "../equality.ts";
import { inSpan } from "../time.ts";
import { NUMBER, type Type } from "../type.ts";
import { isPoint } from "../unit.ts";
import { Missing, type Money, type Value } from "../value.ts";
import type { Builtin, Example } from "./signature.ts";

/* Lists as values: those of an event, those written out, and what `map` and `filter` make. */

const EMPTY = new Missing("nothing in the list");
const NO_MONEY: Money = { minor: 0, currency: "" };

function elementOf([type]: readonly Type[]): Type | undefined {
  return type?.kind === "list" ? type.element : type?.kind === "error" ? type : undefined;
}

function add(values: readonly Value[]): number {
  let sum = 0;
  for (const value of values) sum += value as number;
  return sum;
}

function addAmounts(values: readonly Value[]): Money | Missing {
  let sum: Money | Missing = NO_MONEY;
  for (const value of values) {
    sum = addMoney(sum, value as Money);
    if (sum instanceof Missing) return sum;
  }
  return sum;
}

function averageAmount(values: readonly Value[]): Money | Missing {
  const sum = addAmounts(values);
  if (values.length === 0) return EMPTY;
  return sum instanceof Missing ? sum : divideMoney(sum, values.length);
}

/** What a list of numbers of one unit, amounts or durations comes to. */
function folded(name: string, doc: string, examples: readonly Example[], run: Builtin["run"], variants: NonNullable<Builtin["variants"]>): Builtin {
  return {
    name,
    signature: `${name}(list) → its elements' type`,
    doc,
    examples,
    arity: [1, 1],
    result: (args) => {
      const element = elementOf(args);
      // Nothing is known of the elements of `[]`.
      if (element?.kind === "error") return NUMBER;
      // Temperatures have an average and no sum.
      if (name === "sum" && element?.kind === "number" && isPoint(element.unit)) return undefined;
      return element?.kind === "number" || element?.kind === "money" || element?.kind === "duration" ? element : undefined;
    },
    run,
    variants,
    variantBy: (args) => elementOf(args)?.kind,
  };
}

function distinct(values: readonly Value[]): readonly Value[] {
  const seen = new Map<unknown, Value>();
  for (const value of values) {
    const key = typeof value === "boolean" || value === null ? value : keyOf(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

const SORTED: ReadonlySet<Type["kind"]> = new Set(["number", "string", "enum", "bool", "timestamp", "duration", "error"]);

/** An item by its place from one end. */
function end(name: string, doc: string, examples: readonly Example[], at: 0 | -1): Builtin {
  return { name, signature: `list.${name}() → its elements' type`, doc, examples, arity: [1, 1], result: elementOf, run: (list) => (list as readonly Value[]).at(at) ?? EMPTY };
}

export const listFunctions: readonly Builtin[] = [
  folded(
    "sum",
    "the sum of numbers of one unit, amounts or durations; 0 of none, missing for amounts of different currencies",
    [["sum([1, 2, 3.5])", "6.5"], ["sum([1.10 USD, 2.20 USD]) == 3.30 USD", "true"], ["sum([30s, 90s])", "2m"]],
    (list) => add(list as readonly Value[]),
    { money: (list) => addAmounts(list as readonly Value[]), duration: (list) => inSpan(add(list as readonly Value[])) },
  ),
  folded(
    "average",
    "the sum by how many there are; missing of none",
    [["average([1, 2, 6])", "3"], ["average([])", "missing: nothing in the list"]],
    (list) => ((list as readonly Value[]).length === 0 ? EMPTY : add(list as readonly Value[]) / (list as readonly Value[]).length),
    {
      money: (list) => averageAmount(list as readonly Value[]),
      duration: (list) => ((list as readonly Value[]).length === 0 ? EMPTY : Math.round(add(list as readonly Value[]) / (list as readonly Value[]).length)),
    },
  ),
  {
    name: "distinct",
    signature: "list.distinct() → the same type",
    doc: "the list without repetitions, each at its first place",
    examples: [['["a", "b", "a"].distinct()', '["a","b"]'], ["[1, 2, 1].distinct().size()", "2"]],
    arity: [1, 1],
    result: ([type]) => (type?.kind === "list" || type?.kind === "error" ? type : undefined),
    run: (list) => distinct(list as readonly Value[]),
  },
  {
    name: "sort",
    signature: "list.sort() → the same type",
    doc: "the list from the least to the greatest: numbers, text by code point, times, durations, truth values",
    examples: [["[3, 1, 2].sort()", "[1,2,3]"]],
    arity: [1, 1],
    result: ([type]) => (type?.kind === "list" && SORTED.has(type.element.kind) ? type : type?.kind === "error" ? type : undefined),
    run: (list) => (list as readonly Value[]).toSorted(compareValues),
  },
  end("first", "the first item; missing of none", [["[4, 5].first()", "4"]], 0),
  end("last", "the last item; missing of none", [["[4, 5].last()", "5"], ["[].last()", "missing: nothing in the list"]], -1),
];
