import assert from "node:assert/strict";
import { test } from "node:test";
import { RuleStates, SPARE_MS } from "../../src/engine/states.ts";
import { SnapshotError } from "../../src/windows/pieces.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { rngOf } from "../random.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import { all } from "./interrupted.ts";
import { changeOf, COUNT, interruptStates, pay, told, world } from "./states.ts";

/* What rules know of entities from event to event: bounded, in the same memory and snapshots as windows. */

void test("states that begin with a snapshot taken while they change are those that never stopped, also in what is forgotten next", () => {
  for (let seed = 1; seed <= 60; seed++) interruptStates((options) => new WindowStore(options), seed);
});

void test("what was noted, done again, ends as the same", () => {
  const [one, other] = [world(), world()];
  one.states.note();
  const rng = rngOf(3);
  const changes = Array.from({ length: 500 }, (_, index) => changeOf(rng, index));
  assert.deepEqual(one.states.take(), []);
  for (const change of changes) {
    if (change.kind === "cooled") one.states.cool(change.state, change.entity, change.at, change.until - change.at);
    else one.states.keep(change.state, change.entity, change);
    for (const noted of one.states.take()) other.states.repeat(noted);
  }
  assert.deepEqual(told(other, changes), told(one, changes));
  other.states.cool("r", 1, 1, 1);
  assert.deepEqual(other.states.take(), [], "nobody asked for notes");
});

void test("a cooldown that is over by a day and a condition that is not true go; what holds and what is latched stays", () => {
  const one = world();
  const idle = { newest: 0, since: null, clearSince: null, latched: false };
  for (let number = 0; number < 100; number++) {
    one.states.keep("r", number, { ...idle });
    one.states.keep("s", number, { ...idle, since: number < 50 ? 0 : null, latched: number >= 50 });
    one.states.cool("r", number, 0, number < 50 ? HOUR : 100 * HOUR);
  }
  assert.deepEqual(one.states.size, { held: 200, cooled: 100 });
  for (let number = 0; number < 300; number++) {
    one.states.keep("t", "x", { ...idle, newest: SPARE_MS + 2 * HOUR });
    one.states.cool("t", "x", SPARE_MS + 2 * HOUR, 0);
  }
  assert.deepEqual(one.states.size, { held: 101, cooled: 51 });
  assert.equal(one.states.cooledAt("r", 10), undefined);
  assert.equal(one.states.cooledAt("r", 60), 0);
  assert.deepEqual(one.states.peek("s", 60), { ...idle, latched: true });
});

void test("windows and states share the budget: what was met least recently goes, of whichever kind", () => {
  const budget = 1_000_000;
  const windows = new WindowStore({ budget });
  windows.adopt(planOf([COUNT]));
  const states = new RuleStates(windows);
  for (let number = 0; number < 20_000; number++) {
    pay({ windows, states }, 0);
    states.cool("r", `old ${number}`, 0, HOUR);
  }
  for (let number = 0; number < 1_000; number++) windows.arrive("payment", frameOf({ type: "payment", card: `new ${number}`, at: 1 }), 1, true);
  assert.ok(windows.stats.live <= budget, `${windows.stats.live}`);
  assert.ok(windows.cooled.evicted > 5_000);
  assert.equal(states.cooledAt("r", "old 0"), undefined);
  assert.equal(windows.stats.evicted, 0, "all of them were met later");
});

void test("records of a damaged snapshot leave nothing", () => {
  const one = world(10_000);
  for (let number = 0; number < 5_000; number++) one.states.cool("r", number, 0, HOUR);
  const pieces = all(one.windows);
  assert.ok(pieces.length > 2);
  const other = world(10_000);
  other.windows.restore(pieces[0] as Uint8Array);
  assert.throws(() => other.windows.restore((pieces[1] as Uint8Array).slice(1)), SnapshotError);
  assert.deepEqual(other.states.size, { held: 0, cooled: 0 });
  for (const piece of pieces) other.windows.restore(piece);
  assert.deepEqual(other.states.size, one.states.size);
});
