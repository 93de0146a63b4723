import type { Simulated } from "../../src/simulate/event.ts";
import { type KindName, simulate } from "../../src/simulate/simulate.ts";

export const START = Date.UTC(2026, 0, 1);

/** A stream at the usual share of labelled events, or at the one given. */
export function stream(kind: KindName, events: number, seed = "1", fraud: number | null = null): Simulated[] {
  return [...simulate({ kind, events, seed, fraud, start: START })];
}

/** Events of one pattern. */
export function labelled(events: readonly Simulated[], pattern: string): Simulated[] {
  return events.filter(({ event }) => event["pattern"] === pattern);
}

/** A field that is text in every event of the kind. */
export function text({ event }: Simulated, field: string): string {
  const value = event[field];
  if (typeof value !== "string") throw new TypeError(`${field} is no text: ${JSON.stringify(event)}`);
  return value;
}

/** The amount of a payment in euro. */
export function euro(payment: Simulated): number {
  const [amount, currency] = text(payment, "amount").split(" ");
  if (currency !== "EUR") throw new TypeError(`not in euro: ${JSON.stringify(payment.event)}`);
  return Number(amount);
}

/** Consecutive events that lie closer together than `gap` milliseconds. */
export function bursts(events: readonly Simulated[], gap: number): Simulated[][] {
  const found: Simulated[][] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last !== undefined && event.at - (last.at(-1)?.at ?? 0) < gap) last.push(event);
    else found.push([event]);
  }
  return found;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
