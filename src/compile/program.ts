import type { Matcher } from "../match/matcher.ts";
import type { Const, ExprIr, Mode, OnMissing, Policy, TablePolicy } from "../ir/ir.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Missing, Value } from "../types/value.ts";
import type { EntityKey, Frame, Quality, WindowPlan } from "../windows/spec.ts";
import type { Lookups } from "./closures.ts";

/** What a program asks of the engine that runs it; all state lives behind this. */
export interface Run {
  /** The value of a feature for the event at hand. */
  feature(feature: number): Value | Missing;
  /** How far that value is to be trusted. */
  quality(feature: number): Quality;
  /** Whether a managed list holds the entry with this key now. */
  listed(list: string, key: string | number | boolean): boolean;
}

/** A compiled expression. */
export type Closure = (frame: Frame, run: Run) => Value | Missing;

/** Reads the key of an entity from a frame; missing when a part of it is. */
export type EntityReader = (frame: Frame) => EntityKey | Missing;

/** See `HoldIr`. */
export interface HoldProgram {
  /** Names the state: the same after a reload for the same rule and key fields. */
  readonly state: string;
  readonly entity: EntityReader;
  readonly duration: number;
  readonly clear: { readonly when: Closure; readonly duration: number } | null;
}

export interface EffectValue {
  readonly value: Closure;
  readonly type: Type;
}

export type EffectProgram =
  | ({ readonly kind: "add"; readonly list: string; readonly ttl: number | null; readonly secret: boolean } & EffectValue)
  | ({ readonly kind: "remove"; readonly list: string; readonly secret: boolean } & EffectValue)
  | { readonly kind: "emit"; readonly name: string; readonly fields: readonly ({ readonly name: string } & EffectValue)[] };

/** What explaining a rule takes; nothing of it is asked while events are decided. */
export interface Told {
  /** The whole condition, of a row with the guard of its table. */
  readonly when: ExprIr;
  /** See `packOrigins`. */
  readonly origins: readonly number[];
}

/** Where a hit keeps what was made of it once; no part of what it tells. */
export const HIT_KEPT: unique symbol = Symbol("kept");

/** What is made of a hit that always says the same when somebody first asks. */
export interface KeptOfHit {
  /** Its JSON with a comma before it: nearly every hit comes after another. */
  json: string | null;
  /** What the log finds it by. */
  mark: string | null;
  /** Where it is counted, and by whom. */
  count: { hits: number } | null;
  counter: object | null;
}

export function nothingKept(): KeptOfHit {
  return { json: null, mark: null, count: null, counter: null };
}

/** What an answer says of a rule that matched; of a rule that says the same every time it is made once. */
export interface Hit {
  readonly [HIT_KEPT]?: KeptOfHit;
  /** Name of the rule or table. */
  readonly id: string;
  /** Number of the table's row from 1; null for a rule. */
  readonly row: number | null;
  readonly outcome: string | null;
  readonly score: number;
  /** For the analyst. */
  readonly reason: { readonly code: string; readonly text: string } | null;
  /** For the customer: fixed text. */
  readonly notice: { readonly code: string; readonly text: string } | null;
  readonly tags: readonly string[];
  /** A hit in shadow counts for nothing in the decision. */
  readonly mode: "live" | "shadow";
}

/** What is computed of it is compiled when it is first read. */
export interface RuleProgram {
  /** Where it stands among the rules of its ruleset. */
  readonly place: number;
  readonly id: string;
  readonly key: string;
  /** Number of the row of a table from 1; null for a rule. */
  readonly row: number | null;
  readonly title: string | null;
  /** Yields true, false or missing; of a row of a table with a guard only what its cells say. */
  readonly when: Closure;
  readonly hold: HoldProgram | null;
  /** True for a rule whose condition decides alone: nothing else below need be asked before it matches. */
  readonly plain: boolean;
  readonly outcome: string | null;
  readonly score: Closure | null;
  readonly reason: { readonly code: string; readonly text: Closure | null } | null;
  readonly notice: { readonly code: string; readonly text: string } | null;
  readonly tags: readonly string[];
  /** Null where score or reason are computed. */
  readonly fixed: Hit | null;
  /** Whether it has effects. */
  readonly acts: boolean;
  readonly effects: readonly EffectProgram[];
  readonly cooldown: { readonly state: string; readonly entity: EntityReader; readonly duration: number } | null;
  readonly onMissing: OnMissing;
  readonly mode: Mode;
  readonly rollout: { readonly entity: EntityReader; readonly share: number } | null;
  readonly active: { readonly from: number | null; readonly until: number | null } | null;
  readonly owner: string | null;
  readonly reviewBy: number | null;
  readonly was: readonly string[];
  /** Where the rule or row stands in its file. */
  readonly span: Span;
  readonly told: Told;
}

export interface TableProgram {
  readonly name: string;
  readonly policy: TablePolicy;
  readonly guard: { readonly when: Closure; readonly hold: HoldProgram } | null;
  /** Where its rows begin among the rules of its ruleset. */
  readonly place: number;
  readonly first: RuleProgram;
  readonly rows: readonly RuleProgram[];
}

/** What a ruleset asks one after the other: a rule, or a table with its rows. */
export type Step = { readonly rule: RuleProgram; readonly table: null } | { readonly rule: null; readonly table: TableProgram };

/** The index of a ruleset and those that it finds, by their numbers in it; made when they are first found. */
export interface Matching {
  readonly matcher: Matcher<Run>;
  readonly asked: (owner: number) => Asked;
  /**
   * For each that was asked once the number of its weight from 1, where a hit of it always says the same and its condition
   * decides alone, else 0; and that hit. Most hits need no more of their rule, and going to the rules themselves, here and
   * there in memory, would take longer than finding them.
   */
  readonly weighs: Uint32Array;
  readonly weights: readonly Weight[];
  readonly fixed: readonly (Hit | undefined)[];
}

/** What a hit adds to a decision. */
export interface Weight {
  readonly score: number;
  /** The place of its outcome among those of the ruleset, or -1. */
  readonly rank: number;
}

/** A rule; the row of a table; or, where the table has a state and so must see every event, all of the table. */
export interface Asked {
  readonly rule: RuleProgram;
  readonly table: TableProgram | null;
  readonly whole: boolean;
  /** The operands of the condition that the index does not tell; null where it tells all or where all must be asked. */
  readonly rest: Closure | null;
}

export interface RulesetProgram {
  readonly name: string;
  readonly event: string;
  readonly outcomes: readonly string[];
  readonly policy: Policy;
  readonly default: string;
  readonly thresholds: readonly { readonly outcome: string; readonly at: number }[];
  /** Every rule and row, in the order of the text, those that are off too. */
  readonly rules: readonly RuleProgram[];
  readonly tables: readonly TableProgram[];
  /** What is evaluated, without what is off. */
  readonly steps: readonly Step[];
  /** Finds those of `steps` that an event does not refute; null where each is asked in turn. */
  readonly matching: Matching | null;
  /** Those of `steps` with a condition that must have held, and so has to see every event. */
  readonly held: readonly Step[];
  /** Types that the origins of its rules count by. */
  readonly types: readonly Type[];
}

export interface FeatureRef {
  readonly name: string;
  readonly feature: number;
  readonly slot: number;
  readonly type: Type;
  /** Whether its value is one of a private field. */
  readonly secret: boolean;
}

export interface EventProgram {
  readonly schema: EventSchema;
  readonly frameSize: number;
  /** In declaration order. */
  readonly features: readonly FeatureRef[];
  readonly rulesets: readonly RulesetProgram[];
}

export interface ListProgram {
  readonly name: string;
  readonly element: Type;
  readonly source: "inline" | "file" | "managed";
  /** Milliseconds, or null for ever. */
  readonly ttl: number | null;
  /** Entries of a list that is part of the program; 0 for a managed one. */
  readonly size: number;
  /** One of them; undefined for a list that is managed or empty. */
  readonly example: Const | undefined;
}

/** Rates of exchange in short; what converts by them stands in the closures. */
export interface RatesProgram {
  readonly name: string;
  readonly source: "inline" | "file";
  readonly editions: number;
  /** When the first and the newest edition begin, in milliseconds since 1970. */
  readonly first: number;
  readonly newest: number;
}

/** A feature of an earlier version whose state goes on, so that a return to that version finds it. */
export interface RetainedProgram {
  readonly name: string;
  readonly identity: string;
  /** The newest version that declares it. */
  readonly version: string;
}

/** A rule file whose text is made when it is first quoted. */
export interface ProgramSource extends SourceFile {
  /** The text in memory that threads share; null where it is not shared. */
  readonly bytes: Uint8Array | null;
}

/** A rule set ready to run: frozen, without state, safe to share between events and to drop. What few events ask is made when one first does, and is the same whenever that is. */
export interface Program {
  readonly version: string;
  readonly files: readonly string[];
  /** The rule files, as far as they are quoted; origins count them. */
  readonly sources: readonly ProgramSource[];
  readonly events: ReadonlyMap<string, EventProgram>;
  readonly rulesets: readonly RulesetProgram[];
  /** In the order by which conditions count them. */
  readonly lists: ReadonlyMap<string, ListProgram>;
  readonly lookups: Lookups;
  readonly rates: readonly RatesProgram[];
  /** First those that the program declares, then those that it goes on with for earlier versions. */
  readonly windows: WindowPlan;
  readonly retained: readonly RetainedProgram[];
}
