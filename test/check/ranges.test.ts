import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { applyFixes } from "../../src/text/fix.ts";
import { Report } from "../../src/text/report.ts";
import { findings } from "./texts.ts";

suite("declared ranges", () => {
  for (const field of [
    "f: number in 0..1",
    "f: number in -1..-0.5 = -0.7",
    "f: number[degC] in -50degC..150degC",
    "f: number[%]? in 0%..100%",
    "f: money[USD] in 0 USD..1_000_000 USD",
    "f: duration in 0s..1h",
    "f: timestamp in 2020-01-01..2030-01-01 @time",
    "f: number in 5..5",
    "f: number[delta degC] in -5degC..5degC",
  ]) {
    test(field, () => assert.deepEqual(findings(`event e { ${field} }`), []));
  }
  for (const [field, code, at] of [
    ["f: number in 1..0", "RSK0450", "in 1..0"],
    ["f: string in 1..2", "RSK0450", "in 1..2"],
    ["f: money in 0 USD..5 USD", "RSK0450", "in 0 USD..5 USD"],
    ["f: number in 0..1 = 2", "RSK0450", "2"],
    ["f: money[USD] in 0 EUR..5 USD", "RSK0216", "0 EUR"],
    ["f: number[degC] in 0..5degC", "RSK0216", "0"],
    ["f: number in 0..(1 + 1)", "RSK0216", "1 + 1"],
    ["f: number in 0..n", "RSK0301", "n"],
  ] as const) {
    test(field, () => {
      const [first, ...more] = findings(`event e { ${field} }`);
      assert.deepEqual([first?.[0], more], [code, []]);
      assert.ok(at.endsWith(first?.[1] ?? "-"), String(first?.[1]));
    });
  }
  test("the fix of a range without a currency makes the file valid", () => {
    const text = "event e { f: money in 0 JPY..500 JPY }";
    const check = (source: string): ReturnType<Report["sorted"]> => {
      const report = new Report();
      checkFiles([parseFile({ path: "rules.risk", text: source }, report)], new Map(), report);
      return report.sorted();
    };
    const fixed = applyFixes(text, check(text)[0]?.fixes?.[0]?.edits ?? []);
    assert.equal(fixed, "event e { f: money[JPY] in 0 JPY..500 JPY }");
    assert.deepEqual(check(fixed), []);
  });
});
