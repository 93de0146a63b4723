import type { EventProgram, RuleProgram, RulesetProgram, Run } from "../compile/program.ts";
import { jsonValue } from "../types/print.ts";
import { Missing } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Degraded, Json, RuleHit, RulesetDecision } from "./decision.ts";

/** What one event comes to under one program. */
export interface Evaluation {
  readonly decisions: Readonly<Record<string, RulesetDecision>>;
  readonly degraded: readonly Degraded[];
  /** Rules whose condition ended missing and so did not match. */
  readonly missing: readonly MissedRule[];
}

export interface MissedRule {
  readonly ruleset: string;
  readonly rule: string;
}

/** Made only when there is something to note: nearly all events have nothing, and what is not made need not be collected. */
interface Notes {
  degraded: Degraded[] | null;
  missing: MissedRule[] | null;
}

/** The list of nothing, one for all decisions. */
const NONE: readonly never[] = Object.freeze([]);

/** Runs every ruleset of an event type over one decoded event. */
export function evaluate(event: EventProgram, frame: Frame, run: Run): Evaluation {
  const notes: Notes = { degraded: null, missing: null };
  const decisions: Record<string, RulesetDecision> = {};
  for (const ruleset of event.rulesets) decisions[ruleset.name] = decide(ruleset, frame, run, notes);
  return { decisions, degraded: notes.degraded ?? NONE, missing: notes.missing ?? NONE };
}

function decide(ruleset: RulesetProgram, frame: Frame, run: Run, notes: Notes): RulesetDecision {
  let hits: RuleHit[] | null = null;
  let score = 0;
  for (const rule of ruleset.rules) {
    const matched = rule.when(frame, run);
    if (matched instanceof Missing) (notes.missing ??= []).push({ ruleset: ruleset.name, rule: rule.id });
    if (matched !== true) continue;
    const hit = makeHit(ruleset, rule, frame, run, notes);
    (hits ??= []).push(hit);
    score += hit.score;
    if (ruleset.policy === "first") break;
  }
  return { outcome: outcomeOf(ruleset, hits ?? NONE, score), score, rules: hits ?? NONE };
}

function makeHit(ruleset: RulesetProgram, rule: RuleProgram, frame: Frame, run: Run, notes: Notes): RuleHit {
  return {
    id: rule.id,
    outcome: rule.outcome,
    score: scoreOf(ruleset, rule, frame, run, notes),
    reason: rule.reason === null ? null : { code: rule.reason.code, text: reasonText(rule, frame, run) },
    tags: rule.tags,
    mode: "live",
  };
}

/** A score that cannot be computed counts 0, and the decision says so. */
function scoreOf(ruleset: RulesetProgram, rule: RuleProgram, frame: Frame, run: Run, notes: Notes): number {
  if (rule.score === null) return 0;
  const score = rule.score(frame, run);
  if (typeof score === "number" && Number.isFinite(score)) return score;
  const cause = score instanceof Missing ? score.cause : "not a finite number";
  (notes.degraded ??= []).push({ ruleset: ruleset.name, rule: rule.id, part: "score", missing: cause });
  return 0;
}

function reasonText(rule: RuleProgram, frame: Frame, run: Run): string {
  const text = rule.reason?.text?.(frame, run);
  return typeof text === "string" ? text : (rule.title ?? "");
}

/** The worst of what the rules say and of the highest threshold that the score reaches; the default when neither speaks. */
function outcomeOf(ruleset: RulesetProgram, hits: readonly RuleHit[], score: number): string {
  let worst = -1;
  for (const hit of hits) {
    if (hit.outcome !== null) worst = Math.max(worst, ruleset.outcomes.indexOf(hit.outcome));
  }
  for (const threshold of ruleset.thresholds) {
    if (score >= threshold.at) worst = Math.max(worst, ruleset.outcomes.indexOf(threshold.outcome));
  }
  return ruleset.outcomes[worst] ?? ruleset.default;
}

/** Every feature that the event type can see, as JSON; null where it is missing. */
export function explainFeatures(event: EventProgram, frame: Frame, run: Run): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const { name, feature, slot, type } of event.features) {
    const value = frame[slot] ?? (frame[slot] = run.feature(feature));
    values[name] = value instanceof Missing ? null : jsonValue(value, type);
  }
  return values;
}
