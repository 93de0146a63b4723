import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { simulate } from "../../src/simulate/simulate.ts";
import { text } from "../simulate/streams.ts";
import { decide, type Decided, score, shipped } from "./shipped.ts";

/*
 * The shipped rules on the streams they were written for. The simulator labels events; what a rule picks is held against
 * the labels. Bounds are what the rules reach on these seeds with room for a third: a rule that falls out of them has
 * changed its meaning. Recall counts single events, so a rule that needs a burst or a history never reaches 1.
 */

const { analysis, program } = shipped();
const SEEDS = ["1", "2"];
const START = Date.UTC(2026, 0, 1);

/** Least precision, and least recall by pattern. */
type Bounds = Readonly<Record<string, readonly [precision: number, recall: Readonly<Record<string, number>>]>>;

interface Domain {
  readonly kind: "payments" | "logins" | "telemetry";
  readonly ruleset: string;
  readonly events: number;
  readonly rules: Bounds;
  readonly outcomes: Bounds;
}

const domains: readonly Domain[] = [
  {
    kind: "payments",
    ruleset: "card_payments",
    events: 30_000,
    rules: {
      // The owner of a card that was tried is asked as well.
      watched_card: [0.25, { card_testing: 0.05 }],
      card_testing: [0.95, { card_testing: 0.35 }],
      many_cards_one_address: [0.95, { card_testing: 0.4 }],
      card_velocity: [0.7, { account_takeover: 0.2 }],
      spend_velocity: [0.25, { account_takeover: 0.2, leaked_card: 0.03 }],
      far_from_usual: [0.2, { leaked_card: 0.18 }],
      // Half of the payments at a leaking terminal are honest, and labels of a week ago outlive the leak.
      compromised_terminal: [0.12, { compromised_terminal: 0.2 }],
      disposable_mail: [0.95, { disposable_mail: 0.4 }],
      new_mail: [0.3, { account_takeover: 0.05 }],
      risky_merchant_abroad: [0.6, { account_takeover: 0.25 }],
    },
    outcomes: {
      challenge: [0.3, { card_testing: 0.6, account_takeover: 0.55, disposable_mail: 0.4, leaked_card: 0.25 }],
      decline: [0.9, { card_testing: 0.6, account_takeover: 0.15 }],
    },
  },
  {
    kind: "logins",
    ruleset: "account_takeover",
    events: 16_000,
    rules: {
      stuffing: [0.95, { credential_stuffing: 0.4 }],
      stuffing_success: [0.95, { credential_stuffing: 0.01 }],
      guessing: [0.95, { password_guessing: 0.5 }],
      guessed: [0.85, { password_guessing: 0.05 }],
      // The owner's next login at home is as far from the thief as the thief's was from home.
      impossible_travel: [0.35, { impossible_travel: 0.9 }],
      new_device: [0.15, { account_takeover: 0.25 }],
      new_device_without_factor: [0.2, { account_takeover: 0.25 }],
      watched_network: [0.95, { credential_stuffing: 0.4 }],
    },
    outcomes: {
      step_up: [0.6, { credential_stuffing: 0.4, password_guessing: 0.5, impossible_travel: 0.9, account_takeover: 0.25 }],
      lock: [0.9, { password_guessing: 0.05 }],
    },
  },
  {
    kind: "telemetry",
    ruleset: "machine_health",
    events: 30_000,
    rules: {
      too_hot: [0.95, { overheating: 0.02 }],
      // The alarm outlasts the fault until the machine has cooled down.
      overheating: [0.85, { overheating: 0.35 }],
      rapid_rise: [0.95, { overheating: 0.3, spike: 0.9, hot_site: 0.25 }],
      drift: [0.5, { drift: 0.35, overheating: 0.45 }],
      vibration_limit: [0.9, { spike: 0.4 }],
      vibration_jump: [0.9, { spike: 0.9 }],
      stuck_sensor: [0.9, { stuck_sensor: 0.25 }],
      // The window still holds what was hot when the cooling is back.
      hot_site: [0.55, { hot_site: 0.45 }],
    },
    outcomes: {
      warn: [0.6, { overheating: 0.6, hot_site: 0.6, drift: 0.35, spike: 0.9, stuck_sensor: 0.25 }],
      alarm: [0.6, { hot_site: 0.45, overheating: 0.35 }],
      shutdown: [0.95, { overheating: 0.02 }],
    },
  },
];

test("the shipped rules check without an error or a warning", () => {
  assert.deepEqual(analysis.diagnostics.map((each) => `${each.code} ${each.span.file}: ${each.message}`), []);
});

test("every declaration, field apart, has a doc comment", () => {
  for (const { text: source, path } of analysis.sources) {
    const lines = source.split("\n");
    lines.forEach((line, i) => {
      if (!/^\s*(?:event|list|feature|function|ruleset|rule|let) /.test(line)) return;
      assert.match(lines[i - 1] ?? "", /^\s*\/\/\/ \S/, `${path}:${i + 1}`);
    });
  }
});

function hold(what: string, decided: readonly Decided[], picked: Parameters<typeof score>[1], [precision, recall]: Bounds[string]): void {
  const found = score(decided, picked);
  assert.ok(found.hits > 0, `${what} never fires`);
  assert.ok(found.precision >= precision, `${what}: precision ${found.precision.toFixed(3)} of ${found.hits} hits, at least ${precision} expected`);
  for (const [pattern, least] of Object.entries(recall)) {
    const share = found.recall.get(pattern) ?? 0;
    assert.ok(share >= least, `${what}: finds ${share.toFixed(3)} of ${pattern}, at least ${least} expected`);
  }
}

suite("rules against labels", () => {
  for (const { kind, ruleset, events, rules, outcomes } of domains) {
    const declared = program.rulesets.find((each) => each.name === ruleset);
    for (const seed of SEEDS) {
      test(`${kind}, seed ${seed}`, () => {
        const decided = decide(program, simulate({ kind, events, seed, fraud: null, start: START }), ruleset);
        assert.deepEqual(Object.keys(rules).toSorted(), declared?.rules.map((rule) => rule.id).toSorted(), "every rule has bounds");
        for (const [id, bounds] of Object.entries(rules)) hold(id, decided, (decision) => decision.rules.some((rule) => rule.id === id), bounds);
        for (const [outcome, bounds] of Object.entries(outcomes)) {
          const least = declared?.outcomes.indexOf(outcome) ?? -1;
          assert.ok(least > 0, outcome);
          hold(`${outcome} or worse`, decided, (decision) => (declared?.outcomes.indexOf(decision.outcome) ?? -1) >= least, bounds);
        }
      });

      test(`${kind}, seed ${seed}: without fraud hardly anything is held up`, () => {
        const decided = decide(program, simulate({ kind, events: 8_000, seed, fraud: 0, start: START }), ruleset);
        const held = decided.filter(({ decision }) => decision.outcome !== declared?.default).length;
        assert.ok(held / decided.length < 0.01, `${held} of ${decided.length}`);
      });
    }
  }
});

test("a compromised terminal is the one that is named", () => {
  const decided = decide(program, simulate({ kind: "payments", events: 30_000, seed: "1", fraud: null, start: START }), "card_payments");
  const leaking = new Set(decided.filter(({ event }) => event.event["pattern"] === "compromised_terminal").map(({ event }) => text(event, "terminal")));
  const named = decided.filter(({ event, decision }) => text(event, "terminal").startsWith("t-") && decision.rules.some((rule) => rule.id === "compromised_terminal"));
  const right = named.filter(({ event }) => leaking.has(text(event, "terminal")));
  assert.ok(named.length > 0 && right.length / named.length >= 0.9, `${right.length} of ${named.length}`);
});

test("reasons are whole sentences with their numbers", () => {
  const decided = decide(program, simulate({ kind: "payments", events: 10_000, seed: "1", fraud: null, start: START }), "card_payments");
  for (const { decision } of decided) {
    for (const rule of decision.rules) assert.doesNotMatch(rule.reason?.text ?? "", /[{}]|missing|undefined|NaN/);
  }
});
