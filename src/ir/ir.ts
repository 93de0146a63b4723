import type { Aggregate } from "../windows/spec.ts";
import type { Edition } from "../types/rates.ts";
import type { EventSchema } from "../types/schema.ts";
import type { MatchTables } from "../match/tables.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import type { Cidr, Geo, Ip, Money, Quotient } from "../types/value.ts";

/*
 * The program after checking: typed, names replaced by slots, constants folded, functions inlined. Plain data without
 * cycles, classes or functions, so that a worker can build it and post it in parts.
 */

/** Values that can stand in the IR: what literals and folding yield. */
export type Const = number | string | boolean | null | Money | Ip | Cidr | Geo | readonly Const[];

/** The scalar families that operators are specialised by. */
export type Domain = "number" | "string" | "bool" | "money" | "value";

export type Comparison = "<" | "<=" | ">" | ">=";

export type ExprIr =
  | { readonly op: "const"; readonly value: Const }
  | { readonly op: "missing"; readonly cause: string; readonly quotient: Quotient | null }
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
  /** Whether a feature has a value and all of its window was seen; `operand` is the feature. */
  | { readonly op: "known"; readonly operand: ExprIr }
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
  | MacroIr
  | { readonly op: "list"; readonly items: readonly ExprIr[] }
  | { readonly op: "map"; readonly entries: readonly MapEntryIr[] }
  /** Text with holes; the type of each hole says how it is printed. */
  | { readonly op: "template"; readonly parts: readonly (string | TemplateHole)[] };

/** What a macro makes of the elements of a list or the keys of a map. */
export type MacroName = "exists" | "all" | "exists_one" | "filter" | "map";

export interface MacroIr {
  readonly op: "macro";
  readonly macro: MacroName;
  readonly over: ExprIr;
  /** Holds the element at hand. */
  readonly slot: number;
  /** Counts the elements visited, those of macros inside included; a macro that stands inside shares that of the outer. */
  readonly steps: { readonly slot: number; readonly outermost: boolean };
  /** What is kept for one element only: forgotten before the next. */
  readonly forget: readonly { readonly slot: number }[];
  /** Which elements `map` takes; null for all. */
  readonly where: ExprIr | null;
  readonly body: ExprIr;
}

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
  readonly source: "inline" | "file";
  /** In order of time, at least one. */
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
  readonly lateness: number;
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

/** `shadow` is evaluated and reported and changes nothing; `off` is not evaluated. */
export type Mode = "live" | "shadow" | "off";

/** What a rule says when its condition ends missing: nothing, as if it were true, or this outcome and no more. */
export type OnMissing = { readonly action: "none" | "match" } | { readonly action: "outcome"; readonly outcome: string };

/** Frame slots of the fields that name an entity. */
export type KeysIr = readonly number[];

/** State of a condition, kept for each entity from event to event. */
export interface HoldIr {
  readonly keys: KeysIr;
  /** How long the condition must have held, in milliseconds; 0 when it counts at once. */
  readonly duration: number;
  /** With it a rule that has fired matches until this condition has held for so long. */
  readonly clear: { readonly when: ExprIr; readonly duration: number } | null;
}

/** A value of a list or event that an effect carries. */
export interface EffectValueIr {
  readonly value: ExprIr;
  readonly type: Type;
}

export type EffectIr =
  /** `ttl` in milliseconds; null for ever. A `secret` value is masked in answers. */
  | ({ readonly kind: "add"; readonly list: string; readonly ttl: number | null; readonly secret: boolean } & EffectValueIr)
  | ({ readonly kind: "remove"; readonly list: string; readonly secret: boolean } & EffectValueIr)
  | { readonly kind: "emit"; readonly name: string; readonly fields: readonly ({ readonly name: string } & EffectValueIr)[] };

/** A rule or the row of a table. */
export interface RuleIr {
  /** Name of the rule or of the table. */
  readonly id: string;
  /** What its state and its share of a rollout go by: its first name of all. */
  readonly key: string;
  /** Number of the row from 1, or null for a rule. */
  readonly row: number | null;
  /** Index among the tables of the ruleset, or null for a rule. */
  readonly table: number | null;
  readonly title: string | null;
  /** What must be true of the event; of a row the guard of its table and its cells. */
  readonly when: ExprIr;
  /** Where the parts of `when` were written, see `packOrigins`. */
  readonly origins: readonly number[];
  /** Not null when the event alone does not decide. A row has the hold of its table's guard. */
  readonly hold: HoldIr | null;
  /** For a row of a table with a hold, its cells alone; else null. */
  readonly cells: ExprIr | null;
  readonly outcome: string | null;
  readonly score: ExprIr | null;
  readonly reason: { readonly code: string; readonly text: ExprIr | null } | null;
  readonly notice: { readonly code: string; readonly text: string } | null;
  readonly tags: readonly string[];
  readonly effects: readonly EffectIr[];
  readonly cooldown: { readonly keys: KeysIr; /** Milliseconds. */ readonly duration: number } | null;
  readonly onMissing: OnMissing;
  readonly mode: Mode;
  /** The part of all entities that it is for, 0 to 1. */
  readonly rollout: { readonly keys: KeysIr; readonly share: number } | null;
  /** Event times from (included) and until (not included), in milliseconds since 1970. */
  readonly active: { readonly from: number | null; readonly until: number | null } | null;
  readonly owner: string | null;
  /** Milliseconds since 1970. */
  readonly reviewBy: number | null;
  /** Earlier names, newest first. */
  readonly was: readonly string[];
  readonly span: Span;
}

export const POLICIES = ["worst", "first", "sum", "unique", "all"] as const;
export type Policy = (typeof POLICIES)[number];

export const TABLE_POLICIES = ["first", "unique", "all"] as const;
export type TablePolicy = (typeof TABLE_POLICIES)[number];

export interface TableIr {
  readonly name: string;
  readonly policy: TablePolicy;
  /** The guard of all rows where it has a hold, so that it is asked once an event; else null and part of each row. */
  readonly guard: { readonly when: ExprIr; readonly hold: HoldIr } | null;
}

export interface RulesetIr {
  readonly name: string;
  readonly event: string;
  /** From best to worst. */
  readonly outcomes: readonly string[];
  readonly policy: Policy;
  readonly default: string;
  /** Ascending. */
  readonly thresholds: readonly { readonly outcome: string; readonly at: number; readonly span: Span }[];
  readonly tables: readonly TableIr[];
  /** Rules and rows in the order of the text; the rows of a table stand together. */
  readonly rules: readonly RuleIr[];
  /** Types that the origins of its rules count by. */
  readonly types: readonly Type[];
  /** Finds the rules that an event does not refute; null where each is asked in turn. */
  readonly matching: MatchTables | null;
  readonly span: Span;
}

export interface ProgramIr {
  /** Content hash of the whole rules folder. */
  readonly version: string;
  readonly files: readonly string[];
  /** The rule files with their text, which explanations quote; origins count them. */
  readonly sources: readonly SourceFile[];
  readonly events: readonly EventIr[];
  readonly lists: readonly ListIr[];
  readonly rates: readonly RatesIr[];
  readonly features: readonly FeatureIr[];
  readonly rulesets: readonly RulesetIr[];
}
