import assert from "node:assert/strict";
import { test } from "node:test";
import type { Claim } from "../../src/analysis/claims.ts";
import { RulesetAnalyser } from "../../src/analysis/ruleset.ts";
import { MAX_JOINT } from "../../src/analysis/standing.ts";
import { checkFiles } from "../../src/check/check.ts";
import type { EventIr, Policy, RuleIr, RulesetIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import type { Expr } from "../../src/syntax/ast.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { rngOf, type Rng } from "../random.ts";

interface Drawn {
  readonly rules: readonly RuleIr[];
  readonly conditions: readonly Expr[];
  readonly ruleset: RulesetIr;
  readonly fresh: () => RulesetAnalyser;
}

const ATOMS = ["n > 1", "n > 2", "n <= 2", "n == 3", "s == \"x\"", "s in [\"x\", \"y\"]", "b", "not b", "n > 5"];

function draw(rng: Rng, count: number): Drawn {
  const rules = Array.from({ length: count }, (_, i) => {
    const atoms = Array.from({ length: 1 + rng.below(2) }, () => rng.pick(ATOMS)).join(rng.chance(0.2) ? " or " : " and ");
    return `rule r${i} { when ${atoms} then ${rng.pick(["review", "decline"])} }`;
  });
  const report = new Report();
  const text = `event e {\n n: number\n s: string?\n b: bool\n}\nruleset rs on e {\n outcomes allow < review < decline\n${rules.join("\n")}\n}\n`;
  const checked = checkFiles([parseFile({ path: "a.risk", text }, report)], new Map(), report);
  assert.equal(report.hasErrors, false);
  const ir = lowerProgram(checked, "v");
  const ruleset = ir.rulesets[0] as RulesetIr;
  const fresh = (): RulesetAnalyser => new RulesetAnalyser({ event: ir.events[0] as EventIr, features: ir.features, lists: ir.lists, rates: ir.rates });
  return { rules: ruleset.rules, conditions: checked.rulesets[0]?.rules.map((rule) => rule.when) ?? [], ruleset, fresh };
}

const shown = (claims: readonly Claim[]): readonly string[] => claims.map((claim) => JSON.stringify(claim)).toSorted();

test("after any edits the claims are those of a fresh look", () => {
  const seed = 20_261_121;
  const rng = rngOf(seed);
  for (let run = 0; run < 60; run++) {
    const drawn = draw(rng, 4 + rng.below(run % 10 === 0 ? MAX_JOINT + 40 : 24));
    const ruleset: RulesetIr = { ...drawn.ruleset, policy: rng.pick<Policy>(["first", "worst", "unique", "all"]) };
    const analyser = drawn.fresh();
    let order = drawn.rules.map((_, i) => i).slice(0, Math.ceil(drawn.rules.length / 2));
    for (let edit = 0; edit < 8; edit++) {
      const rules = order.map((i) => drawn.rules[i] as RuleIr);
      const conditions = order.map((i) => drawn.conditions[i] as Expr);
      const now = { ...ruleset, rules };
      assert.deepEqual(shown(analyser.update(now, conditions)), shown(drawn.fresh().update(now, conditions)), `seed ${seed}, run ${run}, edit ${edit}`);
      const at = rng.below(order.length);
      const other = rng.below(drawn.rules.length);
      if (rng.chance(0.6)) order = order.with(at, order.includes(other) ? (order[at] as number) : other);
      else if (rng.chance(0.5) && order.length > 2) order = order.toSpliced(at, 1);
      else if (!order.includes(other)) order = order.toSpliced(at, 0, other);
    }
  }
});
