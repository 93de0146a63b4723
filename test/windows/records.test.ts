import assert from "node:assert/strict";
import { test } from "node:test";
import { RuleStates, SPARE_MS } from "../../src/engine/states.ts";
import type { StateChange } from "../../src/store/record.ts";
import { SnapshotError } from "../../src/windows/pieces.ts";
import { WindowStore } from "../../src/windows/store.ts";
import type { Rng } from "../random.ts";
import { rngOf } from "../random.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import { all } from "./interrupted.ts";
import type { Definition } from "./naive.ts";

/* What rules know of entities from event to event: bounded, in the same memory and snapshots as windows. */

const COUNT: Definition = {
  name: "count", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null,
};

interface World {
  readonly windows: WindowStore;
  readonly states: RuleStates;
}

function world(maxStates = 1_000): World {
  const windows = new WindowStore({ maxStates });
  windows.adopt(planOf([COUNT]));
  return { windows, states: new RuleStates(windows) };
}

/** The same numbers, a text that looks like one of them, and keys that no other has. */
function changeOf(rng: Rng, at: number): StateChange {
  const entity = rng.chance(0.5) ? rng.below(40) : rng.chance(0.5) ? String(rng.below(40)) : `e${rng.below(1_000)}`;
  const state = `r/rule${rng.below(3)}/`;
  const time = at - rng.below(50);
  if (rng.chance(0.4)) return { kind: "cooled", state, entity, at: time, until: time + rng.pick([0, 100, SPARE_MS]) };
  const since = rng.chance(0.5) ? time : null;
  return { kind: "held", state, entity, newest: time, since, clearSince: rng.chance(0.3) ? time : null, latched: rng.chance(0.3) };
}

/** Everything that can be asked, of the entities of these changes. */
function told({ states }: World, changes: readonly StateChange[]): unknown {
  return [states.size, ...changes.map(({ state, entity }) => [states.peek(state, entity) ?? null, states.cooledAt(state, entity) ?? null])];
}

function pay({ windows }: World, at: number): void {
  windows.arrive("payment", frameOf({ type: "payment", card: `c${at % 20}`, at }), at, true);
}

function interrupted(seed: number): void {
  const rng = rngOf(seed);
  // Some are over, some are forgotten before their time.
  const step = rng.pick([1, HOUR]);
  const most = rng.pick([40, 300]);
  const changes = Array.from({ length: 600 }, (_, index) => changeOf(rng, index * step));
  const begin = rng.below(changes.length);
  const [calm, disturbed, resumed] = [world(most), world(most), world(most)];
  const play = (each: World, from: number, to: number, then = (): void => undefined): void => {
    for (let index = from; index < to; index++) {
      pay(each, index);
      each.states.repeat(changes[index] as StateChange);
      then();
    }
  };
  play(calm, 0, begin);
  play(disturbed, 0, begin);
  const snapshot = disturbed.windows.snapshot();
  const pieces: Uint8Array[] = [];
  const take = (): boolean => {
    const piece = snapshot.next(0);
    if (piece !== null) pieces.push(piece);
    return piece !== null;
  };
  const hurry = rng.pick([0, 0.05]);
  play(disturbed, begin, changes.length, () => void (rng.chance(hurry) && take()));
  while (take());
  for (const piece of pieces) resumed.windows.restore(piece);
  assert.deepEqual(told(resumed, changes), told(calm, changes), `seed ${seed}, as it began`);
  for (let index = begin; index < changes.length; index++) {
    for (const each of [calm, resumed]) play(each, index, index + 1);
    assert.deepEqual(resumed.states.size, calm.states.size, `seed ${seed}`);
  }
  assert.deepEqual(told(resumed, changes), told(calm, changes), `seed ${seed}, at the end`);
  assert.deepEqual(told(disturbed, changes), told(calm, changes), `seed ${seed}, of the store that the snapshot was taken of`);
}

void test("states that begin with a snapshot taken while they change are those that never stopped, also in what is forgotten next", () => {
  for (let seed = 1; seed <= 60; seed++) interrupted(seed);
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
