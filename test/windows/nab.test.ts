import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { WindowStore } from "../../src/windows/store.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import type { Aggregate } from "../../src/windows/spec.ts";
import type { Definition } from "./naive.ts";

/*
 * Series of the Numenta Anomaly Benchmark: real values and real gaps, one repeated time, none that runs backwards. So
 * each is delivered twice: as it stands, and with every eleventh row seven rows late. Compared with the plainest loop
 * over the rows, since the naive windows are too slow for series this long.
 */
const folder = join(import.meta.dirname, "../../../shared/data/nab");
const FOLDS = ["count", "average", "min", "max"] as const satisfies readonly Aggregate[];
const OVER = [5 * 60_000, 2 * HOUR, 24 * HOUR];

interface Reading {
  readonly at: number;
  readonly value: number;
}

function load(file: string): Reading[] {
  const lines = gunzipSync(readFileSync(join(folder, file))).toString("utf8").trim().split(/\r?\n/).slice(1);
  return lines.map((line) => {
    const [at = "", value = ""] = line.split(",");
    return { at: Date.parse(`${at.replace(" ", "T")}Z`), value: Number(value) };
  });
}

/**
 * Every eleventh row comes after the seven that follow it, except over a gap of a day or more: some series have gaps of
 * three days, and a row that late is past what the windows keep.
 */
function disturbed(readings: readonly Reading[]): Reading[] {
  const late = (number: number): boolean => {
    const behind = (readings[number + 7]?.at ?? Infinity) - (readings[number] as Reading).at;
    return number % 11 === 0 && behind < 24 * HOUR;
  };
  const order = (number: number): number => (late(number) ? number + 7.5 : number);
  return [...readings.keys()].toSorted((a, b) => order(a) - order(b)).map((number) => readings[number] as Reading);
}

/** Aggregates over the window, `sorted` being all that arrived, in order of time. */
function slow(sorted: readonly Reading[], at: number, over: number): unknown[] {
  const window = sorted.filter((reading) => reading.at > at - over && reading.at <= at).map((reading) => reading.value);
  let sum = 0;
  for (const value of window) sum += value;
  return [window.length, sum / window.length, Math.min(...window), Math.max(...window)];
}

const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".csv.gz")) : [];
if (files.length === 0) void test("NAB series", (t) => t.skip("../shared/data/nab is absent"));

for (const file of files) {
  void test(`NAB series ${file}`, (t) => {
    compare(load(file), t);
  });
  void test(`NAB series ${file}, rows late`, (t) => {
    assert.notEqual(compare(disturbed(load(file)), t), 0);
  });
}

/** Holds the windows of a sample of the rows, more of them where time runs back, against the slow ones. */
function compare(readings: readonly Reading[], t: TestContext): number {
  // Days of five minutes, with a day of lateness, have more events than are kept one by one.
  const store = new WindowStore({ exact: 1_024 });
  store.adopt(planOf(OVER.flatMap((over) => FOLDS.map((aggregate): Definition => ({
    name: `${aggregate} ${over}`, source: "payment", keys: ["card"], aggregate, over, delay: 0, lateness: 24 * HOUR, excludingCurrent: false, flagged: false,
    field: aggregate === "count" ? null : "amount",
  })))));
  const sorted: Reading[] = [];
  let compared = 0;
  for (const [number, reading] of readings.entries()) {
    const sent = { type: "payment", card: "sensor", amount: reading.value, at: reading.at };
    store.arrive("payment", frameOf(sent), reading.at, true);
    sorted.splice(sorted.findLastIndex((other) => other.at <= reading.at) + 1, 0, reading);
    const back = [number, number - 1].some((each) => (readings[each]?.at ?? 0) <= (readings[each - 1]?.at ?? -1));
    if (number % (back ? 4 : 32) > 1) continue;
    const values = OVER.flatMap((_, window) => FOLDS.map((_, fold) => store.read(window * FOLDS.length + fold)));
    assert.ok(![...values.keys()].some((feature) => store.quality(feature).approx));
    assert.deepEqual(values, OVER.flatMap((over) => slow(sorted, reading.at, over)), `row ${number + 1}`);
    compared++;
  }
  t.diagnostic(`${readings.length} rows, ${store.stats.late} late, ${compared} compared`);
  assert.deepEqual([store.stats.tooLate, store.stats.dropped], [0, 0]);
  return store.stats.late;
}
