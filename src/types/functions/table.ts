import type { Builtin } from "./signature.ts";
import { numberFunctions } from "./number.ts";
import { operators } from "./operators.ts";
import { placeFunctions } from "./place.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";

/** Every built-in function that takes values, by name. `coalesce` and `has` look at missing and are syntax of the checker. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  [...numberFunctions, ...textFunctions, ...placeFunctions, ...timeFunctions].map((each) => [each.name, each]),
);

/** The implementation behind a name of the IR: a function, `function/kind` for a variant, or an operator. */
export function implementation(name: string): Builtin["run"] | undefined {
  const slash = name.indexOf("/");
  if (slash === -1) return operators[name] ?? builtins.get(name)?.run;
  const kind = name.slice(slash + 1) as keyof NonNullable<Builtin["variants"]>;
  return builtins.get(name.slice(0, slash))?.variants?.[kind];
}
