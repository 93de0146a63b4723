import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readExpression, told } from "./reading.ts";
import { shape } from "./shape.ts";

function reads(text: string, expected: string): void {
  const { tree, diagnostics } = readExpression(text);
  assert.deepEqual(told(diagnostics, text), [], text);
  assert.equal(shape(tree), expected, text);
}

function tells(text: string, ...expected: readonly string[]): void {
  assert.deepEqual(told(readExpression(text).diagnostics, text), expected);
}

suite("precedence", () => {
  const table: readonly (readonly [string, string])[] = [
    // `?:` is loosest and groups to the right.
    ["a or b ? c or d : e or f", "(? (or a b) (or c d) (or e f))"],
    ["a ? b : c ? d : e", "(? a b (? c d e))"],
    ["a ? (b ? c : d) : e", "(? a (? b c d) e)"],
    // Words and signs are one operator.
    ["a or b and c", "(or a (and b c))"],
    ["a || b && c", "(or a (and b c))"],
    ["a and b or c and d", "(or (and a b) (and c d))"],
    ["a or b or c", "(or (or a b) c)"],
    // `not` takes in a comparison, `!` does not.
    ["not a == b", "(not (== a b))"],
    ["!a == b", "(== (not a) b)"],
    ["not a and b", "(and (not a) b)"],
    ["not not a", "(not (not a))"],
    ["not a in b", "(not (in a b))"],
    ["not a is missing or b", "(or (not (missing a)) b)"],
    ["a and not b == c or d", "(or (and a (not (== b c))) d)"],
    ["!!a", "(not (not a))"],
    ["!-a", "(not (neg a))"],
    // Comparisons are of one level, from left to right.
    ["a == b != c", "(!= (== a b) c)"],
    ["a < b == c", "(== (< a b) c)"],
    ["a + b < c + d", "(< (+ a b) (+ c d))"],
    ["a in b == c", "(== (in a b) c)"],
    ["a not in b", "(not-in a b)"],
    ["a + 1 in b + c", "(in (+ a 1) (+ b c))"],
    ["a in 1..b + 2 and c", "(and (in a (.. 1 (+ b 2))) c)"],
    ["a is missing == b", "(== (missing a) b)"],
    ["a + b is present", "(present (+ a b))"],
    // Arithmetic, from left to right.
    ["a - b - c", "(- (- a b) c)"],
    ["a - b + c", "(+ (- a b) c)"],
    ["a / b * c % d", "(% (* (/ a b) c) d)"],
    ["a + b * c", "(+ a (* b c))"],
    ["(a + b) * c", "(* (+ a b) c)"],
    // Signs bind tighter than all of these, postfixes tighter still.
    ["-a * b", "(* (neg a) b)"],
    ["a - -b", "(- a (neg b))"],
    ["--a", "(neg (neg a))"],
    ["-a.b", "(neg (. a b))"],
    ["!a.f(x)", "(not (a.f x))"],
    ["a.b[c].d(e, f)", "(([] (. a b) c).d e f)"],
    ["f(x).y[0]", "([] (. (f x) y) 0)"],
    ["f()", "(f)"],
    ["has(x.y)", "(has (. x y))"],
  ];
  for (const [text, expected] of table) test(text, () => reads(text, expected));

  test("every pair of operators groups by level, and to the left within one", () => {
    const levels = [["or", "||"], ["and", "&&"], ["==", "!="], ["+", "-"], ["*", "/", "%"]];
    const name = (op: string): string => ({ "||": "or", "&&": "and" })[op] ?? op;
    levels.forEach((first, i) => {
      levels.forEach((second, j) => {
        for (const left of first) {
          for (const right of second) {
            const expected = j > i ? `(${name(left)} a (${name(right)} b c))` : `(${name(right)} (${name(left)} a b) c)`;
            reads(`a ${left} b ${right} c`, expected);
          }
        }
      });
    });
  });
});

suite("literals", () => {
  const table: readonly (readonly [string, string])[] = [
    ["1_000.5", "1000.5"],
    [".5", "0.5"],
    ["1e3", "1000"],
    ["1.5e-3", "0.0015"],
    ["0xFF", "255"],
    ["5m", "5:m"],
    ["7.1mm/s", "7.1:mm/s"],
    ["85degC", "85:degC"],
    ["20%", "20:%"],
    ["20%3", "(% 20 3)"],
    ["20 % x", "(% 20 x)"],
    ["1_000m", "1000:m"],
    ["5.00 USD", "5.00:USD"],
    ["5USD", "5:USD"],
    ["1_000 USD", "1000:USD"],
    ["2026-01-31", "@2026-01-31"],
    ["2026-01-31T09:30:00.5Z", "@2026-01-31T09:30:00.5Z"],
    ["2026-01-31T09:30:00+02:00", "@2026-01-31T09:30:00+02:00"],
    ["true", "true"],
    ["null", "null"],
    ["[1, 2]", "[1 2]"],
    ["[1, 2,]", "[1 2]"],
    ["[]", "[]"],
    ["{}", "{}"],
    ['{"a": 1, b: 2,}', '{"a":1 b:2}'],
    ["x in 1..5", "(in x (.. 1 5))"],
    ["x in 1.5..2.5", "(in x (.. 1.5 2.5))"],
    // Keywords that are soft are names.
    ["score + default.then(when)", "(+ score (default.then when))"],
    ["map[at]", "([] map at)"],
    ["like == between", "(== like between)"],
    ["IN == OR", "(== IN OR)"],
  ];
  for (const [text, expected] of table) test(text, () => reads(text, expected));

  const strings: readonly (readonly [string, string])[] = [
    [`"a'b"`, "a'b"],
    [`'a"b'`, 'a"b'],
    [String.raw`"\n\t\"\'\\\`\?\a\b\f\r\v"`, "\n\t\"'\\`?\u0007\b\f\r\v"],
    [String.raw`"\x41\X42\u00e9\U0001f600\101"`, "ABé😀A"],
    [String.raw`r"\n{"`, String.raw`\n{`],
    [String.raw`R'\d'`, String.raw`\d`],
    ['"""a "quoted"\nword"""', 'a "quoted"\nword'],
    ["'''it's'''", "it's"],
    ['r"""\\"""', "\\"],
    ['""', ""],
    ['""""""', ""],
    ['"日本👍"', "日本👍"],
  ];
  for (const [text, expected] of strings) test(text.replaceAll("\n", "⏎"), () => reads(text, JSON.stringify(expected)));

  test("a bad escape is told at its place", () => {
    tells(String.raw`"ab\qc"`, String.raw`RSK0104 [\q] ${"`"}\q${"`"} is not an escape`);
    tells(String.raw`"\ud800"`, String.raw`RSK0104 [\ud800] ${"`"}\ud800${"`"} is not an escape`);
    tells(String.raw`"\U00110000" == '\400'`, String.raw`RSK0104 [\U00110000] ${"`"}\U00110000${"`"} is not an escape`, String.raw`RSK0104 [\4] ${"`"}\4${"`"} is not an escape`);
  });
  test("a number beyond the doubles is told", () => {
    tells("1e400 > x", "RSK0118 [1e400] this number is too large");
    tells(`${"9".repeat(400)}m > x`, `RSK0118 [${"9".repeat(400)}m] this number is too large`);
  });
});
