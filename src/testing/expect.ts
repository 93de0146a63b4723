import { holds } from "../compile/closures.ts";
import type { Decision, Json, RulesetDecision } from "../engine/decision.ts";
import type { MissedRule } from "../engine/evaluate.ts";
import type { PlanExpectation, Relation } from "../ir/plan.ts";
import type { FeatureIr, ListIr, RulesetIr } from "../ir/ir.ts";
import { compareValues, equalValues, keyOf } from "../types/equality.ts";
import { jsonValue, printValue } from "../types/print.ts";
import { NUMBER, type Type } from "../types/type.ts";
import { Missing } from "../types/value.ts";
import type { ManagedLists } from "../engine/lists.ts";
import type { Known } from "./script.ts";

/** What came of the event under test. */
export interface Observed {
  readonly ruleset: RulesetIr;
  readonly decision: Decision;
  readonly decided: RulesetDecision;
  readonly missing: readonly MissedRule[];
  readonly lists: ManagedLists;
  readonly list: (name: string) => ListIr;
  readonly feature: (name: string) => { readonly ir: FeatureIr; readonly value: Known };
}

/** A rule, or a row of a table. */
export interface Named {
  readonly id: string;
  readonly row: number | null;
}

/** An expectation that was not met. */
export interface Miss {
  readonly message: string;
  /** Rules whose conditions say why; a null row stands for all rows of a table. */
  readonly rules: readonly Named[];
  readonly notes: readonly string[];
}

type Expected = PlanExpectation<Known>;
type Of<K extends Expected["kind"]> = Extract<Expected, { kind: K }>;

/** What is wrong with a decision by one expectation; null where it is met. */
export function judge(expectation: Expected, observed: Observed): Miss | null {
  switch (expectation.kind) {
    case "outcome":
      return outcome(expectation, observed);
    case "score":
      return score(expectation, observed);
    case "rule":
      return rule(expectation, observed);
    case "rules":
      return rules(expectation, observed);
    case "reason":
      return reason(expectation, observed);
    case "list":
      return list(expectation, observed);
    case "emit":
      return emit(expectation, observed);
    case "feature":
      return feature(expectation, observed);
  }
}

function miss(message: string, rules: readonly Named[] = [], notes: readonly string[] = []): Miss {
  return { message, rules, notes };
}

function whole(id: string): Named {
  return { id, row: null };
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(", ");
}

function outcome({ outcome: wanted }: Of<"outcome">, { decided, ruleset }: Observed): Miss | null {
  if (decided.outcome === wanted) return null;
  const rank = (name: string): number => ruleset.outcomes.indexOf(name);
  const message = `the outcome is \`${decided.outcome}\`, \`${wanted}\` is expected`;
  const notes = scoreNotes(decided);
  if (rank(wanted) < rank(decided.outcome)) {
    const worse = decided.rules.filter((hit) => hit.outcome !== null && rank(hit.outcome) > rank(wanted));
    return miss(message, worse, notes);
  }
  return miss(message, ruleset.rules.filter((each) => each.outcome === wanted), notes);
}

function scoreNotes({ score: sum, rules: hits }: RulesetDecision): readonly string[] {
  const parts = hits.filter((hit) => hit.score !== 0).map((hit) => `\`${hit.id}\` ${hit.score}`);
  return parts.length === 0 ? [] : [`the score is ${sum}: ${parts.join(", ")}`];
}

function score({ op, value }: Of<"score">, { decided }: Observed): Miss | null {
  if (typeof value === "number" && related(op, decided.score - value, decided.score === value)) return null;
  const wanted = value instanceof Missing ? `a value that is missing (${value.cause})` : `${op} ${print(value, NUMBER)}`;
  const parts = decided.rules.map((hit) => `\`${hit.id}\` ${hit.score}`);
  return miss(`the score is ${decided.score}, ${wanted} is expected`, [], [parts.length === 0 ? "no rule matched" : `scores: ${parts.join(", ")}`]);
}

function related(op: Relation, sign: number, same: boolean): boolean {
  return op === "==" ? same : op === "!=" ? !same : holds(op, sign);
}

function called(name: string, row: number | null): string {
  return row === null ? `\`${name}\`` : `row ${row} of \`${name}\``;
}

function rule({ rule: name, row, state }: Of<"rule">, { decided, missing }: Observed): Miss | null {
  const hit = decided.rules.some((each) => each.id === name && (row === null || each.row === row));
  const isMissing = missing.some((each) => each.rule === name && (row === null || each.row === row));
  if (state === "hit" ? hit : state === "none" ? !hit : isMissing) return null;
  const what = called(name, row);
  if (state === "none") return miss(`${what} matches, it is expected not to`, [{ id: name, row }]);
  if (state === "hit") return miss(`${what} does not match`, [{ id: name, row }]);
  return miss(`${what} is not missing, it ${hit ? "matches" : "does not match"}`, [{ id: name, row }]);
}

function rules({ rules: wanted }: Of<"rules">, { decided }: Observed): Miss | null {
  const found = [...new Set(decided.rules.map((hit) => hit.id))];
  const absent = wanted.filter((name) => !found.includes(name));
  const surplus = found.filter((name) => !wanted.includes(name));
  if (absent.length === 0 && surplus.length === 0) return null;
  const parts = [absent.length > 0 ? `${quoted(absent)} missing` : "", surplus.length > 0 ? `${quoted(surplus)} too many` : ""];
  const matched = found.length === 0 ? "no rule matches" : `${quoted(found)} match${found.length === 1 ? "es" : ""}`;
  return miss(`${matched}: ${parts.filter((part) => part !== "").join(", ")}`, [...absent, ...surplus].map(whole));
}

function reason({ of, code, text, negated }: Of<"reason">, { decided, ruleset }: Observed): Miss | null {
  const given = decided.rules.flatMap((hit) => {
    const found = of === "reason" ? hit.reason : hit.notice;
    return found?.code === code ? [{ hit, text: found.text }] : [];
  });
  const exact = given.filter((each) => text === null || each.text === text);
  if (negated) return exact.length === 0 ? null : miss(`the ${of} \`${code}\` is given, it is expected not to be`, exact.map((each) => each.hit));
  if (exact.length > 0) return null;
  const [other] = given;
  if (other !== undefined) return miss(`the ${of} \`${code}\` reads ${JSON.stringify(other.text)}`);
  const bearers = ruleset.rules.filter((each) => (of === "reason" ? each.reason : each.notice)?.code === code);
  return miss(`the ${of} \`${code}\` is not given`, bearers);
}

function list({ list: name, item, negated }: Of<"list">, { lists, list: listIr, decision }: Observed): Miss | null {
  const held = !(item instanceof Missing) && lists.has(name, keyOf(item));
  if (held !== negated) return null;
  const shown = print(item, listIr(name).element);
  const notes = decision.effects.flatMap((effect): readonly string[] => {
    if (effect.do === "emit" || effect.list !== name) return [];
    return [`\`${effect.rule}\` ${effect.do}s ${JSON.stringify(effect.value)}`];
  });
  return miss(`\`${name}\` ${held ? "has" : "does not have"} ${shown}`, [], notes.length === 0 ? [`no rule changes \`${name}\` here`] : notes);
}

function emit({ name, fields, negated }: Of<"emit">, { decision, ruleset }: Observed): Miss | null {
  const sent = decision.effects.flatMap((effect) => (effect.do === "emit" && effect.name === name ? [effect] : []));
  const types = emittedTypes(ruleset, name);
  const met = sent.filter(({ fields: own }) => fields.every((field) => sameJson(own[field.name], field.value, types.get(field.name))));
  if (met.length > 0 !== negated) return null;
  if (negated) return miss(`\`${name}\` is emitted, it is expected not to be`, met.map((each) => whole(each.rule)));
  const notes = sent.map((each) => `\`${each.rule}\` emits ${JSON.stringify(each.fields)}`);
  return miss(sent.length === 0 ? `\`${name}\` is not emitted` : `\`${name}\` is emitted with other values`, [], notes);
}

/** Types of the fields of what rules emit under a name. */
function emittedTypes({ rules: all }: RulesetIr, name: string): ReadonlyMap<string, Type> {
  const effects = all.flatMap((each) => each.effects.flatMap((effect) => (effect.kind === "emit" && effect.name === name ? [effect] : [])));
  return new Map(effects.flatMap((effect) => effect.fields.map((field) => [field.name, field.type])));
}

function sameJson(found: Json | undefined, wanted: Known | null, type: Type | undefined): boolean {
  const absent = wanted === null || wanted instanceof Missing || type === undefined;
  return JSON.stringify(found ?? null) === JSON.stringify(absent ? null : jsonValue(wanted, type));
}

function feature({ feature: name, op, value }: Of<"feature">, { feature: read }: Observed): Miss | null {
  const { ir, value: found } = read(name);
  const shown = print(found, ir.type);
  if (value === null) return found instanceof Missing ? null : miss(`\`${name}\` is ${shown}, it is expected to be missing`);
  if (!(found instanceof Missing) && !(value instanceof Missing)) {
    const same = equalValues(found, value) === true;
    if (related(op, op === "==" || op === "!=" ? 0 : compareValues(found, value), same)) return null;
  }
  return miss(`\`${name}\` is ${shown}, ${op} ${print(value, ir.type)} is expected`);
}

function print(value: Known, type: Type): string {
  if (value instanceof Missing) return `missing (${value.cause})`;
  return type.kind === "string" ? JSON.stringify(value) : printValue(value, type);
}
