import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { massacre, rate } from "./crash/rounds.ts";
import { dataFolder } from "./records.ts";

/*
 * `kill -9` at random moments under load. More rounds by an argument:
 *   node test/store/crash.test.ts --rounds=300 [--seed=N]
 * A kill of the process leaves what was handed to the operating system, so skipping the sync of a commit
 * (`SLUICE_DURABILITY=os`) stays green here; only the loss of power would show it.
 */

const option = (name: string, fallback: number): number => {
  const given = process.argv.find((each) => each.startsWith(`--${name}=`));
  return given === undefined ? fallback : Number(given.slice(name.length + 3));
};

const ROUNDS = option("rounds", 4);
const SEED = option("seed", Math.floor(Math.random() * 2 ** 31));
/** Rounds over one data folder; then a new one, so that comparing everything stays short. */
const ROUNDS_A_FOLDER = 10;
const SLOW_ROUNDS = Math.max(2, Math.ceil(ROUNDS / 30));
/** A planted mistake is found in a few rounds; so many without it are no chance any more. */
const MISTAKEN_ROUNDS = 15;

function rulesFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test(`${ROUNDS} times killed, everything is as if it had never been`, async (t) => {
  let [kills, early, events, acknowledged] = [0, 0, 0, 0];
  const recoveries = [];
  for (let done = 0; done < ROUNDS; done += ROUNDS_A_FOLDER) {
    const rounds = Math.min(ROUNDS_A_FOLDER, ROUNDS - done);
    const toll = await massacre({ rules: rulesFolder(t), data: dataFolder(t), rounds, seed: SEED + done, edits: "filled" });
    const { recoveries: each, lost, wrong, ...numbers } = toll;
    const told = `seed ${SEED}, from round ${done}: ${JSON.stringify(numbers)}, ${rate(toll)}`;
    t.diagnostic(told);
    // Diagnostics come when the test ends, which takes long for many rounds.
    if (ROUNDS > ROUNDS_A_FOLDER) process.stderr.write(`${told}\n`);
    assert.deepEqual(lost.slice(0, 5), [], told);
    assert.deepEqual(wrong.slice(0, 5), [], told);
    assert.ok(toll.acknowledged > 100, told);
    kills += toll.kills + toll.early;
    early += toll.early;
    events += toll.events;
    acknowledged += toll.acknowledged;
    recoveries.push(...each);
  }
  t.diagnostic(`${kills} kills, ${early} of them during a start; ${events} events, ${acknowledged} acknowledged, none lost, none counted twice; ${rate({ recoveries })}`);
});

test("the same over a slow disk", async (t) => {
  const writer = new URL("workers/slow.ts", import.meta.url);
  const toll = await massacre({ rules: rulesFolder(t), data: dataFolder(t), rounds: SLOW_ROUNDS, seed: SEED, edits: "none", writer });
  assert.deepEqual([toll.lost, toll.wrong], [[], []], `seed ${SEED}`);
  assert.ok(toll.acknowledged > 50, `${toll.acknowledged} acknowledged`);
});

test("the same with acknowledgement before the commit loses decisions: the test can fail", async (t) => {
  const writer = new URL("workers/early.ts", import.meta.url);
  const toll = await massacre({ rules: rulesFolder(t), data: dataFolder(t), rounds: MISTAKEN_ROUNDS, seed: SEED, edits: "none", onlyLost: true, writer });
  t.diagnostic(`seed ${SEED}: ${toll.lost.length} of ${toll.acknowledged} lost in round ${toll.rounds}`);
  assert.ok(toll.lost.length > 0, `seed ${SEED}: nothing was lost in ${toll.rounds} rounds: ${toll.wrong.slice(0, 5).join("; ")}`);
});
