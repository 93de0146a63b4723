import assert from "node:assert/strict";
import { test } from "node:test";
import { Missing } from "../../src/types/value.ts";
import { LATENESS_MS } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { CURSORS, frameOf, HOUR, planOf } from "./agreement.ts";
import type { Definition, Sent } from "./naive.ts";

/* Cases worked out by hand. */

const DAY = 24 * HOUR;
const BASE: Definition = {
  name: "f", source: "payment", keys: ["card"], aggregate: "count", over: 10, delay: 0, excludingCurrent: false, flagged: false, field: null,
};

function storeOf(...definitions: Partial<Definition>[]): WindowStore {
  const store = new WindowStore();
  store.adopt(planOf(definitions.map((each, index) => ({ ...BASE, name: `f${index}`, ...each }))));
  return store;
}

function pay(store: WindowStore, at: number, rest: Partial<Sent> = {}, fold = true): void {
  const sent = { type: "payment", card: "a", ...rest, at };
  store.arrive(sent.type, frameOf(sent), at, fold);
}

function counted(store: WindowStore): unknown {
  const { entities, events, late, tooLate, dropped } = store.stats;
  return { entities, events, late, tooLate, dropped };
}

void test("the event at t - w is out, the event at t is in", () => {
  const store = storeOf({ over: 10 });
  pay(store, 100);
  pay(store, 110);
  assert.equal(store.read(0), 1);
  pay(store, 109);
  assert.equal(store.read(0), 2);
  assert.equal(store.inspect(0, '["a"]', 110), 2);
});

void test("a delay moves both ends", () => {
  const store = storeOf({ over: 10, delay: 5 });
  for (const at of [100, 101, 110, 111]) pay(store, at);
  pay(store, 115);
  assert.equal(store.read(0), 2, "101 and 110");
});

void test("windows are lengths of time: a day has 24 hours, also where clocks are put forward or back", () => {
  const store = storeOf({ over: DAY });
  const noon = Date.parse("2018-03-24T12:00:00+01:00");
  pay(store, noon);
  pay(store, Date.parse("2018-03-25T12:00:00+02:00"));
  assert.equal(store.read(0), 2, "23 hours later");
  pay(store, noon + DAY);
  assert.equal(store.read(0), 2, "24 hours later");
});

void test("excluding the current event leaves out exactly that one", () => {
  const store = storeOf({ excludingCurrent: true }, {});
  pay(store, 100);
  pay(store, 100);
  assert.deepEqual([store.read(0), store.read(1)], [1, 2]);
  pay(store, 99);
  assert.deepEqual([store.read(0), store.read(1)], [0, 1], "late: before both others");
  pay(store, 100);
  assert.deepEqual([store.read(0), store.read(1)], [3, 4]);
  assert.equal(store.inspect(0, '["a"]', 100), 4, "without an event nothing is excluded");
  assert.equal(store.read(0), 3, "and the event at hand is still the same");
});

void test("an event that is only asked about is in no window and leaves nothing", () => {
  const store = storeOf({}, { excludingCurrent: true });
  pay(store, 100);
  pay(store, 101, {}, false);
  assert.deepEqual([store.read(0), store.read(1)], [1, 1]);
  pay(store, 101, { card: "b" }, false);
  assert.equal(store.read(0), 0);
  assert.deepEqual(counted(store), { entities: 1, events: 1, late: 0, tooLate: 0, dropped: 0 });
});

void test("what nothing adds up to", () => {
  const store = storeOf(
    { aggregate: "count" }, { aggregate: "exists" }, { aggregate: "distinct", field: "text" }, { aggregate: "sum", field: "amount" }, { aggregate: "sum", field: "paid" },
    { aggregate: "average", field: "amount" }, { aggregate: "min", field: "paid" }, { aggregate: "max", field: "text" }, { aggregate: "last" },
  );
  const nothing = [0, false, 0, 0, { minor: 0, currency: "" }, ...[5, 6, 7, 8].map((number) => new Missing(`empty window f${number}`))];
  const read = (): unknown[] => nothing.map((_, number) => store.read(number));
  pay(store, 100, {}, false);
  assert.deepEqual(read(), nothing, "never seen");
  pay(store, 100, { amount: 1, paid: { minor: 1, currency: "USD" }, text: "x" });
  assert.deepEqual(read(), [1, true, 1, 1, { minor: 1, currency: "USD" }, 1, { minor: 1, currency: "USD" }, "x", { value: null, at: 100 }]);
  pay(store, 200, {}, false);
  assert.deepEqual(read(), nothing, "all passed");
});

void test("a missing part of the key: missing, and nothing is recorded", () => {
  const store = storeOf({ keys: ["card", "shop"] });
  pay(store, 100);
  assert.deepEqual(store.read(0), new Missing("key of f0 is missing"));
  pay(store, 100, { type: "ping" });
  assert.deepEqual(store.read(0), new Missing("key of f0 is missing"), "an event type without that field");
  pay(store, 100, { type: "unheard" });
  assert.deepEqual(store.read(0), new Missing("key of f0 is missing"), "an event type without any window");
  assert.equal(store.stats.entities, 0);
});

void test("another event type reads what the source recorded up to its own time", () => {
  const store = storeOf({ excludingCurrent: true });
  pay(store, 100);
  pay(store, 103);
  pay(store, 102, { type: "login" });
  assert.equal(store.read(0), 1);
  pay(store, 103, { type: "login" });
  assert.equal(store.read(0), 2);
});

void test("money adds up in minor units, an average may have a fraction, currencies do not mix", () => {
  const store = storeOf(...(["sum", "average", "min", "max"] as const).map((aggregate) => ({ aggregate, field: "paid" as const })), { aggregate: "distinct", field: "paid" });
  const read = (): unknown[] => [0, 1, 2, 3].map((number) => store.read(number));
  pay(store, 100, { paid: { minor: 10, currency: "USD" } });
  pay(store, 101, { paid: { minor: 15, currency: "USD" } });
  assert.deepEqual(read(), [25, 12.5, 10, 15].map((minor) => ({ minor, currency: "USD" })));
  pay(store, 102, { paid: { minor: 10, currency: "EUR" } });
  assert.deepEqual(read(), [0, 1, 2, 3].map((number) => new Missing(`mixed currencies in f${number}`)));
  assert.equal(store.read(4), 3);
  pay(store, 111, {}, false);
  assert.deepEqual(read(), [10, 10, 10, 10].map((minor) => ({ minor, currency: "EUR" })));
});

void test("a sum is that from the oldest to the newest, whatever came and went", () => {
  const store = storeOf({ aggregate: "sum", field: "amount", over: 3 });
  const sums = [0.1, 1e17, 0.2, 0.3, 2 ** 53 - 1, 2, 3, 4].map((amount, index) => {
    pay(store, 100 + index, { amount });
    return store.read(0);
  });
  const big = 2 ** 53 - 1;
  assert.deepEqual(sums, [0.1, 0.1 + 1e17, 0.1 + 1e17 + 0.2, 1e17 + 0.2 + 0.3, 0.2 + 0.3 + big, 0.3 + big + 2, big + 2 + 3, 9]);
});

void test("equal values deviate by nothing at all, also where their sum is rounded", () => {
  const store = storeOf({ aggregate: "stddev", field: "amount" }, { aggregate: "stddev", field: "paid" });
  for (let at = 100; at < 107; at++) {
    pay(store, at, { amount: 0.1, paid: { minor: 33, currency: "USD" } });
    const expected = at === 100 ? [0, 1].map((number) => new Missing(`fewer than two values in f${number}`)) : [0, { minor: 0, currency: "USD" }];
    assert.deepEqual([store.read(0), store.read(1)], expected);
  }
});

void test("the deviation of published examples", () => {
  // NIST StRD, univariate: NumAcc1 to NumAcc4, whose values are so and certified to deviate by these.
  const series = (base: number): readonly number[] => [base + 0.2, ...Array.from({ length: 1_000 }, (_, number) => base + (number % 2 === 0 ? 0.1 : 0.3))];
  const samples: readonly (readonly [readonly number[], number])[] = [
    [[10_000_001, 10_000_003, 10_000_002], 1],
    [series(1), 0.1],
    [series(1_000_000), 0.1],
    [series(10_000_000), 0.1],
    [[1e308, -1e308], Math.SQRT2 * 1e308],
    [[3e-300, 1e-300], Math.SQRT2 * 1e-300],
  ];
  for (const [values, expected] of samples) {
    const store = storeOf({ aggregate: "stddev", field: "amount", over: 2_000 });
    values.forEach((amount, index) => pay(store, 100 + index, { amount }));
    const found = store.read(0) as number;
    assert.ok(Math.abs(found / expected - 1) < 1e-8, `${found} for ${expected}`);
  }
});

void test("a percentile is a value that occurred, at the nearest rank", () => {
  // The worked example of the nearest-rank method: 15, 20, 35, 40, 50.
  const percents = [5, 30, 40, 50, 100];
  const store = storeOf(...percents.map((argument) => ({ aggregate: "percentile" as const, argument, field: "amount" as const })));
  [40, 15, 50, 20, 35].forEach((amount, index) => pay(store, 100 + index, { amount }));
  assert.deepEqual(percents.map((_, number) => store.read(number)), [15, 20, 20, 35, 50]);
  const many = storeOf({ aggregate: "percentile", argument: 7, field: "amount", over: 1_000 });
  for (let amount = 1; amount <= 100; amount++) pay(many, 100 + amount, { amount });
  assert.equal(many.read(0), 7, "7 per cent of 100, where 0.07 by 100 is more than 7");
});

void test("first, change and rate go from the oldest to the newest value", () => {
  const store = storeOf(
    { aggregate: "first", field: "amount", over: 4_000 }, { aggregate: "change", field: "amount", over: 4_000 },
    { aggregate: "rate", field: "amount", over: 4_000 }, { aggregate: "rate", over: 4_000 }, { aggregate: "change", field: "paid", over: 4_000 },
  );
  const read = (): unknown[] => [0, 1, 2, 3].map((number) => store.read(number));
  pay(store, 1_000, { amount: 10 });
  assert.deepEqual(read(), [{ value: 10, at: 1_000 }, 0, new Missing("fewer than two values in f2"), 0.25]);
  pay(store, 1_000, { amount: 30 });
  assert.deepEqual(read(), [{ value: 10, at: 1_000 }, 20, new Missing("no time between the values in f2"), 0.5]);
  pay(store, 3_500, { amount: 5 });
  assert.deepEqual(read(), [{ value: 10, at: 1_000 }, -5, -2, 0.75]);
  pay(store, 5_000, {});
  assert.deepEqual(read(), [{ value: 5, at: 3_500 }, 0, new Missing("fewer than two values in f2"), 0.5], "an event without a value counts only where none is asked for");
  pay(store, 5_100, { paid: { minor: 250, currency: "USD" } });
  pay(store, 5_200, { paid: { minor: 100, currency: "USD" } });
  assert.deepEqual(store.read(4), { minor: -150, currency: "USD" });
  pay(store, 5_300, { paid: { minor: 100, currency: "EUR" } });
  assert.deepEqual(store.read(4), new Missing("mixed currencies in f4"));
  pay(store, 60_000, {}, false);
  assert.deepEqual(read(), [...["f0", "f1", "f2"].map((name) => new Missing(`empty window ${name}`)), 0]);
});

void test("the newest event is the newest by time, of equal times the one that arrived last", () => {
  const store = storeOf({ aggregate: "last", field: "text" });
  pay(store, 100, { text: "x" });
  pay(store, 100, { text: "y" });
  pay(store, 99, { text: "z" });
  assert.deepEqual(store.read(0), { value: "z", at: 99 });
  assert.deepEqual(store.inspect(0, '["a"]', 100), { value: "y", at: 100 });
});

void test("state goes on by identity: by another name, number and slot; a changed feature starts cold", () => {
  const store = storeOf({ name: "old" }, { name: "changed", over: 20 }, { name: "gone", over: 30 });
  pay(store, 100);
  const plan = planOf(
    [{ ...BASE, name: "fresh", over: 50 }, { ...BASE, name: "changed", over: 21 }, { ...BASE, name: "renamed" }, { ...BASE, name: "twin" }],
    ["flag", "text", "shop", "card", "paid", "amount"],
  );
  assert.deepEqual(store.adopt(plan), { kept: ["renamed", "twin"], started: ["fresh", "changed"], dropped: ["changed", "gone"] });
  assert.deepEqual(store.read(2), new Missing("key of renamed is missing"), "the event from before is no longer at hand");
  const sent = { type: "payment", card: "a", at: 99 };
  store.arrive("payment", frameOf(sent, ["flag", "text", "shop", "card", "paid", "amount"]), 99, true);
  assert.deepEqual([0, 1, 2, 3].map((number) => store.read(number)), [1, 1, 1, 1]);
  assert.deepEqual([0, 1, 2, 3].map((number) => store.inspect(number, '["a"]', 100)), [1, 1, 2, 2], "late ones count for the new");
});

void test("a log without kept features is let go of; what comes back starts cold", () => {
  const store = storeOf({});
  pay(store, 100);
  store.adopt(planOf([{ ...BASE, keys: ["shop"] }]));
  assert.equal(store.stats.events, 0);
  assert.deepEqual(store.adopt(planOf([BASE])).started, ["f"]);
  pay(store, 101);
  assert.equal(store.read(0), 1);
});

void test("a window and its lateness behind the newest event of the entity is kept, and nothing older", () => {
  const store = storeOf({ over: HOUR, delay: HOUR });
  const keep = 2 * HOUR + LATENESS_MS;
  pay(store, 10 * DAY);
  pay(store, 10 * DAY - LATENESS_MS);
  assert.deepEqual(counted(store), { entities: 1, events: 2, late: 1, tooLate: 0, dropped: 0 });
  pay(store, 10 * DAY - keep + 1);
  assert.deepEqual(counted(store), { entities: 1, events: 3, late: 2, tooLate: 1, dropped: 0 }, "later than allowed, and recorded all the same");
  pay(store, 10 * DAY - keep);
  assert.deepEqual(counted(store), { entities: 1, events: 3, late: 3, tooLate: 2, dropped: 1 });
  pay(store, 0, { card: "b" });
  assert.deepEqual(counted(store), { entities: 2, events: 4, late: 3, tooLate: 2, dropped: 1 }, "another entity has its own newest");
});

void test("an event late by what its feature allows still sees all of its own window", () => {
  const store = storeOf({ over: 2 * HOUR, lateness: DAY });
  const late = 10 * DAY - DAY;
  for (let count = 0; count < 100; count++) pay(store, late - 2 * HOUR);
  for (let at = late - 1.5 * HOUR; at <= late; at += HOUR / 2) pay(store, at);
  for (let count = 0; count < 50; count++) pay(store, 10 * DAY);
  pay(store, late);
  assert.equal(store.read(0), 5, "four half hours and itself");
  assert.equal(store.stats.events, 50 + 5, "those at the open start were let go of");
});

void test("a feature number that the plan lacks is a fault of the caller", () => {
  assert.throws(() => storeOf({}).read(1), new RangeError("feature number 1 is not in the plan"));
});

void test("cursors: of equal values the newest, events that do not count, rows that were let go of", () => {
  const store = new WindowStore(CURSORS);
  const over = 2 * LATENESS_MS;
  store.adopt(planOf((["min", "max"] as const).map((aggregate) => ({ ...BASE, name: aggregate, aggregate, field: "amount", over }))));
  for (const [index, amount] of [0, -0, 0, -0].entries()) {
    pay(store, index, { amount });
    assert.deepEqual([store.read(0), store.read(1)], [amount, amount]);
  }
  for (let number = 20; number < 120; number++) {
    const amount = (number * 7) % 11;
    pay(store, number * 60_000, { amount });
    const window = Array.from({ length: 10 }, (_, back) => ((number - back) * 7) % 11).slice(0, number - 19);
    assert.deepEqual([store.read(0), store.read(1)], [Math.min(...window), Math.max(...window)], `event ${number}`);
  }
  const other = new WindowStore(CURSORS);
  other.adopt(planOf([{ ...BASE, name: "all", aggregate: "distinct", field: "text" }, { ...BASE, name: "flagged", aggregate: "distinct", field: "text", flagged: true }]));
  for (const flag of [false, true, true]) pay(other, 100, { text: "x", flag });
  assert.deepEqual([other.read(0), other.read(1)], [1, 1]);
  for (const flag of [false, true]) {
    pay(other, 101, { text: "y", flag });
    assert.deepEqual([other.read(0), other.read(1)], [2, flag ? 2 : 1]);
  }
});
