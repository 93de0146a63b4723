import { linkExpression } from "../compile/link.ts";
import { mapPlan, type PlanCase, type PlanEntry, type PlanEvent, type PlanStep, type TestPlan } from "../ir/plan.ts";
import type { ProgramIr } from "../ir/ir.ts";
import type { TestIr } from "../ir/tests.ts";
import { jsonValue, type JsonValue } from "../types/print.ts";
import type { EventSchema } from "../types/schema.ts";
import { printTimestamp } from "../types/time.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Sent } from "./stage.ts";

/** What a test writes, computed; a value that cannot be computed is missing. */
export type Known = Value | Missing;
export type Script = TestPlan<Known>;
export type Step = PlanStep<Known>;
export type Case = PlanCase<Known>;

export function scriptOf(test: TestIr): Script {
  return mapPlan(test, (value) => linkExpression(value)([]));
}

/** How many events a script sends in one run. */
export function eventCount(script: Script): number {
  return script.steps.reduce((sum, step) => step.given.reduce((count, { times }) => count + times, sum + 1), 0);
}

/** Makes the events of one run of a test, each with an id of its own. */
export class Events {
  readonly #schemas: ReadonlyMap<string, EventSchema>;
  #count = 0;

  constructor(ir: ProgramIr) {
    this.#schemas = new Map(ir.events.map(({ schema }) => [schema.name, schema]));
  }

  /** What comes before the event under test, in order of time; events of equal time in the order written. */
  given(step: Step): readonly { readonly sent: Sent; readonly given: Step["given"][number] }[] {
    const all = step.given.flatMap((given) =>
      Array.from({ length: given.times }, (_, i) => ({ given, sent: this.sent(given, given.fields, i * given.every) })),
    );
    return all.toSorted((a, b) => a.sent.at - b.sent.at);
  }

  /** @param later milliseconds after the time that the plan names */
  sent(event: PlanEvent<Known>, fields: readonly PlanEntry<Known>[], later = 0): Sent {
    const schema = this.#schemas.get(event.event) as EventSchema;
    const json: Record<string, JsonValue> = {};
    let at = (event.at ?? 0) + later;
    for (const { name, value } of fields) {
      const index = schema.fields.findIndex((field) => field.name === name);
      const field = schema.fields[index];
      if (field === undefined || value === null || value instanceof Missing) continue;
      json[name] = jsonValue(value, field.type);
      if (index === schema.time && event.at === null) at = value as number;
    }
    this.#identify(schema, json);
    const time = schema.time === null ? undefined : schema.fields[schema.time];
    if (time !== undefined && event.at !== null) json[time.name] = printTimestamp(at);
    return { type: event.event, event: json, at };
  }

  #identify(schema: EventSchema, json: Record<string, JsonValue>): void {
    const id = schema.id === null ? undefined : schema.fields[schema.id];
    this.#count++;
    if (id === undefined || Object.hasOwn(json, id.name)) return;
    json[id.name] = id.type.kind === "number" ? this.#count : `test-${this.#count}`;
  }
}
