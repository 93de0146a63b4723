import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { applyFixes } from "../../src/text/fix.ts";
import { Report } from "../../src/text/report.ts";
import { findings } from "./texts.ts";

function file(condition: string, more = ""): string {
  return `event e { n: number k: string @key tags: list[string] prices: list[money] seen: map[string, number] cards: list[string] @pii math: number? }
    list blocked: string = ["a"]
    list watched: string managed
    feature often = count of e by k over 1h
    function f(x: number, held: list[number]): bool = held.exists(y, y > x)
    ${more}
    ruleset r on e { outcomes a < b
      let above = n > 1
      rule one { when ${condition} then b }
      let below = n < 1
    }`;
}

suite("macros", () => {
  test("what may be asked", () => {
    for (const good of [
      "tags.exists(x, x == k)", "tags.all(x, x in blocked)", "prices.exists_one(p, p > 5.00 USD)", "seen.exists(x, seen[x] > 3)", "tags.filter(x, x != k).size() > 1",
      "tags.map(x, x.size()).exists(s, s > n)", "tags.map(x, above, x + k) == tags", "blocked.exists(b, k.startsWith(b))", "f(n, [1, 2])", "f(n, tags.map(x, x.size()))",
      "tags.all(x, tags.all(y, x == y))", "tags.exists(x, true) and tags.all(x, true)", "[].all(x, x > 1)", "tags.exists(x, often > 3 and x == k)",
    ]) assert.deepEqual(findings(file(good)), [], good);
  });
  test("what may not", () => {
    for (const [text, code, at] of [
      ["n.exists(x, true)", "RSK0211", "exists"],
      ["tags.exists(x)", "RSK0212", "exists"],
      ["tags.exists(x, true, true)", "RSK0212", "exists"],
      ["tags.exists('x', true)", "RSK0212", "exists"],
      ["tags.map(x, true, x, x) == tags", "RSK0212", "map"],
      ["tags.exists(x, x)", "RSK0201", "x"],
      ["tags.filter(x, 5).size() > 1", "RSK0201", "5"],
      ["tags.exists(x, x > 5)", "RSK0203", "5"],
      ["tags.exists(x, y == k)", "RSK0301", "y"],
      ["tags.exists(x, true) and x == k", "RSK0301", "x"],
      ["watched.exists(x, x == k)", "RSK0219", "watched"],
      ["exists(tags, true)", "RSK0303", "exists"],
    ] as const) assert.deepEqual(findings(file(text)), [[code, at]], text);
  });
  test("a name has one meaning, and the fix gives the variable another", () => {
    for (const name of ["n", "k", "e", "often", "blocked", "watched", "above", "below", "f", "r"]) {
      const text = file(`tags.exists(${name}, ${name} == "a" and tags.all(z, z != ${name}))`);
      const report = new Report();
      checkFiles([parseFile({ path: "rules.risk", text }, report)], new Map(), report);
      const found = report.sorted();
      assert.deepEqual(found.map(({ code, span }) => [code, text.slice(span.start, span.end)]), [["RSK0310", name]], name);
      const fixed = applyFixes(text, found[0]?.fixes[0]?.edits ?? []);
      assert.ok(fixed.includes(`tags.exists(${name}_item, ${name}_item == "a" and tags.all(z, z != ${name}_item))`), fixed);
      assert.deepEqual(findings(fixed), [], fixed);
    }
    assert.deepEqual(findings(file("tags.exists(x, tags.exists(x, x == k))")), [["RSK0310", "x"]]);
    assert.deepEqual(findings(file("n > 1", "function g(held: list[number], y: number): bool = held.all(y, y > 1)")), [["RSK0310", "y"]]);
  });
  test("a function of the author that bears the name of a macro is called", () => {
    assert.deepEqual(findings(file("tags.filter(k)", "function filter(held: list[string], x: string): bool = x in held")), []);
  });
  test("a reason prints no private items", () => {
    const text = file("n > 1").replace("then b }", 'then b reason R1 "{cards.map(c, c)} {cards.exists(c, c == k)}" }');
    assert.deepEqual(findings(text), [["RSK0417", "cards.map(c, c)"]]);
  });
});

suite("functions in a space of their own", () => {
  test("are one with the plain ones", () => assert.deepEqual(findings(file("ceil(n) == floor(n)").replace("math: number?", "")), []));
  test("a space is a space where nothing has its name", () => {
    assert.deepEqual(findings(file("math.ceil(n) == math.floor(n)").replace("math: number?", "")), []);
    assert.deepEqual(findings(file("math.ceil(n) > 1")), [["RSK0212", "ceil"]]);
    assert.deepEqual(findings(file("math.ceil() > 1 and ceil(math) > 1")), []);
  });
  test("what it does not have is told", () => {
    assert.deepEqual(findings(file("math.nope(n) > 1").replace("math: number?", "")), [["RSK0303", "nope"]]);
  });
});
