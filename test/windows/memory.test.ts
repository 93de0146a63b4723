import assert from "node:assert/strict";
import { test } from "node:test";
import { LATENESS_MS } from "../../src/windows/spec.ts";
import { CLOCK_BLOCK } from "../../src/windows/log.ts";
import { TRIM_INTERVAL } from "../../src/windows/rows.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import { NaiveWindows } from "./naive.ts";
import type { Definition } from "./naive.ts";

/* Memory follows the live windows: old events of an entity go, and entities that are not heard of any more. */

const COUNT: Definition = {
  name: "f", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null,
};
const KEEP = HOUR + LATENESS_MS;
/** Entities go by the slot of a wheel, of which this keep has 128. */
const SLOT = Math.ceil(KEEP / 128);

function fill(store: WindowStore, card: string, at: number): void {
  store.arrive("payment", frameOf({ type: "payment", card, at }), at, true);
}

void test("one busy entity holds about what it keeps", () => {
  const store = new WindowStore();
  store.adopt(planOf([COUNT]));
  const live = KEEP / 60_000;
  for (let minute = 0; minute < 20 * live; minute++) {
    fill(store, "a", minute * 60_000);
    assert.ok(store.stats.events <= 2 * live + TRIM_INTERVAL);
    assert.equal(store.read(0), Math.min(minute + 1, 60));
  }
});

void test("entities that fell silent are let go of, and the values of the others do not show it", () => {
  const store = new WindowStore();
  const naive = new NaiveWindows({ forgets: false });
  store.adopt(planOf([COUNT]));
  naive.adopt([COUNT]);
  let most = 0;
  for (let number = 0; number < 3_000; number++) {
    // Every entity is heard of three times within two hours, some of them late.
    const at = Math.floor(number / 3) * HOUR + (number % 3) * 40 * 60_000 - (number % 7 === 0 ? LATENESS_MS : 0);
    const sent = { type: "payment", card: `c${Math.floor(number / 3)}`, at };
    store.arrive("payment", frameOf(sent), at, true);
    naive.arrive(sent, true);
    assert.equal(store.read(0), naive.read(0));
    most = Math.max(most, store.stats.entities);
  }
  const live = KEEP / HOUR;
  // A block of arrivals moves the clock.
  assert.ok(most <= 2 * live + CLOCK_BLOCK, `${most} entities for ${live} live ones`);
  assert.equal(store.stats.dropped, 0);
  assert.equal(store.stats.expired, 1_000 - store.stats.entities);
  assert.ok(store.stats.events <= 3 * most);
});

void test("a sender whose clock is ahead by years does not end the windows of others", () => {
  const store = new WindowStore();
  store.adopt(planOf([COUNT]));
  for (let number = 0; number < 10 * CLOCK_BLOCK; number++) {
    fill(store, `c${number}`, number);
    if (number % 10 === 0) fill(store, "ahead", 1e12 + number);
  }
  assert.equal(store.stats.entities, 10 * CLOCK_BLOCK + 1);
  fill(store, "c0", 10 * CLOCK_BLOCK);
  assert.equal(store.read(0), 2);
});

void test("an old entity is let go of when a whole block has moved past what it keeps, by a slot of the wheel, not before", () => {
  const held = (last: number): number => {
    const store = new WindowStore();
    store.adopt(planOf([COUNT]));
    fill(store, "old", 0);
    for (let number = 1; number < 2 * CLOCK_BLOCK - 1; number++) fill(store, "new", KEEP + SLOT);
    assert.equal(store.stats.entities, 2);
    fill(store, "new", last);
    return store.stats.entities;
  };
  assert.equal(held(KEEP + SLOT), 1);
  assert.equal(held(KEEP - 1), 2);
});

void test("what one device brings long after the others is counted together, and says that something may have been forgotten", () => {
  const store = new WindowStore();
  store.adopt(planOf([COUNT]));
  const quality = (): readonly [number, boolean] => [store.quality(0).coverage, store.quality(0).late];
  const others = (from: number): void => {
    for (let number = 0; number < 2 * CLOCK_BLOCK; number++) fill(store, "new", from + number);
  };
  fill(store, "first", -2 * HOUR);
  for (const at of [0, 1]) fill(store, "old", at);
  assert.equal(store.read(0), 2);
  others(10 * KEEP);
  for (const [index, at] of [2, 3, 4].entries()) {
    fill(store, "old", at);
    assert.deepEqual([store.read(0), ...quality()], [index + 1, 0, true], "two were let go of");
    others(10 * KEEP + (index + 1) * 1_000);
  }
  // Once it has caught up, its window is whole again.
  fill(store, "old", 10 * KEEP);
  assert.deepEqual([store.read(0), ...quality()], [1, 1, false]);
  fill(store, "never", 2);
  assert.deepEqual([store.read(0), ...quality()], [1, 0, true], "nobody knows whether it was there");
  others(30 * KEEP);
  fill(store, "never", 3);
  assert.equal(store.read(0), 1, "it was not met for long");
});
