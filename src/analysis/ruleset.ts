import type { RuleIr, RulesetIr } from "../ir/ir.ts";
import type { Expr } from "../syntax/ast.ts";
import type { Region } from "./boxes.ts";
import type { Claim, ConditionClaim, RuleClaim } from "./claims.ts";
import { Conditions } from "./conditions.ts";
import { gapClaims } from "./gaps.ts";
import { partsOf } from "./parts.ts";
import { Regions } from "./regions.ts";
import { outcomeClaims } from "./scores.ts";
import { Standing, type Member } from "./standing.ts";
import { bare, Subjects, type Surroundings } from "./subjects.ts";
import { Witnesses, type Wish, type Witness } from "./witness.ts";

/** What was found for two rules, and whom it was to keep silent. */
interface Found {
  readonly witness: Witness | null;
  readonly silent: readonly Known[];
}

/** Rules that an example keeps silent, so that the one that it is for is the first to match. */
const MAX_SILENT = 20;

interface Known extends Member {
  readonly when: Expr;
  readonly own: readonly ConditionClaim[];
  /** Equal for rules whose conditions are one, up to the order of what is joined by `and`. */
  readonly meaning: number;
  /** The outcome, for a live rule that says nothing else that counts and matches by its condition alone; else null. */
  readonly voice: string | null;
}

/**
 * The analysis of one ruleset, kept between edits: a rule that is the same object as before is not looked at again, and
 * only edited ones are compared with the others.
 */
export class RulesetAnalyser {
  readonly #subjects: Subjects;
  readonly #regions: Regions;
  readonly #witnesses: Witnesses;
  readonly #found = new WeakMap<Known, Map<Known, Found>>();
  readonly #standings = new Map<string, Standing<Known>>();
  readonly #meanings = new Map<string, number>();
  #last: readonly Known[] = [];
  readonly #known = new WeakMap<RuleIr, Known>();

  constructor(around: Surroundings) {
    this.#subjects = new Subjects(around.event, around.features);
    this.#regions = new Regions(this.#subjects, around.lists);
    this.#witnesses = new Witnesses(around, this.#subjects);
  }

  /**
   * All claims about the ruleset as it is now.
   * @param conditions the tree of each rule's `when`, in the order of the rules
   */
  update(ruleset: RulesetIr, conditions: readonly Expr[]): readonly Claim[] {
    const last = this.#last;
    const members = ruleset.rules.map((rule, i) => {
      const when = conditions[i] as Expr;
      const same = last[i];
      if (same?.rule === rule && same.when === when) return same;
      // A rule that only moved is known, too.
      const known = this.#known.get(rule);
      if (known?.when === when) return known;
      const learnt = this.#learn(rule, when);
      this.#known.set(rule, learnt);
      return learnt;
    });
    this.#last = members;
    return [
      ...ownClaims(members),
      ...this.#standingClaims(ruleset, members),
      ...twinClaims(ruleset, members),
      ...gapClaims(ruleset, members, this.#subjects, this.#witnesses),
      ...outcomeClaims(ruleset),
    ];
  }

  #learn(rule: RuleIr, when: Expr): Known {
    const region = this.#regions.whenTrue(rule.when);
    const strict = rule.onMissing.action !== "none" || rule.hold !== null;
    const claims = rule.mode === "off" ? [] : new Conditions(this.#regions, strict).claims(partsOf(when, rule.when));
    // A row without questions is a default, and means to be true for all.
    const own = rule.row === null ? claims : claims.filter((claim) => claim.kind !== "always" || claim.part);
    return { rule, when, region, own, meaning: isTwin(rule, region) ? this.#meaning(rule) : NO_TWIN, voice: voiceOf(rule) };
  }

  #meaning({ when }: RuleIr): number {
    const value = bare(when);
    const keys = value.op === "and" ? value.operands.map((operand) => this.#subjects.keyOf(operand)).toSorted() : [this.#subjects.keyOf(value)];
    const text = keys.join(" & ");
    const known = this.#meanings.get(text) ?? this.#meanings.size;
    this.#meanings.set(text, known);
    return known;
  }

  #standing(name: string, relation: "covers" | "meets", fits: (first: Known, later: Known) => boolean, members: readonly Known[]): Standing<Known> {
    const known = this.#standings.get(name) ?? new Standing<Known>(this.#subjects, relation, fits);
    this.#standings.set(name, known);
    known.update(members);
    return known;
  }

  #standingClaims(ruleset: RulesetIr, members: readonly Known[]): readonly RuleClaim[] {
    const all = [...members.keys()];
    const claims: RuleClaim[] = [];
    if (ruleset.policy === "first") claims.push(...this.#covered("first", members, all, isHit));
    if (ruleset.policy === "unique") claims.push(...this.#overlaps("unique", members, all, aloneInRuleset));
    if (ruleset.policy === "worst" || ruleset.policy === "all") claims.push(...this.#subsumed(members));
    ruleset.tables.forEach((table, i) => {
      const rows = all.filter((index) => (members[index] as Known).rule.table === i);
      if (table.policy === "first") claims.push(...this.#covered(`table ${i}`, members, rows, isReachedInTable));
      if (table.policy === "unique") claims.push(...this.#overlaps(`table ${i}`, members, rows, isReachedInTable));
    });
    // One finding a rule: a row that its table never reaches is not told again for the ruleset.
    if (ruleset.tables.length === 0) return claims;
    const told = new Set<string>();
    return claims.filter((claim) => {
      const key = `${claim.kind} ${"rule" in claim ? claim.rule : ""}`;
      return !told.has(key) && told.add(key);
    });
  }

  #covered(name: string, members: readonly Known[], indexes: readonly number[], fits: (first: Known, later: Known) => boolean): readonly RuleClaim[] {
    const standing = this.#standing(name, "covers", fits, indexes.map((i) => members[i] as Known));
    const taken = new Map<number, readonly number[]>();
    const claims: RuleClaim[] = [];
    for (let i = 0; i < indexes.length; i++) {
      const one = standing.first(i);
      const found = one === null ? standing.jointly(i) : [one];
      if (found === null || found.length === 0) continue;
      const rule = indexes[i] as number;
      // A rule that is never reached itself takes nothing: those before it do.
      const by = reached(found.map((each) => indexes[each] as number), taken);
      taken.set(rule, by);
      const [first] = by;
      const alone = first !== undefined && by.length === 1;
      claims.push({ kind: "covered", rule, by, witness: alone ? this.#both(members[rule] as Known, members[first] as Known, silentBefore(members, indexes, first)) : null });
    }
    return claims;
  }

  #subsumed(members: readonly Known[]): readonly RuleClaim[] {
    const rules = [...members.keys()].filter((i) => members[i]?.rule.row === null);
    const forward = this.#standing("earlier", "covers", saysNothingNew, rules.map((i) => members[i] as Known));
    const backward = this.#standing("later", "covers", saysNothingNew, rules.toReversed().map((i) => members[i] as Known));
    const last = rules.length - 1;
    const claims: RuleClaim[] = [];
    for (let i = 0; i < rules.length; i++) {
      const later = backward.first(last - i);
      // Of two rules that are the same the later one is superfluous.
      const other = forward.first(i) ?? (later !== null && forward.first(last - later) !== i ? last - later : null);
      if (other === null) continue;
      const [rule, by] = [rules[i] as number, rules[other] as number];
      claims.push({ kind: "subsumed", rule, by, witness: this.#both(members[rule] as Known, members[by] as Known) });
    }
    return claims;
  }

  #overlaps(name: string, members: readonly Known[], indexes: readonly number[], fits: (first: Known, later: Known) => boolean): readonly RuleClaim[] {
    const standing = this.#standing(name, "meets", fits, indexes.map((i) => members[i] as Known));
    return indexes.flatMap((rule, i): readonly RuleClaim[] => {
      const first = standing.first(i);
      const by = first === null ? undefined : indexes[first];
      const witness = by === undefined ? null : this.#both(members[rule] as Known, members[by] as Known);
      // Without an event to show there may be none: the terms of both may depend on each other.
      return by === undefined || witness === null ? [] : [{ kind: "overlap", rule, by, witness }];
    });
  }

  /** An event that both conditions are true of, and none of `silent`. */
  #both(a: Known, b: Known, silent: readonly Known[] | null = []): Witness | null {
    if (silent === null) return null;
    const known = this.#found.get(a) ?? new Map<Known, Found>();
    this.#found.set(a, known);
    const before = known.get(b);
    if (before !== undefined && before.silent.length === silent.length && before.silent.every((each, i) => each === silent[i])) return before.witness;
    const wishes: readonly Wish[] = [a, b, ...silent].map(({ rule }) => ({ ir: rule.when, matches: rule === a.rule || rule === b.rule }));
    const witness = this.#witnesses.findIn(this.#regions.whenTrue({ op: "and", operands: [a.rule.when, b.rule.when] }), wishes);
    known.set(b, { witness, silent });
    return witness;
  }
}

function ownClaims(members: readonly Known[]): readonly ConditionClaim[] {
  const claims: ConditionClaim[] = [];
  members.forEach(({ own }, rule) => {
    for (const claim of own) claims.push({ ...claim, rule });
  });
  return claims;
}

/** Those that would decide before a member and that its example should not match; null where they are too many to keep silent. */
function silentBefore(members: readonly Known[], indexes: readonly number[], member: number): readonly Known[] | null {
  const silent: Known[] = [];
  for (const i of indexes) {
    if (i >= member) break;
    if (silent.length === MAX_SILENT) return null;
    silent.push(members[i] as Known);
  }
  return silent;
}

function reached(members: readonly number[], taken: ReadonlyMap<number, readonly number[]>): readonly number[] {
  if (!members.some((each) => taken.has(each))) return members;
  return [...new Set(members.flatMap((each) => taken.get(each) ?? [each]))].toSorted((a, b) => a - b);
}

/** Nothing but the event at hand decides whether it matches: no state, no share, no dates. */
function isPlain({ hold, cooldown, rollout, active }: RuleIr): boolean {
  return hold === null && cooldown === null && rollout === null && active === null;
}

/** Matches exactly where its condition is true, or nowhere else at least. */
function needsItsCondition({ hold, onMissing }: RuleIr): boolean {
  return hold === null && onMissing.action === "none";
}

/** In a ruleset that stops at the first hit, the first always stops it, and the later needs its condition. */
function isHit({ rule: first }: Member, { rule: later }: Member): boolean {
  return isPlain(first) && first.mode === "live" && later.mode === "live" && needsItsCondition(later);
}

/** Rows share the clauses of their table, so that they match together or not at all. */
function isReachedInTable({ rule: first }: Member, { rule: later }: Member): boolean {
  return isPlain(first) && first.mode !== "off" && needsItsCondition(later);
}

/** Two rows of one table are the table's affair. */
function aloneInRuleset({ rule: first }: Member, { rule: later }: Member): boolean {
  const same = first.table !== null && first.table === later.table;
  return !same && isPlain(first) && isPlain(later) && first.mode === "live" && later.mode === "live";
}

/** The `meaning` of a rule that is not compared by it. */
const NO_TWIN = -1;

function voiceOf(rule: RuleIr): string | null {
  const { row, mode, score, outcome } = rule;
  return row === null && mode === "live" && score === null && isPlain(rule) && needsItsCondition(rule) ? outcome : null;
}

/** Whether the later adds no reason, notice, tag or effect to what the first says. Asked for all pairs, so the cheapest comes first. */
function saysNothingNew(first: Known, later: Known): boolean {
  if (first.voice === null || first.voice !== later.voice) return false;
  const { reason, notice, tags, effects } = later.rule;
  if (reason !== null && reason.code !== first.rule.reason?.code) return false;
  return effects.length === 0 && notice === null && tags.every((tag) => first.rule.tags.includes(tag));
}

/** Rules with one condition between them; where the first hit decides, the later of them is reported as covered. */
function twinClaims({ policy }: RulesetIr, members: readonly Known[]): readonly RuleClaim[] {
  if (policy === "first") return [];
  const seen = new Map<number, number>();
  const claims: RuleClaim[] = [];
  for (let rule = 0; rule < members.length; rule++) {
    const member = members[rule] as Known;
    if (member.meaning === NO_TWIN) continue;
    const by = seen.get(member.meaning);
    if (by === undefined) seen.set(member.meaning, rule);
    else if (!saysNothingNew(members[by] as Known, member)) claims.push({ kind: "twin", rule, by });
  }
  return claims;
}

function isTwin(rule: RuleIr, region: Region): boolean {
  return rule.row === null && rule.mode === "live" && region.boxes.length > 0 && isPlain(rule);
}
