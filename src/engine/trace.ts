import type { EventProgram, Program, Run } from "../compile/program.ts";
import type { Frame } from "../windows/spec.ts";
import type { Json, RulesetDecision } from "./decision.ts";
import type { FeatureQuality } from "./quality.ts";
import type { RuleStates } from "./states.ts";

/** Where something stands in a rule file; lines and columns from 1, columns in code points, the end not included. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** An expression of a condition with what it came to. Literals are left out: their text shows them. */
export interface TraceNode extends Place {
  /** As it is written, cut where it is long. */
  readonly text: string;
  /** Null with `missing`. */
  readonly value: Json;
  /** The same for people. */
  readonly shown: string;
  /** Why there is no value. */
  readonly missing?: string;
  /** True where the value shows a private field and is masked. */
  readonly masked?: true;
  /** Of a feature that is not exact or whose window was not seen whole; `shown` says it in words. */
  readonly quality?: FeatureQuality;
  readonly parts: readonly TraceNode[];
}

/** The first part of a condition because of which it is not true. */
export interface Decisive extends Place {
  readonly text: string;
  /** What is held against the limit, for people; null where nothing is compared or it is masked. */
  readonly value: string | null;
  readonly limit: string | null;
  /** How far the value is from the limit; null where there is no distance between the two. */
  readonly distance: string | null;
}

/** The smallest change of one value, all others as they are, by which a condition turns. */
export interface Flip {
  readonly input: "field" | "feature";
  readonly name: string;
  /** As events carry it; null for a value that is missing, and where it is masked. */
  readonly from: Json;
  readonly to: Json;
  /** Whether the condition holds after the change. */
  readonly holds: boolean;
  /** In one sentence. */
  readonly text: string;
}

export type RuleResult =
  | "matched"
  | "not matched"
  | "missing"
  | "held"
  | "cooling"
  | "outside rollout"
  | "inactive"
  | "off"
  | "not reached";

export interface RuleTrace {
  readonly id: string;
  /** Number of the table's row from 1; null for a rule. */
  readonly row: number | null;
  readonly mode: "live" | "shadow" | "off";
  readonly result: RuleResult;
  /** Why, in one sentence. */
  readonly why: string;
  readonly decisive: Decisive | null;
  /** By a change of a field; null where none is known. */
  readonly flip: Flip | null;
  /** By a change of a feature; null where none is known. */
  readonly featureFlip: Flip | null;
  readonly tree: readonly TraceNode[];
}

/** What the outcome of a ruleset comes from. */
export interface Because {
  readonly by: "rules" | "threshold" | "default";
  readonly outcome: string;
  /** Rules and rows whose hits name the outcome. */
  readonly rules: readonly { readonly id: string; readonly row: number | null }[];
  /** The threshold that was reached; null without one. */
  readonly threshold: number | null;
  readonly score: number;
  readonly text: string;
}

export interface RulesetTrace {
  readonly because: Because;
  /** Rules that matched first, then the others in the order of the text. */
  readonly rules: readonly RuleTrace[];
  /** Rules that are left out because there are too many. */
  readonly omitted: number;
}

/** By ruleset. */
export type Trace = Readonly<Record<string, RulesetTrace>>;

/** An event that has just been decided, before anything is done about it. */
export interface Explained {
  readonly program: Program;
  readonly event: EventProgram;
  readonly frame: Frame;
  readonly run: Run;
  /** Event time in milliseconds since 1970. */
  readonly at: number;
  readonly states: RuleStates;
  readonly decisions: Readonly<Record<string, RulesetDecision>>;
}

/** Tells why an event was decided as it was. It changes nothing. */
export type Explain = (explained: Explained) => Trace;
