import type { Program, RuleProgram, RulesetProgram } from "../compile/program.ts";
import type { RuleHit } from "../engine/decision.ts";
import type { Decisive, Explain, Explained, RuleTrace, RulesetTrace } from "../engine/trace.ts";
import { Missing, type Value } from "../types/value.ts";
import { becauseOf } from "./because.ts";
import { decisiveOf } from "./decisive.ts";
import { flipsOf, type Flips, type Wording } from "./flip.ts";
import { Places } from "./places.ts";
import { causeText, Reading } from "./reading.ts";
import { treeOf } from "./tree.ts";
import { isHit, verdictOf } from "./verdict.ts";

/**
 * Rules of one ruleset that are explained. Each takes some hundred microseconds during which nothing else is decided, and
 * who asks about one event hardly reads more.
 */
export const MAX_TRACED_RULES = 100;

/** Which rules are wanted; all unless it is given. */
export type Wanted = (rule: RuleProgram) => boolean;

/** Explains decisions; keeps the line numbers of the program that it was asked about last. */
export function explainer(wanted: Wanted = () => true): Explain {
  const known = new WeakMap<Program, Places>();
  return (explained) => {
    const { program } = explained;
    let places = known.get(program);
    if (places === undefined) known.set(program, (places = new Places(program.sources)));
    const traced: Record<string, RulesetTrace> = {};
    for (const ruleset of explained.event.rulesets) traced[ruleset.name] = explainRuleset(ruleset, explained, places, wanted);
    return traced;
  };
}

function explainRuleset(ruleset: RulesetProgram, explained: Explained, places: Places, wanted: Wanted): RulesetTrace {
  const decided = explained.decisions[ruleset.name] ?? { outcome: ruleset.default, score: 0, rules: [] };
  const matched = (rule: RuleProgram): boolean => decided.rules.some((hit) => isHit(hit, rule));
  const asked = ruleset.rules.filter(wanted);
  const ordered = [...asked.filter(matched), ...asked.filter((rule) => !matched(rule))];
  const rules = ordered.slice(0, MAX_TRACED_RULES).map((rule) => explainRule(ruleset, rule, decided.rules, explained, places));
  return { because: becauseOf(ruleset, decided), rules, omitted: ordered.length - rules.length };
}

function explainRule(ruleset: RulesetProgram, rule: RuleProgram, hits: readonly RuleHit[], explained: Explained, places: Places): RuleTrace {
  const { program, event, frame, run, at } = explained;
  const reading = new Reading({ program, event, ruleset, frame, run, at }, rule);
  const when = reading.value(reading.when);
  const verdict = verdictOf({ ruleset, rule, hits }, when, explained);
  const decisive = decisiveOf(reading, places);
  const flips = verdict.turns ? flipsOf(reading, rule, wordingFor(ruleset, rule)) : NO_FLIPS;
  return {
    id: rule.id,
    row: rule.row,
    mode: rule.mode,
    result: verdict.result,
    why: verdict.why ?? sentence(decisive, when),
    decisive,
    flip: flips.field,
    featureFlip: flips.feature,
    tree: treeOf(reading, places),
  };
}

const NO_FLIPS: Flips = { field: null, feature: null };

/** Nothing but its condition decides over a plain rule; of others only the condition can be told. */
function wordingFor({ policy, tables }: RulesetProgram, rule: RuleProgram): Wording {
  const table = rule.row === null ? undefined : tables.find((each) => each.rows.includes(rule));
  const alone = rule.hold === null && (table?.guard ?? null) === null && rule.cooldown === null && rule.rollout === null && policy !== "first";
  return alone ? { met: "would match", unmet: "would not match" } : { met: "its condition would hold", unmet: "its condition would not hold" };
}

function sentence(decisive: Decisive | null, when: Value | Missing): string {
  if (decisive === null) return when instanceof Missing ? `its condition is missing: ${causeText(when)}` : "its condition is false";
  const { text, value, limit, distance } = decisive;
  if (when instanceof Missing) return `\`${text}\` is missing: ${causeText(when)}`;
  if (value === null) return `\`${text}\` is false`;
  return `\`${text}\` is false: ${[value, ...(distance === null || limit === null ? [] : [`${distance} from ${limit}`])].join(", ")}`;
}
