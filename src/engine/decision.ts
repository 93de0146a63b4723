import type { Hit } from "../compile/program.ts";
import type { Violation } from "../types/schema.ts";
import type { Qualities } from "./quality.ts";
import type { Scanned } from "./scanned.ts";
import type { Trace } from "./trace.ts";

/** JSON as `JSON.parse` yields it and `JSON.stringify` takes it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type RuleHit = Hit;

export interface RulesetDecision {
  readonly outcome: string;
  /** With `policy all`: every outcome that a rule or threshold named, worst first. */
  readonly outcomes?: readonly string[];
  readonly score: number;
  readonly rules: readonly RuleHit[];
}

/**
 * A part of a decision that could not be computed or carried out, a policy that was not kept, a time that was changed, or
 * a feature that was read although events of its window were evicted or may have been forgotten.
 */
export interface Degraded {
  /** Null with `time` and `feature`, which are about the event and all its rulesets. */
  readonly ruleset: string | null;
  readonly rule: string | null;
  readonly row: number | null;
  readonly part: "score" | "policy" | "effect" | "time" | "feature";
  /** With `feature`: which one. */
  readonly feature?: string;
  /** Why. */
  readonly missing: string;
}

interface EffectOfRule {
  readonly ruleset: string;
  readonly rule: string;
  readonly row: number | null;
}

/** Something that a rule did. Private values are masked. */
export type Effect =
  | ({ readonly do: "add"; readonly list: string; readonly value: Json; /** RFC 3339. */ readonly expiresAt: string | null } & EffectOfRule)
  | ({ readonly do: "remove"; readonly list: string; readonly value: Json } & EffectOfRule)
  | ({ readonly do: "emit"; readonly name: string; readonly fields: Readonly<Record<string, Json>> } & EffectOfRule);

/** The answer to one event. Field order is the order on the wire. */
export interface Decision {
  /** UUID version 7. */
  readonly id: string;
  readonly type: string;
  /** The value of the `@id` field, where the event type has one. */
  readonly eventId: string | null;
  readonly version: string;
  /** Number of the event in the log; without a log it counts the accepted events of this process from 1. */
  readonly seq: number;
  /** When it was decided, by the wall clock. */
  readonly evaluatedAt: string;
  readonly decisions: Readonly<Record<string, RulesetDecision>>;
  /** What live rules did, once for the event and in their order. */
  readonly effects: readonly Effect[];
  readonly degraded: readonly Degraded[];
  readonly replayed: boolean;
  readonly traceId: string | null;
  readonly durationUs: number;
  /** With `explain` only: every feature the event type can see, null where missing. */
  readonly features?: Readonly<Record<string, Json>>;
  /** With `explain` only: how far those features are to be trusted that are not exact or whose window was not seen whole. */
  readonly quality?: Qualities;
  /** With `explain` only, and not in the answer to a retry: why every rule matched or did not. */
  readonly trace?: Trace;
}

/** Why an event was not decided. `code` is stable; the service turns it into a status. */
export interface Refusal {
  readonly code: "event_type_unknown" | "event_invalid" | "event_future" | "version_unknown" | "id_conflict" | "rules_absent";
  readonly message: string;
  /** What the sender can do about it. */
  readonly remedy: string;
  /** For `event_invalid` and `event_future`, everything that is wrong. */
  readonly violations: readonly Violation[];
}

export type Answer =
  | {
      readonly kind: "decided";
      readonly decision: Decision;
      /** The decision as JSON; null where nobody has made it yet. */
      readonly text: string | null;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface DecisionRequest {
  readonly type: string;
  /** The event as parsed JSON, not yet validated; undefined where it was `scanned`. */
  readonly event: unknown;
  /** The event, already read and validated. */
  readonly scanned?: Scanned;
  readonly explain: boolean;
  /** Pins a version; null for whichever is active. */
  readonly version: string | null;
  /** Fill `@id` and `@time` where the event itself lacks them (CloudEvents carry both outside). */
  readonly envelopeId?: string;
  readonly envelopeTime?: string;
  readonly traceId?: string | null;
}
