import type { DecisionRequest } from "../engine/decision.ts";
import { parseJson } from "./body.ts";
import { ProblemError } from "./problem.ts";
import { CloudEvent, EventRequest } from "./schemas.ts";
import type { RequestScanner } from "./scan.ts";
import { checker } from "./validate.ts";

const checkEvent = checker(EventRequest, "request_invalid");
const checkCloudEvent = checker(CloudEvent, "request_invalid");

export type EnvelopeForm = "event" | "cloudevent";

/** A parsed body as a request to the desk. Throws `request_invalid`. `version` is the header that pins one, or null. */
export function readEnvelope(body: unknown, form: EnvelopeForm, version: string | null, traceId: string | null): DecisionRequest {
  if (form === "event") {
    const { type, event, explain = false } = checkEvent(body);
    return { type, event, explain, version, traceId };
  }
  const { type, data, explain = false, id, time } = checkCloudEvent(body);
  return { type, event: data, explain, version, traceId, envelopeId: id, ...(time === undefined ? {} : { envelopeTime: time }) };
}

/** The body of a single request: the one place where bytes become an event. Throws a `ProblemError`. */
export function readEvent(bytes: Uint8Array, form: EnvelopeForm, scanner: RequestScanner, version: string | null, traceId: string | null): DecisionRequest {
  const scanned = form === "event" ? scanner.read(bytes, version, traceId) : null;
  return scanned ?? readEnvelope(parsed(bytes), form, version, traceId);
}

/** One line of a stream: either form, a CloudEvent by its `specversion`. Throws a `ProblemError`. */
export function readLine(bytes: Uint8Array, scanner: RequestScanner, version: string | null, traceId: string | null): DecisionRequest {
  const scanned = scanner.read(bytes, version, traceId);
  if (scanned !== null) return scanned;
  const value = parsed(bytes);
  const cloud = typeof value === "object" && value !== null && Object.hasOwn(value, "specversion");
  return readEnvelope(value, cloud ? "cloudevent" : "event", version, traceId);
}

function parsed(bytes: Uint8Array): unknown {
  const found = parseJson(bytes);
  if (!found.ok) throw new ProblemError(found.problem.code, found.problem.detail);
  return found.value;
}
