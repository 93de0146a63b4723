import type { Const, ExprIr, FeatureIr, ProgramIr, RuleIr, RulesetIr } from "../ir/ir.ts";
import type { Origin } from "../ir/origins.ts";
import type { Span } from "../text/span.ts";
import { printValue } from "../types/print.ts";
import type { Type } from "../types/type.ts";
import type { Money } from "../types/value.ts";
import { partsOf, replaceParts } from "./parts.ts";
import type { Suite } from "./suite.ts";

/** A small change of the rules that their tests should notice. */
export interface Mutant {
  readonly kind: "comparison" | "threshold" | "conjunct" | "outcome threshold";
  readonly span: Span;
  /** What stands there, and what the mutant says instead. */
  readonly from: string;
  readonly to: string;
  /** The test that would notice. */
  readonly advice: string;
  /** Rulesets whose tests can notice it. */
  readonly rulesets: readonly string[];
  /** The event type whose conditions it changes. */
  readonly event: string;
  /** Conditions, before and after: where they come to the same on every event, nothing else differs. Null where that is not all. */
  readonly conditions: readonly (readonly [ExprIr, ExprIr])[] | null;
  readonly program: () => ProgramIr;
}

/** A step of a threshold that is no whole number and has no smallest unit: this share of it. */
export const FRACTION_STEP = 0.01;
/** A step of a duration or a time. */
export const TIME_STEP_MS = 1_000;

/** A replacement of some nodes, all written at one place. */
interface Change {
  readonly kind: Mutant["kind"];
  readonly nodes: ReadonlyMap<ExprIr, ExprIr>;
  /** The conditions around them, before and after. */
  readonly conditions: readonly (readonly [ExprIr, ExprIr])[];
  readonly span: Span;
  readonly from: string;
  readonly to: string;
  readonly advice: string;
}

/** All boundary mutants of a folder: of the conditions of its rules, of the filters of the features that they read, and of thresholds. */
export function mutantsOf(suite: Suite): readonly Mutant[] {
  const { ir } = suite;
  const inRules = ir.rulesets.flatMap((ruleset): readonly Mutant[] => {
    const changes = changesIn(suite, ruleset.rules.filter((rule) => rule.mode !== "off").flatMap(conditionsOf));
    return [...changes.map((change) => ruleMutant(ir, ruleset, change)), ...thresholdMutants(ir, ruleset)];
  });
  const readers = readersOf(ir);
  const inFeatures = ir.features.flatMap((feature, index): readonly Mutant[] => {
    const rulesets = readers.get(index);
    if (rulesets === undefined || feature.where === null) return [];
    return changesIn(suite, [feature.where]).map((change) => featureMutant(ir, index, rulesets, change));
  });
  return [...inRules, ...inFeatures].toSorted(byPlace);
}

function byPlace(a: Mutant, b: Mutant): number {
  return (a.span.file < b.span.file ? -1 : a.span.file > b.span.file ? 1 : 0) || a.span.start - b.span.start || a.span.end - b.span.end;
}

/** The conditions of a rule. */
export function conditionsOf(rule: RuleIr): readonly ExprIr[] {
  return [rule.when, ...(rule.cells === null ? [] : [rule.cells]), ...(rule.hold?.clear ? [rule.hold.clear.when] : [])];
}

/** Which rulesets read each feature, in their conditions or anywhere else. */
function readersOf(ir: ProgramIr): ReadonlyMap<number, readonly string[]> {
  const readers = new Map<number, Set<string>>();
  for (const { name, rules } of ir.rulesets) {
    for (const rule of rules) {
      for (const part of [...conditionsOf(rule), ...(rule.score === null ? [] : [rule.score])].flatMap(partsOf)) {
        if (part.op === "feature") readers.set(part.feature, (readers.get(part.feature) ?? new Set()).add(name));
      }
    }
  }
  return new Map([...readers].map(([feature, names]) => [feature, [...names]]));
}

/** Changes of conditions. What is written once is changed everywhere it counts: a `let`, the body of a function. */
function changesIn(suite: Suite, roots: readonly ExprIr[]): readonly Change[] {
  const found = new Map<string, { change: Change; nodes: Map<ExprIr, ExprIr>; conditions: Change["conditions"][number][] }>();
  const seen = new Set<ExprIr>();
  for (const part of roots.flatMap(partsOf)) {
    if (seen.has(part)) continue;
    seen.add(part);
    for (const change of changesOf(suite, part)) {
      const key = JSON.stringify([change.kind, change.span, change.to]);
      const known = found.get(key);
      if (known === undefined) found.set(key, { change, nodes: new Map(change.nodes), conditions: [...change.conditions] });
      else {
        for (const [node, instead] of change.nodes) known.nodes.set(node, instead);
        known.conditions.push(...change.conditions);
      }
    }
  }
  return [...found.values()].map(({ change, nodes, conditions }) => ({ ...change, nodes, conditions }));
}

function changesOf(suite: Suite, part: ExprIr): readonly Change[] {
  switch (part.op) {
    case "compare":
      return [...comparison(suite, part), ...threshold(suite, part, "left", part.right), ...threshold(suite, part, "right", part.left)];
    case "between":
      return [...threshold(suite, part, "low", part.item), ...threshold(suite, part, "high", part.item)];
    case "and":
      return part.operands.length < 2 ? [] : part.operands.flatMap((operand) => conjunct(suite, part, operand));
    default:
      return [];
  }
}

const OPPOSITE = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" } as const;

function comparison(suite: Suite, part: Extract<ExprIr, { op: "compare" }>): readonly Change[] {
  const origin = suite.origins.get(part);
  if (origin === undefined) return [];
  const how = OPPOSITE[part.how];
  const [left, right] = [textOf(suite, part.left), textOf(suite, part.right)];
  const instead = { ...part, how };
  return [
    {
      kind: "comparison",
      nodes: new Map([[part, instead]]),
      conditions: [[part, instead]],
      span: origin.span,
      from: part.how,
      to: how,
      advice: `decide an event in which ${left} equals ${right}`,
    },
  ];
}

/** Moves a constant that something is compared with by one step, down and up. */
function threshold<P extends Extract<ExprIr, { op: "compare" | "between" }>>(suite: Suite, part: P, side: keyof P & string, other: ExprIr): readonly Change[] {
  const constant = part[side] as ExprIr;
  const origin = suite.origins.get(constant);
  if (constant.op !== "const" || origin === undefined) return [];
  return [-1, 1].flatMap((direction): readonly Change[] => {
    const value = moved(constant.value, origin, direction);
    if (value === undefined) return [];
    const [from, to] = [print(constant.value, origin.type), print(value, origin.type)];
    const advice = `decide an event in which ${textOf(suite, other)} is ${from}, and one in which it is ${to}`;
    const instead = { op: "const", value } as const;
    const nodes = new Map([[constant, instead]]);
    return [{ kind: "threshold", nodes, conditions: [[part, { ...part, [side]: instead }]], span: origin.span, from, to, advice }];
  });
}

function moved(value: Const, { type }: Origin, direction: number): Const | undefined {
  switch (type.kind) {
    case "number":
      return typeof value === "number" && value !== 0 && !Number.isInteger(value) ? value * (1 + direction * FRACTION_STEP) : Number(value) + direction;
    case "duration":
    case "timestamp":
      return Number(value) + direction * TIME_STEP_MS;
    case "money":
      return { ...(value as Money), minor: (value as Money).minor + direction };
    default:
      return undefined;
  }
}

function conjunct(suite: Suite, part: Extract<ExprIr, { op: "and" | "or" }>, operand: ExprIr): readonly Change[] {
  const origin = suite.origins.get(operand);
  if (origin === undefined) return [];
  const rest = part.operands.filter((each) => each !== operand);
  const [only] = rest;
  const text = textOf(suite, operand);
  const instead: ExprIr = only !== undefined && rest.length === 1 ? only : { ...part, operands: rest };
  const advice = `decide an event for which only ${text} is not true`;
  return [{ kind: "conjunct", nodes: new Map([[part, instead]]), conditions: [[part, instead]], span: origin.span, from: text, to: "nothing", advice }];
}

function ruleMutant(ir: ProgramIr, ruleset: RulesetIr, { nodes, ...change }: Change): Mutant {
  return {
    ...change,
    rulesets: [ruleset.name],
    event: ruleset.event,
    program: () => ({ ...ir, rulesets: ir.rulesets.map((each) => (each === ruleset ? changedRuleset(ruleset, nodes) : each)) }),
  };
}

function changedRuleset(ruleset: RulesetIr, nodes: ReadonlyMap<ExprIr, ExprIr>): RulesetIr {
  const change = (ir: ExprIr): ExprIr => replaceParts(ir, (part) => nodes.get(part));
  const hold = (each: RuleIr["hold"]): RuleIr["hold"] => {
    if (!each?.clear) return each;
    const when = change(each.clear.when);
    return when === each.clear.when ? each : { ...each, clear: { ...each.clear, when } };
  };
  return {
    ...ruleset,
    tables: ruleset.tables.map((table) => (table.guard === null ? table : { ...table, guard: { when: change(table.guard.when), hold: hold(table.guard.hold) ?? table.guard.hold } })),
    rules: ruleset.rules.map((rule) => changedRule(rule, change, hold)),
  };
}

/** A rule that does not hold any of what is changed stays the same object, and need not be linked again. */
function changedRule(rule: RuleIr, change: (ir: ExprIr) => ExprIr, hold: (hold: RuleIr["hold"]) => RuleIr["hold"]): RuleIr {
  const when = change(rule.when);
  const cells = rule.cells === null ? null : change(rule.cells);
  const score = rule.score === null ? null : change(rule.score);
  const held = hold(rule.hold);
  if (when === rule.when && cells === rule.cells && score === rule.score && held === rule.hold) return rule;
  return { ...rule, when, cells, score, hold: held };
}

function thresholdMutants(ir: ProgramIr, ruleset: RulesetIr): readonly Mutant[] {
  return ruleset.thresholds.flatMap(({ outcome, at, span }, i) =>
    [-1, 1].map((direction): Mutant => {
      const thresholds = ruleset.thresholds.map((each, j) => (i === j ? { ...each, at: at + direction } : each));
      return {
        kind: "outcome threshold",
        span,
        from: `${outcome} at ${at}`,
        to: `${outcome} at ${at + direction}`,
        advice: `decide an event that scores ${direction < 0 ? at - 1 : at}, and expect its outcome`,
        rulesets: [ruleset.name],
        event: ruleset.event,
        conditions: null,
        program: () => ({ ...ir, rulesets: ir.rulesets.map((each) => (each === ruleset ? { ...ruleset, thresholds } : each)) }),
      };
    }),
  );
}

function featureMutant(ir: ProgramIr, index: number, rulesets: readonly string[], { nodes, ...change }: Change): Mutant {
  const mutate = (feature: FeatureIr): FeatureIr => ({
    ...feature,
    // Features of equal identity share their state, so a mutant needs one of its own.
    identity: `${feature.identity} mutant`,
    where: feature.where === null ? null : replaceParts(feature.where, (part) => nodes.get(part)),
  });
  return { ...change, rulesets, event: ir.features[index]?.source ?? "", program: () => ({ ...ir, features: ir.features.map((each, i) => (i === index ? mutate(each) : each)) }) };
}

function print(value: Const, type: Type): string {
  return printValue(value, type);
}

/** Longer text is not quoted. */
const MAX_QUOTED = 60;

function textOf(suite: Suite, part: ExprIr): string {
  const span = suite.origins.get(part)?.span;
  const text = span === undefined ? undefined : suite.sources.get(span.file)?.text.slice(span.start, span.end).replaceAll(/\s+/g, " ");
  if (text === undefined) return "it";
  return `\`${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}\``;
}
