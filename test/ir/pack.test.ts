import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ExprIr, RuleIr } from "../../src/ir/ir.ts";
import { packRules, SharedRules, type RuleStore, storeOf } from "../../src/ir/pack.ts";
import { randomRules } from "../match/rulesets.ts";
import { lowered } from "../match/trial.ts";
import { Dice } from "../oracle/dice.ts";

const SEED = 20_261_121;
const PROGRAMS = 60;

function rulesOf(store: RuleStore): readonly RuleIr[] {
  return Array.from({ length: store.size }, (_, place) => ({ ...store.face(place), ...store.condition(place), origins: store.origins(place) }));
}

function heads(store: RuleStore): readonly unknown[] {
  return Array.from({ length: store.size }, (_, place) => [store.tableOf(place), store.isOff(place), [...store.held]]);
}

/** As another thread gets them. */
function crossed(rules: readonly RuleIr[]): SharedRules {
  return new SharedRules(structuredClone(packRules(rules).packed));
}

suite("rules in shared memory", () => {
  test("are what they were", () => {
    const dice = new Dice(SEED);
    let rules = 0;
    for (let program = 0; program < PROGRAMS; program++) {
      for (const ruleset of lowered(randomRules(dice, 12)).rulesets) {
        const store = crossed(ruleset.rules);
        assert.deepEqual(rulesOf(store), ruleset.rules, `seed ${SEED}, program ${program}`);
        assert.deepEqual(heads(store), heads(storeOf(ruleset.rules)));
        rules += store.size;
      }
    }
    assert.ok(rules > PROGRAMS * 5);
  });

  test("keep values that JSON has no words for", () => {
    const [rule] = lowered("event e {\n  at: timestamp @time\n  n: number\n}\nruleset rs on e {\n  outcomes pass < stop\n  rule r { when n > 1 then stop }\n}\n").rulesets[0]?.rules ?? [];
    assert.ok(rule);
    const block = { text: "10.0.0.0/8", first: 2n ** 64n, last: 2n ** 127n + 1n, version: 4 } as const;
    for (const value of [block, -0, Number.NaN, Infinity, -Infinity, "~", "$", "ключ 🔑", null, [block, [0.1]]]) {
      const when: ExprIr = { op: "const", value };
      const [back] = rulesOf(crossed([{ ...rule, when, score: when }]));
      assert.deepEqual([back?.when, back?.score], [when, when]);
    }
  });

  test("have a let once that many of them name", () => {
    const sum = Array.from({ length: 400 }, (_, i) => `n * ${i}.5`).join(" + ");
    const rules = Array.from({ length: 100 }, (_, i) => `rule r${i} { when total > ${i} and twice > ${i} then stop }`).join("\n");
    const text = `event e {\n  at: timestamp @time\n  n: number\n}\nruleset rs on e {\n  outcomes pass < stop\n  let total = ${sum}\n  let twice = total * 2\n  ${rules}\n}\n`;
    const written = lowered(text).rulesets[0]?.rules ?? [];
    const { bytes } = packRules(written).packed;
    assert.equal(Buffer.from(bytes).toString().split('{"op":"const","value":399.5}').length, 2);
    assert.deepEqual(rulesOf(crossed(written)), written);
  });
});
