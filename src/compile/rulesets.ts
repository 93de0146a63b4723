import { ownersOf } from "../match/build.ts";
import { linkMatcher } from "../match/matcher.ts";
import type { EffectIr, EventIr, ExprIr, HoldIr, RuleIr, RulesetIr, TableIr } from "../ir/ir.ts";
import { compileExpr, type Lookups } from "./closures.ts";
import { entityReader } from "./entity.ts";
import { freeze } from "./freeze.ts";
import { type Asked, type Closure, type EffectProgram, type FixedHit, HIT_TEXT, type HoldProgram, type Matching, type RuleProgram, type RulesetProgram, type Step, type TableProgram } from "./program.ts";

/** What the parts of one ruleset are linked with. */
interface Linking {
  readonly ruleset: RulesetIr;
  readonly lookups: Lookups;
  readonly fields: readonly string[];
}

/**
 * Makes the program of one ruleset, yielding after every rule.
 * @param linked see `Linked`
 */
export function* linkRuleset(
  ruleset: RulesetIr,
  event: EventIr,
  lookups: Lookups,
  linked: WeakMap<RuleIr, RuleProgram>,
): Generator<void, RulesetProgram> {
  const linking: Linking = { ruleset, lookups, fields: event.schema.fields.map((field) => field.name) };
  const rules: RuleProgram[] = [];
  for (const rule of ruleset.rules) {
    const known = linked.get(rule);
    const program = known ?? linkRule(linking, rule);
    if (known === undefined) linked.set(rule, program);
    rules.push(program);
    yield;
  }
  const tables = ruleset.tables.map((table, i) => linkTable(linking, table, rules.filter((_, at) => ruleset.rules[at]?.table === i)));
  const steps = stepsOf(ruleset, rules, tables);
  const matching = yield* linkMatching(ruleset, lookups, rules, tables);
  return Object.freeze({
    name: ruleset.name,
    event: ruleset.event,
    outcomes: freeze(ruleset.outcomes),
    policy: ruleset.policy,
    default: ruleset.default,
    thresholds: freeze(ruleset.thresholds),
    rules: Object.freeze(rules),
    tables: Object.freeze(tables),
    steps: Object.freeze(steps),
    types: freeze(ruleset.types),
    matching,
    stateful: steps.some(({ rule, table }) => (rule === null ? table.guard !== null : rule.hold !== null)),
  });
}

/** Linked between two yields; a few microseconds each at most. */
const OWNERS_A_STEP = 100;

function* linkMatching(ruleset: RulesetIr, lookups: Lookups, rules: readonly RuleProgram[], tables: readonly TableProgram[]): Generator<void, Matching | null> {
  if (ruleset.matching === null) return null;
  const owners: Asked[] = [];
  for (const { rule, place, whole } of ownersOf(ruleset)) {
    const table = rule.table === null ? null : (tables[rule.table] as TableProgram);
    owners.push(Object.freeze({ rule: rules[place] as RuleProgram, table, whole, rest: linkRest(rule, ruleset.matching.rests[owners.length] as number, lookups) }));
    if (owners.length % OWNERS_A_STEP === 0) yield;
  }
  return Object.freeze({ matcher: linkMatcher(ruleset.matching, (side) => compileExpr(side, lookups)), owners: Object.freeze(owners) });
}

/** @param bits see `MatchTables.rests` */
function linkRest({ cells, when }: RuleIr, bits: number, lookups: Lookups): Closure | null {
  const chain = cells ?? when;
  if (bits === 0 || chain.op !== "and") return null;
  const operands = chain.operands.filter((_, i) => ((bits >> i) & 1) === 1);
  const [only] = operands;
  return compileExpr(only !== undefined && operands.length === 1 ? only : { op: "and", operands }, lookups);
}

/** The rules and tables that are not off, in the order of the text. */
function stepsOf(ruleset: RulesetIr, rules: readonly RuleProgram[], tables: readonly TableProgram[]): readonly Step[] {
  const steps: Step[] = [];
  const met = new Set<number>();
  ruleset.rules.forEach(({ table: index }, i) => {
    const rule = rules[i] as RuleProgram;
    if (rule.mode === "off") return;
    if (index === null) steps.push(Object.freeze({ rule, table: null }));
    else if (!met.has(index)) {
      met.add(index);
      steps.push(Object.freeze({ rule: null, table: tables[index] as TableProgram }));
    }
  });
  return steps;
}

function linkTable(linking: Linking, { name, policy, guard }: TableIr, rows: readonly RuleProgram[]): TableProgram {
  const state = rows[0]?.key ?? name;
  return Object.freeze({
    name,
    policy,
    guard:
      guard === null
        ? null
        : Object.freeze({ when: compileExpr(guard.when, linking.lookups), hold: linkHold(linking, guard.hold, state) }),
    rows: Object.freeze(rows),
  });
}

function linkRule(linking: Linking, rule: RuleIr): RuleProgram {
  const { lookups } = linking;
  const { cells, hold, reason, cooldown, rollout } = rule;
  const text = reason?.text ?? null;
  return Object.freeze({
    id: rule.id,
    key: rule.key,
    row: rule.row,
    title: rule.title,
    when: compileExpr(cells ?? rule.when, lookups),
    hold: hold === null || rule.table !== null ? null : linkHold(linking, hold, rule.key),
    plain: isPlain(rule),
    outcome: rule.outcome,
    score: rule.score === null ? null : compileExpr(rule.score, lookups),
    reason: reason === null ? null : Object.freeze({ code: reason.code, text: text === null ? null : compileExpr(text, lookups) }),
    notice: freeze(rule.notice),
    tags: freeze(rule.tags),
    fixed: fixedHit(rule),
    effects: Object.freeze(rule.effects.map((effect) => linkEffect(linking, effect))),
    cooldown:
      cooldown === null
        ? null
        : Object.freeze({
            state: stateName(linking, rule.key, cooldown.keys),
            entity: entityReader(cooldown.keys),
            duration: cooldown.duration,
          }),
    onMissing: freeze(rule.onMissing),
    mode: rule.mode,
    rollout: rollout === null ? null : Object.freeze({ entity: entityReader(rollout.keys), share: rollout.share }),
    active: freeze(rule.active),
    owner: rule.owner,
    reviewBy: rule.reviewBy,
    was: freeze(rule.was),
    span: freeze(rule.span),
    told: Object.freeze({ when: freeze(rule.when), origins: Object.freeze(rule.origins) }),
  });
}

/** One object for all the hits of a rule whose score and reason are constants: most rules say the same every time. */
function fixedHit({ id, row, title, outcome, score, reason, notice, tags, mode }: RuleIr): FixedHit | null {
  const points = score === null ? 0 : score.op === "const" ? score.value : null;
  const text = reason === null ? "" : fixedText(reason.text, title);
  if (typeof points !== "number" || !Number.isFinite(points) || text === null) return null;
  const hit: FixedHit = {
    id,
    row,
    outcome,
    score: points,
    reason: reason === null ? null : Object.freeze({ code: reason.code, text }),
    notice: freeze(notice),
    tags: freeze(tags),
    mode: mode === "live" ? "live" : "shadow",
  };
  return Object.freeze(Object.defineProperty(hit, HIT_TEXT, { value: { json: null } }));
}

/** The text of a reason without holes; a reason without text has the title. */
function fixedText(text: ExprIr | null, title: string | null): string | null {
  if (text === null) return title ?? "";
  if (text.op !== "template") return null;
  const parts = text.parts.filter((part) => typeof part === "string");
  return parts.length === text.parts.length ? parts.join("") : null;
}

function isPlain(rule: RuleIr): boolean {
  return (
    rule.table === null &&
    rule.hold === null &&
    rule.cooldown === null &&
    rule.onMissing.action === "none" &&
    rule.mode === "live" &&
    rule.rollout === null &&
    rule.active === null &&
    rule.effects.length === 0
  );
}

function linkHold(linking: Linking, { keys, duration, clear }: HoldIr, key: string): HoldProgram {
  return Object.freeze({
    state: stateName(linking, key, keys),
    entity: entityReader(keys),
    duration,
    clear: clear === null ? null : Object.freeze({ when: compileExpr(clear.when, linking.lookups), duration: clear.duration }),
  });
}

/** State belongs to a rule of a ruleset and to fields: going by others it starts anew. */
function stateName({ ruleset, fields }: Linking, key: string, keys: readonly number[]): string {
  return `${ruleset.name}/${key}/${keys.map((slot) => fields[slot]).join(",")}/`;
}

function linkEffect({ lookups }: Linking, effect: EffectIr): EffectProgram {
  if (effect.kind === "emit") {
    const fields = effect.fields.map(({ name, value, type }) => Object.freeze({ name, value: compileExpr(value, lookups), type: freeze(type) }));
    return Object.freeze({ kind: "emit", name: effect.name, fields: Object.freeze(fields) });
  }
  return Object.freeze({ ...effect, value: compileExpr(effect.value, lookups), type: freeze(effect.type) });
}
