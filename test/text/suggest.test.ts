import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { closest } from "../../src/text/suggest.ts";

suite("the closest name", () => {
  const cases: readonly (readonly [name: string, candidates: readonly string[], expected: string | undefined])[] = [
    ["whne", ["when", "then"], "when"],
    ["amout", ["amount", "account"], "amount"],
    ["Amount", ["amount"], "amount"],
    ["card_contry", ["country", "card_country"], "card_country"],
    ["severity", ["when", "then", "score"], undefined],
    ["x", ["y", "z"], undefined],
    ["by", ["at", "of"], undefined],
    ["USD", ["usd"], "usd"],
    ["amount", ["amount"], undefined],
    ["abcd", ["abce", "abcf"], "abce"],
    ["", ["a"], undefined],
    ["a".repeat(100_000), ["a".repeat(99_999)], undefined],
  ];
  for (const [name, candidates, expected] of cases) {
    test(`${name.slice(0, 20)} among ${candidates.join(", ").slice(0, 40)}`, () => assert.equal(closest(name, candidates), expected));
  }
  test("one slip in a long name is always found: a letter left out, put in, changed or two swapped", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "e", "f", "_"), minLength: 5, maxLength: 20 });
    fc.assert(
      fc.property(name, fc.nat(), fc.constantFrom("x", "y", "z"), fc.nat(3), (right, where, letter, kind) => {
        const at = where % (right.length - 1);
        const swapped = right.slice(0, at) + right.charAt(at + 1) + right.charAt(at) + right.slice(at + 2);
        const slips = [right.slice(0, at) + right.slice(at + 1), right.slice(0, at) + letter + right.slice(at), right.slice(0, at) + letter + right.slice(at + 1), swapped];
        const slip = slips[kind] ?? right;
        assert.equal(closest(slip, [right]), slip === right ? undefined : right);
      }),
    );
  });
});
