import type { EventSchema } from "../types/schema.ts";
import type { DecisionRequest } from "./decision.ts";

/** What an envelope says outside of the event fills the fields that the event lacks. */
export function withEnvelope(schema: EventSchema, request: DecisionRequest): unknown {
  const { envelopeId, envelopeTime, scanned } = request;
  const event = scanned === undefined ? request.event : (JSON.parse(scanned.text) as unknown);
  if ((envelopeId === undefined && envelopeTime === undefined) || typeof event !== "object" || event === null) return event;
  const filled: Record<string, unknown> = { ...event };
  const fill = (index: number | null, value: string | undefined): void => {
    const field = index === null ? undefined : schema.fields[index];
    if (field === undefined || value === undefined || Object.hasOwn(filled, field.name)) return;
    filled[field.name] = field.type.kind === "number" ? Number(value) : value;
  };
  fill(schema.id, envelopeId);
  fill(schema.time, envelopeTime);
  return filled;
}
