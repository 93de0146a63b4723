import type { Span } from "../text/span.ts";
import type { Comparison } from "./ir.ts";

/*
 * What a `test` block asks for, with names resolved. `V` stands for a value that the author wrote: the checker knows it
 * as an expression, the program as IR.
 */

export type Relation = Comparison | "==" | "!=";

/** A field of an event, or of what a rule emits, with its value; null leaves it out. */
export interface PlanEntry<V> {
  readonly name: string;
  readonly value: V | null;
}

/** When an event happens: milliseconds since 1970; null where its own `@time` field says so. */
type PlanMoment = number | null;

export interface PlanEvent<V> {
  readonly event: string;
  readonly fields: readonly PlanEntry<V>[];
  readonly at: PlanMoment;
  readonly span: Span;
}

/** An event before the one under test, `times` times, each `every` milliseconds after the one before. */
export interface PlanGiven<V> extends PlanEvent<V> {
  readonly times: number;
  readonly every: number;
}

/** `at` is where the expectation stands. */
export type PlanExpectation<V> =
  | { readonly kind: "outcome"; readonly outcome: string; readonly at: Span }
  | { readonly kind: "score"; readonly op: Relation; readonly value: V; readonly at: Span }
  | { readonly kind: "rule"; readonly state: "hit" | "none" | "missing"; readonly rule: string; readonly row: number | null; readonly at: Span }
  | { readonly kind: "rules"; readonly rules: readonly string[]; readonly at: Span }
  | { readonly kind: "reason"; readonly negated: boolean; readonly of: "reason" | "notice"; readonly code: string; readonly text: string | null; readonly at: Span }
  | { readonly kind: "list"; readonly negated: boolean; readonly list: string; readonly item: V; readonly at: Span }
  | { readonly kind: "emit"; readonly negated: boolean; readonly name: string; readonly fields: readonly PlanEntry<V>[]; readonly at: Span }
  /** A null value: the feature is missing. */
  | { readonly kind: "feature"; readonly feature: string; readonly op: Relation; readonly value: V | null; readonly at: Span };

/** One event under test with what comes before it and what is expected of its decision. */
export interface PlanStep<V> {
  readonly given: readonly PlanGiven<V>[];
  /** Features that from here on are what the test says; a null value is missing. */
  readonly features: readonly { readonly feature: string; readonly value: V | null }[];
  readonly lists: readonly { readonly list: string; readonly items: readonly V[] }[];
  readonly when: PlanEvent<V>;
  readonly expectations: readonly PlanExpectation<V>[];
}

/** A row of `cases`: other fields of the last event under test, and what more is expected of it. */
export interface PlanCase<V> {
  readonly fields: readonly PlanEntry<V>[];
  readonly expectations: readonly PlanExpectation<V>[];
  readonly span: Span;
}

export interface TestPlan<V> {
  readonly name: string;
  readonly ruleset: string;
  /** When the test plays, in milliseconds since 1970. */
  readonly clock: number;
  readonly steps: readonly PlanStep<V>[];
  /** Empty for a test without a table: it is run once. */
  readonly cases: readonly PlanCase<V>[];
  /** Its name. */
  readonly span: Span;
}

/** The same plan over other values. */
export function mapPlan<A, B>(plan: TestPlan<A>, map: (value: A) => B): TestPlan<B> {
  return {
    ...plan,
    steps: plan.steps.map((step) => mapStep(step, map)),
    cases: plan.cases.map((row) => ({
      ...row,
      fields: mapEntries(row.fields, map),
      expectations: row.expectations.map((each) => mapExpectation(each, map)),
    })),
  };
}

function mapStep<A, B>(step: PlanStep<A>, map: (value: A) => B): PlanStep<B> {
  return {
    given: step.given.map((given) => ({ ...given, fields: mapEntries(given.fields, map) })),
    features: step.features.map(({ feature, value }) => ({ feature, value: value === null ? null : map(value) })),
    lists: step.lists.map(({ list, items }) => ({ list, items: items.map(map) })),
    when: { ...step.when, fields: mapEntries(step.when.fields, map) },
    expectations: step.expectations.map((each) => mapExpectation(each, map)),
  };
}

function mapEntries<A, B>(entries: readonly PlanEntry<A>[], map: (value: A) => B): readonly PlanEntry<B>[] {
  return entries.map(({ name, value }) => ({ name, value: value === null ? null : map(value) }));
}

function mapExpectation<A, B>(expectation: PlanExpectation<A>, map: (value: A) => B): PlanExpectation<B> {
  switch (expectation.kind) {
    case "score":
      return { ...expectation, value: map(expectation.value) };
    case "list":
      return { ...expectation, item: map(expectation.item) };
    case "emit":
      return { ...expectation, fields: mapEntries(expectation.fields, map) };
    case "feature":
      return { ...expectation, value: expectation.value === null ? null : map(expectation.value) };
    default:
      return expectation;
  }
}
