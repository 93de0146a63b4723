import assert from "node:assert/strict";
import type { Missing } from "../../src/types/value.ts";
import type { Value } from "../../src/types/value.ts";
import { fold, keep, meaning } from "./naive.ts";
import type { Definition, Sent } from "./naive.ts";

/*
 * What is stated of windows whose older events are in panes, as a person would check it: the value is that of a window
 * of which each end lies less than a pane further out, to the bit where values are whole.
 */

/** A window has 60 panes, and all that is kept at most 480. */
function paneOf(definition: Definition): number {
  return Math.ceil(Math.max(definition.over / 60, keep(definition) / 480));
}

/** Throws unless the value is as stated. `history` is all that the feature counted of the entity. */
export function near(found: Value | Missing, definition: Definition, history: readonly Sent[], at: number, exact: number): void {
  const { over, delay } = definition;
  const what = `${meaning(definition)} at ${at}`;
  const upper = at - delay;
  const newest = history.at(-1)?.at ?? -Infinity;
  const lower = Math.max(upper - over, newest - keep(definition));
  assert.ok(history.filter((sent) => sent.at > lower).length > exact, `approximate without need: ${what}`);
  const pane = paneOf(definition);
  const first = Math.floor(lower / pane);
  const last = Math.floor(upper / pane);
  // An end may take in the events of its pane as far as any of them; of equal times those that came first.
  const begin = history.filter((sent) => sent.at <= lower).length;
  const end = history.filter((sent) => sent.at <= upper).length;
  const starts = [begin, ...indexes(history, (sent) => sent.at <= lower && Math.floor(sent.at / pane) === first)];
  // Of a value in panes only the last sighting is known, so a late event finds those that came after it too.
  const ends = [end, ...indexes(history, (sent) => sent.at > upper && (definition.aggregate === "distinct" || Math.floor(sent.at / pane) === last)).map((index) => index + 1)];
  const values = starts.flatMap((start) => ends.map((until) => {
    const window = history.slice(start, until);
    return { value: fold(definition, window), volume: window.reduce((sum, sent) => sum + Math.abs(sent.amount ?? 0), 0) };
  }));
  // As many values as events are told apart one by one.
  const few = definition.aggregate === "distinct" && (fold(definition, history) as number) <= exact;
  assert.ok(values.some(({ value, volume }) => stated(definition, found, value, volume, few)), `${JSON.stringify(found)} is none of ${JSON.stringify(values.map(({ value }) => value))}: ${what}`);
}

function indexes(history: readonly Sent[], wanted: (sent: Sent) => boolean): number[] {
  return [...history.keys()].filter((index) => wanted(history[index] as Sent));
}

const ROUNDING = 1e-12;

function stated({ aggregate, field }: Definition, found: Value | Missing, expected: Value | Missing, volume: number, few: boolean): boolean {
  const [a, b] = [plain(found), plain(expected)];
  if (a === null || b === null) return same(found, expected);
  switch (aggregate) {
    case "sum":
    case "average":
      return field === "paid" ? a === b : Math.abs(a - b) <= ROUNDING * volume;
    case "stddev":
      return Math.abs(a - b) <= 1e-9 * Math.abs(b);
    case "percentile":
      return Math.abs(a - b) <= 0.01 * Math.abs(b) * (1 + ROUNDING) + (field === "paid" ? 0.5 : 0);
    case "distinct":
      return Math.abs(a - b) <= (few ? 0 : Math.max(1, 0.08 * b));
    default:
      return same(found, expected);
  }
}

function plain(value: Value | Missing): number | null {
  if (typeof value === "number") return value;
  return typeof value === "object" && value !== null && "minor" in value ? value.minor : null;
}

function same(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
