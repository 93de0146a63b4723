import type { HoldProgram, Closure, RuleProgram, RulesetProgram, TableProgram } from "../compile/program.ts";
import type { Explained, RuleResult } from "../engine/trace.ts";
import type { RuleHit } from "../engine/decision.ts";
import { inShare, isActive } from "../engine/evaluate.ts";
import { lasted } from "../engine/hold.ts";
import { printDuration, printTimestamp } from "../types/time.ts";
import { Missing, type Value } from "../types/value.ts";
import { causeText } from "./reading.ts";

/** What became of a rule at an event, and what of it is not told by its condition. */
export interface Verdict {
  readonly result: RuleResult;
  /** Null where the condition alone tells why. */
  readonly why: string | null;
  /** Whether the condition as it is at this event decided, so that another value could have turned it. */
  readonly turns: boolean;
}

function verdict(result: RuleResult, why: string | null, turns = false): Verdict {
  return { result, why, turns };
}

/** A rule within its ruleset, and whether it matched. */
export interface Asked {
  readonly ruleset: RulesetProgram;
  readonly rule: RuleProgram;
  readonly hits: readonly RuleHit[];
}

/** @param when what the condition came to, of a row with the guard of its table */
export function verdictOf({ ruleset, rule, hits }: Asked, when: Value | Missing, explained: Explained): Verdict {
  const { at, frame } = explained;
  if (rule.mode === "off") return verdict("off", "its mode is `off`");
  const table = rule.row === null ? undefined : ruleset.tables.find((each) => each.rows.includes(rule));
  const hold = table?.guard?.hold ?? rule.hold;
  if (hits.some((hit) => isHit(hit, rule))) return verdict("matched", matchedBy(rule, hold, when), isPresent(rule, hold, when));
  const before = hitBefore(ruleset, rule, table, hits);
  if (before !== undefined) return verdict("not reached", `${before} matched first`);
  if (!isActive(rule, at)) return verdict("inactive", activeText(rule));
  const held = hold === null ? null : holdText(table?.guard?.when ?? rule.when, hold, explained);
  // Of a row the cells are asked beside the guard, which may hold or be missing because of its state.
  const cells = table?.guard ? rule.when(frame.slice(), explained.run) : true;
  if (held?.result === "missing" && cells !== false) return inShare(rule, frame) ? held : outside(rule);
  if (when === false) return table?.guard && held?.result === "matched" ? verdict("not matched", "its guard has matched before and was not cleared since, but its cells do not hold") : verdict("not matched", null, true);
  if (held?.result === "not matched") return held;
  if (!inShare(rule, frame)) return outside(rule);
  if (held?.result === "held" && when === true) return held;
  if (when instanceof Missing && rule.onMissing.action === "none") return verdict("missing", null, true);
  return cooling(rule, explained) ?? verdict("not matched", "its `clear when` holds");
}

function outside({ rollout }: RuleProgram): Verdict {
  return verdict("outside rollout", `it is for ${percent(rollout?.share ?? 1)} of all entities, and not for this one`);
}

export function isHit(hit: RuleHit, { id, row }: RuleProgram): boolean {
  return hit.id === id && hit.row === row;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

/** Whether a match comes from this event and not from one before. */
function isPresent({ onMissing }: RuleProgram, hold: HoldProgram | null, when: Value | Missing): boolean {
  return (hold?.clear ?? null) === null && (when === true || (when instanceof Missing && onMissing.action !== "none"));
}

function matchedBy({ onMissing }: RuleProgram, hold: HoldProgram | null, when: Value | Missing): string {
  if (when === true) return hold === null || hold.duration === 0 ? "its condition holds" : `its condition has held for ${printDuration(hold.duration)} or longer`;
  if (when instanceof Missing && onMissing.action !== "none") {
    const as = onMissing.action === "outcome" ? `the outcome \`${onMissing.outcome}\`` : "a match";
    return `its condition is missing, which counts as ${as}: ${causeText(when)}`;
  }
  return "it has matched before and was not cleared since";
}

/** What kept a rule from being asked, or undefined. */
function hitBefore(ruleset: RulesetProgram, rule: RuleProgram, table: TableProgram | undefined, hits: readonly RuleHit[]): string | undefined {
  const own = ruleset.rules.indexOf(rule);
  for (const [i, other] of ruleset.rules.slice(0, own).entries()) {
    const hit = hits.find((each) => isHit(each, other));
    if (hit === undefined) continue;
    const sameTable = table !== undefined && table.rows.includes(ruleset.rules[i] as RuleProgram);
    if (sameTable && table.policy === "first") return `row ${other.row}`;
    if (ruleset.policy === "first" && hit.mode === "live") return `\`${other.id}\`${other.row === null ? "" : ` row ${other.row}`}`;
  }
  return undefined;
}

function activeText({ active }: RuleProgram): string {
  const from = active?.from ?? null;
  const until = active?.until ?? null;
  const ends = [...(from === null ? [] : [`from ${printTimestamp(from)}`]), ...(until === null ? [] : [`until ${printTimestamp(until)}`])];
  return `it is active ${ends.join(" ")}`;
}

/** What the state of a condition makes of it: matched where it matches whatever it says now; null where it says all. */
function holdText(when: Closure, hold: HoldProgram, { frame, run, at, states }: Explained): Verdict | null {
  const own = frame.slice();
  const value = when(own, run);
  const entity = hold.entity(own);
  if (entity instanceof Missing) return verdict("missing", `the entity that it goes by is not known: ${causeText(entity)}`);
  const held = states.peek(hold.state, entity);
  const { clear } = hold;
  if (clear !== null && lasted(clear.when(own, run), held?.clearSince ?? null, clear.duration, at)) return verdict("not matched", "its `clear when` holds");
  if (clear !== null && held?.latched === true) return verdict("matched", null);
  if (value !== true || lasted(value, held?.since ?? null, hold.duration, at)) return null;
  const since = held?.since ?? null;
  const began = since === null || since > at ? "it does not yet count" : `since ${printTimestamp(since)}, ${printDuration(at - since)}`;
  return verdict("held", `its condition holds, but not yet for ${printDuration(hold.duration)} (${began})`);
}

function cooling({ cooldown }: RuleProgram, { frame, states }: Explained): Verdict | null {
  const entity = cooldown?.entity(frame);
  if (cooldown === null || entity === undefined || entity instanceof Missing) return null;
  const last = states.cooledAt(cooldown.state, entity);
  if (last === undefined) return null;
  return verdict("cooling", `it matched at ${printTimestamp(last)} and is silent until ${printTimestamp(last + cooldown.duration)}`);
}
