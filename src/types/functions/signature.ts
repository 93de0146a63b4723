import type { Type } from "../type.ts";
import type { Missing, Value } from "../value.ts";

/**
 * A built-in function. `f(a, b)` and `a.f(b)` are one call. Arguments that are missing make the call missing, so `run`
 * sees values only, unless `seesMissing`.
 */
export interface Builtin {
  readonly name: string;
  /** Other names of the same function, in full: `math.ceil`. */
  readonly spellings?: readonly string[];
  /** As the reference prints it: `min(number, number, …) → number`. */
  readonly signature: string;
  /** What it yields and when that is missing, for the reference; a phrase without a full stop. */
  readonly doc: string;
  /** Expressions with what they yield, as the reference prints them and its test runs them. */
  readonly examples: readonly Example[];
  readonly arity: readonly [least: number, most: number];
  /** Result for these argument types, or undefined when they do not fit. `error` types always fit. */
  readonly result: (args: readonly Type[]) => Type | undefined;
  readonly run: (...args: readonly Value[]) => Value | Missing;
  /**
   * Other implementations by the kind of the first argument, for types that share a shape at run time (a timestamp and a
   * duration are both numbers there); a call is registered as `name/kind`.
   */
  readonly variants?: Readonly<Partial<Record<Type["kind"], Builtin["run"]>>>;
  /** The kind that chooses the variant, where it is not that of the first argument. */
  readonly variantBy?: (args: readonly Type[]) => Type["kind"] | undefined;
  /** What a text literal must be for the call to make sense: one that can never be read is a mistake of the author. */
  readonly literal?: Literal;
  /** The implementation in place of `run` of a function that asks what is missing. */
  readonly seesMissing?: (value: Value | Missing) => Value | Missing;
}

export type Example = readonly [expression: string, value: string];

export interface Literal {
  /** The argument, counted from 0. */
  readonly at: number;
  /** What it should be: `this is not …`. */
  readonly what: string;
  readonly reads: (text: string) => boolean;
}

export type Head = Pick<Builtin, "name" | "spellings" | "signature" | "doc" | "examples" | "literal">;

/** A list of such elements, as a kind of argument. */
export type Kind = Type["kind"] | `${"string" | "geo"}[]`;

/** Whether every argument has the kind at its place; types that are already reported fit anywhere, enums are text. */
export function fits(args: readonly Type[], ...kinds: readonly Kind[]): boolean {
  return args.length <= kinds.length && args.every((type, i) => isOfKind(type, kinds[i] as Kind));
}

function isOfKind(type: Type, kind: Kind): boolean {
  if (type.kind === "error") return true;
  if (kind.endsWith("[]")) return type.kind === "list" && isOfKind(type.element, kind.slice(0, -2) as Kind);
  if (kind === "number") return type.kind === "number" && type.unit === null;
  return type.kind === kind || (kind === "string" && type.kind === "enum");
}

/** A function from fixed kinds of arguments to one type; the last arguments may be left out down to `least`. */
export function fixed(head: Head, kinds: readonly Kind[], type: Type, run: Builtin["run"], least = kinds.length): Builtin {
  return {
    ...head,
    arity: [least, kinds.length],
    result: (args) => (args.length >= least && fits(args, ...kinds) ? type : undefined),
    run,
  };
}
