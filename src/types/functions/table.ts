import type { Missing, Value } from "../value.ts";
import { conversionFunctions } from "./convert.ts";
import { identifierFunctions } from "./identifiers.ts";
import { listFunctions } from "./list.ts";
import { networkFunctions } from "./network.ts";
import { numberFunctions } from "./number.ts";
import { operators } from "./operators.ts";
import { patternFunctions } from "./pattern.ts";
import { placeFunctions } from "./place.ts";
import type { Builtin } from "./signature.ts";
import { similarityFunctions } from "./similar.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

/** All built-in functions that take values, as the reference arranges them. */
export const groups: readonly (readonly [title: string, functions: readonly Builtin[]])[] = [
  ["Numbers", numberFunctions],
  ["Conversions", conversionFunctions],
  ["Text", textFunctions],
  ["Regular expressions", patternFunctions],
  ["How alike texts are", similarityFunctions],
  ["Lists", listFunctions],
  ["Times", timeFunctions],
  ["Places", placeFunctions],
  ["Addresses of networks", networkFunctions],
  ["Mail, telephone, accounts, cards, hashes", identifierFunctions],
];

/** Every built-in function that takes values, by name. `coalesce` and `has` look at missing and are syntax of the checker. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(groups.flatMap(([, functions]) => functions.map((each) => [each.name, each] as const)));

const spelt: ReadonlyMap<string, Builtin> = new Map([...builtins.values()].flatMap((each) => (each.spellings ?? []).map((spelling) => [spelling, each] as const)));

/** The function of a spelling in full, such as `math.ceil`. */
export function bySpelling(spelling: string): Builtin | undefined {
  return spelt.get(spelling);
}

/** The words before the point in such spellings: `math`, `ip`. */
export const spaces: ReadonlySet<string> = new Set([...spelt.keys()].map((spelling) => spelling.slice(0, spelling.indexOf("."))));

/** The names that stand behind the point of a space. */
export function spellings(space: string): readonly string[] {
  return [...spelt.keys()].filter((spelling) => spelling.startsWith(`${space}.`)).map((spelling) => spelling.slice(space.length + 1));
}

/** The implementation behind a name of the IR: a function, `function/kind` for a variant, or an operator. */
export function implementation(name: string): Builtin["run"] | undefined {
  const slash = name.indexOf("/");
  if (slash === -1) return operators[name] ?? builtins.get(name)?.run;
  const kind = name.slice(slash + 1) as keyof NonNullable<Builtin["variants"]>;
  return builtins.get(name.slice(0, slash))?.variants?.[kind];
}

/** The implementation of a function that asks what is missing; undefined for all others. */
export function seesMissing(name: string): ((value: Value | Missing) => Value | Missing) | undefined {
  return builtins.get(name)?.seesMissing;
}
