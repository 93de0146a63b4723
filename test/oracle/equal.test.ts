import assert from "node:assert/strict";
import { test } from "node:test";
import { contest, randomCase, type Difference, type Tally } from "./contest.ts";
import { source } from "./programs.ts";
import { shrink } from "./shrink.ts";

/** Random rule sets in one run, and events for each. Seeds are `FIRST_SEED` and those that follow. */
const PROGRAMS = 1_200;
const EVENTS = 25;
const FIRST_SEED = 1;

function tell(seed: number, { case: each, arrival, engine, oracle }: Difference): string {
  const stream = each.arrivals.map((event) => JSON.stringify(event)).join("\n");
  return `seed ${seed}\n${source(each.sketch)}\n\n${stream}\n\nat ${JSON.stringify(arrival)}\nthe engine says ${engine}\nthe interpreter ${oracle}`;
}

test("compiled programs decide as the interpreter of the syntax tree does", (t) => {
  const tally: Tally = { events: 0, hits: 0, missing: 0, degraded: 0, effects: 0, rows: 0, shadow: 0 };
  for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
    const difference = contest(randomCase(seed, EVENTS), {}, tally);
    if (difference !== null) assert.fail(tell(seed, difference.arrival === null ? difference : shrink(difference)));
  }
  t.diagnostic(`seeds ${FIRST_SEED} to ${FIRST_SEED + PROGRAMS - 1}: ${JSON.stringify(tally)}`);
  assert.equal(tally.events, PROGRAMS * EVENTS);
  // A generator whose rules never match, or never meet a missing value, would compare little.
  for (const [what, count] of Object.entries(tally)) assert.ok(count > PROGRAMS, `only ${count} ${what}`);
});
