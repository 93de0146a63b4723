import type { Field, Simulated } from "./event.ts";
import type { KindName } from "./simulate.ts";

/** Lines of `{ "type", "event" }`, ready for `POST /v1/decisions`. */
export function* ndjson(events: Iterable<Simulated>): Generator<string> {
  for (const { type, event } of events) yield `${JSON.stringify({ type, event })}\n`;
}

/** Every field that an event of a kind can have. */
const columns: Readonly<Record<KindName, readonly string[]>> = {
  payments: ["id", "at", "amount", "card", "customer", "terminal", "mcc", "country", "card_country", "channel", "ip", "email", "threeds", "fraud", "pattern"],
  logins: ["id", "at", "user", "device", "ip", "location", "success", "mfa", "fraud", "pattern"],
  telemetry: ["at", "device", "site", "temperature", "vibration", "rpm", "anomaly", "pattern"],
};

/** A header and a line an event (RFC 4180, but with LF); an absent field is an empty cell, a place is JSON. */
export function* csv(kind: KindName, events: Iterable<Simulated>): Generator<string> {
  const names = columns[kind];
  yield `${names.join(",")}\n`;
  for (const { event } of events) yield `${names.map((name) => cell(event[name])).join(",")}\n`;
}

/** No text of a stream holds a comma, a quote or a line break; JSON does. */
function cell(value: Field | undefined): string {
  if (value === undefined) return "";
  return typeof value === "object" ? `"${JSON.stringify(value).replaceAll('"', '""')}"` : String(value);
}
