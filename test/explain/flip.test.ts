import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { RuleTrace, Trace } from "../../src/engine/trace.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { explainer, MAX_TRACED_RULES } from "../../src/explain/explain.ts";
import { MAX_CANDIDATES, MAX_COMPARISONS } from "../../src/explain/flip.ts";
import { MAX_QUOTED } from "../../src/explain/places.ts";
import { MAX_NODES } from "../../src/explain/tree.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { Dice } from "../oracle/dice.ts";
import { compile } from "../oracle/pipeline.ts";

const EVENT = `event payment {
  at: timestamp @time
  card: string @key
  amount: money[USD]
  n: number = 0
  length: duration = 0s
  country: string?
  mail: string? @pii
  age: number? @pii
  channel: enum(ecom, pos, moto) = pos
  ip: ip = "10.0.0.1"
}
list bad: string = ["XX", "YY"]
list nets: cidr = ["203.0.113.0/24"]
feature count_1h = count of payment by card over 1h
feature newest = last of payment.mail by card over 1h
`;

const GIVEN = { at: "2026-03-01T00:00:00Z", card: "c", amount: "100.00 USD" };

/** Explains the last of some events. */
function explain(rules: string, ...events: readonly Record<string, unknown>[]): Trace {
  const program = compile(`${EVENT}ruleset pay on payment { outcomes allow < review < decline ${rules} }`);
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const clock = { now: () => 0 };
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, explain: explainer() });
  let trace: Trace = {};
  for (const event of events.length === 0 ? [{}] : events) {
    const answer = desk.decide({ type: "payment", event: { ...GIVEN, ...event }, explain: true, version: null });
    assert.ok(answer.kind === "decided", JSON.stringify(answer));
    trace = answer.decision.trace ?? {};
  }
  return trace;
}

function rule(condition: string, event: Record<string, unknown> = {}): RuleTrace {
  return explain(`rule r { when ${condition} then decline }`, event)["pay"]?.rules[0] as RuleTrace;
}

/** Minor units of the answer. */
function minor(amount: unknown): number {
  return Math.round(Number((amount as { readonly amount: string }).amount) * 100);
}

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** The nearest whole number, up or down, at which a condition is another; found by going there step by step. */
function nearest(from: number, holds: (value: number) => boolean): number {
  for (let step = 1; ; step++) if (holds(from + step) !== holds(from) || holds(from - step) !== holds(from)) return step;
}

suite("the smallest change of one field", () => {
  test("is the smallest there is, for every comparison of one value", () => {
    const dice = new Dice(7);
    for (const [op, compare] of Object.entries(COMPARE)) {
      for (let i = 0; i < 12; i++) {
        const [value, limit] = [dice.below(400), dice.below(400)];
        const turned = [
          { found: rule(`amount ${op} ${(limit / 100).toFixed(2)} USD`, { amount: `${(value / 100).toFixed(2)} USD` }).flip, of: minor, holds: (x: number) => compare(x, limit) },
          { found: rule(`${(limit / 100).toFixed(2)} USD ${op} amount`, { amount: `${(value / 100).toFixed(2)} USD` }).flip, of: minor, holds: (x: number) => compare(limit, x) },
          { found: rule(`amount * 3 - 1.00 USD ${op} ${(limit / 100).toFixed(2)} USD`, { amount: `${(value / 100).toFixed(2)} USD` }).flip, of: minor, holds: (x: number) => compare(3 * x - 100, limit) },
          { found: rule(`n ${op} ${limit}`, { n: value }).flip, of: Number, holds: (x: number) => compare(x, limit) },
          { found: rule(`n ${op} ${limit / 10}`, { n: value / 10 }).flip, of: (x: unknown) => Math.round(Number(x) * 10), holds: (x: number) => compare(x, limit) },
          { found: rule(`n in ${limit}..${limit + 20}`, { n: value }).flip, of: Number, holds: (x: number) => x >= limit && x <= limit + 20 },
        ];
        for (const { found, of, holds } of turned) {
          // Nothing three times as large and 1.00 more need equal a limit.
          if (found === null) assert.ok(op === "==" || op === "!=", `${op} ${value} ${limit}`);
          else assert.equal(Math.abs(of(found.to) - value), nearest(value, holds), `${op} ${value} ${limit}: ${found.text}`);
        }
      }
    }
  });

  test("is told in one sentence, with the unit of the field", () => {
    const flips: readonly (readonly [string, Record<string, unknown>, string])[] = [
      ["amount > 200.00 USD", { amount: "180.00 USD" }, "would match if `amount` were 200.01 USD instead of 180.00 USD"],
      ["length >= 5m", { length: "4m" }, "would match if `length` were 5m instead of 4m"],
      ["country == \"DE\"", {}, "would match if `country` were \"DE\" instead of missing"],
      ["country is missing", { country: "DE" }, "would match if `country` were missing instead of \"DE\""],
      ["country in bad", { country: "DE" }, "would match if `country` were \"XX\" instead of \"DE\""],
      ["country not in bad", { country: "XX" }, "would match if `country` were another text, such as \"something else\", instead of \"XX\""],
      ["channel == ecom", {}, "would match if `channel` were ecom instead of pos"],
      ["channel != pos", {}, "would match if `channel` were ecom instead of pos"],
      ["ip in nets", {}, "would match if `ip` were 203.0.113.0 instead of 10.0.0.1"],
      ["n > 3 and n < 5", { n: 9 }, "would match if `n` were 4 instead of 9"],
      ["amount < 200.00 USD", {}, "would not match if `amount` were 200.00 USD instead of 100.00 USD"],
    ];
    for (const [condition, event, text] of flips) assert.equal(rule(condition, event).flip?.text, text);
    assert.equal(rule("count_1h >= 3").featureFlip?.text, "would match if the feature `count_1h` were 3 instead of 1");
    assert.equal(rule("count_1h >= 3").flip, null);
  });

  test("is not claimed where no single value turns the condition", () => {
    assert.deepEqual([rule("amount > 200 USD and n > 5").flip, rule("amount > amount").flip, rule("amount != amount").flip], [null, null, null]);
  });
});

suite("a trace", () => {
  test("tells the first part that fails and how far it is from its limit", () => {
    const told = (condition: string, event = {}) => {
      const { text, value, limit, distance } = rule(condition, event).decisive ?? {};
      return [text, value, limit, distance];
    };
    assert.deepEqual(told("n == 0 and amount > 103.00 USD and n > 7"), ["amount > 103.00 USD", "100.00 USD", "103.00 USD", "3.00 USD"]);
    assert.deepEqual(told("length > 5m", { length: "30s" }), ["length > 5m", "30s", "5m", "4m30s"]);
    assert.deepEqual(told("n in 2..4", { n: 9 }), ["n in 2..4", "9", "4", "5"]);
    assert.deepEqual(told("not (n < 3)", { n: 1 }), ["not (n < 3)", "1", "3", "2"]);
    assert.deepEqual(told("at > 2026-03-01T00:05:00Z"), ["at > 2026-03-01T00:05:00Z", "2026-03-01T00:00:00Z", "2026-03-01T00:05:00Z", "5m"]);
    assert.deepEqual(told("country == \"DE\" and n > 3"), ["n > 3", "0", "3", "3"]);
    assert.deepEqual(told("amount > 1 USD"), [undefined, undefined, undefined, undefined]);
  });

  test("shows no private value", () => {
    const rules = `let domain = email_domain(mail)
      rule a { when domain == "x.org" and mail.startsWith("q") then decline }
      rule b { when age > 30 and size(mail) > 3 then decline }
      rule c { when n > age then decline }
      rule d { when newest.value != "none" and mask(mail) == "x" then decline }
      table t { | mail | age => then | | "a@b.c" | 5 => review | | "secret.person@example.org" | > 1 => decline | }`;
    const event = { mail: "secret.person@example.org", age: 29.625, n: 1 };
    // Limits are known from the rules; only what the event says is secret.
    const text = JSON.stringify(explain(rules, event)).replaceAll(/"(?:text|why)":"(?:[^"\\]|\\.)*"/g, "").replaceAll('"to":"secret.person@example.org"', "");
    for (const secret of ["secret.person", "example.org", "29.625", "29.6", "30.6", "0.375", "28.6"]) assert.ok(!text.includes(secret), secret);
    const sentences = explain(rules.replace('"secret.person@example.org"', '"z"'), event)["pay"]?.rules.flatMap(({ why, flip }) => [why, flip?.text ?? ""]).join("\n") ?? "";
    for (const secret of ["secret.person", "29.625", "29.6", "30.6", "0.375", "28.6"]) assert.ok(!sentences.includes(secret), `${secret} in ${sentences}`);
    assert.ok(text.includes("***"));
  });

  test("says what beside its condition keeps a rule from matching", () => {
    const whys = explain(
      `policy first
      rule held { when n > 0 for 5m then review }
      rule cool { when n > 0 cooldown 1h then review mode live }
      rule later { when n > 0 then decline }`,
      { n: 1 },
      { n: 1, at: "2026-03-01T00:01:00Z" },
    )["pay"]?.rules.map(({ id, result, why }) => `${id} ${result}: ${why}`);
    assert.deepEqual(whys, [
      "later matched: its condition holds",
      "held held: its condition holds, but not yet for 5m (since 2026-03-01T00:00:00Z, 1m)",
      "cool cooling: it matched at 2026-03-01T00:00:00Z and is silent until 2026-03-01T01:00:00Z",
    ]);
  });

  test("is bounded in rules, nodes and text", () => {
    const many = Array.from({ length: MAX_TRACED_RULES + 5 }, (_, i) => `rule r${i} { when n ${i === MAX_TRACED_RULES + 4 ? "==" : ">"} 0 then review }`).join("\n");
    const { rules = [], omitted } = explain(many)["pay"] ?? {};
    assert.deepEqual([rules.length, omitted, rules[0]?.result], [MAX_TRACED_RULES, 5, "matched"]);
    const long = rule(Array.from({ length: MAX_NODES }, (_, i) => `n > ${i}`).join(" and "));
    const count = (nodes: RuleTrace["tree"]): number => nodes.reduce((sum, node) => sum + 1 + count(node.parts), 0);
    assert.equal(count(long.tree), MAX_NODES);
    assert.equal(long.tree[0]?.text.length, MAX_QUOTED + 1);
    assert.ok(long.tree[0]?.text.endsWith("…"));
  });

  test("seeks changes at so many comparisons and values", () => {
    const same = (count: number): string => `${Array.from({ length: count }, () => "n == n").join(" and ")} and amount > 200.00 USD`;
    assert.equal(rule(same(MAX_COMPARISONS - 1)).flip?.name, "amount");
    assert.equal(rule(same(MAX_COMPARISONS)).flip, null);
    const named = (count: number): string => `${Array.from({ length: count }, (_, i) => `(country == "c${i}" and n > 5 and n < 5)`).join(" or ")} or country == "hit"`;
    assert.equal(rule(named(MAX_CANDIDATES - 1), { country: "DE" }).flip?.to, "hit");
    assert.equal(rule(named(MAX_CANDIDATES), { country: "DE" }).flip, null);
  });

  test("tells what the outcome comes from", () => {
    const because = (rules: string) => explain(rules)["pay"]?.because.text;
    assert.equal(because("rule r { when n > 5 then decline }"), "no rule names an outcome, so it is the default");
    assert.equal(because("rule r { when n == 0 then decline }"), "`r` matched");
    assert.equal(because("thresholds decline at 5 rule r { when n == 0 score 7 }"), "the score 7 reaches 5");
  });
});
