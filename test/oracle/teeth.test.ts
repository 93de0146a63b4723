import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { contest, randomCase } from "./contest.ts";
import { SABOTAGES } from "./sabotage.ts";

/** Rule sets that a planted bug may hide from; far fewer than the comparison itself runs through. */
const PROGRAMS = 300;
const EVENTS = 25;

/** The seed of the first rule set that shows the bug, or undefined. */
function found(name: string): number | undefined {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const difference = contest(randomCase(seed, EVENTS), SABOTAGES[name]);
    if (difference !== null && difference.arrival !== null) return seed;
  }
  return undefined;
}

suite("a planted bug is found", () => {
  for (const name of Object.keys(SABOTAGES)) {
    test(name, (t) => {
      const seed = found(name);
      assert.notEqual(seed, undefined, `not found in ${PROGRAMS} rule sets`);
      t.diagnostic(`${name}: seed ${seed}`);
    });
  }
});
