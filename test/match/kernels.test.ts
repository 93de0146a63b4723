import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { compileExpr } from "../../src/compile/closures.ts";
import type { Run } from "../../src/compile/program.ts";
import { withMatching } from "../../src/match/build.ts";
import { LONGEST_PART } from "../../src/match/conditions.ts";
import { MOST_CLASSES, scalarKernel, type Classes } from "../../src/match/kernel.ts";
import { linkMatcher, type Matcher } from "../../src/match/matcher.ts";
import { FOUND_ASK, FOUND_TRUE, type MatchTables } from "../../src/match/tables.ts";
import { LONGEST_SEARCHED } from "../../src/match/trie.ts";
import { compiledKernel, vectorKernel } from "../../src/match/vectors.ts";
import { WHOLE } from "../../src/windows/spec.ts";
import { lowered, vectors } from "./trial.ts";

const RUN: Run = { feature: () => 0, quality: () => WHOLE, listed: () => false };

function tablesOf(conditions: readonly string[], maxVectors?: number): MatchTables | null {
  const rules = conditions.map((condition, i) => `rule r${i} { when ${condition} then stop }`);
  const text = `event e {\n  at: timestamp @time\n  who: string @key\n  text: string\n}\nruleset rs on e {\n  outcomes pass < stop\n  ${rules.join("\n  ")}\n}\n`;
  return withMatching(lowered(text), { indexedFrom: 0, ...(maxVectors === undefined ? {} : { maxVectors }) }).rulesets[0]?.matching ?? null;
}

function matchers(tables: MatchTables | null): readonly Matcher<Run>[] {
  assert.ok(tables);
  return [scalarKernel, vectors].map((make) => linkMatcher<Run>(tables, (side) => compileExpr(side, { lists: [], rates: [] }), make));
}

/** What each kernel finds of a text: numbers of rules, and what is found of them. */
function found(tables: MatchTables | null, text: string): readonly (readonly number[])[] {
  return matchers(tables).map((matcher) => [...matcher.found.subarray(0, matcher.run([0, "a", text], RUN))].flatMap((each) => [each >> 2, each & 3]));
}

const NOTHING: Classes = { of: () => 0, several: new Int32Array(MOST_CLASSES) };

suite("kernels", () => {
  test("a machine without vectors has the plain one", () => {
    assert.equal(compiledKernel(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0xff)), null);
    const tables = tablesOf(['text == "a"']);
    assert.ok(tables);
    assert.equal(vectorKernel(tables, NOTHING, null), null);
    assert.ok(vectorKernel(tables, NOTHING));
  });

  test("a ruleset whose tables would be too large has no index", () => {
    const conditions = Array.from({ length: 200 }, (_, i) => `text == "${i}"`);
    assert.equal(tablesOf(conditions, 100), null);
    assert.ok(tablesOf(conditions, 300));
  });

  test("a text that holds more parts than are told apart is asked", () => {
    const parts = Array.from({ length: MOST_CLASSES + 1 }, (_, i) => String.fromCharCode(0x61 + i));
    const tables = tablesOf(parts.map((part) => `text.contains("${part}")`));
    for (const each of found(tables, parts.slice(1).join(""))) assert.deepEqual(each, parts.slice(1).flatMap((_, i) => [i + 1, FOUND_TRUE]));
    for (const each of found(tables, parts.join(""))) assert.deepEqual(each, parts.flatMap((_, i) => [i, FOUND_ASK]));
  });

  test("parts are looked for in texts and of lengths within limits", () => {
    const long = "x".repeat(LONGEST_PART);
    const tables = tablesOf([`text.contains("${long}")`, `text.contains("a")`, `text.contains("${long}x")`]);
    const sought = `${long}${"y".repeat(LONGEST_SEARCHED - LONGEST_PART - 1)}a`;
    for (const each of found(tables, sought)) assert.deepEqual(each, [0, FOUND_TRUE, 1, FOUND_TRUE, 2, FOUND_ASK]);
    for (const each of found(tables, `${sought}b`)) assert.deepEqual(each, [0, FOUND_ASK, 1, FOUND_ASK, 2, FOUND_ASK]);
  });

  test("more texts than a map is made of are told apart", () => {
    const texts = Array.from({ length: 300 }, (_, i) => `${i % 7 === 0 ? "a" : "bc"}${i}`);
    const tables = tablesOf(texts.map((each) => `text == "${each}"`));
    texts.forEach((each, i) => {
      for (const all of found(tables, each)) assert.deepEqual(all, [i, FOUND_TRUE]);
    });
    for (const other of ["", "a", "a1", "bc7", "bc299x", "cb1"]) for (const all of found(tables, other)) assert.deepEqual(all, []);
  });

  test("what is dropped is collected, its memory too", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const dropped: WeakRef<object>[] = [];
    const useAndDrop = (i: number): void => {
      const [, matcher] = matchers(tablesOf(['text == "a"', `text.contains("${i}")`])) as [Matcher<Run>, Matcher<Run>];
      assert.equal(matcher.run([0, "a", `a${i}`], RUN), 1);
      dropped.push(new WeakRef(matcher), new WeakRef(matcher.found.buffer));
    };
    for (let i = 0; i < 20; i++) useAndDrop(i);
    // References are held until the job that made them ends.
    await new Promise((resolve) => void setImmediate(resolve));
    collect();
    assert.equal(dropped.filter((each) => each.deref() !== undefined).length, 0);
  });
});
