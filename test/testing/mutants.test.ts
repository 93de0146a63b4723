import assert from "node:assert/strict";
import { test } from "node:test";
import { mutantsOf } from "../../src/testing/mutants.ts";
import { passes, runSuite, theatre, variant } from "../../src/testing/run.ts";
import { runMutants } from "../../src/testing/survivors.ts";
import { suiteOf } from "./suites.ts";

const RULES = `event payment { at: timestamp @time card: string @key amount: money[EUR] total: money[JPY] rate: number temperature: number[degC] wait: duration mcc: string? }
feature small_1h = count of payment by card over 1h where amount < 5 EUR and mcc == "1"
feature unread = count of payment by card over 1h where amount < 5 EUR
function high(p: payment, limit: money[EUR]): bool = p.amount > limit
ruleset cards on payment {
  outcomes allow < review < decline
  thresholds review at 40
  let often = small_1h >= 3
  rule a { when often and high(payment, 7 EUR) then review }
  rule b { when often or rate > 0.5 then decline }
  rule c { when total in 10 JPY..20 JPY and temperature < 85degC and wait <= 5m and 3 < rate score 20 }
  rule d { when mcc == "2" and not (rate > 1 and rate > 2) score 20 }
  rule e { when rate > 77 then decline mode off }
  table t { | amount | mcc => score | | > 1 EUR | "7" => 5 | }
}
`;

function listed(tests = ""): readonly string[] {
  return mutantsOf(suiteOf(RULES + tests)).map(({ kind, from, to }) => `${kind} ${from} → ${to}`);
}

test("mutants move boundaries by one step of their type, turn comparisons and leave out conjuncts", () => {
  assert.deepEqual(listed().toSorted(), [
    "comparison < → <=",
    "comparison < → <=",
    "comparison < → <=",
    "comparison <= → <",
    "comparison > → >=",
    "comparison > → >=",
    "comparison > → >=",
    "comparison > → >=",
    "comparison > → >=",
    "comparison >= → >",
    "conjunct `\"7\"` → nothing",
    "conjunct `> 1 EUR` → nothing",
    "conjunct `3 < rate` → nothing",
    "conjunct `amount < 5 EUR` → nothing",
    "conjunct `p.amount > limit` → nothing",
    "conjunct `mcc == \"1\"` → nothing",
    "conjunct `mcc == \"2\"` → nothing",
    "conjunct `not (rate > 1 and rate > 2)` → nothing",
    "conjunct `often` → nothing",
    "conjunct `rate > 1` → nothing",
    "conjunct `rate > 2` → nothing",
    "conjunct `temperature < 85degC` → nothing",
    "conjunct `total in 10 JPY..20 JPY` → nothing",
    "conjunct `wait <= 5m` → nothing",
    "outcome threshold review at 40 → review at 39",
    "outcome threshold review at 40 → review at 41",
    "threshold 0.5 → 0.495",
    "threshold 0.5 → 0.505",
    "threshold 1 → 0",
    "threshold 1 → 2",
    "threshold 1.00 EUR → 0.99 EUR",
    "threshold 1.00 EUR → 1.01 EUR",
    "threshold 10 JPY → 11 JPY",
    "threshold 10 JPY → 9 JPY",
    "threshold 2 → 1",
    "threshold 2 → 3",
    "threshold 20 JPY → 19 JPY",
    "threshold 20 JPY → 21 JPY",
    "threshold 3 → 2",
    "threshold 3 → 2",
    "threshold 3 → 4",
    "threshold 3 → 4",
    "threshold 5.00 EUR → 4.99 EUR",
    "threshold 5.00 EUR → 5.01 EUR",
    "threshold 5m → 4m59s",
    "threshold 5m → 5m1s",
    "threshold 7.00 EUR → 6.99 EUR",
    "threshold 7.00 EUR → 7.01 EUR",
    "threshold 85degC → 84degC",
    "threshold 85degC → 86degC",
  ].toSorted());
});

function survivors(tests: string): readonly string[] {
  const suite = suiteOf(RULES + tests);
  const stage = theatre(suite);
  const { results } = runSuite(suite, {}, stage);
  assert.ok(results.every(({ findings }) => findings.length === 0));
  return runMutants(stage, results.map(({ trial }) => trial)).survivors.map(({ kind, from, to, span }) => `${kind} ${from} → ${to} at ${span.start}`);
}

test("a mutant dies of one test that fails, and each test kills what it is about", () => {
  const all = mutantsOf(suiteOf(RULES)).length;
  const nothing = survivors(`test "nothing" for cards { when payment { card: "c" } expect outcome allow }`);
  assert.equal(nothing.length, all);
  const boundary = (amount: string, outcome: string): string =>
    `test "${amount}" for cards { given feature small_1h = 3 when payment { card: "c", amount: ${amount}, rate: 0 } expect ${outcome} }\n`;
  const left = (...tests: readonly string[]): readonly string[] => {
    const found = survivors(tests.join(""));
    return nothing.filter((each) => !found.includes(each)).map((each) => each.replace(/ at \d+$/, "")).toSorted();
  };
  assert.deepEqual(left(boundary("7.00 EUR", "no rule a")), [
    "comparison > → >=",
    "conjunct `p.amount > limit` → nothing",
    "threshold 7.00 EUR → 6.99 EUR",
  ]);
  assert.deepEqual(left(boundary("7.01 EUR", "rule a")), ["comparison >= → >", "threshold 3 → 4", "threshold 7.00 EUR → 7.01 EUR"]);
  const filter = (amount: string, mcc: string, count: number): string =>
    `test "${amount} ${mcc}" for cards { when payment { card: "c", amount: ${amount}, mcc: "${mcc}" } expect feature small_1h == ${count} }\n`;
  assert.deepEqual(left(filter("5.00 EUR", "1", 0)), ["comparison < → <=", "conjunct `amount < 5 EUR` → nothing", "threshold 5.00 EUR → 5.01 EUR"]);
  assert.deepEqual(left(filter("4.99 EUR", "1", 1)), ["threshold 5.00 EUR → 4.99 EUR"]);
  assert.deepEqual(left(filter("4.99 EUR", "2", 0)), ["conjunct `mcc == \"1\"` → nothing"]);
});

test("a mutant of one ruleset is not run against the tests of another", () => {
  const other = `ruleset other on payment { outcomes a < b rule r { when rate > 5 then b } }\ntest "o" for other { when payment { rate: 5 } expect outcome a when payment { rate: 6 } expect outcome b }\n`;
  const found = survivors(other);
  assert.ok(found.every((each) => !/ 5 → |5 → 4|5 → 6/.test(each)), found.join("\n"));
  assert.equal(found.length, mutantsOf(suiteOf(RULES)).length);
});

test("no mutant is spared by what is left out: running every test against every mutant kills just the same", () => {
  const rules = `event payment { at: timestamp @time card: string @key amount: money tags: list[string] marks: list[number]? n: number }
list watched: string managed
list odd: string = ["a", "b"]
feature spent = sum of payment.amount by card over 1h where amount > 1 EUR
function dear(limit: money): bool = limit < 7 EUR
ruleset cards on payment {
  outcomes allow < review < decline
  let busy = spent >= 5 EUR or marks.exists(m, m > 3)
  rule a { when busy and card in watched then review score n > 3 ? 5 : 6 }
  rule b { when tags.all(t, size(t) > 2 and size(t) < 9) and card not in odd and dear(amount) then decline do add card to watched }
  rule d { when n > 3 and card in watched score 1 }
  rule c { when n >= 2 and not (n > 9) for 5m then review score 3 }
  table t { when n < 50 | n | amount => score | | 5..7 | > 1 EUR => 5 | | > 7, < 2 | - => 6 | }
}
`;
  const items: readonly string[] = [
    `when payment { card: "c", amount: 2 EUR, n: 5 } expect outcome allow`,
    `given payment { card: "c", amount: 4 EUR, tags: ["abc"], n: 2 } at -6m when payment { card: "c", amount: 1 EUR, n: 3 } expect outcome review`,
    `given payment { card: "c", amount: 4 EUR, n: 2 } repeat 250 when payment { card: "c", amount: 1 EUR, n: 10 } expect score == 6`,
    `given list watched has "c" when payment { card: "c", marks: [1, 3], n: 3 } expect no rule a expect no rule d when payment { card: "c", marks: [4], n: 4 } expect rule a`,
    `when payment { card: "c", tags: ["abc", "ab"], amount: 6.99 EUR } expect no rule b`,
    `when payment { card: "c", tags: ["abc"], amount: 6.99 EUR } expect rule b`,
    `when payment { card: "a", tags: ["abc"], amount: 7 EUR } expect no rule b`,
  ];
  for (let take = 1; take <= items.length; take++) {
    const suite = suiteOf(rules + items.slice(0, take).map((each, i) => `test "t${i}" for cards { ${each} }\n`).join(""));
    const stage = theatre(suite);
    const { results, findings } = runSuite(suite, {}, stage);
    assert.deepEqual(findings.map(({ message }) => message), []);
    const trials = results.map(({ trial }) => trial);
    const all = mutantsOf(suite);
    const alive = all.filter((mutant) => trials.every((trial) => passes(variant(stage, mutant.program()), trial)));
    const texts = (mutants: typeof all): readonly string[] => mutants.map(({ kind, from, to, span }) => `${span.start} ${kind} ${from} → ${to}`);
    const found = runMutants(stage, trials);
    assert.deepEqual(texts(found.survivors), texts(alive), `${take} tests`);
    assert.equal(found.killed, all.length - alive.length);
  }
});
