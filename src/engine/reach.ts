import type { Reach } from "../store/queries.ts";
import { printDuration, printTimestamp } from "../types/time.ts";
import { kept } from "../windows/layout.ts";
import { CLOCK_BLOCK } from "../windows/log.ts";
import type { WindowSpec } from "../windows/spec.ts";

/**
 * So many events of a type in a row hold a whole block of a log's clock, so that the clock has reached the earliest of their
 * times at least. One event from far ahead among them does not matter, one from long ago means that more is read.
 */
export const RECENT = 2 * CLOCK_BLOCK;

/** From when on events are to be read for a log to be as it would be had it been there from the start; and why it is not made anew. */
export interface Fill {
  /** Event time; minus infinity for everything. */
  readonly since: number;
  readonly reason: string | null;
}

/**
 * An entity goes when the clock of its log has passed its newest event by the keep, and until then has events that are
 * older by the keep once more.
 * @param specs all features of the log
 * @param going those of them that have state by now: making the log anew must not take any of it
 */
export function logFill({ oldest, forgotten, recent }: Reach, specs: readonly WindowSpec[], going: readonly WindowSpec[]): Fill {
  const since = recent === null ? Number.NEGATIVE_INFINITY : recent - 2 * longest(specs);
  if (!forgotten || going.length === 0) return { since, reason: null };
  const needed = longest(going);
  if (oldest !== null && recent !== null && oldest <= recent - 2 * needed) return { since, reason: null };
  const names = going.map(({ name }) => `\`${name}\``).join(", ");
  const back = oldest === null ? "has no event of this type any more" : `reaches back to ${printTimestamp(oldest)}`;
  return { since, reason: `the log ${back}, and ${names} may know what was before (up to ${printDuration(2 * needed)}); reading it would lose that` };
}

function longest(specs: readonly WindowSpec[]): number {
  return specs.reduce((most, spec) => Math.max(most, kept(spec)), 0);
}
