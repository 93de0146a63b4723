import type { DecisionRequest } from "../engine/decision.ts";
import { parseJson } from "./body.ts";
import { ProblemError } from "./problem.ts";
import { CloudEvent, EventRequest } from "./schemas.ts";
import type { RequestScanner } from "./scan.ts";
import { checker } from "./validate.ts";

const checkEvent = checker(EventRequest, "request_invalid");
const checkCloudEvent = checker(CloudEvent, "request_invalid");

type EnvelopeForm = "event" | "cloudevent";

/** A parsed body as a request to the desk. Throws `request_invalid`. `version` is the header that pins one, or null. */
function readEnvelope(body: unknown, form: EnvelopeForm, version: string | null, traceId: string | null): DecisionRequest {
  if (form === "event") {
    const { type, event, explain = false } = checkEvent(body);
    return { type, event, explain, version, traceId };
  }
  const { type, data, explain = false, id, time } = checkCloudEvent(body);
  return { type, event: data, explain, version, traceId, envelopeId: id, ...(time === undefined ? {} : { envelopeTime: time }) };
}

/**
 * Bytes as a request to the desk: of a body whose form its content type says, or, with `either`, of one line of a stream,
 * where a CloudEvent is known by its `specversion`. Throws a `ProblemError`.
 */
export function readRequest(bytes: Buffer, form: EnvelopeForm | "either", scanner: RequestScanner, version: string | null, traceId: string | null): DecisionRequest {
  const scanned = form === "cloudevent" ? null : scanner.read(bytes, version, traceId);
  if (scanned !== null) return scanned;
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new ProblemError(parsed.problem.code, parsed.problem.detail);
  const { value } = parsed;
  if (form !== "either") return readEnvelope(value, form, version, traceId);
  const cloud = typeof value === "object" && value !== null && Object.hasOwn(value, "specversion");
  return readEnvelope(value, cloud ? "cloudevent" : "event", version, traceId);
}
