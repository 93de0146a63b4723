import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MAX_DURATION } from "../../src/check/durations.ts";
import { MAX_LATENESS } from "../../src/check/features.ts";
import { MAX_OPERATIONS } from "../../src/check/laws/size.ts";
import { MAX_LIST_ENTRIES } from "../../src/check/lists.ts";
import { MAX_STEPS } from "../../src/types/functions/limits.ts";
import { findings } from "./texts.ts";

/** Two functions double the work of `x` at each step, so that f(n) comes to so many operations. */
function doubling(steps: number): string {
  const functions = Array.from({ length: steps }, (_, i) => `function f${i + 1}(x: number): number = f${i}(x) + f${i}(x)`);
  return `event e { n: number }\nfunction f0(x: number): number = x\n${functions.join("\n")}\nruleset r on e { outcomes a < b\n rule one { when f${steps}(n) > 1 then b } }`;
}

suite("limits of the checker", () => {
  test(`a macro goes through a list of at most ${MAX_STEPS} entries`, () => {
    const rules = 'list l: string from "l.txt"\nfunction f(n: number): bool = l.exists(x, x.size() > n)';
    const file = (entries: number): ReadonlyMap<string, string> => new Map([["l.txt", "x\n".repeat(entries)]]);
    assert.deepEqual(findings(rules, file(MAX_STEPS)), []);
    assert.deepEqual(findings(rules, file(MAX_STEPS + 1)), [["RSK0415", "l"]]);
  });
  test(`an expression comes to at most ${MAX_OPERATIONS} operations once its functions are written out`, () => {
    // Each step adds itself, two calls and their arguments: 6·2^n − 5 for f(n), and four more for the condition around it.
    const within = Math.floor(Math.log2((MAX_OPERATIONS + 1) / 6));
    assert.deepEqual(findings(doubling(within)), []);
    const beyond = findings(doubling(within + 1));
    assert.deepEqual(beyond.map(([code]) => code), ["RSK0415"]);
  });
  test("functions that would take hours are told at once", () => {
    const start = performance.now();
    assert.deepEqual(findings(doubling(60)).map(([code]) => code), ["RSK0415"]);
    assert.ok(performance.now() - start < 1_000);
  });
  test("lets that use lets twice are told once, at the first that is too much", () => {
    const lets = (count: number): string =>
      `event e { n: number }\nruleset r on e { outcomes a < b\n let v0 = n\n${Array.from({ length: count }, (_, i) => ` let v${i + 1} = v${i} + v${i}\n`).join("")} rule one { when v${count} > 1 then b } }`;
    // Each step adds itself and two names: 4·2^n − 3 for the n-th, and three more for the condition around it.
    const within = Math.floor(Math.log2(MAX_OPERATIONS / 4));
    assert.deepEqual(findings(lets(within)), []);
    assert.deepEqual(findings(lets(within + 1)), [["RSK0415", `v${within} + v${within}`]]);
    assert.deepEqual(findings(lets(60)), [["RSK0415", `v${within} + v${within}`]]);
  });
  test("a window is at most ten years long, and longer than nothing", () => {
    const feature = (over: string, more = ""): string => `event e { k: string @key }\nfeature f = count of e by k over ${over}${more}`;
    const days = MAX_DURATION / 86_400_000;
    assert.deepEqual(findings(feature(`${days}d`)), []);
    assert.deepEqual(findings(feature(`${days + 1}d`)), [["RSK0410", `${days + 1}d`]]);
    assert.deepEqual(findings(feature("0s")), [["RSK0410", "0s"]]);
    assert.deepEqual(findings(feature("0.4ms")), [["RSK0410", "0.4ms"]]);
    assert.deepEqual(findings(feature("1h", ` ending ${days}d ago`)), []);
    assert.deepEqual(findings(feature("1h", ` ending ${days + 1}d ago`)), [["RSK0410", `${days + 1}d`]]);
    assert.deepEqual(findings(`list l: string managed ttl ${days + 1}d`), [["RSK0410", `${days + 1}d`]]);
  });
  test("a feature waits for late events for a month at most, and longer than nothing", () => {
    const feature = (lateness: string): string => `event e { k: string @key }\nfeature f = count of e by k over 1h lateness ${lateness}`;
    const days = MAX_LATENESS / 86_400_000;
    assert.deepEqual(findings(feature(`${days}d`)), []);
    assert.deepEqual(findings(feature("1ms")), []);
    for (const wrong of [`${days + 1}d`, "0s", "5km"]) assert.deepEqual(findings(feature(wrong)), [["RSK0410", wrong]]);
    assert.deepEqual(findings(feature("-5m")).map(([code]) => code), ["RSK0101"]);
    assert.deepEqual(findings(feature("5m lateness 5m")).map(([code]) => code), ["RSK0404"]);
  });
  test(`a list file has at most ${MAX_LIST_ENTRIES} entries`, () => {
    const file = (entries: number): ReadonlyMap<string, string> => new Map([["l.txt", "x\n".repeat(entries)]]);
    assert.deepEqual(findings('list l: string from "l.txt"', file(MAX_LIST_ENTRIES)), []);
    assert.deepEqual(findings('list l: string from "l.txt"', file(MAX_LIST_ENTRIES + 1)), [["RSK0415", '"l.txt"']]);
  });
});
