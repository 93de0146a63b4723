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
  if (rule.mode === "off") return { result: "off", why: "its mode is `off`" };
  const table = rule.row === null ? undefined : ruleset.tables.find((each) => each.rows.includes(rule));
  const hold = table?.guard?.hold ?? rule.hold;
  if (hits.some((hit) => isHit(hit, rule))) return { result: "matched", why: matchedBy(rule, hold, when) };
  const before = hitBefore(ruleset, rule, table, hits);
  if (before !== undefined) return { result: "not reached", why: `${before} matched first` };
  if (!isActive(rule, at)) return { result: "inactive", why: activeText(rule) };
  const held = hold === null ? null : holdText(table?.guard?.when ?? rule.when, hold, explained);
  if (when === false || (held !== null && held.result === "not matched")) return { result: "not matched", why: when === false ? null : (held?.why ?? null) };
  if (!inShare(rule, frame)) return { result: "outside rollout", why: `it is for ${percent(rule.rollout?.share ?? 1)} of all entities, and not for this one` };
  if (held !== null && (held.result === "missing" || when === true)) return held;
  if (when instanceof Missing && rule.onMissing.action === "none") return { result: "missing", why: null };
  return cooling(rule, explained) ?? { result: "not matched", why: "its `clear when` holds" };
}

export function isHit(hit: RuleHit, { id, row }: RuleProgram): boolean {
  return hit.id === id && hit.row === row;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
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

/** What keeps a condition with state from matching; null where nothing of it does. */
function holdText(when: Closure, hold: HoldProgram, { frame, run, at, states }: Explained): Verdict | null {
  const own = frame.slice();
  const value = when(own, run);
  const entity = hold.entity(own);
  if (entity instanceof Missing) return { result: "missing", why: `the entity that it goes by is not known: ${causeText(entity)}` };
  const held = states.peek(hold.state, entity);
  const { clear } = hold;
  if (clear !== null && lasted(clear.when(own, run), held?.clearSince ?? null, clear.duration, at)) return { result: "not matched", why: "its `clear when` holds" };
  if (value !== true || lasted(value, held?.since ?? null, hold.duration, at)) return null;
  const since = held?.since ?? null;
  const began = since === null || since > at ? "it does not yet count" : `since ${printTimestamp(since)}, ${printDuration(at - since)}`;
  return { result: "held", why: `its condition holds, but not yet for ${printDuration(hold.duration)} (${began})` };
}

function cooling({ cooldown }: RuleProgram, { frame, states }: Explained): Verdict | null {
  const entity = cooldown?.entity(frame);
  if (cooldown === null || entity === undefined || entity instanceof Missing) return null;
  const last = states.peekCooled(cooldown.state, entity);
  if (last === undefined) return null;
  return { result: "cooling", why: `it matched at ${printTimestamp(last)} and is silent until ${printTimestamp(last + cooldown.duration)}` };
}
