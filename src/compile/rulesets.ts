import { linkMatcher } from "../match/matcher.ts";
import { type MatchTables, OWNER, WHOLE_TABLE } from "../match/tables.ts";
import type { EventIr, RuleIr, RulesetIr, TableIr } from "../ir/ir.ts";
import { type PackedRules, SharedRules, storeOf } from "../ir/pack.ts";
import { compileExpr, type Lookups } from "./closures.ts";
import { freeze } from "./freeze.ts";
import type { Asked, Closure, Hit, Matching, RuleProgram, RulesetProgram, Step, TableProgram, Weight } from "./program.ts";
import { fieldsOf, type KnownRules, type Linking, linkHold, LinkedRules } from "./rules.ts";

/** A ruleset whose rules are in memory of this thread, or shared with the one that made them. */
export type RulesetCode = Omit<RulesetIr, "rules"> & {
  readonly rules: readonly RuleIr[] | PackedRules;
  /** The same for the same ruleset amid the same lists, rates, features and events. */
  readonly key?: string;
};

/** What a ruleset links its rules with and to. */
interface Parts {
  readonly linking: Linking;
  readonly rules: LinkedRules;
  readonly tables: readonly TableProgram[];
}

/**
 * Makes the program of one ruleset. What every event asks is linked here, yielding after every rule; the others are linked
 * when an event first asks for them, so that a large ruleset is ready at once.
 * @param linked see `Linked`
 */
export function* linkRuleset(ruleset: RulesetCode, event: EventIr, lookups: Lookups, linked: KnownRules): Generator<void, RulesetProgram> {
  const shared = "bytes" in ruleset.rules;
  const store = shared ? new SharedRules(ruleset.rules) : storeOf(ruleset.rules);
  const linking: Linking = { ruleset, lookups, fields: fieldsOf(event), rules: store };
  const rules = new LinkedRules(linking, shared ? null : linked);
  const tables = linkTables(linking, ruleset.tables, rules);
  const parts: Parts = { linking, rules, tables };
  const matching = ruleset.matching === null ? null : linkMatching(ruleset.matching, parts, ruleset.outcomes);
  const held = heldOf(parts);
  yield* prepare(ruleset, parts, held);
  let steps: readonly Step[] | null = null;
  return Object.freeze({
    name: ruleset.name,
    event: ruleset.event,
    outcomes: freeze(ruleset.outcomes),
    policy: ruleset.policy,
    default: ruleset.default,
    thresholds: freeze(ruleset.thresholds),
    get rules() {
      return rules.all();
    },
    tables: Object.freeze(tables),
    get steps() {
      return (steps ??= Object.freeze(stepsOf(parts, Array.from({ length: store.size }, (_, place) => place))));
    },
    types: freeze(ruleset.types),
    matching,
    held: Object.freeze(held),
  });
}

/** The rules and tables at some places that are not off, in the order of the text. */
function stepsOf({ linking: { rules: store }, rules, tables }: Parts, places: Iterable<number>): readonly Step[] {
  const steps: Step[] = [];
  let last: number | null = null;
  for (const place of places) {
    const table = store.tableOf(place);
    if (store.isOff(place) || (table !== null && table === last)) continue;
    last = table;
    steps.push(Object.freeze(table === null ? { rule: rules.at(place), table: null } : { rule: null, table: tables[table] as TableProgram }));
  }
  return steps;
}

/** Steps with a condition that must have held, in the order of the text: they see every event. */
function heldOf(parts: Parts): readonly Step[] {
  return stepsOf(parts, parts.linking.rules.held);
}

/** Links what every event asks. */
function* prepare({ matching }: RulesetCode, { linking, rules }: Parts, held: readonly Step[]): Generator<void, void> {
  const places = matching === null ? Array.from({ length: linking.rules.size }, (_, i) => i) : Array.from(matching.always, (owner) => (matching.owners[owner] as number) >> OWNER);
  for (const place of places) {
    if (linking.rules.isOff(place)) continue;
    void rules.at(place).when;
    yield;
  }
  for (const { rule } of held) {
    void rule?.when;
    yield;
  }
}

/** Hits that always say the same, taken up when their owners are first asked. */
class FixedHits {
  readonly weighs: Uint32Array;
  readonly weights: Weight[] = [];
  readonly fixed: (Hit | undefined)[];
  readonly #outcomes: readonly string[];
  readonly #known = new Map<string, number>();

  constructor(size: number, outcomes: readonly string[]) {
    this.weighs = new Uint32Array(size);
    // oxlint-disable-next-line unicorn/no-new-array -- as many as there are owners, each written when it is first found
    this.fixed = new Array<Hit | undefined>(size);
    this.#outcomes = outcomes;
  }

  add(owner: number, { plain, fixed }: RuleProgram): void {
    if (!plain || fixed === null) return;
    const { score, outcome } = fixed;
    const name = `${score} ${outcome ?? ""}`;
    const number = this.#known.get(name) ?? this.weights.push(Object.freeze({ score, rank: this.#outcomes.indexOf(outcome ?? "") }));
    this.#known.set(name, number);
    this.fixed[owner] = fixed;
    this.weighs[owner] = number;
  }
}

function linkMatching(matching: MatchTables, { linking, rules, tables }: Parts, outcomes: readonly string[]): Matching {
  const { owners, rests } = matching;
  const hits = new FixedHits(owners.length, outcomes);
  // oxlint-disable-next-line unicorn/no-new-array -- filled as events ask; making ten thousand entries would take longer than all else of linking
  const made = new Array<Asked | undefined>(owners.length);
  const ask = (owner: number): Asked => {
    const place = (owners[owner] as number) >> OWNER;
    const table = linking.rules.tableOf(place);
    hits.add(owner, rules.at(place));
    return Object.freeze({
      rule: rules.at(place),
      table: table === null ? null : (tables[table] as TableProgram),
      whole: ((owners[owner] as number) & WHOLE_TABLE) !== 0,
      rest: linkRest(linking, place, rests[owner] as number),
    });
  };
  const { weighs, weights, fixed } = hits;
  return Object.freeze({ matcher: linkMatcher(matching, (side) => compileExpr(side, linking.lookups)), asked: (owner: number) => (made[owner] ??= ask(owner)), weighs, weights, fixed });
}

/** @param bits see `MatchTables.rests` */
function linkRest({ lookups, rules }: Linking, place: number, bits: number): Closure | null {
  if (bits === 0) return null;
  const { cells, when } = rules.condition(place);
  const chain = cells ?? when;
  if (chain.op !== "and") return null;
  const operands = chain.operands.filter((_, i) => ((bits >> i) & 1) === 1);
  const [only] = operands;
  return compileExpr(only !== undefined && operands.length === 1 ? only : { op: "and", operands }, lookups);
}

function linkTables(linking: Linking, tables: readonly TableIr[], rules: LinkedRules): readonly TableProgram[] {
  if (tables.length === 0) return [];
  const ends = tables.map(() => ({ from: -1, to: -1 }));
  for (let place = 0; place < linking.rules.size; place++) {
    const table = linking.rules.tableOf(place);
    const end = table === null ? undefined : ends[table];
    if (end === undefined) continue;
    if (end.from < 0) end.from = place;
    end.to = place + 1;
  }
  return tables.map((table, i) => linkTable(linking, table, rules, ends[i] as { readonly from: number; readonly to: number }));
}

function linkTable(linking: Linking, { name, policy, guard }: TableIr, rules: LinkedRules, { from, to }: { readonly from: number; readonly to: number }): TableProgram {
  const state = guard === null ? name : rules.at(from).key;
  let rows: TableProgram["rows"] | null = null;
  return Object.freeze({
    name,
    policy,
    place: from,
    guard: guard === null ? null : Object.freeze({ when: compileExpr(guard.when, linking.lookups), hold: linkHold(linking, guard.hold, state) }),
    get first() {
      return rules.at(from);
    },
    get rows() {
      return (rows ??= rules.between(from, to));
    },
  });
}
