import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { Costs } from "../../src/check/cost.ts";
import { MAX_RULE_COST, MAX_SET_COST } from "../../src/check/laws/cost.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { MAX_LIST_ITEMS } from "../../src/types/decode.ts";
import { MAX_ITEMS, MAX_STEPS } from "../../src/types/functions/limits.ts";
import { findings } from "./texts.ts";

const HEAD = `event e { n: number text: string @key xs: list[string] ys: list[number] m: map[string, number] }
  list three: string = ["a", "b", "c"]
  feature f = count of e by text over 1h
  function one(x: number): number = x + 1
  function two(x: number): number = one(x) + one(x)
  function any(l: list[string]): bool = l.exists(i, i == "a")
  function many(l: list[string]): bool = any(l + l + l + l)`;

/** The steps of a condition. */
function cost(condition: string): number {
  const report = new Report();
  const text = `${HEAD}\nruleset r on e { outcomes a < b\n let two_lists = xs + xs\n rule one { when ${condition} then b } }`;
  const { rulesets, tables } = checkFiles([parseFile({ path: "rules.risk", text }, report)], new Map(), report);
  const [rule] = rulesets[0]?.rules ?? [];
  assert.ok(rule !== undefined);
  assert.deepEqual(report.sorted().filter(({ code }) => code !== "RSK0460"), []);
  assert.equal(new Costs(tables).ofRule(rule).alone, new Costs(tables).of(rule.when));
  return new Costs(tables).of(rule.when);
}

/** What `l.exists(i, …)` is beside its visits: the list itself. */
const N = MAX_LIST_ITEMS;

suite("the bound of a condition", () => {
  for (const [condition, expected] of [
    ["n > 1", 3],
    ["n > 1 and n < 5", 7],
    ["f > 1", 22],
    ["n in 1..5", 5],
    ["text in three", 12],
    ["text in ['a', 'b']", 14],
    ["one(n) > 1", 6],
    ["two(n) > 1", 12],
    ["xs.exists(i, i == 'a')", 1 + N * 4],
    ["xs.filter(i, i == 'a').size() > 1", 1 + N * 4 + 20 + N + 2],
    ["['a', 'b'].exists(i, i == 'a')", 3 + 2 * 4],
    ["three.exists(i, i == 'a')", 1 + 3 * 4],
    ["m.exists(k, k == 'a')", 1 + N * 4],
    ["xs.exists(i, i.matches('^a'))", 1 + N * 503],
    ["text in xs", 2 + N],
    ["(xs + xs).exists(i, i == 'a')", 1 + 1 + 1 + 2 * N + 2 * N * 4],
    ["two_lists.exists(i, i == 'a')", 1 + 2 * N * 4],
    ["any(['a'])", 2 + 1 + 1 * 4],
    ["any(xs)", 1 + 1 + 1_024 * 4],
    ["xs == two_lists", 1 + 1 + 1 + 3 * N],
    // Visits of macros inside of each other are bounded together: 4 steps at the inner ones are the most.
    ["ys.exists(i, ys.exists(j, i == j))", 1 + 4 * MAX_STEPS],
    ["text.split('').exists(i, i == 'a')", 22 + 4 * MAX_STEPS],
  ] as const) {
    test(condition, () => assert.equal(cost(condition), expected));
  }
  test("lists grow with what is put together", () => {
    assert.ok(cost("many(xs)") > 4 * cost("any(xs)"));
    assert.ok(cost("text.split('') + xs == xs") <= 3 * MAX_ITEMS);
  });
  test("functions that double what they call are gone through once", () => {
    const doubling = Array.from({ length: 200 }, (_, i) => `function g${i + 1}(l: list[string]): list[string] = g${i}(l) + g${i}(l)`).join("\n");
    const start = performance.now();
    findings(`event e { xs: list[string] }\nfunction g0(l: list[string]): list[string] = l\n${doubling}\nruleset r on e { outcomes a < b rule x { when g200(xs) == xs then b } }`);
    assert.ok(performance.now() - start < 2_000);
  });
});

suite("limits of cost", () => {
  const rules = (count: number, condition: string, lets = ""): ReturnType<typeof findings> =>
    findings(`${HEAD}\nruleset r on e { outcomes a < b ${lets}\n ${Array.from({ length: count }, (_, i) => `rule r${i} { when ${condition} then b }`).join("\n")} }`);
  // A regular expression for every item of a list.
  const part = `xs.exists(i, i.matches('^${"a".repeat(3)}'))`;
  test(`a rule comes to at most ${MAX_RULE_COST} steps`, () => {
    const fill = (count: number): string => Array.from({ length: count }, () => part).join(" or ");
    const one = cost(part);
    const most = Math.floor((MAX_RULE_COST + 1) / (one + 1));
    assert.ok(cost(fill(most)) <= MAX_RULE_COST && cost(fill(most + 1)) > MAX_RULE_COST);
    assert.deepEqual(rules(1, fill(most)), []);
    assert.deepEqual(rules(1, fill(most + 1)), [["RSK0460", "r0"]]);
  });
  test("a `let` and the filter of a window too", () => {
    const deep = "xs.exists(i, xs.exists(j, (i + j).matches('^a')))";
    assert.deepEqual(rules(1, "deep", `let deep = ${deep}`), [["RSK0460", "deep"]]);
    assert.deepEqual(findings(`event e { k: string @key xs: list[string] }\nfeature f = count of e by k over 1h where ${deep}`), [["RSK0460", deep]]);
  });
  test(`a ruleset comes to at most ${MAX_SET_COST} steps`, () => {
    const most = Math.floor(MAX_SET_COST / cost(part));
    assert.deepEqual(rules(most, part), []);
    assert.deepEqual(rules(most + 1, part), [["RSK0461", "r"]]);
  });
  test("what rules share in a `let`, and the rows of a table in their columns, counts once", () => {
    const most = Math.floor(MAX_SET_COST / cost(part));
    assert.deepEqual(rules(most + 1, "shared", `let shared = ${part}`), []);
    const table = (rows: number): ReturnType<typeof findings> =>
      findings(`${HEAD}\nruleset r on e { outcomes a < b table t { | ${part} | n => then |\n ${Array.from({ length: rows }, (_, i) => `| true | ${i} => b |`).join("\n")} } }`);
    assert.deepEqual(table(most + 1), []);
  });
});
