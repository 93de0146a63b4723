import type { Policy } from "../ir/ir.ts";
import type { Span } from "../text/span.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Missing, Value } from "../types/value.ts";
import type { Frame, WindowPlan } from "../windows/spec.ts";

/** What a program asks of the engine that runs it; all state lives behind this. */
export interface Run {
  /** The value of a feature for the event at hand. */
  feature(feature: number): Value | Missing;
  /** Whether a managed list holds the entry with this key now. */
  listed(list: string, key: string | number | boolean): boolean;
}

/** A compiled expression. */
export type Closure = (frame: Frame, run: Run) => Value | Missing;

export interface RuleProgram {
  readonly id: string;
  readonly title: string | null;
  /** Yields true, false or missing. */
  readonly when: Closure;
  readonly outcome: string | null;
  readonly score: Closure | null;
  readonly reason: { readonly code: string; readonly text: Closure | null } | null;
  readonly tags: readonly string[];
  /** Where the rule stands in its file. */
  readonly span: Span;
}

export interface RulesetProgram {
  readonly name: string;
  readonly event: string;
  readonly outcomes: readonly string[];
  readonly policy: Policy;
  readonly default: string;
  readonly thresholds: readonly { readonly outcome: string; readonly at: number }[];
  readonly rules: readonly RuleProgram[];
}

export interface FeatureRef {
  readonly name: string;
  readonly feature: number;
  readonly slot: number;
  readonly type: Type;
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
}

/** A rule set ready to run: frozen, without state, safe to share between events and to drop. */
export interface Program {
  readonly version: string;
  readonly files: readonly string[];
  readonly events: ReadonlyMap<string, EventProgram>;
  readonly rulesets: readonly RulesetProgram[];
  readonly lists: ReadonlyMap<string, ListProgram>;
  readonly windows: WindowPlan;
}
