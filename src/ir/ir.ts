import type { Aggregate } from "../windows/spec.ts";
import type { Edition } from "../types/rates.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import type { Cidr, Ip, Money } from "../types/value.ts";

/*
 * The program after checking: typed, names replaced by slots, constants folded, functions inlined. Plain data without
 * cycles, classes or functions, so that a worker can build it and post it in parts.
 */

/** Values that can stand in the IR: what literals and folding yield. */
export type Const = number | string | boolean | null | Money | Ip | Cidr | readonly Const[];

/** The scalar families that operators are specialised by. */
export type Domain = "number" | "string" | "bool" | "money" | "value";

export type Comparison = "<" | "<=" | ">" | ">=";

export type ExprIr =
  | { readonly op: "const"; readonly value: Const }
  | { readonly op: "missing"; readonly cause: string }
  /** A field of the event. */
  | { readonly op: "slot"; readonly slot: number }
  /** A feature, read from its window at first use and kept in `slot`. */
  | { readonly op: "feature"; readonly feature: number; readonly slot: number }
  /** A `let` or a function argument: computed at first use and kept in `slot`. */
  | { readonly op: "once"; readonly slot: number; readonly value: ExprIr }
  /** Flat, so that a long chain does not nest. */
  | { readonly op: "and" | "or"; readonly operands: readonly ExprIr[] }
  | { readonly op: "not"; readonly operand: ExprIr }
  | { readonly op: "isMissing"; readonly operand: ExprIr; readonly negated: boolean }
  | { readonly op: "cond"; readonly condition: ExprIr; readonly whenTrue: ExprIr; readonly whenFalse: ExprIr }
  | { readonly op: "eq"; readonly domain: Domain; readonly negated: boolean; readonly left: ExprIr; readonly right: ExprIr }
  | { readonly op: "compare"; readonly domain: Domain; readonly how: Comparison; readonly left: ExprIr; readonly right: ExprIr }
  /** `low <= item <= high` */
  | { readonly op: "between"; readonly domain: Domain; readonly item: ExprIr; readonly low: ExprIr; readonly high: ExprIr }
  /** A built-in function or operator by its registered name. */
  | { readonly op: "call"; readonly name: string; readonly args: readonly ExprIr[] }
  /** Membership in a named list of the program. */
  | { readonly op: "inList"; readonly list: number; readonly item: ExprIr }
  /** An amount in another currency by rates of the program, at the time in slot `time` or, without one, by the newest edition. */
  | { readonly op: "convert"; readonly rates: number; readonly currency: string; readonly time: number | null; readonly money: ExprIr }
  | { readonly op: "list"; readonly items: readonly ExprIr[] }
  | { readonly op: "map"; readonly entries: readonly MapEntryIr[] }
  /** Text with holes; the type of each hole says how it is printed. */
  | { readonly op: "template"; readonly parts: readonly (string | TemplateHole)[] };

export interface MapEntryIr {
  readonly key: ExprIr;
  readonly value: ExprIr;
}

export interface TemplateHole {
  readonly value: ExprIr;
  readonly type: Type;
}

export interface ListIr {
  readonly name: string;
  readonly element: Type;
  readonly source: "inline" | "file" | "managed";
  /** For a managed list, how long an entry stays, in milliseconds; null for ever. */
  readonly ttl: number | null;
  /** Empty for a managed list. */
  readonly entries: readonly Const[];
}

export interface RatesIr {
  readonly name: string;
  /** In order of time. */
  readonly editions: readonly Edition[];
}

export interface FeatureIr {
  readonly name: string;
  readonly identity: string;
  readonly source: string;
  readonly keys: readonly string[];
  readonly aggregate: Aggregate;
  /** The per cent of `percentile`; null for the others. */
  readonly argument: number | null;
  readonly over: number;
  readonly delay: number;
  readonly excludingCurrent: boolean;
  readonly where: ExprIr | null;
  readonly value: ExprIr | null;
  /** Type of one folded value; null where the aggregate takes none. */
  readonly valueType: Type | null;
  /** Type of what the feature yields. */
  readonly type: Type;
  readonly span: Span;
}

/** A feature as one event type sees it. */
export interface FeatureRefIr {
  readonly feature: number;
  /** Frame slot that keeps the value once it is read. */
  readonly slot: number;
}

export interface EventIr {
  readonly schema: EventSchema;
  /** Fields take the first slots in the order of the schema; this many slots in all. */
  readonly frameSize: number;
  /** Features that this event type has all the key fields of. */
  readonly features: readonly FeatureRefIr[];
}

export interface RuleIr {
  readonly id: string;
  readonly title: string | null;
  readonly when: ExprIr;
  readonly outcome: string | null;
  readonly score: ExprIr | null;
  readonly reason: { readonly code: string; readonly text: ExprIr | null } | null;
  readonly tags: readonly string[];
  readonly span: Span;
}

export type Policy = "worst" | "first" | "sum";

export interface RulesetIr {
  readonly name: string;
  readonly event: string;
  /** From best to worst. */
  readonly outcomes: readonly string[];
  readonly policy: Policy;
  readonly default: string;
  /** Ascending. */
  readonly thresholds: readonly { readonly outcome: string; readonly at: number }[];
  readonly rules: readonly RuleIr[];
  readonly span: Span;
}

export interface ProgramIr {
  /** Content hash of the whole rules folder. */
  readonly version: string;
  readonly files: readonly string[];
  readonly events: readonly EventIr[];
  readonly lists: readonly ListIr[];
  readonly rates: readonly RatesIr[];
  readonly features: readonly FeatureIr[];
  readonly rulesets: readonly RulesetIr[];
}
