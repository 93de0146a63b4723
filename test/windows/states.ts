import assert from "node:assert/strict";
import { RuleStates, SPARE_MS } from "../../src/engine/states.ts";
import type { StateChange } from "../../src/store/record.ts";
import { WindowStore } from "../../src/windows/store.ts";
import type { Rng } from "../random.ts";
import { rngOf } from "../random.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import type { Create } from "./interrupted.ts";
import type { Definition } from "./naive.ts";

/* As for windows: states of rules that were never disturbed, those that a snapshot is taken of, those that begin with it. */

export const COUNT: Definition = {
  name: "count", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null,
};

export interface World {
  readonly windows: WindowStore;
  readonly states: RuleStates;
}

export function world(maxStates = 1_000, create: Create = (options) => new WindowStore(options)): World {
  const windows = create({ maxStates });
  windows.adopt(planOf([COUNT]));
  return { windows, states: new RuleStates(windows) };
}

/** The same numbers, a text that looks like one of them, and keys that no other has. */
export function changeOf(rng: Rng, at: number): StateChange {
  const entity = rng.chance(0.5) ? rng.below(40) : rng.chance(0.5) ? String(rng.below(40)) : `e${rng.below(1_000)}`;
  const state = `r/rule${rng.below(3)}/`;
  const time = at - rng.below(50);
  if (rng.chance(0.4)) return { kind: "cooled", state, entity, at: time, until: time + rng.pick([0, 100, SPARE_MS]) };
  const since = rng.chance(0.5) ? time : null;
  return { kind: "held", state, entity, newest: time, since, clearSince: rng.chance(0.3) ? time : null, latched: rng.chance(0.3) };
}

/** Everything that can be asked, of the entities of these changes. */
export function told({ states }: World, changes: readonly StateChange[]): unknown {
  return [states.size, ...changes.map(({ state, entity }) => [states.peek(state, entity) ?? null, states.cooledAt(state, entity) ?? null])];
}

export function pay({ windows }: World, at: number): void {
  windows.arrive("payment", frameOf({ type: "payment", card: `c${at % 20}`, at }), at, true);
}

export function interruptStates(create: Create, seed: number): void {
  const rng = rngOf(seed);
  // Some are over, some are forgotten before their time.
  const step = rng.pick([1, HOUR]);
  const most = rng.pick([40, 300]);
  const changes = Array.from({ length: 600 }, (_, index) => changeOf(rng, index * step));
  const begin = rng.below(changes.length);
  const [calm, disturbed, resumed] = [world(most, create), world(most, create), world(most, create)];
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
