import type { Builtin } from "./signature.ts";

/** What is written like a call and is none: its arguments are looked at before they are values. */
export type Form = Pick<Builtin, "name" | "signature" | "doc" | "examples">;

/** The macros of CEL, and what asks for what is missing. */
export const forms: readonly Form[] = [
  {
    name: "exists",
    signature: "list.exists(x, condition) → bool",
    doc: "whether the condition holds for one item of a list or key of a map; one true decides, whatever is missing for others",
    examples: [["[1, 2, 3].exists(e, e == 2)", "true"], ["[0, 1].exists(e, 1 / e == 1)", "true"], ["[0, 2].exists(e, 1 / e == 1)", "missing: division by zero"]],
  },
  {
    name: "all",
    signature: "list.all(x, condition) → bool",
    doc: "whether the condition holds for all items of a list or keys of a map; one false decides, whatever is missing for others",
    examples: [["[1, 2, 3].all(e, e > 0)", "true"], ["[1, 2, 3].all(e, 6 / (2 - e) == 6)", "false"], ["[].all(e, e > 0)", "true"]],
  },
  {
    name: "exists_one",
    signature: "list.exists_one(x, condition) → bool",
    doc: "whether the condition holds for exactly one item of a list or key of a map; missing as soon as one answer is",
    examples: [["[0, 1, 2].exists_one(n, n % 2 == 1)", "true"], ["[1, 0].exists_one(n, 1 / n == 1)", "missing: division by zero"]],
  },
  {
    name: "filter",
    signature: "list.filter(x, condition) → list",
    doc: "the items of a list or keys of a map for which the condition holds; missing as soon as one answer is",
    examples: [['["ab", "c"].filter(s, s.size() > 1)', '["ab"]'], ['{"a": 1, "b": 2}.filter(k, k != "a")', '["b"]']],
  },
  {
    name: "map",
    signature: "list.map(x, value) → list, list.map(x, condition, value) → list",
    doc: "the value for every item of a list or key of a map, or for those that meet the condition; missing as soon as one is",
    examples: [["[1, 2, 3].map(n, n * 10)", "[10,20,30]"], ["[1, 2, 3].map(n, n > 1, n * 10)", "[20,30]"]],
  },
  { name: "coalesce", signature: "coalesce(a, b, …) → their type", doc: "the first that is not missing; missing when all are", examples: [["coalesce(1 / 0, 7)", "7"], ["coalesce(1 / 0, 0 / 0)", "missing: division by zero"]] },
  {
    name: "convert",
    signature: "convert(money, CURRENCY[, rates]) → money[CURRENCY]",
    doc: "the amount in another currency, by the rates that the folder declares or those that are named; whole minor units, halves to the even one; missing where no edition of that time leads there, a mistake where no rates are declared at all",
    examples: [["convert(10.00 EUR, USD)", "error RSK0453"]],
  },
  {
    name: "known",
    signature: "known(feature) → bool",
    doc: "whether the feature has a value and all of its window was seen: since before it began, with nothing evicted and no event later than its `lateness`; always true or false. A value that is approximate is known",
    examples: [["known(1 + 1)", "error RSK0220"]],
  },
  { name: "has", signature: "has(x) → bool", doc: "whether `x` is present; `x is present` says the same", examples: [["has(1 / 0)", "false"], ['has({"a": 1}.a)', "true"]] },
];
