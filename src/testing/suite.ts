import type { Lookups } from "../compile/closures.ts";
import { linkLookups, linkProgram, type Linked } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import type { EventIr, ProgramIr } from "../ir/ir.ts";
import type { Origins } from "../ir/origins.ts";
import type { TestIr } from "../ir/tests.ts";
import type { SourceFile } from "../text/source.ts";

/** A checked folder with its tests: what the runner, coverage and mutants work on. */
export interface Suite {
  readonly ir: ProgramIr;
  readonly tests: readonly TestIr[];
  readonly origins: Origins;
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/**
 * The events as tests send them. They differ from those of the service in two things: no field is required, since a test gives
 * the fields that it is about and what it leaves out is missing; and an event reads the features that its tests look at, also
 * those that no rule asks for.
 */
export function testEvents({ ir, tests }: Suite): readonly EventIr[] {
  return ir.events.map((event) => {
    const fields = event.schema.fields.map((field) => ({ ...field, optional: true }));
    return { ...withFeatures(ir, event, tests), schema: { ...event.schema, fields } };
  });
}

function withFeatures(ir: ProgramIr, event: EventIr, tests: readonly TestIr[]): EventIr {
  const rulesets = new Set(ir.rulesets.filter((ruleset) => ruleset.event === event.schema.name).map((ruleset) => ruleset.name));
  const read = new Set(event.features.map((ref) => ref.feature));
  for (const { ruleset, steps, cases } of tests) {
    if (!rulesets.has(ruleset)) continue;
    for (const expectation of [...steps, ...cases].flatMap((each) => each.expectations)) {
      if (expectation.kind === "feature") read.add(ir.features.findIndex((each) => each.name === expectation.feature));
    }
  }
  const added = [...read].slice(event.features.length).map((feature, i) => ({ feature, slot: event.frameSize + i }));
  return { ...event, frameSize: event.frameSize + added.length, features: [...event.features, ...added] };
}

/** Links without a pause. */
export function linkAtOnce(ir: ProgramIr, linked: Linked): Program {
  return finish(linkProgram(ir, linked));
}

/** Look-ups of a program, for expressions that are compiled beside it. */
export function lookupsOf(ir: ProgramIr, linked: Linked): Lookups {
  return finish(linkLookups(ir, linked));
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
