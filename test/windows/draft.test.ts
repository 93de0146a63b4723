import assert from "node:assert/strict";
import { test } from "node:test";
import { logId } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import type { Definition } from "./naive.ts";

/* What a change of plan would do, and logs that are filled beside the live ones before it is done. */

const COUNT: Definition = {
  name: "f", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null,
};
const SUM: Definition = { ...COUNT, name: "s", aggregate: "sum", field: "amount" };
const SHOP: Definition = { ...COUNT, name: "shop", keys: ["shop"] };
const CARDS = logId({ source: "payment", keys: ["card"] });
const SHOPS = logId({ source: "payment", keys: ["shop"] });

interface Sink {
  arrive(event: string, frame: ReturnType<typeof frameOf>, at: number, fold: boolean): void;
}

function pay(sink: Sink, number: number, cards = 100): void {
  const sent = { type: "payment", card: `c${number % cards}`, shop: `s${number % 7}`, amount: number, at: number * 50 };
  sink.arrive(sent.type, frameOf(sent), sent.at, true);
}

void test("a comparison names what a plan would keep, start and drop, and the logs that would have to be made anew", () => {
  const store = new WindowStore();
  assert.deepEqual(store.compare(planOf([COUNT])), { kept: [], started: ["f"], dropped: [], rebuild: [CARDS] });
  store.adopt(planOf([COUNT, SHOP]));
  const next = planOf([{ ...COUNT, name: "renamed" }, SUM]);
  const expected = { kept: ["renamed"], started: ["s"], dropped: ["shop"] };
  assert.deepEqual(store.compare(next), { ...expected, rebuild: [CARDS] });
  assert.deepEqual(store.adopt(next), expected);
  assert.deepEqual(store.compare(next), { kept: ["renamed", "s"], started: [], dropped: [], rebuild: [] });
  assert.deepEqual(store.compare(planOf([COUNT, SUM, SHOP])).rebuild, [SHOPS]);
});

void test("a draft that was given the past gives the values that had been there from the start", () => {
  const plan = planOf([COUNT, SUM, SHOP]);
  const [store, whole] = [new WindowStore(), new WindowStore()];
  store.adopt(planOf([COUNT]));
  whole.adopt(plan);
  for (let number = 0; number < 3_000; number++) for (const each of [store, whole]) pay(each, number);
  const draft = store.draft(plan, store.compare(plan).rebuild);
  // Events go on while the past is read.
  for (let number = 3_000; number < 3_500; number++) for (const each of [store, whole]) pay(each, number);
  const { stats } = store;
  for (let number = 0; number < 3_500; number++) pay({ arrive: (event, frame, at) => draft.arrive(event, frame, at) }, number);
  assert.deepEqual({ ...store.stats, bytes: 0, live: 0 }, { ...stats, bytes: 0, live: 0 }, "what is prepared is not counted");
  assert.deepEqual(store.adopt(plan, draft), { kept: ["f"], started: ["s", "shop"], dropped: [] });
  for (let number = 3_500; number < 4_000; number++) {
    for (const each of [store, whole]) pay(each, number);
    for (const feature of [0, 1, 2]) {
      assert.deepEqual(store.read(feature), whole.read(feature));
      assert.deepEqual(store.quality(feature), whole.quality(feature));
    }
  }
});

void test("a draft is of one plan, and there is one", () => {
  const store = new WindowStore();
  const plan = planOf([COUNT]);
  const draft = store.draft(plan, [CARDS]);
  assert.throws(() => store.draft(plan, [CARDS]), RangeError);
  assert.throws(() => store.adopt(planOf([COUNT]), draft), RangeError);
  draft.discard();
  assert.throws(() => store.adopt(plan, draft), RangeError, "it was given up");
  store.draft(plan, [CARDS]).discard();
});

void test("memory of logs that are gone comes back in slices, and a draft given up leaves nothing", () => {
  const store = new WindowStore();
  store.adopt(planOf([]));
  const { live } = store.stats;
  store.adopt(planOf([COUNT]));
  for (let number = 0; number < 20_000; number++) pay(store, number, 20_000);
  const draft = store.draft(planOf([SHOP]), [SHOPS]);
  for (let number = 0; number < 1_000; number++) pay({ arrive: (event, frame, at) => draft.arrive(event, frame, at) }, number);
  draft.discard();
  const full = store.stats.live;
  store.adopt(planOf([]));
  assert.ok(store.stats.live > full / 2, "not in one go");
  assert.equal(store.stats.entities, 0);
  pay(store, 1);
  assert.ok(store.stats.live < full, "with events too");
  let slices = 1;
  while (store.sweep(0)) slices++;
  assert.ok(slices > 100, `${slices} slices`);
  assert.equal(store.stats.live, live);
});

void test("where the budget bites, a draft gives way before what is live", () => {
  const store = new WindowStore({ budget: 2_000_000 });
  store.adopt(planOf([COUNT]));
  for (let number = 0; number < 5_000; number++) pay(store, number, 5_000);
  const { entities, evicted } = store.stats;
  assert.equal(evicted, 0);
  const draft = store.draft(planOf([COUNT, SUM]), [CARDS]);
  for (let number = 0; number < 50_000; number++) pay({ arrive: (event, frame, at) => draft.arrive(event, frame, at) }, number, 50_000);
  assert.ok(draft.evicted > 10_000);
  assert.ok(store.stats.bytes <= 2_000_000 + 2 ** 18);
  assert.deepEqual([store.stats.entities, store.stats.evicted], [entities, 0]);
});
