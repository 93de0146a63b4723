import { parseTimestamp } from "../types/time.ts";
import type { EventTypes } from "./records.ts";

/** The time that an event not yet validated carries, in milliseconds since 1970; null where it has none. */
export type TimeOf = (type: string, event: Readonly<Record<string, unknown>>) => number | null;

export function timesOf(program: EventTypes): TimeOf {
  const fields = new Map<string, string | null>();
  for (const [type, { schema }] of program.events) fields.set(type, schema.time === null ? null : (schema.fields[schema.time]?.name ?? null));
  return (type, event) => {
    const field = fields.get(type) ?? null;
    const text = field === null ? undefined : event[field];
    return typeof text === "string" ? (parseTimestamp(text, false) ?? null) : null;
  };
}
