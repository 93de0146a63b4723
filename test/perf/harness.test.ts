import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readArguments, sizesOf } from "../../perf/harness/arguments.ts";
import { comparison, verdictOf } from "../../perf/harness/compare.ts";
import { benches, questionOf } from "../../perf/harness/names.ts";
import type { Results } from "../../perf/harness/report.ts";
import { surroundings } from "../../perf/harness/machine.ts";
import { quantile, ratioOf, spreadOf } from "../../perf/harness/statistics.ts";
import { figure, tableText } from "../../perf/harness/table.ts";
import { interleave } from "../../perf/harness/timing.ts";

suite("statistics of benches", () => {
  test("quantiles lie between values in proportion", () => {
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
    assert.equal(quantile([1, 2, 3, 4, 5], 0.99), 4.96);
    assert.equal(quantile([7], 0.1), 7);
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, least: 1, most: 3 });
  });
  test("a ratio is taken round by round, so that what both met falls out", () => {
    assert.deepEqual(ratioOf([10, 200, 30], [5, 100, 15]), { median: 2, least: 2, most: 2 });
  });
});

suite("timing", () => {
  test("work that is twice as much takes about twice as long", async () => {
    let sink = 0;
    const spin = (times: number) => (): number => {
      for (let i = 0; i < times * 20_000; i++) sink = (Math.imul(sink, 31) + i) | 0;
      return 1;
    };
    const [once, twice] = await interleave([{ name: "once", run: spin(1) }, { name: "twice", run: spin(2) }], { rounds: 5, roundUs: 10_000 });
    assert.ok(once !== undefined && twice !== undefined);
    assert.equal(once.rounds.length, 5);
    const { median } = ratioOf(twice.rounds, once.rounds);
    assert.ok(median > 1.5 && median < 2.7, `${median}`);
  });
  test("a way that answers later is awaited, and what it tells to have done counts", async () => {
    const calls: number[] = [];
    const [only] = await interleave([{ name: "only", run: () => Promise.resolve(calls.push(1) > 0 ? 1_000_000 : 0) }], { rounds: 2, roundUs: 1 });
    assert.ok(only !== undefined && calls.length === 3 && only.spread.most < 1);
  });
});

suite("verdicts", () => {
  const spread = (least: number, median: number, most: number) => ({ least, median, most });
  test("only what every pair says, and by enough, is said", () => {
    assert.equal(verdictOf({ unit: "µs an event", better: "less" }, spread(1.8, 2, 2.2)), "slower");
    assert.equal(verdictOf({ unit: "µs an event", better: "less" }, spread(0.4, 0.5, 0.9)), "faster");
    assert.equal(verdictOf({ unit: "rows/s", better: "more" }, spread(1.1, 1.2, 1.3)), "faster");
    assert.equal(verdictOf({ unit: "B a rule", better: "less" }, spread(1.1, 1.2, 1.3)), "worse");
    assert.equal(verdictOf({ unit: "µs an event", better: "less" }, spread(0.9, 1.5, 2)), "no difference seen");
    assert.equal(verdictOf({ unit: "µs an event", better: "less" }, spread(1.01, 1.03, 1.04)), "no difference seen");
    assert.equal(verdictOf({ unit: "µs an event", better: null }, spread(3, 4, 5)), "no difference seen");
  });
  test("figures are compared by name, those that one side lacks are left out", () => {
    const results = (figures: Readonly<Record<string, number>>): Results => ({
      bench: "b", arguments: [], seed: 1, surroundings: surroundings(), notes: [],
      figures: Object.entries(figures).map(([name, value]) => ({ name, unit: "µs", better: "less", rounds: [value], spread: spreadOf([value]) })),
    });
    const rows = comparison([results({ a: 4, gone: 1 }), results({ a: 6 })], [results({ a: 2, old: 1 }), results({ a: 3 })]);
    assert.deepEqual(rows, [["a", "5", "2.5", "µs", "2 ×", "2 to 2", "slower"]]);
  });
});

suite("the command line of benches", () => {
  test("every bench asks a question", () => {
    const all = benches();
    assert.ok(all.some(({ name }) => name === "engine"));
    assert.deepEqual(all.filter(({ question }) => question === ""), []);
    assert.equal(questionOf("/*\n * How long\n * is it? And more?\n */\ncode"), "How long is it?");
  });
  test("options are told from the rest", () => {
    const { name, json, positional, options, arguments: rest } = readArguments(["rate"], ["node", "a/b/windows.ts", "7", "--json", "f.json", "--rate", "9"]);
    assert.deepEqual({ name, json, positional, rate: options.get("rate"), rest }, { name: "windows", json: "f.json", positional: ["7"], rate: "9", rest: ["7", "--rate", "9"] });
    assert.throws(() => readArguments([], ["node", "b.ts", "--rate", "9"]), /no option `--rate`/);
    assert.throws(() => readArguments([], ["node", "b.ts", "--json"]), /needs a value/);
    assert.deepEqual(sizesOf("10,100", [1]), [10, 100]);
    assert.throws(() => sizesOf("ten", [1]), /no whole numbers/);
  });
  test("surroundings name machine, versions and revision", () => {
    const { machine, node, v8, packages } = surroundings();
    assert.ok(machine.cores > 0 && machine.memoryMb > 0 && machine.cpu !== "");
    assert.deepEqual([node, v8], [process.versions.node, process.versions.v8]);
    assert.match(packages["fastify"] ?? "", /^\d+\./);
  });
});

suite("tables", () => {
  test("numbers stand below each other", () => {
    assert.equal(tableText(["way", "µs"], [["index", figure(1.2345)], ["chain", figure(1_234.5)]]), "way       µs\nindex   1.23\nchain  1,230\n");
  });
  test("three digits count", () => {
    assert.deepEqual([0.012345, 5, 45.678, 999.4, 12_345, 12_345_678, Number.NaN].map(figure), ["0.0123", "5", "45.7", "999", "12,300", "12,350,000", "–"]);
  });
});
