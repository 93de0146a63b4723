import assert from "node:assert/strict";
import { test } from "node:test";
import { Missing } from "../../src/types/value.ts";
import type { Value } from "../../src/types/value.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { rngOf } from "../random.ts";
import type { Rng } from "../random.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import { NaiveWindows } from "./naive.ts";
import type { Definition, Sent } from "./naive.ts";

/*
 * Beyond the events that are kept one by one a value is that of a window whose older end lies up to a pane further out,
 * within the stated error of sketches. So it lies between the naive value and that of a window longer by a pane, where
 * the aggregate grows with the window; and it is equal wherever no event lies between the two.
 */
const BASE: Definition = { name: "f", source: "payment", keys: ["card"], aggregate: "count", over: HOUR, delay: 0, excludingCurrent: false, flagged: false, field: null };
const PANE = HOUR / 60;

const FOLDS: readonly Partial<Definition>[] = [
  {}, { flagged: true }, { aggregate: "exists" }, { aggregate: "sum", field: "amount" }, { aggregate: "average", field: "amount" }, { aggregate: "min", field: "amount" },
  { aggregate: "max", field: "paid" }, { aggregate: "min", field: "text" }, { aggregate: "distinct", field: "text" }, { aggregate: "last", field: "text" },
  { aggregate: "first", field: "paid" }, { aggregate: "change", field: "amount" }, { aggregate: "rate", field: "amount" }, { aggregate: "rate" },
  { aggregate: "stddev", field: "amount" }, { aggregate: "percentile", argument: 95, field: "amount" }, { aggregate: "percentile", argument: 5, field: "amount" },
  { aggregate: "sum", field: "paid", excludingCurrent: true }, { excludingCurrent: true }, { delay: HOUR / 2 }, { aggregate: "sum", field: "paid", delay: HOUR / 2 },
];

function definitions(over: number): Definition[] {
  return FOLDS.map((fold, index) => ({ ...BASE, over, ...fold, name: `f${index}` }));
}

function plain(value: Value | Missing): number | null {
  if (value instanceof Missing) return null;
  return typeof value === "number" ? value : typeof value === "object" && value !== null && "minor" in value ? value.minor : null;
}

function sent(random: Rng, at: number): Sent {
  return {
    type: "payment", card: random.pick(["a", "b", "c"]), at, amount: random.below(1_000), paid: { minor: 1 + random.below(500), currency: "USD" },
    text: `t${random.below(40)}`, flag: random.below(3) > 0,
  };
}

void test("beyond the exact limit a window is longer by less than a pane, and says so", () => {
  const random = rngOf(20260501);
  const store = new WindowStore({ exact: 32 });
  const naive = new NaiveWindows({ forgets: false });
  const longer = new NaiveWindows({ forgets: false });
  store.adopt(planOf(definitions(HOUR)));
  naive.adopt(definitions(HOUR));
  longer.adopt(definitions(HOUR + PANE));
  let approximate = 0;
  for (let number = 0, at = 1_000 * HOUR; number < 1_200; number++, at += random.below(10_000)) {
    // Some come late, also into panes.
    const event = sent(random, number % 9 === 4 ? at - random.below(HOUR / 12) : at);
    store.arrive("payment", frameOf(event), event.at, true);
    naive.arrive(event, true);
    longer.arrive(event, true);
    if (number % 5 > 1) continue;
    for (const [index, { aggregate, delay }] of definitions(HOUR).entries()) {
      const found = store.read(index);
      const [low, high] = [naive.read(index), longer.read(index)];
      const what = `event ${number}, feature ${index}: ${JSON.stringify([found, low, high])}`;
      if (store.quality(index).approx) approximate++;
      else {
        assert.ok(Math.abs((plain(found) ?? 0) - (plain(low) ?? 0)) <= naive.slack, what);
        continue;
      }
      // Both ends of a window that ends in the past may move, and a late event reads one that does.
      if (delay > 0 || number % 9 === 4) continue;
      const [a, b, value] = [plain(low) ?? 0, plain(high) ?? 0, plain(found) ?? 0];
      if (["count", "sum", "distinct"].includes(aggregate)) assert.ok(value >= a && value <= b, what);
      else if (["min", "max"].includes(aggregate)) assert.ok((value >= Math.min(a, b) && value <= Math.max(a, b)), what);
      else if (["exists", "last"].includes(aggregate)) assert.deepEqual(found, low, what);
      else if (aggregate === "stddev" || aggregate === "average") assert.ok(Math.abs(value - a) <= 0.1 * a, what);
    }
  }
  assert.ok(approximate > 1_000, `${approximate} approximate values`);
});

void test("percentiles are within 1 per cent, distinct exact to 512 and then within a few per cent", () => {
  const store = new WindowStore();
  const percents = [1, 50, 95, 99, 100];
  const over = 1_000 * HOUR;
  store.adopt(planOf([
    ...percents.map((argument): Definition => ({ ...BASE, name: `p${argument}`, over, aggregate: "percentile", argument, field: "amount" })),
    { ...BASE, name: "d", over, aggregate: "distinct", field: "text" },
    { ...BASE, name: "s", over, aggregate: "stddev", field: "amount" },
  ]));
  const random = rngOf(7);
  const values: number[] = [];
  const texts = new Set<string>();
  for (let number = 0; number < 20_000; number++) {
    const at = 1e9 + number * 60_000;
    const amount = Math.exp(random.below(1_000_000) / 50_000) * (number % 10 === 0 ? -1 : 1);
    const text = `t${number < 5_000 ? random.below(500) : random.below(8_000)}`;
    values.push(amount);
    texts.add(text);
    store.arrive("payment", frameOf({ type: "payment", card: "a", at, amount, text }), at, true);
    if (number === 4_999) assert.equal(store.read(5), texts.size, "a few hundred different texts");
  }
  const sorted = values.toSorted((a, b) => a - b);
  percents.forEach((percent, index) => {
    const exact = sorted[Math.ceil((percent * sorted.length) / 100) - 1] as number;
    const found = store.read(index) as number;
    assert.ok(Math.abs(found - exact) <= 0.0101 * Math.abs(exact), `${percent} %: ${found} for ${exact}`);
  });
  const distinct = store.read(5) as number;
  assert.ok(Math.abs(distinct / texts.size - 1) < 0.08, `${distinct} for ${texts.size}`);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  assert.ok(Math.abs((store.read(6) as number) / deviation - 1) < 1e-9);
});

void test("the budget holds; entities met lately stay, and what was lost is said", () => {
  const budget = 8 * 2 ** 20;
  const store = new WindowStore({ budget, seed: 5 });
  store.adopt(planOf([{ ...BASE, over: 100 * HOUR }]));
  const pay = (card: string, at: number): void => store.arrive("payment", frameOf({ type: "payment", card, at }), at, true);
  let most = 0;
  for (let number = 0; number < 100_000; number++) {
    if (number % 50 === 0) pay("regular", number);
    pay(`flood ${number}`, number);
    most = Math.max(most, store.stats.bytes);
  }
  assert.ok(most <= budget * 1.1, `${most} bytes`);
  assert.ok(store.stats.evicted > 20_000);
  assert.equal(store.stats.entities + store.stats.evicted, 100_001);
  pay("regular", 100_000);
  assert.equal(store.read(0), 2_001);
  assert.equal(store.quality(0).evicted, false);
  pay("flood 0", 100_001);
  assert.equal(store.read(0), 1);
  assert.equal(store.quality(0).evicted, true);
  assert.ok(store.quality(0).coverage < 1);
  store.adopt(planOf([{ ...BASE, name: "other", keys: ["shop"] }]));
  while (store.sweep(2));
  assert.ok(store.stats.live < budget / 50, "all memory is given back");
});

void test("a log has at most so many entities; coverage grows with the time that a feature has been counted", () => {
  const store = new WindowStore({ maxKeys: 100 });
  store.adopt(planOf([{ ...BASE }]));
  const pay = (card: string, at: number, fold = true): void => store.arrive("payment", frameOf({ type: "payment", card, at }), at, fold);
  pay("a", 1_000 * HOUR);
  assert.deepEqual(store.quality(0), { coverage: 0, approx: false, late: false, evicted: false });
  pay("a", 1_000.25 * HOUR);
  assert.equal(store.quality(0).coverage, 0.25);
  pay("a", 1_002 * HOUR);
  assert.equal(store.quality(0).coverage, 1);
  pay("a", 1_001.9 * HOUR);
  assert.equal(store.quality(0).late, true);
  for (let number = 0; number < 500; number++) pay(`c${number}`, 1_002 * HOUR);
  assert.equal(store.stats.entities, 100);
  pay("never", 1_004 * HOUR, false);
  assert.deepEqual(store.quality(0), { coverage: 1, approx: false, late: false, evicted: false }, "what was evicted is out of its window");
});
