import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { compareStrings, compareValues, equalValues, keyOf } from "../../src/types/equality.ts";
import { implementation } from "../../src/types/functions/table.ts";
import { parseCidr, parseIp } from "../../src/types/ip.ts";
import { Missing, type Cidr, type Ip, type Money, type Value } from "../../src/types/value.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "\uffff", "\ue000", "\u{1f600}", "\u{10ffff}"), maxLength: 4 });
const usd = fc.integer({ min: -3, max: 3 }).map((minor): Money => ({ minor, currency: "USD" }));
const families: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  number: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity, -0, 0.5)),
  text,
  bool: fc.boolean(),
  money: usd,
};
const composite: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  list: fc.array(text, { maxLength: 3 }),
  nested: fc.array(fc.array(usd, { maxLength: 2 }), { maxLength: 2 }),
  map: fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.integer({ min: 0, max: 2 })), { maxLength: 3 }).map((entries) => new Map(entries)),
  ip: fc.constantFrom("10.0.0.1", "10.0.0.2", "::1", "0.0.0.1").map((each) => parseIp(each) as Ip),
  cidr: fc.constantFrom("10.0.0.0/8", "10.1.0.0/8", "10.0.0.0/9", "::/0", "0.0.0.0/0").map((each) => parseCidr(each) as Cidr),
  geo: fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1)).map(([lat, lon]) => ({ lat, lon })),
};

/** Code points as numbers, compared one by one. */
function byPoints(a: string, b: string): number {
  const [x, y] = [[...a].map((each) => each.codePointAt(0) ?? 0), [...b].map((each) => each.codePointAt(0) ?? 0)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  return x.length - y.length;
}

suite("equality", () => {
  for (const [name, family] of Object.entries({ ...families, ...composite })) {
    test(`of ${name} is an equivalence that copies keep, and that keys follow`, () => {
      fc.assert(
        fc.property(family, family, family, (a, b, c) => {
          assert.equal(equalValues(a, structuredClone(a)), true);
          assert.equal(equalValues(a, b), equalValues(b, a));
          if (equalValues(a, b) === true && equalValues(b, c) === true) assert.equal(equalValues(a, c), true);
          assert.equal(keyOf(a) === keyOf(b), equalValues(a, b) === true);
        }),
        { numRuns: 300 },
      );
    });
  }
  test("texts that read alike stay apart", () => {
    assert.notEqual(keyOf(["a", "b"]), keyOf(["a,b"]));
    assert.notEqual(keyOf(["1"]), keyOf([1]));
    assert.notEqual(keyOf([["a"], []]), keyOf([[], ["a"]]));
    assert.equal(keyOf(-0), 0);
    assert.equal(equalValues(0, -0), true);
  });
  test("amounts of two currencies are neither equal nor not; inside of lists they differ", () => {
    const eur: Money = { minor: 1, currency: "EUR" };
    assert.ok(equalValues(eur, { minor: 1, currency: "USD" }) instanceof Missing);
    assert.equal(equalValues([eur], [{ minor: 1, currency: "USD" }]), false);
    assert.equal(equalValues(eur, { minor: 1, currency: "EUR" }), true);
  });
});

suite("order", () => {
  for (const [name, family] of Object.entries(families)) {
    test(`of ${name} is total, and agrees with equality`, () => {
      fc.assert(
        fc.property(family, family, family, (a, b, c) => {
          const sign = (x: Value, y: Value): number => Math.sign(compareValues(x, y)) || 0;
          fc.pre(a !== b || typeof a !== "number" || Number.isFinite(a));
          assert.equal(sign(a, b), -sign(b, a) || 0);
          assert.equal(sign(a, b) === 0, equalValues(a, b));
          if (sign(a, b) <= 0 && sign(b, c) <= 0) assert.ok(sign(a, c) <= 0);
        }),
        { numRuns: 500 },
      );
    });
  }
  test("of text is by code point", () => {
    fc.assert(fc.property(text, text, (a, b) => assert.equal(Math.sign(compareStrings(a, b)), Math.sign(byPoints(a, b)))), { numRuns: 2_000 });
    assert.ok(compareStrings("\uffff", "\u{1f600}") < 0);
    assert.deepEqual(["\u{1f600}", "\uffff"].toSorted(compareStrings), ["\uffff", "\u{1f600}"]);
    assert.deepEqual(["\u{1f600}", "\uffff"].toSorted(), ["\u{1f600}", "\uffff"]);
  });
});

function matches(text: string, pattern: string): unknown {
  return implementation("matches")?.(text, pattern);
}

suite("patterns are RE2", () => {
  test("a pattern that takes a backtracking engine exponential time is linear", () => {
    for (const pattern of ["(a+)+$", "(a|aa)+$", "(a|a?)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"]) {
      const time = (length: number): number => {
        const start = performance.now();
        matches(`${"a".repeat(length)}!`, pattern);
        return performance.now() - start;
      };
      time(2_000);
      // V8 takes seconds for 30 letters already; here ten thousand must be a matter of milliseconds.
      assert.ok(time(10_000) < 1_000, pattern);
    }
  });
  test("what RE2 has not is no pattern", () => {
    for (const pattern of ["(?=a)", "(a)\\1", "(?<!a)b", "(", "[z-a]", "a{2,1}", "*"]) assert.ok(matches("a", pattern) instanceof Missing, pattern);
  });
  test("a part of the text is enough, anchors ask for all", () => {
    assert.equal(matches("abc", "b"), true);
    assert.equal(matches("abc", "^b$"), false);
    assert.equal(matches("xabcx", "(?i)ABC"), true);
    assert.equal(matches("\u{1f600}", "^.$"), true);
  });
});
