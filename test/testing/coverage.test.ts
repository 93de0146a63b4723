import assert from "node:assert/strict";
import { test } from "node:test";
import { Coverage, type Covered } from "../../src/testing/coverage.ts";
import { runSuite, theatre } from "../../src/testing/run.ts";
import { suiteOf } from "./suites.ts";

const RULES = `event payment { at: timestamp @time card: string @key amount: money[EUR] total: money mcc: string? ip: ip? @key shops: number ratio: number }
list blocked: string managed
list partners: string = ["a", "b"]
feature n = count of payment by card over 1h
feature per_ip = count of payment by ip over 1h
feature pace = rate of payment by card over 1h
feature usual = average of payment.ratio by card over 1h excluding current
function small(p: payment): bool = p.amount < 5 EUR and p.shops > 1
ruleset cards on payment {
  outcomes allow < note < review < decline
  let busy = n > 3 or n < 0
  rule a { when amount > 100 EUR and not (card in blocked) then review }
  rule b { when busy and small(payment) and mcc == "1" then decline }
  rule c { when busy and (card in partners or mcc is missing) score 1 }
  rule d { when total > 5 EUR and per_ip > 1 and usual > 1 and ratio / shops > 1 and ratio / 2 > 1 score 1 }
  rule f { when pace > 2Hz score 1 }
  rule e { when amount > 900 EUR then note mode off }
  table t { | amount | mcc => score | | > 1 EUR | "7", "8" => 5 | | - | "9" => 6 | }
}
ruleset untested on payment { outcomes a < b rule r { when amount > 1 EUR then b } }
`;

/** \`kind name row text: seen / unseen\`, by the text of the condition. */
function cover(tests: string): readonly string[] {
  const suite = suiteOf(RULES + tests);
  const stage = theatre(suite);
  const coverage = new Coverage(stage);
  runSuite(suite, { audience: (trial) => coverage.audience(trial) }, stage);
  const text = ({ kind, name, row, span, seen, unseen }: Covered): string => {
    const written = kind === "condition" ? (suite.sources.get(span.file)?.text.slice(span.start, span.end) ?? "") : name + (row === null ? "" : ` ${row}`);
    return `${kind} ${written}: ${seen.join(" ")} / ${unseen.join(" ")}`.trimEnd();
  };
  return coverage.rulesets().flatMap(({ ruleset, items, seen, all }) => [`${ruleset} ${seen} of ${all}`, ...items.map(text)]);
}

test("without tests nothing is covered, and what cannot be missing is not asked to be", () => {
  const found = cover("");
  assert.deepEqual(found.filter((line) => line.startsWith("condition")).toSorted(), [
    "condition \"7\":  / true false missing",
    "condition \"8\":  / true false missing",
    "condition \"9\":  / true false missing",
    "condition > 1 EUR:  / true false",
    "condition amount > 1 EUR:  / true false",
    "condition amount > 100 EUR:  / true false",
    "condition card in blocked:  / true false",
    "condition card in partners:  / true false",
    "condition mcc == \"1\":  / true false missing",
    "condition mcc is missing:  / true false",
    "condition n < 0:  / true false",
    "condition n > 3:  / true false",
    "condition p.amount < 5 EUR:  / true false",
    "condition p.shops > 1:  / true false",
    "condition pace > 2Hz:  / true false",
    "condition per_ip > 1:  / true false missing",
    "condition ratio / 2 > 1:  / true false",
    "condition ratio / shops > 1:  / true false missing",
    "condition total > 5 EUR:  / true false missing",
    "condition usual > 1:  / true false missing",
  ]);
  assert.deepEqual(found.filter((line) => !line.startsWith("condition")), [
    "cards 0 of 67",
    ...["allow", "review", "decline"].map((name) => `outcome ${name}:  / reached`),
    "rule a:  / matches stays silent",
    "list blocked:  / true false",
    "rule b:  / matches stays silent",
    "rule c:  / matches stays silent",
    "list partners:  / true false",
    "rule d:  / matches stays silent",
    "rule f:  / matches stays silent",
    "rule t 1:  / matches stays silent",
    "rule t 2:  / matches stays silent",
    "untested 0 of 6",
    ...["a", "b"].map((name) => `outcome ${name}:  / reached`),
    "rule r:  / matches stays silent",
  ]);
});

test("what an event under test shows is covered, what is only given is not", () => {
  const found = cover(`test "x" for cards {
    given payment { card: "c", amount: 500 EUR, mcc: "9" }
    when payment { card: "a", amount: 200 EUR, mcc: "7" }
    expect outcome review
    when payment { card: "a", amount: 2 EUR, shops: 2 }
    expect outcome allow
  }`);
  const about = (word: string): readonly string[] => found.filter((line) => line.includes(word));
  assert.deepEqual(about("amount > 100 EUR"), ["condition amount > 100 EUR: true false /"]);
  assert.deepEqual(about("outcome review"), ["outcome review: reached /"]);
  assert.deepEqual(about("outcome decline"), ["outcome decline:  / reached"]);
  assert.deepEqual(about('condition "7"'), ['condition "7": true missing / false']);
  assert.deepEqual(about('condition "9"'), ['condition "9": false missing / true']);
  assert.deepEqual(about("rule a"), ["rule a: matches stays silent /"]);
  assert.deepEqual(about("rule t"), ["rule t 1: matches stays silent /", "rule t 2: stays silent / matches"]);
  assert.deepEqual(about("list"), ["list blocked: false / true", "list partners: true / false"]);
  assert.deepEqual(about("p.shops"), ["condition p.shops > 1: true / false"]);
  assert.deepEqual(about("untested"), ["untested 0 of 6"]);
});
