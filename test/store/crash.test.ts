import assert from "node:assert/strict";
import { test } from "node:test";
import { massacre } from "./crash.ts";
import { dataFolder } from "./records.ts";
import { rulesFolder } from "./service.ts";

/*
 * `kill -9` at random moments under load. More rounds by an argument:
 *   node test/store/crash.test.ts --rounds=300 [--seed=N]
 */

const option = (name: string, fallback: number): number => {
  const given = process.argv.find((each) => each.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
};

const ROUNDS = option("rounds", 6);
const SEED = option("seed", Math.floor(Math.random() * 2 ** 31));
/** Rounds over one data folder; then a new one, so that comparing everything stays short. */
const ROUNDS_A_FOLDER = 10;

test(`${ROUNDS} times killed, no acknowledged decision is lost and none is counted twice`, async (t) => {
  for (let done = 0; done < ROUNDS; done += ROUNDS_A_FOLDER) {
    const toll = await massacre(rulesFolder(t), dataFolder(t), Math.min(ROUNDS_A_FOLDER, ROUNDS - done), SEED + done, "disk");
    const told = `seed ${SEED}, from round ${done}: ${JSON.stringify(toll.recoveries.at(-1))}, ${toll.sent} sent, ${toll.acknowledged} acknowledged`;
    t.diagnostic(told);
    assert.ok(toll.acknowledged > 100, told);
    assert.deepEqual(toll.lost, [], told);
    assert.deepEqual(toll.miscounted, [], told);
  }
});

test("the same with acknowledgement before the commit loses decisions: the test can fail", async (t) => {
  const toll = await massacre(rulesFolder(t), dataFolder(t), 10, SEED, "none");
  t.diagnostic(`seed ${SEED}: ${toll.lost.length} of ${toll.acknowledged} lost in round ${toll.rounds}`);
  assert.ok(toll.lost.length > 0, `seed ${SEED}: nothing was lost in ${toll.rounds} rounds`);
});
