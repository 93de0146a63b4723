import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { runSuite } from "../../src/testing/run.ts";
import { rendered, suiteOf } from "./suites.ts";

const RULES = `event payment { id: string @id at: timestamp @time card: string @key amount: money mcc: string? }
list blocked: string managed
feature payments_1h = count of payment by card over 1h
feature usual = average of payment.amount by card over 1h excluding current
ruleset cards on payment {
  outcomes allow < review < decline
  thresholds review at 50
  rule large "Large" { when amount > 100 EUR and mcc != "1" then review score 20 reason R1 "large {amount}" notice N1 "too much" }
  rule burst {
    when payments_1h > 3
    then decline
    do add card to blocked for 24h
    do emit stop { card: card, count: payments_1h, mcc: mcc }
  }
  rule freed { when amount == 7 EUR score 1 do remove card from blocked }
  rule quiet { when amount > 100 EUR then decline mode shadow }
  table mccs all {
    | mcc      | amount        => score |
    | "7", "8" | > 10 EUR      => 10    |
    | "7"      | 5 EUR..20 EUR => 15    |
  }
}
`;

const LARGE = 'when payment { card: "c", amount: 200 EUR, mcc: "2" }';
const SMALL = 'when payment { card: "c", amount: 2 EUR, mcc: "2" }';
const BURST = 'given payment { card: "c", amount: 1 EUR } at -5m repeat 3 every 1m\n  when payment { card: "c", amount: 2 EUR, mcc: "2" }';
const SEVEN = 'when payment { card: "c", amount: 15 EUR, mcc: "7" }';

function tell(steps: string, expected: string): string {
  const found = suiteOf(`${RULES}test "it" for cards {\n  ${steps}\n  expect ${expected}\n}\n`);
  return rendered(found, runSuite(found));
}

/** Steps, what is met, what is not, and what is said then after the line with the code. */
const CASES: readonly (readonly [steps: string, met: string, missed: string, message: string])[] = [
  [LARGE, "outcome review", "outcome decline", "the outcome is `review`, `decline` is expected"],
  [LARGE, "score == 20", "score > 20", "the score is 20, > 20 is expected"],
  [LARGE, "score != 21", "score != 20", "the score is 20, != 20 is expected"],
  [LARGE, "score <= 20", "score < 20", "the score is 20, < 20 is expected"],
  [LARGE, "score >= 20", "score >= 20.5", "the score is 20, >= 20.5 is expected"],
  [LARGE, "rule large", "no rule large", "`large` matches, it is expected not to"],
  [SMALL, "no rule large", "rule large", "`large` does not match"],
  [LARGE, "rule quiet", "no rule quiet", "`quiet` matches, it is expected not to"],
  ['when payment { card: "c", amount: 200 EUR }', "rule large missing", "rule large", "`large` does not match"],
  [LARGE, "rule large", "rule large missing", "`large` is not missing, it matches"],
  [SMALL, "no rule large", "rule large missing", "`large` is not missing, it does not match"],
  [SEVEN, "rule mccs row 2", "no rule mccs row 2", "row 2 of `mccs` matches, it is expected not to"],
  [LARGE, "no rule mccs row 2", "rule mccs row 2", "row 2 of `mccs` does not match"],
  [LARGE, "rules large, quiet", "rules large", "`large`, `quiet` match: `quiet` too many"],
  [LARGE, "rules quiet, large", "rules large, quiet, burst", "`large`, `quiet` match: `burst` missing"],
  [SMALL, "no rules", "rules large", "no rule matches: `large` missing"],
  [BURST, "rules burst", "no rules", "`burst` matches: `burst` too many"],
  [LARGE, "reason R1", "no reason R1", "the reason `R1` is given, it is expected not to be"],
  [LARGE, 'reason R1 "large 200.00 EUR"', 'reason R1 "large"', 'the reason `R1` reads "large 200.00 EUR"'],
  [SMALL, "no reason R1", "reason R1", "the reason `R1` is not given"],
  [LARGE, 'notice N1 "too much"', 'no notice N1 "too much"', "the notice `N1` is given, it is expected not to be"],
  [SMALL, "no notice N1", "notice N1", "the notice `N1` is not given"],
  [BURST, 'list blocked has "c"', 'no list blocked has "c"', '`blocked` has "c"'],
  [SMALL, 'no list blocked has "c"', 'list blocked has "c"', '`blocked` does not have "c"'],
  [BURST, 'emit stop { card: "c", count: 4, mcc: "2" }', 'emit stop { count: 5 }', "`stop` is emitted with other values"],
  [BURST, "emit stop", "no emit stop", "`stop` is emitted, it is expected not to be"],
  [SMALL, "no emit stop", "emit stop", "`stop` is not emitted"],
  [BURST.replace(', mcc: "2"', ""), "emit stop { mcc: null }", 'emit stop { mcc: "2" }', "`stop` is emitted with other values"],
  [BURST, "feature payments_1h == 4", "feature payments_1h != 4", "`payments_1h` is 4, != 4 is expected"],
  [BURST, "feature payments_1h > 3", "feature payments_1h >= 5", "`payments_1h` is 4, >= 5 is expected"],
  [BURST, "feature usual == 1 EUR", "feature usual missing", "`usual` is 1.00 EUR, it is expected to be missing"],
  [SMALL, "feature usual missing", "feature usual < 1 EUR", "`usual` is missing (empty window usual), < 1.00 EUR is expected"],
];

suite("each expectation", () => {
  for (const [steps, met, missed, message] of CASES) {
    test(`\`${met}\` is met, \`${missed}\` is not`, () => {
      assert.equal(tell(steps, met), "");
      const text = tell(steps, missed);
      assert.equal(text.split("\n")[0], `error[RSK0851]: "it": ${message}`);
      assert.ok(text.includes(` |   expect ${missed}\n`) && text.endsWith("\n1 error\n"), text);
    });
  }
});

test("a list is what rules have made of it, until entries end", () => {
  const steps = `given list blocked has "c", "d"
  when payment { card: "d", amount: 7 EUR }`;
  assert.equal(tell(steps, 'no list blocked has "d"'), "");
  assert.match(tell(steps, 'list blocked has "d"'), /note: `freed` removes "d"/);
  assert.equal(tell(steps, 'list blocked has "c"'), "");
  assert.equal(tell(`${BURST}\n  when payment { card: "x", amount: 2 EUR } at 1439m`, 'list blocked has "c"'), "");
  assert.equal(tell(`${BURST}\n  when payment { card: "x", amount: 2 EUR } at 1440m`, 'no list blocked has "c"'), "");
});

test("a failure tells which part of which condition decided, with its values", () => {
  assert.equal(
    tell(SMALL, "outcome decline"),
    `error[RSK0851]: "it": the outcome is \`allow\`, \`decline\` is expected
  --> rules.risk:25:10
   |
10 |     when payments_1h > 3
   |          --------------- false: \`payments_1h\` is 1
...
16 |   rule quiet { when amount > 100 EUR then decline mode shadow }
   |                     ---------------- false: \`amount\` is 2.00 EUR
...
25 |   expect outcome decline
   |          ^^^^^^^^^^^^^^^

1 error
`,
  );
  assert.equal(
    tell('when payment { card: "c", amount: 200 EUR }', "rule large"),
    `error[RSK0851]: "it": \`large\` does not match
  --> rules.risk:25:10
   |
 8 |   rule large "Large" { when amount > 100 EUR and mcc != "1" then review score 20 reason R1 "large {amount}" notice N1 "too much" }
   |                                                  ---------- missing: \`mcc\` is missing (\`mcc\` is not given)
...
25 |   expect rule large
   |          ^^^^^^^^^^

1 error
`,
  );
});

test("all failures of a test are told, and a true condition that is held back says by what", () => {
  const found = suiteOf(`${RULES}test "it" for cards {
  ${LARGE}
  expect outcome decline
  expect score == 1
  expect rule large
  expect rule burst
}
`);
  const text = rendered(found, runSuite(found));
  assert.match(text, /3 errors\n$/);
  assert.match(text, /the condition of `quiet` is true; it may be held back by its mode `shadow`/);
  assert.match(text, /note: scores: `large` 20, `quiet` 0/);
});
