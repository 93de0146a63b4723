import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { retain } from "../../src/compile/retain.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lineageOf } from "../../src/ir/lineage.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { beside, planState, RETAINED_VERSIONS, standingAfter, type StatePlan } from "../../src/rulesets/plan.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";

const EVENT = `event payment {
  id: string @id
  at: timestamp @time
  booked: timestamp
  card: string @key
  user: string @key
  amount: number
  fee: number = 1
}
event refund { at: timestamp @time card: string @key amount: number }
`;
const FEATURE = "feature f = sum of payment.amount by card over 1h where fee > 0 and card in odd";
const RULES = `${EVENT}list odd: string = ["a", "b"]\n${FEATURE}\n`;

function irOf(text: string): ProgramIr {
  const { ir, diagnostics } = analyse(memoryReader("m", new Map([["a.risk", text]])));
  assert.ok(ir !== null, diagnostics.map(({ message }) => message).join("\n"));
  return ir;
}

/** The plan of the last of these versions, after all of the others in their order. */
function planOf(...texts: readonly string[]): StatePlan {
  const [next, ...past] = texts.map(irOf).toReversed();
  const versions = past.map(lineageOf);
  assert.ok(next !== undefined);
  return planState(standingAfter(versions), lineageOf(next), retain(next, beside(next.version, versions)));
}

function lines({ features }: StatePlan): string[] {
  return features.map(({ name, action, was, reason }) => `${action} ${name}${was === null ? "" : ` (${was})`}: ${reason}`);
}

suite("a plan", () => {
  const changes: readonly (readonly [change: string, from: string, to: string, line: string])[] = [
    ["nothing of the feature", "list odd", "/// Seen before.\nlist odd", "keep f: it means what it meant"],
    ["its layout", "over 1h where", "over 60m\n  where", "keep f: it means what it meant"],
    ["its name", "feature f", "feature g", "keep g (f): `f` had the same meaning"],
    ["its window", "over 1h", "over 2h", "start f: its window changed from 1h to 2h"],
    ["its end", "over 1h", "over 1h ending 5m ago", "start f: its end changed from now to 5m ago"],
    ["its lateness", "over 1h", "over 1h lateness 10m", "start f: its lateness changed from 5m to 10m"],
    ["its key", "by card", "by card, user", "start f: its key changed from `card` to `card`, `user`"],
    ["its key, away", "by card over", "over", "start f: its key changed from `card` to all events"],
    ["its aggregate", "sum of", "average of", "start f: its aggregate changed from `sum` to `average`"],
    ["its value", "payment.amount", "payment.fee", "start f: its value changed from `amount` to `fee`"],
    ["its event", "sum of payment.amount by card over 1h where fee > 0 and card in odd", "sum of refund.amount by card over 1h", "start f: its event changed from `payment` to `refund`"],
    ["its filter", "fee > 0", "fee > 1", "start f: its filter changed"],
    ["its filter, away", " where fee > 0 and card in odd", "", "start f: its filter is gone"],
    ["a list", '["a", "b"]', '["a"]', "start f: a list that its filter asks changed"],
    ["whether it counts itself", "over 1h", "over 1h excluding current", "start f: it excludes the current event now"],
    ["the type of a field", "amount: number\n  fee", "amount: duration\n  fee", "start f: the type of `amount` changed from number to duration"],
    ["a default", "number = 1", "number = 2", "start f: the default of `fee` changed"],
    ["the time of its event", "at: timestamp @time\n  booked: timestamp\n", "at: timestamp\n  booked: timestamp @time\n", "start f: its time changed from `at` to `booked`"],
    ["two things", "sum of payment.amount by card over 1h", "count of payment by user over 1d", "start f: its key changed from `card` to `user`; its aggregate changed from `sum` to `count`; its window changed from 1h to 1d; its value changed from `amount` to none"],
  ];
  for (const [change, from, to, line] of changes) {
    test(`of a change of ${change}`, () => {
      assert.ok(RULES.includes(from), from);
      assert.deepEqual(lines(planOf(RULES, RULES.replace(from, to))), [line]);
    });
  }

  test("calls what was not there new, also at the very first", () => {
    assert.deepEqual(lines(planOf(RULES, `${RULES}feature n = count of payment by user over 1d\n`)), ["keep f: it means what it meant", "start n: it is new"]);
    assert.deepEqual(lines(planOf(RULES)), ["start f: there was no version before"]);
  });

  test("keeps a feature whose name went to another", () => {
    const swapped = RULES.replace("feature f", "feature g") + "feature f = count of payment by user over 1d\n";
    assert.deepEqual(lines(planOf(RULES, swapped)), [
      "keep g (f): `f` had the same meaning",
      "start f: its key changed from `card` to `user`; its aggregate changed from `sum` to `count`; its window changed from 1h to 1d; its value changed from `amount` to none; its filter is gone",
    ]);
  });
});

suite("what is dropped", () => {
  const without = RULES.replace(FEATURE, "");
  const edit = (n: number): string => `${without}// ${n}\n`;

  test("goes on for a return to its version, until that is too long ago", () => {
    const dropped = planOf(RULES, without);
    assert.deepEqual(lines(dropped), ["drop f: it is not declared any more; its state is kept for a return"]);
    assert.deepEqual(dropped.retained, [{ name: "f", version: irOf(RULES).version }]);
    const edits = Array.from({ length: RETAINED_VERSIONS }, (_, n) => edit(n));
    const back = planOf(RULES, ...edits, RULES);
    assert.deepEqual(lines(back), [`keep f: its state was kept since version ${irOf(RULES).version}`]);
    assert.deepEqual(lines(planOf(RULES, ...edits, without)), [`drop f: version ${irOf(RULES).version}, which declares it, is too long ago`]);
    assert.deepEqual(lines(planOf(RULES, ...edits, without, RULES)), ["start f: it is new"]);
  });

  test("counts a version once, however often it was returned to", () => {
    const back = Array.from({ length: 4 }, () => [edit(1), edit(2)]).flat();
    assert.deepEqual(lines(planOf(RULES, ...back, RULES)), [`keep f: its state was kept since version ${irOf(RULES).version}`]);
  });

  test("is given up where its event no longer has what it counts, and does not come back by itself", () => {
    const slim = without.replace("  amount: number\n  fee", "  fee");
    const dropped = planOf(RULES, slim);
    assert.deepEqual(lines(dropped), ["drop f: it is not declared any more, and `payment` has no field `amount` any more"]);
    assert.deepEqual(dropped.retained, []);
    assert.deepEqual(lines(planOf(RULES, without, slim)), [`drop f: only version ${irOf(RULES).version} declares it, and \`payment\` has no field \`amount\` any more`]);
    assert.deepEqual(lines(planOf(RULES, slim, RULES)), ["start f: it is new"]);
    assert.deepEqual(planOf(RULES, slim, without).retained, []);
  });
});
