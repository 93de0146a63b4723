import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkSources } from "../../src/rulesets/check.ts";

const HEAD = `event payment {
  at: timestamp @time
  card: string @key
  amount: number
}
list cards: string = ["a"]
feature tx = count of payment by card over 1h
feature newest = last of payment.amount by card over 1h
function twice(x: number): bool = known(x)
`;

/** What is said of a condition, with its help and the fix that it offers. */
function told(condition: string, head = HEAD.replace(/function.*\n/, "")): readonly string[] {
  const text = `${head}ruleset r on payment {\n  outcomes a < b\n  let half = tx / 2\n  rule one { when (half > 0 or half <= 0 or newest.at > payment.at or card in cards) and (${condition}) then b }\n}`;
  return checkSources([{ path: "a.risk", text }]).diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, message, help, fixes }) => `${code} ${message}; ${help ?? ""}; ${fixes[0]?.title ?? ""}`);
}

suite("known(f)", () => {
  test("takes a feature, written as a call or behind it", () => {
    assert.deepEqual(told("known(tx)"), []);
    assert.deepEqual(told("tx.known()"), []);
    assert.deepEqual(told("not known(newest) or known(tx)"), []);
  });
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["known(amount)", /^RSK0220 `known` asks for a feature, this is a field; .*`x is present`/],
    ["known(newest.at)", /^RSK0220 .* this is timestamp; ask for the whole of it: `known\(newest\)`; write `newest`$/],
    ["known(tx + 1)", /^RSK0220 .* this is number; ask for each feature: `known\(tx\)`; write `known\(tx\)`$/],
    ["known(tx > newest.value)", /ask for each feature: `known\(tx\) and known\(newest\)`/],
    ["known(half)", /^RSK0220 .* a `let`; ask for the features that it is made of/],
    ["known(payment)", /^RSK0220 .* an event/],
    ["known(cards)", /^RSK0220 .* a list/],
    ["known(5)", /^RSK0220 .* number/],
    ["known()", /^RSK0212 `known` takes 1 argument/],
    ["known(tx, newest)", /^RSK0212/],
    ["known(tc)", /^RSK0301/],
  ];
  for (const [condition, message] of wrong) {
    test(`${condition} is told with what to write`, () => {
      const found = told(condition);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", message);
    });
  }
  test("of a parameter is told at the function", () => {
    assert.match(told("twice(tx)", HEAD)[0] ?? "", /^RSK0220 .* a parameter; ask where the function is called/);
  });
  test("is a function of the author where one is declared", () => {
    assert.deepEqual(told("known(amount)", `${HEAD.replace(/function.*\n/, "")}function known(x: number): bool = x > 0\n`), []);
  });
});
