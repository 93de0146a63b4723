import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { WindowStore } from "../../src/windows/store.ts";
import { frameOf, HOUR, planOf } from "./agreement.ts";
import type { Aggregate } from "../../src/windows/spec.ts";
import type { Definition } from "./naive.ts";

/*
 * The series of the Numenta Anomaly Benchmark: real sensors, whose timestamps repeat and run backwards at places.
 * Compared with the plainest loop over the rows, since the naive windows are too slow for series this long.
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

/** Rows of the window so far, in time order; `sorted` holds all that arrived. */
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
    const store = new WindowStore();
    store.adopt(planOf(OVER.flatMap((over) => FOLDS.map((aggregate): Definition => ({
      name: `${aggregate} ${over}`, source: "payment", keys: ["card"], aggregate, over, delay: 0, excludingCurrent: false, flagged: false,
      field: aggregate === "count" ? null : "amount",
    })))));
    const readings = load(file);
    const sorted: Reading[] = [];
    let compared = 0;
    for (const [number, reading] of readings.entries()) {
      const sent = { type: "payment", card: "sensor", amount: reading.value, at: reading.at };
      store.arrive("payment", frameOf(sent), reading.at, true);
      const index = sorted.findLastIndex((other) => other.at <= reading.at);
      sorted.splice(index + 1, 0, reading);
      // All rows near a step back in time, and a sample of the others.
      const near = readings.slice(Math.max(number - 5, 0), number + 1).some((other, each, all) => each > 0 && other.at <= (all[each - 1] as Reading).at);
      if (!near && number % 16 !== 0) continue;
      const values = OVER.flatMap((_, window) => FOLDS.map((_, fold) => store.read(window * FOLDS.length + fold)));
      assert.deepEqual(values, OVER.flatMap((over) => slow(sorted, reading.at, over)), `row ${number + 2}`);
      compared++;
    }
    t.diagnostic(`${readings.length} rows, ${store.stats.late} late, ${compared} compared`);
    assert.equal(store.stats.tooLate, 0);
  });
}
