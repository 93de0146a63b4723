import type { ExprIr, RuleIr, RulesetIr } from "../ir/ir.ts";
import type { OutcomeClaim } from "./claims.ts";
import { bare } from "./subjects.ts";

/** Sums of doubles may come out a little above what they should. */
const SLACK = 1e-9;

/** Thresholds that no score reaches, and outcomes that nothing leads to. */
export function outcomeClaims(ruleset: RulesetIr): readonly OutcomeClaim[] {
  const claims: OutcomeClaim[] = [];
  const most = mostOf(ruleset);
  const spoken = new Set([ruleset.default]);
  for (const { outcome, onMissing } of ruleset.rules) {
    // Of rules that are not live too: an outcome that is being tried out is on its way.
    if (outcome !== null) spoken.add(outcome);
    if (onMissing.action === "outcome") spoken.add(onMissing.outcome);
  }
  for (const { outcome, at } of ruleset.thresholds) {
    spoken.add(outcome);
    if (most * (1 + SLACK) + SLACK < at) claims.push({ kind: "threshold", outcome, at, most });
  }
  for (const outcome of ruleset.outcomes) if (!spoken.has(outcome)) claims.push({ kind: "unproduced", outcome });
  return claims;
}

/** The highest score that an event can reach. Scores below 0 or missing count as 0, since their rules need not match. */
function mostOf({ rules, tables, policy }: RulesetIr): number {
  if (policy === "first") return rules.reduce((most, rule) => Math.max(most, scoreOf(rule)), 0);
  const byTable = new Map<number, number>();
  let sum = 0;
  for (const rule of rules) {
    // Of a table that stops at its first row one row counts at most.
    if (rule.table === null || tables[rule.table]?.policy !== "first") sum += scoreOf(rule);
    else byTable.set(rule.table, Math.max(byTable.get(rule.table) ?? 0, scoreOf(rule)));
  }
  for (const most of byTable.values()) sum += most;
  return sum;
}

function scoreOf({ score, mode }: RuleIr): number {
  return score === null || mode !== "live" ? 0 : Math.max(0, upperBound(score));
}

/** A number that the value never exceeds; infinite where none is known. */
function upperBound(ir: ExprIr): number {
  const value = bare(ir);
  if (value.op === "const") return typeof value.value === "number" ? value.value : Infinity;
  if (value.op === "missing") return 0;
  if (value.op === "cond") return Math.max(upperBound(value.whenTrue), upperBound(value.whenFalse));
  if (value.op !== "call" || value.args.length === 0) return Infinity;
  const bounds = value.args.map(upperBound);
  const name = value.name.split("/")[0];
  if (name === "min") return Math.min(...bounds);
  if (name === "max") return Math.max(...bounds);
  return name === "number.add" ? bounds.reduce((sum, each) => sum + each, 0) : Infinity;
}
