import assert from "node:assert/strict";
import { test } from "node:test";
import { ASKED } from "./asked.ts";
import { compareAll, delayed, handbookLines } from "./equality.ts";
import { missing, rowOf, type Row } from "./stream.ts";
import { PlainLoops } from "./truth.ts";

/*
 * A slice of what `npm run bench -- equality` compares over all rows: four months of some of the customers, so that every
 * window is filled and left.
 */
const lines = missing === false ? handbookLines(["04", "05", "06", "07"], (line) => rowOf(line).customer % 97 === 3) : [];

void test("the Handbook: every value and its quality equal plain loops over a slice of all months", { skip: missing }, async (t) => {
  const { rows, compared, differences, examples } = await compareAll(lines, new PlainLoops(ASKED));
  t.diagnostic(`${rows} rows, ${compared} values compared, ${differences} differences`);
  assert.deepEqual(examples, []);
  assert.ok(rows > 10_000);
});

void test("… and so they do where rows come up to five minutes late", { skip: missing }, async (t) => {
  const { rows, late, differences, examples } = await compareAll(delayed(lines, 300_000), new PlainLoops(ASKED));
  t.diagnostic(`${rows} rows, ${late} late, ${differences} differences`);
  assert.deepEqual(examples, []);
  assert.ok(late > 20);
});

void test("… and a cent, a second or a row that is counted otherwise is found", { skip: missing }, async () => {
  const wrong: readonly ((row: Row) => Row)[] = [
    (row) => (row.id % 1_000 === 7 ? { ...row, cents: row.cents + 1 } : row),
    (row) => (row.id % 100 === 7 ? { ...row, at: row.at - 1_000 } : row),
    (row) => (row.id % 1_000 === 7 ? { ...row, terminal: -1 } : row),
  ];
  for (const change of wrong) {
    const loops = new PlainLoops(ASKED);
    assert.notEqual((await compareAll(lines.slice(0, 3_000), { arrive: (row) => loops.arrive(change(row)) })).differences, 0);
  }
});
