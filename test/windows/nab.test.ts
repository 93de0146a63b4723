import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { Missing } from "../../src/types/value.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import type { Aggregate } from "../../src/windows/spec.ts";
import type { Definition } from "./naive.ts";

/*
 * Series of the Numenta Anomaly Benchmark: real values and real gaps, a repeated time. None runs backwards, so each is
 * delivered thrice: as it stands; with every eleventh row seven rows late and every thirteenth at the time of the one
 * before; and from a sensor that sticks to a value for days. Every row is compared with a plain loop over its window,
 * since the naive windows are too slow for series this long. Sums are those
 * of doubles from the oldest on, to the bit; means and deviations those of the decimal digits as written, in whole
 * numbers, to 1e-9; equal values deviate by 0 exactly.
 */
const folder = join(import.meta.dirname, "../../../shared/data/nab");
const FOLDS = ["count", "sum", "min", "max", "first", "last", "change", "percentile", "average", "stddev"] as const satisfies readonly Aggregate[];
const OVER = [10 * 60_000, 2 * HOUR, 24 * HOUR];
const PERCENT = 90;
const TOLERANCE = 1e-9;
/** Digits behind the point: the longest value has as many. */
const DIGITS = 15;

interface Reading {
  readonly at: number;
  readonly value: number;
  /** The digits as written, as a whole number of units of 10 to the power of -15. */
  readonly whole: bigint;
}

function load(file: string): Reading[] {
  const lines = gunzipSync(readFileSync(join(folder, file))).toString("utf8").trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [at = "", value = ""] = line.split(",");
    return { at: Date.parse(`${at.replace(" ", "T")}Z`), value: Number(value), whole: wholeOf(value) };
  });
}

function wholeOf(text: string): bigint {
  const [before = "", behind = ""] = text.trim().split(".");
  assert.match(text.trim(), /^-?\d+(\.\d+)?$/);
  assert.ok(behind.length <= DIGITS);
  return BigInt(before + behind.padEnd(DIGITS, "0"));
}

/**
 * Every thirteenth row at the time of the one before it, and every eleventh after the seven that follow it, except over a
 * gap of a day or more: some series have gaps of three days, and a row that late is past what the windows keep.
 */
function disturbed(readings: readonly Reading[]): Reading[] {
  const repeated = readings.map((reading, number) => (number % 13 === 5 ? { ...reading, at: (readings[number - 1] as Reading).at } : reading));
  const late = (number: number): boolean => {
    const behind = (repeated[number + 7]?.at ?? Infinity) - (repeated[number] as Reading).at;
    return number % 11 === 0 && behind < 24 * HOUR;
  };
  const order = (number: number): number => (late(number) ? number + 7.5 : number);
  return [...repeated.keys()].toSorted((a, b) => order(a) - order(b)).map((number) => repeated[number] as Reading);
}

/** Rows for which a sensor sticks: more than any window has. */
const STUCK = 700;

function stuck(readings: readonly Reading[]): Reading[] {
  return readings.map(({ at }, number) => ({ ...(readings[number - (number % STUCK)] as Reading), at }));
}

/** The readings in (at - over, at], oldest first; `sorted` is all that arrived, in order of time. */
function windowOf(sorted: readonly Reading[], at: number, over: number): readonly Reading[] {
  let to = sorted.length;
  while (to > 0 && (sorted[to - 1] as Reading).at > at) to--;
  let from = to;
  while (from > 0 && (sorted[from - 1] as Reading).at > at - over) from--;
  return sorted.slice(from, to);
}

/** Values that must be equal to the bit, by fold. */
function exactly(window: readonly Reading[]): unknown[] {
  const [oldest, newest] = [window[0], window.at(-1)] as [Reading, Reading];
  const values = window.map((reading) => reading.value);
  let sum = 0;
  for (const value of values) sum += value;
  const sorted = values.toSorted((a, b) => a - b);
  return [
    values.length, sum, sorted[0], sorted.at(-1), { value: oldest.value, at: oldest.at }, { value: newest.value, at: newest.at },
    newest.value - oldest.value, sorted[Math.floor((PERCENT * values.length + 99) / 100) - 1],
  ];
}

/** Mean, and sample standard deviation or null. */
function nearly(window: readonly Reading[]): [number, number | null] {
  const count = BigInt(window.length);
  let sum = 0n;
  let squares = 0n;
  for (const { whole } of window) {
    sum += whole;
    squares += whole * whole;
  }
  const unit = 10 ** DIGITS;
  const spread = count < 2n ? null : Math.sqrt(Number(count * squares - sum * sum) / Number(count * (count - 1n))) / unit;
  return [Number(sum) / Number(count) / unit, spread];
}

const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".csv.gz")) : [];
if (files.length === 0) void test("NAB series", (t) => t.skip("../shared/data/nab is absent"));

for (const file of files) {
  void test(`NAB series ${file}`, (t) => {
    compare(load(file), t);
  });
  void test(`NAB series ${file}, rows late`, (t) => {
    assert.notEqual(compare(disturbed(load(file)), t).late, 0);
  });
  void test(`NAB series ${file}, values that stick`, (t) => {
    assert.ok(compare(disturbed(stuck(load(file))), t).constant > 1_000);
  });
}
interface Compared {
  readonly late: number;
  /** Windows of several rows and one value. */
  readonly constant: number;
}

/** Holds the windows of every row against the plain loops. */
function compare(readings: readonly Reading[], t: TestContext): Compared {
  // Days of five minutes, with a day of lateness, have more events than are kept one by one.
  const store = new WindowStore({ exact: 1_024 });
  store.adopt(planOf(OVER.flatMap((over) => FOLDS.map((aggregate): Definition => ({
    name: `${aggregate} ${over}`, source: "payment", keys: ["card"], aggregate, over, delay: 0, lateness: 24 * HOUR, excludingCurrent: false, flagged: false,
    argument: aggregate === "percentile" ? PERCENT : null, field: aggregate === "count" ? null : "amount",
  })))));
  const sorted: Reading[] = [];
  let constant = 0;
  for (const [number, reading] of readings.entries()) {
    const sent = { type: "payment", card: "sensor", amount: reading.value, at: reading.at };
    store.arrive("payment", frameOf(sent), reading.at, true);
    let place = sorted.length;
    while (place > 0 && (sorted[place - 1] as Reading).at > reading.at) place--;
    sorted.splice(place, 0, reading);
    for (const [index, over] of OVER.entries()) {
      const found = FOLDS.map((_, fold) => store.read(index * FOLDS.length + fold));
      const window = windowOf(sorted, reading.at, over);
      const exact = exactly(window);
      const where = `row ${number + 1}, ${over / 60_000} minutes`;
      assert.deepEqual(found.slice(0, exact.length), exact, where);
      const [mean, deviation] = nearly(window);
      near(found[exact.length], mean, where);
      if (deviation === null) assert.ok(found[exact.length + 1] instanceof Missing, where);
      else near(found[exact.length + 1], deviation, where);
      if (deviation === 0) constant++;
    }
    assert.ok(!store.quality(number % (OVER.length * FOLDS.length)).approx);
  }
  t.diagnostic(`${readings.length} rows, ${store.stats.late} late, ${constant} windows of one value, all compared`);
  assert.deepEqual([store.stats.tooLate, store.stats.dropped], [0, 0]);
  return { late: store.stats.late, constant };
}

/** 0 is met exactly. */
function near(found: unknown, expected: number, where: string): void {
  assert.ok(typeof found === "number" && Math.abs(found - expected) <= TOLERANCE * Math.abs(expected), `${where}: ${String(found)} instead of ${expected}`);
}
