import type { Field, Simulated } from "./event.ts";
import type { KindName } from "./simulate.ts";

/** Lines of `{ "type", "event" }`, ready for `POST /v1/decisions`. */
export function* ndjson(events: Iterable<Simulated>): Generator<string> {
  for (const { type, event } of events) yield `${JSON.stringify({ type, event })}\n`;
}

/** Every field that an event of a kind can have, a place as two columns. */
const columns: Readonly<Record<KindName, readonly string[]>> = {
  payments: ["id", "at", "amount", "card", "customer", "terminal", "mcc", "country", "card_country", "channel", "ip", "email", "threeds", "fraud", "pattern"],
  logins: ["id", "at", "user", "device", "ip", "location.lat", "location.lon", "success", "mfa", "fraud", "pattern"],
  telemetry: ["at", "device", "site", "temperature", "vibration", "rpm", "anomaly", "pattern"],
};

/** A header and a line an event (RFC 4180, but with LF); an absent field is an empty cell. */
export function* csv(kind: KindName, events: Iterable<Simulated>): Generator<string> {
  const names = columns[kind];
  yield `${names.join(",")}\n`;
  for (const { event } of events) yield `${names.map((name) => cell(event, name)).join(",")}\n`;
}

function cell(event: Simulated["event"], name: string): string {
  const [field = "", part] = name.split(".");
  const value: Field | undefined = event[field];
  if (value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return String(part === "lat" ? value.lat : value.lon);
}
