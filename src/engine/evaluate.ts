import type { Asked, EventProgram, Matching, RuleProgram, RulesetProgram, Run, TableProgram } from "../compile/program.ts";
import { FINDING, FOUND_ASK, FOUND_REST, FOUND_TRUE } from "../match/tables.ts";
import { Missing } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Degraded, Json, RuleHit, RulesetDecision } from "./decision.ts";
import { type Fired, shownValue } from "./effects.ts";
import { holds } from "./hold.ts";
import { outcomeOf, outcomesOf, overlapOf } from "./policy.ts";
import { rolloutPoint } from "./rollout.ts";
import type { RuleStates } from "./states.ts";

/** What one event comes to under one program. */
export interface Evaluation {
  readonly decisions: Readonly<Record<string, RulesetDecision>>;
  readonly degraded: readonly Degraded[];
  /** Rules whose condition ended missing. */
  readonly missing: readonly MissedRule[];
  /** Rules whose effects are to be carried out, in their order. */
  readonly fired: readonly Fired[];
}

export interface MissedRule {
  readonly ruleset: string;
  readonly rule: string;
  /** Number of a table's row, or null. */
  readonly row: number | null;
}

/**
 * An event while it is decided. The lists are made only when there is something to note: nearly all events have nothing,
 * and what is not made need not be collected.
 */
interface Scene {
  readonly frame: Frame;
  readonly run: Run;
  readonly at: number;
  readonly states: RuleStates;
  degraded: Degraded[] | null;
  missing: MissedRule[] | null;
  fired: Fired[] | null;
}

/** A ruleset while it is decided. */
interface Ruling {
  readonly ruleset: RulesetProgram;
  hits: RuleHit[] | null;
  /** Of live hits. */
  score: number;
  /** Whether nothing more is asked. */
  over: boolean;
}

/** The list of nothing, one for all decisions. */
const NONE: readonly never[] = Object.freeze([]);

/**
 * Runs every ruleset of an event type over one decoded event.
 * @param at time of the event in milliseconds since 1970
 * @param states takes the event up where rules look beyond it; an event is evaluated once
 */
export function evaluate(event: EventProgram, frame: Frame, run: Run, at: number, states: RuleStates): Evaluation {
  const scene: Scene = { frame, run, at, states, degraded: null, missing: null, fired: null };
  const decisions: Record<string, RulesetDecision> = {};
  for (const ruleset of event.rulesets) decisions[ruleset.name] = decide(ruleset, scene);
  return { decisions, degraded: scene.degraded ?? NONE, missing: scene.missing ?? NONE, fired: scene.fired ?? NONE };
}

function decide(ruleset: RulesetProgram, scene: Scene): RulesetDecision {
  const ruling: Ruling = { ruleset, hits: null, score: 0, over: false };
  const last = ruleset.matching === null ? askSteps(ruling, scene) : askFound(ruleset.matching, ruling, scene);
  if (last !== null && ruleset.held.length > 0) passBy(ruleset, last, scene);
  const hits = ruling.hits ?? NONE;
  const { score } = ruling;
  if (ruleset.policy === "unique") noteOverlap(ruleset, hits, scene);
  if (ruleset.policy !== "all") return { outcome: outcomeOf(ruleset, hits, score), score, rules: hits };
  return { outcome: outcomeOf(ruleset, hits, score), outcomes: outcomesOf(ruleset, hits, score), score, rules: hits };
}

/** Asks one after the other; yields the one after which nothing more is asked, or null. */
function askSteps(ruling: Ruling, scene: Scene): RuleProgram | TableProgram | null {
  for (const { rule, table } of ruling.ruleset.steps) {
    if (rule === null) askTable(table, ruling, scene);
    else if (rule.plain) settle(rule, rule.when(scene.frame, scene.run), ruling, scene);
    else if (isActive(rule, scene.at)) askRule(rule, ruling, scene);
    if (ruling.over) return rule ?? table;
  }
  return null;
}

/** The same for those that the index finds: what it does not find is false. */
function askFound(matching: Matching, ruling: Ruling, scene: Scene): RuleProgram | TableProgram | null {
  const { matcher } = matching;
  const count = matcher.run(scene.frame, scene.run);
  const { found } = matcher;
  for (let i = 0; i < count; i++) {
    const each = found[i] as number;
    const asked = matching.asked(each >> FINDING);
    const { rule, table, whole } = asked;
    if (table !== null && whole) askTable(table, ruling, scene);
    else if (table !== null) i = askRows(table, matching, i, count, ruling, scene);
    else if (rule.plain) settle(rule, findingOf(each, asked, scene), ruling, scene);
    else if (!isActive(rule, scene.at)) continue;
    else if (rule.hold !== null) askRule(rule, ruling, scene);
    else if (consider(rule, findingOf(each, asked, scene), ruling, scene)) cool(rule, scene);
    if (ruling.over) return table ?? rule;
  }
  return null;
}

/** The rows of one table that were found, from the one at `from` on; yields where the last of them stands. */
function askRows(table: TableProgram, { matcher, asked: ask }: Matching, from: number, count: number, ruling: Ruling, scene: Scene): number {
  const { found } = matcher;
  const isOn = isActive(table.first, scene.at);
  const matches: number[] = [];
  let over = !isOn;
  let i = from;
  for (; i < count; i++) {
    const each = found[i] as number;
    const asked = ask(each >> FINDING);
    if (asked.table !== table) break;
    if (over || !consider(asked.rule, findingOf(each, asked, scene), ruling, scene)) continue;
    matches.push(asked.rule.row ?? 0);
    over = ruling.over || table.policy === "first";
  }
  if (isOn) endTable(table, matches, ruling, scene);
  return i - 1;
}

const NOT_THERE = new Missing("what the condition asks");

/** What the condition of one that was found comes to. */
function findingOf(found: number, { rule, rest }: Asked, { frame, run }: Scene): unknown {
  const finding = found & 3;
  if (finding === FOUND_TRUE) return true;
  if (finding === FOUND_REST && rest !== null) return rest(frame, run);
  return finding === FOUND_ASK ? rule.when(frame, run) : NOT_THERE;
}

/** A rule that has no more than a condition and what it says. */
function settle(rule: RuleProgram, matched: unknown, ruling: Ruling, scene: Scene): void {
  if (matched instanceof Missing) noteMissing(rule, ruling, scene);
  if (matched === true) take(rule, rule.outcome, true, ruling, scene);
}

function askRule(rule: RuleProgram, ruling: Ruling, scene: Scene): void {
  const { frame, run, at, states } = scene;
  const matched = rule.hold === null ? rule.when(frame, run) : holds(rule.when, rule.hold, frame, run, at, states);
  if (consider(rule, matched, ruling, scene)) cool(rule, scene);
}

function askTable(table: TableProgram, ruling: Ruling, scene: Scene): void {
  const { frame, run, at, states } = scene;
  const [first] = table.rows;
  if (first === undefined || !isActive(first, at)) return;
  const guard = table.guard === null ? true : holds(table.guard.when, table.guard.hold, frame, run, at, states);
  if (guard === false) return;
  const matches: number[] = [];
  for (const row of table.rows) {
    const cells = row.when(frame, run);
    if (!consider(row, cells === true ? guard : cells, ruling, scene)) continue;
    matches.push(row.row ?? 0);
    if (ruling.over || table.policy === "first") break;
  }
  endTable(table, matches, ruling, scene);
}

/** @param matches numbers of the rows that matched */
function endTable(table: TableProgram, matches: readonly number[], ruling: Ruling, scene: Scene): void {
  const { first } = table;
  // A row must not silence the others for the same event.
  if (matches.length > 0) cool(first, scene);
  if (table.policy === "unique" && matches.length > 1 && first.mode === "live") {
    degrade(scene, ruling.ruleset, first.id, null, "policy", `the rows ${matches.join(", ")} matched together`);
  }
}

/**
 * Lets the held conditions that stand after the step which ended the ruleset see the event: whether a condition has held
 * must not hang on what other rules found.
 */
function passBy(ruleset: RulesetProgram, last: RuleProgram | TableProgram, { frame, run, at, states }: Scene): void {
  for (const { rule, table } of ruleset.held) {
    const asked = rule ?? table.guard;
    const life = rule ?? table.first;
    if (life.place > last.place && asked?.hold && isActive(life, at)) holds(asked.when, asked.hold, frame, run, at, states);
  }
}

export function isActive({ active }: RuleProgram, at: number): boolean {
  return active === null || ((active.from === null || at >= active.from) && (active.until === null || at < active.until));
}

/** What follows from a condition: whether it is a hit, beside all that can keep a rule silent. */
function consider(rule: RuleProgram, matched: unknown, ruling: Ruling, scene: Scene): boolean {
  const isMissing = matched instanceof Missing;
  if (matched !== true && !isMissing) return false;
  if (!inShare(rule, scene.frame)) return false;
  if (isMissing) noteMissing(rule, ruling, scene);
  const { onMissing } = rule;
  if (isMissing && onMissing.action === "none") return false;
  if (isCooling(rule, scene)) return false;
  if (isMissing && onMissing.action === "outcome") take(rule, onMissing.outcome, false, ruling, scene);
  else take(rule, rule.outcome, true, ruling, scene);
  return true;
}

export function inShare({ key, rollout }: RuleProgram, frame: Frame): boolean {
  if (rollout === null || rollout.share >= 1) return true;
  const entity = rollout.entity(frame);
  return !(entity instanceof Missing) && rolloutPoint(key, entity) < rollout.share;
}

/** Whether a live rule is silent after a match. An entity that is not known has no cooldown. */
function isCooling({ cooldown, mode }: RuleProgram, { frame, at, states }: Scene): boolean {
  if (cooldown === null || mode !== "live") return false;
  const entity = cooldown.entity(frame);
  if (entity instanceof Missing) return false;
  const last = states.cooledAt(cooldown.state, entity);
  return last !== undefined && at < last + cooldown.duration;
}

function cool({ cooldown, mode }: RuleProgram, { frame, at, states }: Scene): void {
  if (cooldown === null || mode !== "live") return;
  const entity = cooldown.entity(frame);
  if (!(entity instanceof Missing)) states.cool(cooldown.state, entity, at, cooldown.duration);
}

/**
 * Takes up a hit. `whole` is false for one that only tells of missing data: it has the outcome that the rule names for
 * that, and neither score nor effects.
 */
function take(rule: RuleProgram, outcome: string | null, whole: boolean, ruling: Ruling, scene: Scene): void {
  const live = rule.mode === "live";
  const { ruleset } = ruling;
  const hit = whole && rule.fixed !== null ? rule.fixed : hitOf(rule, outcome, whole, ruleset, scene);
  (ruling.hits ??= []).push(hit);
  if (!live) return;
  ruling.score += hit.score;
  if (whole && rule.acts) (scene.fired ??= []).push({ ruleset: ruleset.name, rule });
  if (ruleset.policy === "first") ruling.over = true;
}

function hitOf(rule: RuleProgram, outcome: string | null, whole: boolean, ruleset: RulesetProgram, scene: Scene): RuleHit {
  return {
    id: rule.id,
    row: rule.row,
    outcome,
    score: whole ? scoreOf(ruleset, rule, scene) : 0,
    reason: rule.reason === null ? null : { code: rule.reason.code, text: reasonText(rule, scene) },
    notice: rule.notice,
    tags: rule.tags,
    mode: rule.mode === "live" ? "live" : "shadow",
  };
}

/** A score that cannot be computed counts 0, and the decision says so. */
function scoreOf(ruleset: RulesetProgram, rule: RuleProgram, scene: Scene): number {
  if (rule.score === null) return 0;
  const score = rule.score(scene.frame, scene.run);
  if (typeof score === "number" && Number.isFinite(score)) return score;
  degrade(scene, ruleset, rule.id, rule.row, "score", score instanceof Missing ? score.cause : "not a finite number");
  return 0;
}

function reasonText(rule: RuleProgram, { frame, run }: Scene): string {
  const text = rule.reason?.text?.(frame, run);
  return typeof text === "string" ? text : (rule.title ?? "");
}

function noteMissing({ id, row }: RuleProgram, { ruleset }: Ruling, scene: Scene): void {
  (scene.missing ??= []).push({ ruleset: ruleset.name, rule: id, row });
}

function degrade(scene: Scene, { name }: RulesetProgram, rule: string, row: number | null, part: Degraded["part"], missing: string): void {
  (scene.degraded ??= []).push({ ruleset: name, rule, row, part, missing });
}

function noteOverlap(ruleset: RulesetProgram, hits: readonly RuleHit[], scene: Scene): void {
  const overlap = overlapOf(hits);
  const [first] = overlap;
  if (first === undefined || overlap.length < 2) return;
  degrade(scene, ruleset, first, null, "policy", `the rules ${overlap.join(", ")} matched together`);
}

/** Every feature that the event type can see, as JSON; null where it is missing, masked where it shows a private field. */
export function explainFeatures(event: EventProgram, frame: Frame, run: Run): Readonly<Record<string, Json>> {
  const values: Record<string, Json> = {};
  for (const { name, feature, slot, type, secret } of event.features) {
    const value = frame[slot] ?? (frame[slot] = run.feature(feature));
    values[name] = value instanceof Missing ? null : shownValue(value, type, secret);
  }
  return values;
}
