import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { Details, Diagnostic } from "../../src/text/diagnostic.ts";
import { renderPretty, tally } from "../../src/text/render.ts";
import { MAX_DIAGNOSTICS } from "../../src/text/report.ts";
import type { SourceFile } from "../../src/text/source.ts";
import type { Span } from "../../src/text/span.ts";
import { at, finding, sourcesOf } from "./finding.ts";

/** The rendering of findings in one or more files, without colour and without the count at the end. */
function rendered(found: readonly Diagnostic[], ...files: readonly SourceFile[]): string {
  const text = renderPretty(found, sourcesOf(...files), { colour: false });
  const ending = `\n\n${tally(found)}\n`;
  assert.ok(text.endsWith(ending), text);
  return text.slice(0, -ending.length);
}

const file = (...lines: readonly string[]): SourceFile => ({ path: "a.risk", text: lines.join("\n") });

function one(source: SourceFile, span: Span, details: Details = {}): string {
  return rendered([finding("RSK0101", span, "wrong", details)], source);
}

function lines(...expected: readonly string[]): string {
  return expected.join("\n");
}

suite("a finding for people", () => {
  test("has its place, its line, marks with words, and help", () => {
    const source = file("event payment {", "  amount: money", "}", "", "", "", "", "", "    when amount > 1000 and country in home_countries");
    const found = finding("RSK0203", at(source, "1000"), "`amount` is money, it cannot be compared with a number", {
      label: "a plain number",
      labels: [{ span: at(source, "amount", 2), message: "declared here as money (a.risk:2)" }],
      help: "give the currency: `1000 EUR`",
    });
    assert.equal(
      rendered([found], source),
      lines(
        "error[RSK0203]: `amount` is money, it cannot be compared with a number",
        " --> a.risk:9:19",
        "  |",
        "9 |     when amount > 1000 and country in home_countries",
        "  |          ------   ^^^^ a plain number",
        "  |          |",
        "  |          declared here as money (a.risk:2)",
        "  = help: give the currency: `1000 EUR`",
      ),
    );
  });

  test("shows lines that lie apart, with what lies between left out or, if one line, shown", () => {
    const source = file(...Array.from({ length: 12 }, (_, i) => `line${i + 1}`));
    assert.equal(
      one(source, at(source, "line12"), { label: "here", labels: [{ span: at(source, "line10"), message: "and here" }, { span: at(source, "line2"), message: "first" }] }),
      lines(
        "error[RSK0101]: wrong",
        "  --> a.risk:12:1",
        "   |",
        " 2 | line2",
        "   | ----- first",
        "...",
        "10 | line10",
        "   | ------ and here",
        "11 | line11",
        "12 | line12",
        "   | ^^^^^^ here",
      ),
    );
  });

  test("hangs several words below one line from right to left", () => {
    const source = file("aa bb cc dd");
    const labels = ["aa", "bb", "dd"].map((part) => ({ span: at(source, part), message: `the ${part}` }));
    assert.equal(
      one(source, at(source, "cc"), { label: "the cc", labels }),
      lines(
        "error[RSK0101]: wrong",
        " --> a.risk:1:7",
        "  |",
        "1 | aa bb cc dd",
        "  | -- -- ^^ -- the dd",
        "  | |  |  |",
        "  | |  |  the cc",
        "  | |  the bb",
        "  | the aa",
      ),
    );
  });

  test("draws carets over dashes, and hangs words where marks overlap", () => {
    const source = file("1 < x < 5");
    assert.equal(
      one(source, at(source, "x"), { label: "inner", labels: [{ span: at(source, "1 < x < 5"), message: "outer" }] }),
      lines(
        "error[RSK0101]: wrong",
        " --> a.risk:1:5",
        "  |",
        "1 | 1 < x < 5",
        "  | ----^----",
        "  | |   |",
        "  | |   inner",
        "  | outer",
      ),
    );
  });

  test("marks a span of several lines where it starts and where it ends", () => {
    const source = file("rule a {", "  when x", "  then y", "}");
    assert.equal(
      one(source, { file: "a.risk", start: 7, end: source.text.length }, { label: "never closed" }),
      lines("error[RSK0101]: wrong", " --> a.risk:1:8", "  |", "1 | rule a {", "  |        ^", "...", "4 | }", "  | ^ never closed"),
    );
  });

  test("names other files with their own lines", () => {
    const other: SourceFile = { path: "lib/b.risk", text: "\n\nlist x: string" };
    const source = file("list x: ip");
    assert.equal(
      rendered([finding("RSK0304", at(source, "x"), "`x` is declared twice", { labels: [{ span: at(other, "x"), message: "first here" }], notes: ["names are unique"] })], source, other),
      lines(
        "error[RSK0304]: `x` is declared twice",
        " --> a.risk:1:6",
        "  |",
        "1 | list x: ip",
        "  |      ^",
        " ::: lib/b.risk:3:6",
        "  |",
        "3 | list x: string",
        "  |      - first here",
        "  = note: names are unique",
      ),
    );
  });

  test("a file that is not at hand is named without lines", () => {
    assert.equal(rendered([finding("RSK0502", { file: "gone.risk", start: 5, end: 6 }, "cannot be read")]), lines("error[RSK0502]: cannot be read", " --> gone.risk"));
  });

  test("the end of the text and an empty span have a caret of their own", () => {
    const source = file("when x >");
    assert.equal(one(source, { file: "a.risk", start: 8, end: 8 }), lines("error[RSK0101]: wrong", " --> a.risk:1:9", "  |", "1 | when x >", "  |         ^"));
    const empty = file("");
    assert.equal(one(empty, { file: "a.risk", start: 0, end: 0 }), lines("error[RSK0101]: wrong", " --> a.risk:1:1", "  |", "1 |", "  | ^"));
  });

  test("without help the first fix is told", () => {
    const source = file("x = 1");
    const fixes = [{ title: "write `==`", applicability: "safe" as const, edits: [] }];
    assert.match(one(source, at(source, "="), { fixes }), /\n {2}= help: write `==`$/);
  });
});

suite("columns", () => {
  /** The column from 0 of the first caret, and how many there are. */
  function carets(source: SourceFile, part: string): readonly [number, number] {
    const row = one(source, at(source, part)).split("\n").at(-1) ?? "";
    const bare = row.slice(row.indexOf("|") + 2);
    return [bare.indexOf("^"), bare.split("^").length - 1];
  }
  const cases: readonly (readonly [name: string, text: string, part: string, column: number, width: number])[] = [
    ["a tab takes four columns", "\tx = 1", "=", 6, 1],
    ["wide letters take two", '"日本" = x', "=", 7, 1],
    ["wide letters are marked whole", '"日本" = x', "日本", 1, 4],
    ["an emoji takes two", '"👍" = x', "=", 5, 1],
    ["a combining mark takes none", '"e\u0301e\u0301" = x', "=", 5, 1],
    ["a joiner takes none", '"a\u200Db" = x', "=", 5, 1],
    ["full-width forms take two", "ＡＢ = x", "=", 5, 1],
    ["Hangul takes two", "한국 = x", "=", 5, 1],
    ["a lone surrogate takes one", '"\uD800" = x', "=", 4, 1],
  ];
  for (const [name, text, part, column, width] of cases) test(name, () => assert.deepEqual(carets(file(text), part), [column, width]));

  test("the place counts code points, as editors do", () => {
    const source = file('"👍日" = x');
    assert.match(one(source, at(source, "=")), /a\.risk:1:6$/m);
  });
  test("line breaks of Windows leave no trace", () => {
    const source = file("first\r", "x = 1\r", "");
    assert.equal(one(source, at(source, "=")), lines("error[RSK0101]: wrong", " --> a.risk:2:3", "  |", "2 | x = 1", "  |   ^"));
  });
  test("an endless line is cut around its first mark", () => {
    const source = file(`${"a ".repeat(50_000)}= ${"b ".repeat(50_000)}`);
    const [, , , shown = "", marks = ""] = one(source, at(source, "=")).split("\n");
    assert.ok(shown.length < 180, String(shown.length));
    assert.match(shown, /^1 \| ….*a = b.*…$/);
    assert.equal(marks.indexOf("^"), shown.indexOf("="));
  });
  test("a mark beyond the cut of its line stands at the end", () => {
    const source = file(`x ${"a ".repeat(500)}= y`);
    const text = one(source, at(source, "x"), { labels: [{ span: at(source, "="), message: "far away" }] });
    assert.ok(text.split("\n").every((line) => line.length < 200));
  });
});

suite("what is shown is safe", () => {
  test("controls, colours and reordering marks of authors are not passed on", () => {
    const source = file('"\u001B[31m\u202E\u0007\u0085" = x');
    const text = rendered([finding("RSK0101", at(source, "="), "bad \u001B[2J\nthing \u202E", { label: "a\u001Bb", help: "c\u001Bd" })], source);
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\u202A-\u202E]/u);
    assert.equal(text.split("\n").length, 6);
  });
});

suite("all findings", () => {
  const source = file("x");
  const many = (count: number, code: "RSK0101" | "RSK0416"): Diagnostic[] => Array.from({ length: count }, (_, i) => finding(code, at(source, "x"), `number ${i}`));

  test("end with their count", () => {
    const ending = (found: readonly Diagnostic[]): string => renderPretty(found, sourcesOf(source), { colour: false }).trimEnd().split("\n").at(-1) ?? "";
    assert.equal(ending(many(1, "RSK0101")), "1 error");
    assert.equal(ending(many(2, "RSK0416")), "2 warnings");
    assert.equal(ending([...many(2, "RSK0101"), ...many(1, "RSK0416")]), "2 errors, 1 warning");
    assert.equal(renderPretty([], sourcesOf(), { colour: false }), "");
  });
  test(`are at most ${MAX_DIAGNOSTICS}, then how many more`, () => {
    const exact = renderPretty(many(MAX_DIAGNOSTICS, "RSK0101"), sourcesOf(source), { colour: false });
    assert.doesNotMatch(exact, /more/);
    const text = renderPretty(many(MAX_DIAGNOSTICS + 7, "RSK0101"), sourcesOf(source), { colour: false });
    assert.equal(text.match(/^error\[/gm)?.length, MAX_DIAGNOSTICS);
    assert.ok(text.endsWith("\n\n7 more not shown\n107 errors\n"), text.slice(-60));
  });
  test("in colour say the same", () => {
    const found = [finding("RSK0101", at(source, "x"), "wrong", { label: "here", help: "mend it" }), ...many(1, "RSK0416")];
    const plain = renderPretty(found, sourcesOf(source), { colour: false });
    const coloured = renderPretty(found, sourcesOf(source), { colour: true });
    assert.notEqual(coloured, plain);
    assert.equal(stripVTControlCharacters(coloured), plain);
  });
});
