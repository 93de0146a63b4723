import type { RulesetProgram } from "../compile/program.ts";
import type { RuleHit } from "./decision.ts";

/**
 * The worst of what the live hits say and of the thresholds that the score reaches; the default when neither speaks.
 * @param rank the place of the worst outcome that a live hit has, -1 when none has one
 */
export function outcomeOf(ruleset: RulesetProgram, rank: number, score: number): string {
  let worst = rank;
  for (const threshold of ruleset.thresholds) {
    if (score >= threshold.at) worst = Math.max(worst, ruleset.outcomes.indexOf(threshold.outcome));
  }
  // Looking for what stands at -1 takes longer than all the rest.
  return worst < 0 ? ruleset.default : (ruleset.outcomes[worst] as string);
}

/** Every outcome that a live hit or a threshold names, worst first. */
export function outcomesOf({ outcomes, thresholds }: RulesetProgram, hits: readonly RuleHit[], score: number): readonly string[] {
  const named = new Set<string>();
  for (const { mode, outcome } of hits) if (mode === "live" && outcome !== null) named.add(outcome);
  for (const { outcome, at } of thresholds) if (score >= at) named.add(outcome);
  return outcomes.filter((outcome) => named.has(outcome)).toReversed();
}

/** The rules with a live hit, each once: of a ruleset with `policy unique` there is at most one. */
export function overlapOf(hits: readonly RuleHit[]): readonly string[] {
  return [...new Set(hits.filter(({ mode }) => mode === "live").map(({ id }) => id))];
}
