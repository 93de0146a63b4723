import type { EventSchema } from "../types/schema.ts";
import { printDuration, printTimestamp } from "../types/time.ts";
import type { Frame } from "../windows/spec.ts";
import type { Degraded, Refusal } from "./decision.ts";

/**
 * How far ahead of the clock an event may be: clocks that are set over the network differ by less than a second, and some
 * senders round up to whole ones. Further ahead it would move the windows of its entity past the events that are still to
 * come.
 */
export const FUTURE_MS = 5_000;

/** What becomes of an event that is further ahead: it is refused, or happens at the time of the clock. */
export type FuturePolicy = "refuse" | "clamp";

/** @param at time of the event, further ahead of the clock than allowed */
export function eventFuture({ name, fields, time }: EventSchema, at: number, now: number): Refusal {
  const field = fields[time ?? -1]?.name ?? "";
  return {
    code: "event_future",
    message: `the \`${name}\` happens ${aheadText(at - now)} ahead of the clock`,
    remedy: `set the clock of the sender; events up to ${FUTURE_MS / 1_000} s ahead are taken, and SLUICE_FUTURE=clamp has later ones happen when they arrive`,
    violations: [{ path: `/${field}`, message: `${printTimestamp(at)} is after ${printTimestamp(now)}, the time here` }],
  };
}

/** What is said of an event that was given the time of the clock; `ahead` is the time it had, or null. */
export function clamped(ahead: number | null, at: number): readonly Degraded[] {
  if (ahead === null) return UNCHANGED;
  const missing = `the event says ${printTimestamp(ahead)}, ${aheadText(ahead - at)} ahead of the clock; it was taken to happen at ${printTimestamp(at)}`;
  return [{ ruleset: null, rule: null, row: null, part: "time", missing }];
}

/** In whole seconds, and those that begin. */
function aheadText(ms: number): string {
  return printDuration(Math.ceil(ms / 1_000) * 1_000);
}

/** The frame of an event as if it said this time. */
export function happening({ time }: EventSchema, frame: Frame, at: number): Frame {
  return time === null || frame[time] === at ? frame : frame.with(time, at);
}

const UNCHANGED: readonly never[] = Object.freeze([]);
