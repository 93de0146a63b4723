import assert from "node:assert/strict";
import { test } from "node:test";
import { Dice } from "../oracle/dice.ts";
import { noTally, tryOut, type Tally } from "./trial.ts";

/*
 * The index decides as asking every rule in turn does. A long run is
 *
 *   MATCH_PROGRAMS=100000 MATCH_SIZE=5000 MATCH_SEED=1 node --test test/match/agree.test.ts
 *
 * where few of the programs have as many rules.
 */
const PROGRAMS = Number(process.env["MATCH_PROGRAMS"] ?? 150);
const LARGEST = Number(process.env["MATCH_SIZE"] ?? 400);
const FIRST_SEED = Number(process.env["MATCH_SEED"] ?? 1);
const EVENTS = 20;

/** Rulesets of few shapes are so many times as large: their clusters should take several vectors. */
const ALIKE = 4;

/** Mostly small, now and then large. */
function sizeOf(seed: number): number {
  const dice = new Dice(seed ^ 0x5bd1e995);
  return 1 + Math.floor(LARGEST ** dice.roll() * (dice.chance(0.9) ? 0.2 : 1));
}

test("the index finds what asking in turn finds", (t) => {
  const tally: Tally = noTally();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
    // Every second time all that is asked has a column.
    const thresholds = { indexedFrom: 0, ...(seed % 2 === 0 ? {} : { sharedBy: 0 }) };
    const alike = seed % 3 === 0;
    const difference = tryOut({ seed, size: alike ? sizeOf(seed) * ALIKE : sizeOf(seed), events: EVENTS, thresholds, alike }, tally);
    if (difference !== null) assert.fail(difference);
  }
  t.diagnostic(`seeds ${FIRST_SEED} to ${FIRST_SEED + PROGRAMS - 1}: ${JSON.stringify(tally)}`);
  for (const [what, count] of Object.entries(tally)) assert.ok(count >= PROGRAMS, `only ${count} ${what}`);
  // Half of the programs have no columns for values that few rules ask, and those with a state are always asked.
  assert.ok(tally.sure * 5 > tally.asked, "many conditions are told by the index alone");
});
