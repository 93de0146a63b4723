import type { RulesetProgram } from "../compile/program.ts";
import type { RulesetDecision } from "../engine/decision.ts";
import type { Because } from "../engine/trace.ts";

/** Rules that are named in the sentence; all of them stand in `rules`. */
const MAX_NAMED = 5;

/** What the outcome of a ruleset comes from. */
export function becauseOf(ruleset: RulesetProgram, { outcome, score, rules: hits }: RulesetDecision): Because {
  const rules = hits.filter((hit) => hit.mode === "live" && hit.outcome === outcome).map(({ id, row }) => ({ id, row }));
  const threshold = ruleset.thresholds.findLast((each) => each.outcome === outcome && score >= each.at)?.at ?? null;
  const reached = threshold === null ? null : `the score ${score} reaches ${threshold}`;
  if (rules.length > 0) {
    const named = rules.slice(0, MAX_NAMED).map(({ id, row }) => `\`${id}\`${row === null ? "" : ` row ${row}`}`);
    const more = rules.length > MAX_NAMED ? ` and ${rules.length - MAX_NAMED} more` : "";
    return { by: "rules", outcome, rules, threshold, score, text: `${named.join(", ")}${more} matched${reached === null ? "" : `, and ${reached}`}` };
  }
  if (reached !== null) return { by: "threshold", outcome, rules, threshold, score, text: reached };
  return { by: "default", outcome, rules, threshold, score, text: "no rule names an outcome, so it is the default" };
}
