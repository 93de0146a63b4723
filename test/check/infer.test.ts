import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { findings } from "./texts.ts";

function expression(text: string): ReturnType<typeof findings> {
  return findings(`event e { n: number d: duration t: timestamp m: money temperature: number[degC] speed: number[km/h] }
    function f(x: number): number = x
    ruleset r on e { outcomes a < b\n rule one { when ${text} then b } }`);
}

suite("one mistake is told once", () => {
  // What an erroneous operand would have been is not known, so nothing follows for the whole.
  for (const text of [
    "m * nope > 5.00 EUR",
    "nope * 5% > 3",
    "nope / d > 5km/h",
    "min(nope * 5%, m) > 5.00 EUR",
    "t - nope > 5m",
    "nope - t > 5m",
    "d + nope > t",
    "f(nope) > 5",
    "[nope, 1][0] > 5",
    "{'a': nope}.a > 5",
    "nope in 1..2",
    "n in [1, nope]",
    "coalesce(nope, 1) > 5",
    "(nope ? 1 : 2) > 1",
    "(true ? nope : 5m) > 5m",
    "nope.lat > 5",
    "nope is missing",
    "nope.startsWith('a')",
    "not nope and nope",
  ]) {
    test(text, () => assert.deepEqual([...new Set(expression(text).map(([code, at]) => `${code} ${at}`))], ["RSK0301 nope"]));
  }
});

suite("units", () => {
  test("meet their own kind", () => {
    for (const text of ["temperature > 85degC", "temperature - 5degC > 85degC", "speed > 900km/h", "speed * 2 > 900km/h", "5km / d > 3km/s", "n > 20% * 5", "d / 2 > 5m", "m * 20% > 5.00 EUR", "m / (5.00 EUR) > 3", "n * d > 5m"]) {
      assert.deepEqual(expression(text), [], text);
    }
  });
  test("and no other", () => {
    for (const [text, code] of [["temperature > 85", "RSK0204"], ["temperature > 85degF", "RSK0204"], ["speed > 5km", "RSK0204"], ["n > 20%", "RSK0204"], ["d > 5", "RSK0204"], ["n > 5m", "RSK0204"], ["m > 5", "RSK0203"], ["m * m > m", "RSK0202"], ["t + t > t", "RSK0203"], ["5.00 USD > 5.00 EUR", "RSK0205"]] as const) {
      assert.deepEqual(expression(text).map(([found]) => found), [code], text);
    }
  });
});

test("defaults of every kind that has a literal", () => {
  const kinds = ['string = "a"', "number = -5", "number[km/h] = 5km/h", "bool = true", "money = 5.00 USD", "enum(a, b) = b", "duration = 5m", "timestamp = 2026-01-01", 'ip = "10.0.0.1"', 'cidr = "10.0.0.0/8"'];
  assert.deepEqual(findings(`event e { ${kinds.map((kind, i) => `f${i}: ${kind}`).join("\n")} }`), []);
});

test("a managed list answers `in` and is no value", () => {
  const text = (condition: string): string => `event e { n: number s: string }
    list m: string managed
    list fixed: string = ["a"]
    function held(x: string): bool = x in m
    ruleset r on e { outcomes a < b\n rule one { when ${condition} then b } }`;
  for (const good of ["s in m", "s not in m", "held(s)", '"a" in m and size(fixed) > 0', '[s in m, true][0]']) assert.deepEqual(findings(text(good)), [], good);
  for (const bad of ["size(m) > 0", 's in (n > 1 ? m : ["x"])', 'm == ["a"]', "m[0] == s", "coalesce(m, fixed) == fixed"]) assert.deepEqual(findings(text(bad)), [["RSK0219", "m"]], bad);
  assert.deepEqual(findings("list m: string managed\nfunction f(n: number): number = n + size(m)"), [["RSK0219", "m"]]);
});
