import type { EventSchema, Violation } from "../types/schema.ts";
import type { Refusal } from "./decision.ts";

export const RULES_ABSENT: Refusal = {
  code: "rules_absent",
  message: "no rule set is active",
  remedy: "mend the rules folder; GET /v1/status tells what is wrong with it",
  violations: [],
};

/** Texts of senders are cut in answers. */
export const SHOWN = 100;

export function versionUnknown(asked: string, active: string): Refusal {
  return {
    code: "version_unknown",
    message: `the version ${JSON.stringify(asked.slice(0, SHOWN))} is not active`,
    remedy: `leave out the header Sluice-Rules-Version or send ${active}`,
    violations: [],
  };
}

export function typeUnknown(type: string, program: { readonly events: ReadonlyMap<string, unknown> }): Refusal {
  return {
    code: "event_type_unknown",
    message: `there is no event type ${JSON.stringify(type.slice(0, SHOWN))}`,
    remedy: `send one of ${[...program.events.keys()].join(", ")}, or declare it in the rules`,
    violations: [],
  };
}

export function eventInvalid(schema: EventSchema, violations: readonly Violation[]): Refusal {
  return {
    code: "event_invalid",
    message: `the event is no valid \`${schema.name}\``,
    remedy: "mend what `violations` lists",
    violations,
  };
}

/** @param counted whether the very event was counted under its id, without a decision */
export function idConflict(eventId: string | null, counted: boolean): Refusal {
  const id = JSON.stringify(eventId?.slice(0, SHOWN));
  return {
    code: "id_conflict",
    message: counted ? `the event ${id} was counted before without a decision` : `another event was accepted with the id ${id}`,
    remedy: "give every event an id of its own; send a retry unchanged and to the same path",
    violations: [],
  };
}
