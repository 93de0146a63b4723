import type { Violation } from "../types/schema.ts";

/** JSON as `JSON.parse` yields it and `JSON.stringify` takes it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface RuleHit {
  readonly id: string;
  readonly outcome: string | null;
  readonly score: number;
  readonly reason: { readonly code: string; readonly text: string } | null;
  readonly tags: readonly string[];
  readonly mode: "live";
}

export interface RulesetDecision {
  readonly outcome: string;
  readonly score: number;
  readonly rules: readonly RuleHit[];
}

/** A part of a matched rule that could not be computed. */
export interface Degraded {
  readonly ruleset: string;
  readonly rule: string;
  readonly part: "score";
  readonly missing: string;
}

/** The answer to one event. Field order is the order on the wire. */
export interface Decision {
  /** UUID version 7. */
  readonly id: string;
  readonly type: string;
  /** The value of the `@id` field, where the event type has one. */
  readonly eventId: string | null;
  readonly version: string;
  /** Counts accepted events of this process from 1. */
  readonly seq: number;
  /** When it was decided, by the wall clock. */
  readonly evaluatedAt: string;
  readonly decisions: Readonly<Record<string, RulesetDecision>>;
  readonly degraded: readonly Degraded[];
  readonly replayed: boolean;
  readonly traceId: string | null;
  readonly durationUs: number;
  /** With `explain` only: every feature the event type can see, null where missing. */
  readonly features?: Readonly<Record<string, Json>>;
}

/** Why an event was not decided. `code` is stable; the service turns it into a status. */
export interface Refusal {
  readonly code: "event_type_unknown" | "event_invalid" | "version_unknown" | "id_conflict" | "rules_absent";
  readonly message: string;
  /** What the sender can do about it. */
  readonly remedy: string;
  /** For `event_invalid`, everything that is wrong. */
  readonly violations: readonly Violation[];
}

export type Answer =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface DecisionRequest {
  readonly type: string;
  /** The event as parsed JSON, not yet validated. */
  readonly event: unknown;
  readonly explain: boolean;
  /** Pins a version; null for whichever is active. */
  readonly version: string | null;
  /** Fill `@id` and `@time` where the event itself lacks them (CloudEvents carry both outside). */
  readonly envelopeId?: string;
  readonly envelopeTime?: string;
  readonly traceId?: string | null;
}
