import { linkList } from "../compile/lists.ts";
import { linkProgram } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import type { Membership } from "../compile/closures.ts";
import type { ProgramIr } from "../ir/ir.ts";
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
 * The program as tests run it. It differs from the one that serves in one thing: no field is required, since a test
 * gives the fields that it is about; what it leaves out is missing.
 */
export function testProgram(ir: ProgramIr): Program {
  const events = ir.events.map((event) => ({
    ...event,
    schema: { ...event.schema, fields: event.schema.fields.map((field) => ({ ...field, optional: true })) },
  }));
  return finish(linkProgram({ ...ir, events }));
}

/** Look-ups of the lists of a program, by their numbers, for expressions that are compiled beside it. */
export function memberships(ir: ProgramIr): readonly Membership[] {
  return ir.lists.map((list) => finish(linkList(list)));
}

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
