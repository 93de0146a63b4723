import type { Type } from "../type.ts";
import type { Missing, Value } from "../value.ts";

/**
 * A built-in function. `f(a, b)` and `a.f(b)` are one call. Arguments that are missing make the call missing, so `run`
 * sees values only.
 */
export interface Builtin {
  readonly name: string;
  /** As the reference prints it: `min(number, number, …) → number`. */
  readonly signature: string;
  /** One sentence for the reference. */
  readonly doc: string;
  readonly arity: readonly [least: number, most: number];
  /** Result for these argument types, or undefined when they do not fit. `error` types always fit. */
  readonly result: (args: readonly Type[]) => Type | undefined;
  readonly run: (...args: readonly Value[]) => Value | Missing;
  /**
   * Other implementations by the kind of the first argument, for types that share a shape at run time (a timestamp and a
   * duration are both numbers there); a call is registered as `name/kind`.
   */
  readonly variants?: Readonly<Partial<Record<Type["kind"], Builtin["run"]>>>;
}

/** Whether every argument has the kind at its place; types that are already reported fit anywhere. */
export function fits(args: readonly Type[], ...kinds: readonly Type["kind"][]): boolean {
  return args.length === kinds.length && args.every((type, i) => type.kind === kinds[i] || type.kind === "error");
}

/** A function from fixed kinds of arguments to one type. */
export function fixed(
  head: Pick<Builtin, "name" | "signature" | "doc">,
  kinds: readonly Type["kind"][],
  type: Type,
  run: Builtin["run"],
): Builtin {
  return {
    ...head,
    arity: [kinds.length, kinds.length],
    result: (args) => (fits(args, ...kinds) ? type : undefined),
    run,
  };
}
