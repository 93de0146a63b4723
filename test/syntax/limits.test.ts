import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_DEPTH, MAX_NESTING } from "../../src/syntax/depth.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { inRule, readExpression, readFile, told } from "./reading.ts";

const MANY = 100_000;

/** Texts that nest or chain without end, whole and cut off. */
const endless: Readonly<Record<string, string>> = {
  "opening parentheses": "(".repeat(MANY),
  "balanced parentheses": `${"(".repeat(MANY)}1${")".repeat(MANY)}`,
  "opening brackets": "[".repeat(MANY),
  "opening braces": "{".repeat(MANY),
  "closing marks": ")]}".repeat(MANY),
  "map literals": `${"{1:".repeat(MANY)}1${"}".repeat(MANY)}`,
  "calls": `${"f(".repeat(MANY)}1${")".repeat(MANY)}`,
  "indexes": `${"a[".repeat(MANY)}1${"]".repeat(MANY)}`,
  "not": `${"not ".repeat(MANY)}a`,
  "minus": `${"-".repeat(MANY)}a`,
  "bangs": `${"!".repeat(MANY)}a`,
  "conditionals": `${"a ? b : ".repeat(MANY)}c`,
  "conditionals in the middle": `${"a ? ".repeat(MANY)}b${" : c".repeat(MANY)}`,
  "members": `a${".b".repeat(MANY)}`,
  "methods": `a${".f(x)".repeat(MANY)}`,
  "and": `a${" and a".repeat(MANY)}`,
  "sums": `1${" + 1".repeat(MANY)}`,
  "comparisons": `a${" == a".repeat(MANY)}`,
  "chained comparisons": `a${" < a".repeat(MANY)}`,
  "memberships": `a${" in a".repeat(MANY)}`,
  "presence": `a${" is missing".repeat(MANY)}`,
  "ranges": `a in 1${"..1".repeat(MANY)}`,
  "alternatives": `a == "a"${' or "a"'.repeat(MANY)}`,
  "SQL": `a${" like 'b%'".repeat(MANY)}`,
  "between": `a${" between 1 and 2".repeat(MANY)}`,
  "capitals": "AND ".repeat(MANY),
  "unclosed texts": `"a\n`.repeat(MANY),
  "quotes": `"`.repeat(MANY),
  "curly quotes": "“".repeat(MANY),
  "closing signs behind a quote": `"${")".repeat(MANY)}`,
  "backslashes": `"${"\\".repeat(MANY)}`,
  "digits": "1".repeat(MANY),
  "digits in groups": `1${"_1".repeat(MANY)}m_`,
  "digits and points": "1.".repeat(MANY),
  "blanks": `1${" ".repeat(MANY)}x`,
  "operators": "+ ".repeat(MANY),
  "words": "when ".repeat(MANY),
  "strange signs": "$".repeat(MANY),
  "strange signs apart": "$ ".repeat(MANY),
  "strange letters": "é ".repeat(MANY),
  "comments of C": "/*".repeat(MANY),
  "holes": `"${"{a".repeat(MANY)}"`,
};

suite("limits", () => {
  test(`${MAX_NESTING} brackets in each other are read, one more is told`, () => {
    const nest = (open: string, close: string, count: number): string => `${open.repeat(count)}1${close.repeat(count)}`;
    for (const [open, close] of [["(", ")"], ["[", "]"], ["f(", ")"], ["{1: ", "}"], ["a[", "]"]] as const) {
      assert.deepEqual(told(readExpression(nest(open, close, MAX_NESTING)).diagnostics, ""), [], open);
      assert.deepEqual(readExpression(nest(open, close, MAX_NESTING + 1)).diagnostics.map((each) => each.code), ["RSK0110"], open);
    }
  });
  test(`${MAX_NESTING} prefixes in a row are read, one more is told`, () => {
    for (const prefix of ["-", "!", "not "]) {
      assert.deepEqual(readExpression(`${prefix.repeat(MAX_NESTING)}a`).diagnostics, [], prefix);
      assert.deepEqual(readExpression(`${prefix.repeat(MAX_NESTING + 1)}a`).diagnostics.map((each) => each.code), ["RSK0110"], prefix);
    }
  });
  test(`${MAX_DEPTH} operators that hang on each other are read, one more is told`, () => {
    for (const step of [" and a", " + a", ".a", ".f(a)"]) {
      assert.deepEqual(readExpression(`a${step.repeat(MAX_DEPTH - 1)}`).diagnostics, [], step);
      assert.deepEqual(readExpression(`a${step.repeat(MAX_DEPTH)}`).diagnostics.map((each) => each.code), ["RSK0110"], step);
    }
  });
  test("a text of 100,000 items in a list is no nest", () => {
    assert.deepEqual(readExpression(`[${"1,".repeat(MANY)}]`).diagnostics, []);
  });
  test("deep types and deep events are told, not followed", () => {
    const types = `event e { a: ${"list[".repeat(MANY)}string${"]".repeat(MANY)} }`;
    assert.deepEqual(readFile(types).diagnostics.map((each) => each.code), ["RSK0110"]);
    assert.ok(readFile("event e { ".repeat(MANY)).diagnostics.length > 0);
  });
});

suite("endless text ends", () => {
  for (const [name, text] of Object.entries(endless)) {
    test(name, () => {
      for (const each of [inRule(`when ${text}\n    then b`), inRule(`when x\n    reason R1 "{${text.replaceAll('"', "'")}}"`)]) {
        const report = new Report();
        const began = process.cpuUsage();
        parseFile({ path: "a.risk", text: each }, report);
        const took = process.cpuUsage(began).user / 1_000;
        assert.ok(took < 5_000, `${took.toFixed(0)} ms of processor time`);
      }
      assert.ok(readExpression(text).diagnostics.length < MANY * 2);
    });
  }
});
