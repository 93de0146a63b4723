import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatFile, formatRange, layOut, type Layout } from "../../src/format/format.ts";
import { applyFixes } from "../../src/text/fix.ts";

const RULES = `event e {
  a: string // first
  b: number
}

ruleset s on e {
  rule r {
    when a == "x" and not (b > 1 or b < 0)
    tags t, u
  }
}
`;
const MESSY = RULES.replaceAll(/ {2}/g, "    ").replace(" and not (", "&&!(").replace("tags t, u", "tags t,u");

function formatted(text: string, layout?: Layout): { readonly text: string; readonly codes: readonly string[] } {
  const result = formatFile({ path: "a.risk", text }, layout);
  return { text: result.text, codes: result.diagnostics.map(({ code }) => code) };
}

suite("the formatter checks itself", () => {
  const spoilt = (from: string | RegExp, to: string): Layout => (source, tree, cautious) => layOut(source, tree, cautious)?.replace(from, to) ?? null;

  test("what it makes of the example", () => assert.deepEqual(formatted(MESSY), { text: RULES, codes: [] }));

  const faults: readonly [what: string, from: string | RegExp, to: string][] = [
    ["drops a comment", " // first", ""],
    ["changes a comment", "first", "fist"],
    ["drops a `not`", "not ", ""],
    ["drops brackets that matter", /\((b > 1 or b < 0)\)/, "$1"],
    ["adds brackets that do not", "b > 1", "(b > 1)"],
    ["swaps an operator", "b > 1", "b >= 1"],
    ["swaps `and` and `or`", " and ", " or "],
    ["drops a clause", "tags t, u", ""],
    ["drops a name of several", "t, u", "t"],
    ["writes one clause twice", "tags t, u", "tags t, u\n    tags t, u"],
    ["makes the file unreadable", "when", "whn"],
    ["makes a comment of text", "tags", "// tags"],
    ["makes documentation of a comment", "// first", "/// first"],
    ["changes a text", '"x"', '"x "'],
    ["moves a comment", / \/\/ first\n([^]*)}\n$/, "\n$1} // first\n"],
  ];
  for (const [what, from, to] of faults) {
    test(`refuses a layout that ${what}`, () => {
      assert.notEqual(RULES.replace(from, to), RULES, "the fault changes the text");
      assert.deepEqual(formatted(MESSY, spoilt(from, to)), { text: MESSY, codes: ["RSK0509"] });
    });
  }
});

suite("a file with mistakes", () => {
  const broken = (before: string, after: string): void => {
    const { text, codes } = formatted(before);
    assert.notDeepEqual(codes, []);
    assert.equal(text, after);
    assert.equal(formatted(after).text, after);
  };
  const inRule = (clause: string): string => `ruleset s on e {\n  rule r {\n    then   x\n    ${clause}\n    tags a,b\n  }\n}\nevent  f { }\n`;
  const around = (clause: string): string => `ruleset s on e {\n  rule r {\n    then x\n    ${clause}\n    tags a, b\n  }\n}\n\nevent f {}\n`;

  for (const clause of ["when a  = 5", "when 1 <  x <  5", "when a >  1 b  < 2", "when a  and", "when AND  b", "whenever  a > 1", "score  ;", "when a  &  b", "when (a  or b", "when a == #  b"]) {
    test(`\`${clause}\` stays, and all around it is formatted`, () => broken(inRule(clause), around(clause)));
  }
  test("a field stays", () => broken("event e {\n  a  string\n  b :  string\n}\n", "event e {\n  a  string\n  b: string\n}\n"));
  test("text outside of every declaration stays", () => broken("event e { }\n  stray  text\nevent f { }\n", "event e {}\nstray  text\n\nevent f {}\n"));
  test("a rule without its brace stays a rule of its own", () => {
    broken(
      "ruleset s on e {\n  rule a {\n    when x\n\n  rule b {\n    when  y\n  }\n}\n",
      "ruleset s on e {\n  rule a {\n    when x\n\n  rule b {\n    when y\n  }\n}\n",
    );
  });
});

suite("edits", () => {
  test("lead from the text to its layout, and touch nothing else", () => {
    const { text, edits } = formatFile({ path: "a.risk", text: MESSY });
    assert.equal(applyFixes(MESSY, edits), text);
    assert.ok(edits.every(({ span, text: put }) => /^(?:\s|&&|!)*$/.test(MESSY.slice(span.start, span.end)) && /^(?:\s|and|not)*$/.test(put)), JSON.stringify(edits));
    assert.deepEqual(formatFile({ path: "a.risk", text: RULES }).edits, []);
  });
  test("of a range are those that touch it", () => {
    const at = MESSY.indexOf("&&");
    const edits = formatRange({ path: "a.risk", text: MESSY }, at, at + 1);
    assert.deepEqual(edits, [{ span: { file: "a.risk", start: at, end: at + 3 }, text: " and not " }]);
    assert.deepEqual(formatRange({ path: "a.risk", text: RULES }, 0, RULES.length), []);
  });
});
