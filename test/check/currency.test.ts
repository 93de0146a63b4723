import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { applyFixes } from "../../src/text/fix.ts";
import { Report } from "../../src/text/report.ts";
import { findings } from "./texts.ts";

const EVENT = "event e { dollars: money[USD] euros: money[EUR] any: money prices: list[money[USD]] n: number }";

function condition(text: string): ReturnType<typeof findings> {
  return findings(`${EVENT}
  feature spent = sum of e.dollars over 1h
  feature most = max of e.euros over 1h
  feature usual = percentile(50) of e.dollars over 1h
  function doubled(m: money[USD]): money[USD] = m * 2
  function either(m: money): money = m
  ruleset r on e { outcomes a < b\n rule one { when ${text} then b } }`);
}

suite("a currency is part of the type", () => {
  for (const text of [
    "dollars > 5 USD and any > 5 USD and any > 5 EUR",
    "doubled(dollars) > 5 USD",
    "doubled(any) > 5 USD",
    "either(euros) > 5 USD",
    "spent > 5 USD",
    "prices[0] > 5 USD and 5 USD in prices",
    "coalesce(dollars, 0 USD) > 5 USD",
    "(n > 1 ? dollars : euros) > 5 USD",
    "dollars / 5 USD > 2",
  ]) {
    test(text, () => assert.deepEqual(condition(text), []));
  }
  for (const [text, code, at] of [
    ["dollars > 5 EUR", "RSK0205", "5 EUR"],
    ["dollars > euros", "RSK0205", "euros"],
    ["dollars + euros > 5 USD", "RSK0205", "euros"],
    ["dollars / euros > 2", "RSK0205", "euros"],
    ["dollars in 1 EUR..2 EUR", "RSK0205", "1 EUR"],
    ["dollars in [1 EUR]", "RSK0205", "1 EUR"],
    ["doubled(euros) > 5 USD", "RSK0211", "euros"],
    ["doubled(dollars) > 5 EUR", "RSK0205", "5 EUR"],
    ["spent > 5 EUR", "RSK0205", "5 EUR"],
    ["most > 5 USD", "RSK0205", "5 USD"],
    ["usual > 5 EUR", "RSK0205", "5 EUR"],
    ["prices[0] > 5 EUR", "RSK0205", "5 EUR"],
    ["min(dollars, euros) > 5 USD", "RSK0211", "min"],
    ["coalesce(dollars, 0 USD) > 5 EUR", "RSK0205", "5 EUR"],
  ] as const) {
    test(text, () => assert.deepEqual(condition(text), [[code, at]]));
  }
  test("a body of another currency than declared", () => {
    assert.deepEqual(findings("function f(m: money[EUR]): money[USD] = m"), [["RSK0216", "m"]]);
  });
});

function check(text: string): ReturnType<Report["sorted"]> {
  const report = new Report();
  checkFiles([parseFile({ path: "rules.risk", text }, report)], new Map(), report);
  return report.sorted();
}

suite("an amount without a currency is given the likely one, and the file is then valid", () => {
  const rest = (more: string): string => `event e { any: money dollars: money[USD] }\nruleset r on e { outcomes a < b ${more} }`;
  for (const [text, written] of [
    [rest("rule x { when any > 1000 then b }"), "any > 1000 USD"],
    [rest("rule x { when any > 1000 or any > 5 JPY or any > 6 JPY then b }"), "any > 1000 JPY"],
    [rest("rule x { when any > 10.5 or any > 5 JPY or any > 6 JPY then b }"), "any > 10.5 EUR"],
    ["event e { any: money }\nruleset r on e { outcomes a < b rule x { when any > 1000 then b } }", "any > 1000 EUR"],
    ["event e { any: money[GBP] }\nruleset r on e { outcomes a < b rule x { when 5 < any then b } }", "5 GBP < any"],
  ] as const) {
    test(written, () => {
      const [first, ...more] = check(text);
      assert.deepEqual(more, []);
      const [fix] = first?.fixes ?? [];
      assert.ok(fix !== undefined && fix.applicability === "maybe");
      const fixed = applyFixes(text, fix.edits);
      assert.ok(fixed.includes(written), fixed);
      assert.deepEqual(check(fixed), []);
    });
  }
  test("a figure that is no amount is not completed", () => {
    const [first] = check("event e { any: money[JPY] }\nruleset r on e { outcomes a < b rule x { when any > 1.5 then b } }");
    assert.deepEqual([first?.code, first?.fixes], ["RSK0203", []]);
  });
});
