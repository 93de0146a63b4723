import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { applyFixes } from "../../src/text/fix.ts";
import { inRule, readFile, told } from "./reading.ts";

/*
 * What people write out of habit: told once, at the right place, with a fix after which the text can be read.
 * `[code, text under the carets, text after the fix]`; where a line of the whole text matters it is spelt out.
 */

interface Case {
  readonly text: string;
  readonly code: string;
  readonly marked: string;
  /** What the fix makes of the text; null where there is none to offer. */
  readonly fixed: string | null;
}

function check({ text, code, marked, fixed }: Case): void {
  const { diagnostics } = readFile(text);
  const [found] = diagnostics;
  assert.equal(diagnostics.length, 1, `one finding, not ${JSON.stringify(told(diagnostics, text))}`);
  assert.equal(found?.code, code);
  assert.equal(text.slice(found.span.start, found.span.end), marked);
  const [fix] = found.fixes;
  if (fixed === null) {
    assert.equal(fix, undefined);
    return;
  }
  assert.ok(fix !== undefined, "no fix");
  const mended = applyFixes(text, fix.edits);
  assert.equal(mended, fixed);
  assert.deepEqual(told(readFile(mended).diagnostics, mended), []);
}

/** A condition, what is marked, and the condition after the fix. */
const conditions: Readonly<Record<string, readonly (readonly [code: string, text: string, marked: string, fixed: string | null])[]>> = {
  "operators of other languages": [
    ["RSK0102", "x = 1", "=", "x == 1"],
    ["RSK0102", "x == 1 & y", "&", "x == 1 and y"],
    ["RSK0102", "x | y", "|", "x or y"],
    ["RSK0102", "x <> 1", "<>", "x != 1"],
    ["RSK0102", "x => 1", "=>", "x >= 1"],
    ["RSK0102", "x =< 1", "=<", "x <= 1"],
    ["RSK0102", "x === 1", "===", "x == 1"],
    ["RSK0102", "x !== 1", "!==", "x != 1"],
    ["RSK0102", "x ≤ 1", "≤", "x <= 1"],
    ["RSK0102", "x ≥ 1", "≥", "x >= 1"],
    ["RSK0102", "x ≠ 1", "≠", "x != 1"],
  ],
  "words in capitals": [
    ["RSK0102", "x AND y", "AND", "x and y"],
    ["RSK0102", "x > 5 AND y", "AND", "x > 5 and y"],
    ["RSK0102", "x OR y", "OR", "x or y"],
    ["RSK0102", "NOT x", "NOT", "not x"],
    ["RSK0102", "x and NOT (y or z)", "NOT", "x and not (y or z)"],
    ["RSK0102", "x IN [1, 2]", "IN", "x in [1, 2]"],
    ["RSK0102", "x == TRUE", "TRUE", "x == true"],
  ],
  "missing as null": [
    ["RSK0102", "x is null", "is null", "x is missing"],
    ["RSK0102", "x IS NULL", "IS NULL", "x is missing"],
    ["RSK0102", "x is not null", "is not null", "x is present"],
    ["RSK0102", "x IS NOT NULL and y", "IS NOT NULL", "x is present and y"],
    ["RSK0102", "x is not missing", "is not missing", "x is present"],
    ["RSK0102", "x is not present", "is not present", "x is missing"],
    ["RSK0102", "x IS missing", "IS missing", "x is missing"],
  ],
  "LIKE and BETWEEN": [
    ["RSK0102", 'x.y like "a%"', "like", 'x.y.startsWith("a")'],
    ["RSK0102", 'x LIKE "%a" and y', "LIKE", 'x.endsWith("a") and y'],
    ["RSK0102", 'x like "%a%"', "like", 'x.contains("a")'],
    ["RSK0102", 'x like "a_%.b"', "like", String.raw`x.matches("^a..*\\.b$")`],
    ["RSK0102", 'a + b like "a%"', "like", '(a + b).startsWith("a")'],
    ["RSK0102", 'x not like "a%"', "not like", 'not x.startsWith("a")'],
    ["RSK0102", "x between 1 and 5", "between", "x in 1..5"],
    ["RSK0102", "x BETWEEN 1 + y AND 5 * z and w", "BETWEEN", "x in 1 + y..5 * z and w"],
    ["RSK0102", "x not between 1 and 5 or y", "not between", "x not in 1..5 or y"],
  ],
  chains: [
    ["RSK0103", "1 < x < 5", "1 < x < 5", "1 < x and x < 5"],
    ["RSK0103", "1 <= x.y(z) < 5 or w", "1 <= x.y(z) < 5", "1 <= x.y(z) and x.y(z) < 5 or w"],
    ["RSK0103", "1 < (x + 1) < 5", "1 < (x + 1) < 5", "1 < (x + 1) and (x + 1) < 5"],
  ],
  quotes: [
    ["RSK0106", "x == “abc”", "“abc”", 'x == "abc"'],
    ["RSK0106", "x == ‘abc’", "‘abc’", 'x == "abc"'],
    ["RSK0106", 'x == “a "b" c”', '“a "b" c”', "x == 'a \"b\" c'"],
    ["RSK0106", String.raw`x == “a\n”`, String.raw`“a\n”`, String.raw`x == "a\n"`],
    ["RSK0105", 'x == "abc', '"abc', 'x == "abc"'],
    ["RSK0105", "x == 'abc", "'abc", "x == 'abc'"],
    ["RSK0105", 'x == """abc', '"""abc', 'x == """abc"""'],
    ["RSK0105", "x == “abc", "“abc", 'x == "abc"'],
    ["RSK0105", 'f("abc)', '"abc', 'f("abc")'],
    ["RSK0105", 'x in ["a", "b]', '"b', 'x in ["a", "b"]'],
    ["RSK0105", String.raw`x == "\"`, String.raw`"\"`, String.raw`x == "\""`],
  ],
  "conditions without a word between them": [
    ["RSK0109", "x > 1\n      y > 2", "y", "x > 1\n      and y > 2"],
    ["RSK0109", "x > 1 y", "y", "x > 1 and y"],
    ["RSK0109", "x > 1 not y", "not", "x > 1 and not y"],
    ["RSK0109", "(x > 1) y.z > 2", "y", "(x > 1) and y.z > 2"],
    ["RSK0109", "f(x) g(y)", "g", "f(x) and g(y)"],
  ],
  numbers: [
    ["RSK0108", "x > 0,5", "0,5", "x > 0.5"],
    ["RSK0108", "x > 0,5%", "0,5%", "x > 0.5%"],
    ["RSK0108", "x > 5,00 USD", "5,00 USD", "x > 5.00 USD"],
    ["RSK0108", "x > 1,000", "1,000", "x > 1_000"],
    ["RSK0107", "x > 5 m", "5 m", "x > 5m"],
    ["RSK0107", "x > 5 mm/s and y", "5 mm/s", "x > 5mm/s and y"],
    ["RSK0107", "x > 20 %", "20 %", "x > 20%"],
    ["RSK0107", "x > 20 % and y", "20 %", "x > 20% and y"],
  ],
  "foreign signs": [
    ["RSK0119", "größe > 5", "größe", "grosse > 5"],
    ["RSK0119", "x == été", "été", "x == ete"],
    ["RSK0119", "名前 == 1", "名前", null],
    ["RSK0120", "x == 1;", ";", "x == 1"],
    ["RSK0120", "x == 1 # why", "#", "x == 1 // why"],
    ["RSK0120", "x /* why */ == 1", "/*", "x   == 1"],
  ],
  "reserved words as names": [["RSK0114", "list == 1", "list", "list_ == 1"]],
  "marks left out or out of place": [
    ["RSK0101", "f(x == 1", "then", "f(x == 1)"],
    ["RSK0101", "x in [1, 2", "then", "x in [1, 2]"],
    ["RSK0101", 'x in ["a" "b"]', '"b"', 'x in ["a", "b"]'],
    ["RSK0101", "x == not y", "not", "x == (not y)"],
    ["RSK0117", "x == 1..5", "..", null],
    ["RSK0101", "x > > 1", ">", null],
    ["RSK0101", "x and", "then", null],
    ["RSK0101", "x is y", "y", null],
    ["RSK0101", "x == $5", "$", null],
  ],
};

for (const [name, cases] of Object.entries(conditions)) {
  suite(name, () => {
    for (const [code, text, marked, fixed] of cases) {
      const whole = (condition: string): string => inRule(`when ${condition}\n    then b`);
      test(text.replaceAll("\n", "⏎"), () => check({ code, text: whole(text), marked, fixed: fixed === null ? null : whole(fixed) }));
    }
  });
}

const ruleset = (items: string): string => `ruleset r on e {\n${items}}\n`;

/** Whole texts, in which the fix changes `from` into `to`. */
const files: Readonly<Record<string, readonly (readonly [code: string, text: string, marked: string, from: string | null, to?: string])[]>> = {
  "misspelt keywords": [
    ["RSK0113", inRule("whne x == 1\n    then b"), "whne", "whne", "when"],
    ["RSK0113", inRule("when x\n    thn b"), "thn", "thn", "then"],
    ["RSK0113", inRule("when x thn b"), "thn", "thn", "then"],
    ["RSK0113", inRule("when x\n    scor 5"), "scor", "scor", "score"],
    ["RSK0113", inRule("when x\n    tag a, b"), "tag", "tag", "tags"],
    ["RSK0113", ruleset("  rul x {\n    then a\n  }\n"), "rul", "rul x", "rule x"],
    ["RSK0113", ruleset("  outcome a < b\n"), "outcome", "outcome", "outcomes"],
    ["RSK0113", "evnt e {\n  a: string\n}\n", "evnt", "evnt", "event"],
    ["RSK0113", "rulset r on e {\n  default a\n}\n", "rulset", "rulset", "ruleset"],
    ["RSK0113", "featur n = count of e by a over 1h\n", "featur", "featur", "feature"],
    ["RSK0113", "feature n = count of e bby a over 1h\n", "bby", "bby", "by"],
    ["RSK0101", inRule("unless x == 1\n    then b"), "unless", null],
  ],
  "reserved words as names": [
    ["RSK0114", "event list {\n  a: string\n}\n", "list", "list", "list_"],
    ["RSK0114", "event e {\n  in: string\n  b: string\n}\n", "in", "in:", "in_:"],
    ["RSK0114", "event e {\n  b: enum(missing, a)\n}\n", "missing", "missing", "missing_"],
    ["RSK0114", "event e {\n  b: enum(a,\n    missing)\n}\n", "missing", "missing", "missing_"],
    ["RSK0114", ruleset("  rule feature {\n    then a\n  }\n"), "feature", "feature", "feature_"],
    ["RSK0114", ruleset("  outcomes a < is\n"), "is", "is", "is_"],
    ["RSK0114", ruleset("  let is = 4\n"), "is", "is", "is_"],
    ["RSK0114", inRule("then list"), "list", "list", "list_"],
    ["RSK0114", "feature list = count of e by a over 1h\n", "list", "list", "list_"],
  ],
  "braces": [
    [
      "RSK0112",
      "ruleset r on e {\n  rule a {\n    when x\n    then b\n  rule c {\n    when y\n    then b\n  }\n}\nfeature n = count of e by a over 1h\n",
      "{",
      "    then b\n  rule c",
      "    then b\n  }\n  rule c",
    ],
    [
      "RSK0112",
      "ruleset r on e {\n  rule a {\n    then b\n  }\n  rule c {\n    when y\n}\nfeature n = count of e by a over 1h\n",
      "{",
      "    when y\n}",
      "    when y\n  }\n}",
    ],
    ["RSK0112", "event e {\n  a: string\n\nruleset r on e {\n  default a\n}\n", "{", "string\n", "string\n}\n"],
    ["RSK0112", "ruleset r on e {\n  rule a {\n    then b\n  }\n", "{", "  }\n", "  }\n}\n"],
    ["RSK0116", "event e {\n  a: string\n}\n}\nlist l: string managed\n", "}", "}\n}", "}\n"],
    ["RSK0116", ruleset("  rule a {\n    then b\n  }\n  }\n  rule c {\n    then b\n  }\n"), "}", "  }\n  }\n", "  }\n  \n"],
    ["RSK0101", ruleset("  rule a\n    then b\n  }\n"), "then", "rule a", "rule a {"],
  ],
  "marks left out": [
    ["RSK0101", "event e {\n  a string\n  b: string\n}\n", "string", "a string", "a: string"],
    ["RSK0101", "feature n count of e by a over 1h\n", "count", "n count", "n = count"],
    ["RSK0101", "feature n = count e by a over 1h\n", "e", "count e", "count of e"],
    ["RSK0101", "event e {\n  a: enum(x y)\n}\n", "y", "x y", "x, y"],
    ["RSK0101", ruleset("  let x == 4\n"), "==", "==", "="],
    ["RSK0101", ruleset("  thresholds a 50\n"), "50", "a 50", "a at 50"],
  ],
  "units and quotes in declarations": [
    ["RSK0107", "feature n = count of e by a over 1 h\n", "1 h", "1 h", "1h"],
    ["RSK0107", "list l: string managed ttl 30 d\n", "30 d", "30 d", "30d"],
    ["RSK0105", ruleset('  rule x "abc {\n    then b\n  }\n'), '"abc', '"abc {', '"abc" {'],
    ["RSK0105", 'import a from "b.risk\nlist l: string managed\n', '"b.risk', '"b.risk', '"b.risk"'],
    ["RSK0105", inRule('when x\n    reason R1 "a {x}'), '"a {x}', '{x}', '{x}"'],
  ],
  "holes of reasons": [
    ["RSK0111", inRule('when x\n    reason R1 "a {x"'), "{", "{x", "{{x"],
    ["RSK0111", inRule('when x\n    reason R1 "a x}"'), "}", "x}", "x}}"],
    ["RSK0111", inRule('when x\n    reason R1 "a {} b"'), "{}", null],
    ["RSK0102", inRule('when x\n    reason R1 "a {x = 1} b {y}"'), "=", "x = 1", "x == 1"],
    ["RSK0101", inRule('when x\n    reason R1 "a {x +} b {y}"'), "", null],
    ["RSK0101", inRule('when x\n    reason R1 "a {x $ y}"'), "$", null],
  ],
};

for (const [name, cases] of Object.entries(files)) {
  suite(name, () => {
    for (const [code, text, marked, from, to] of cases) {
      const fixed = from === null ? null : text.replace(from, () => to ?? "");
      test(text.replaceAll("\n", "⏎"), () => check({ code, text, marked, fixed }));
    }
  });
}

suite("left alone", () => {
  const texts: readonly (readonly [string, string])[] = [
    ["capitals where a value stands", inRule("when country == IN or state in [OR, IS, AND]\n    then b")],
    ["members of an enum in capitals", "event e {\n  state: enum(OR, IN, NULL, TRUE)\n}\n"],
    ["fields named by words of SQL", "event e {\n  flag: bool = true\n  like: string\n  between: number = 1\n  IN: bool\n}\n"],
    ["commas between numbers in a list", inRule("when x in [1,000] and f(1,5)\n    then b")],
    ["a comma in thresholds", ruleset("  thresholds a at 5, b at 10\n")],
    ["a remainder", inRule("when x % 5 == 20 % y\n    then b")],
    ["a field named as a clause", inRule("when score > 5 and then\n      == reason\n    then b")],
    ["a last operand named as a clause", inRule("when x > score\n    then b")],
    ["blocks on one line", "ruleset r on e { default a rule x { when y then b } }\n"],
    ["blocks without indentation", "ruleset r on e {\nrule a {\nwhen x\nthen b\n}\n}\nlist l: string managed\n"],
    ["braces doubled in a reason", inRule(`when x\n    reason R1 "{{a}} {f({1: 'b'})}"`)],
    ["a map over lines", inRule('when {"a": 1,\n  "b": 2}[x] == 1\n    then b')],
  ];
  for (const [name, text] of texts) test(name, () => assert.deepEqual(told(readFile(text).diagnostics, text), []));
});
