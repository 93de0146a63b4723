import { RulesetAnalyser } from "../../src/analysis/ruleset.ts";
import type { Claim } from "../../src/analysis/claims.ts";
import type { Witness } from "../../src/analysis/witness.ts";
import { compileExpr, type Membership } from "../../src/compile/closures.ts";
import { linkList } from "../../src/compile/lists.ts";
import type { Closure, Run } from "../../src/compile/program.ts";
import type { ExprIr, ProgramIr, RuleIr, RulesetIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { Missing, type Value } from "../../src/types/value.ts";
import { WHOLE, type Frame } from "../../src/windows/spec.ts";
import { check } from "../oracle/pipeline.ts";
import type { Rng } from "../random.ts";
import { draw } from "./dense.ts";

/*
 * Puts the claims of the analysis to the test: every event is run through the compiled conditions, and a claim that some
 * event contradicts is false.
 */

/** A bug planted in what the analysis is told: the evaluator goes by the truth. */
export interface Bug {
  /** Replaces a node, innermost first. */
  readonly node?: (ir: ExprIr) => ExprIr;
  readonly program?: (ir: ProgramIr) => ProgramIr;
}

const GONE = new Missing("gone");

interface Trial {
  readonly ir: ProgramIr;
  readonly ruleset: RulesetIr;
  readonly claims: readonly Claim[];
  /** The true node for what the analysis saw. */
  readonly origin: (ir: ExprIr) => ExprIr;
}

export function trial(rng: Rng, bug: Bug = {}): Trial & { readonly text: string } {
  const { text, policy, life, table } = draw(rng);
  const { checked, diagnostics } = check(text);
  if (diagnostics.length > 0) throw new Error(`${diagnostics[0]?.message ?? ""}\n${text}`);
  const ir = lowerProgram(checked, "v");
  const [first = 0, last = -1] = table?.rows ?? [];
  const rules = ir.rulesets[0]?.rules.map((rule, i): RuleIr => {
    const dressed = { ...rule, ...life[i] };
    // Rows share the clauses of their table.
    return i < first || i > last ? dressed : { ...rule, ...life[first], id: "t", table: 0, row: i - first + 1 };
  });
  const ruleset: RulesetIr = { ...(ir.rulesets[0] as RulesetIr), policy, rules: rules ?? [], tables: table === null ? [] : [{ name: "t", policy: table.policy, guard: null }] };
  const origins = new Map<ExprIr, ExprIr>();
  const told = bug.node === undefined ? ruleset : { ...ruleset, rules: ruleset.rules.map((rule) => ({ ...rule, when: rewrite(rule.when, bug.node as Rewrite, origins) as ExprIr })) };
  const program = bug.program?.(ir) ?? ir;
  const event = program.events[0] as ProgramIr["events"][number];
  const analyser = new RulesetAnalyser({ event, features: program.features, lists: program.lists, rates: program.rates });
  const whens = checked.rulesets[0]?.rules.map((rule) => rule.when) ?? [];
  return { ir, ruleset, claims: analyser.update(told, whens), origin: (node) => origins.get(node) ?? node, text };
}

type Rewrite = (ir: ExprIr) => ExprIr;

function rewrite(value: unknown, change: Rewrite, origins: Map<ExprIr, ExprIr>): unknown {
  if (Array.isArray(value)) return value.map((each) => rewrite(each, change, origins));
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rewrite(each, change, origins)]));
  if (!("op" in value)) return copy;
  const made = change(copy as unknown as ExprIr);
  origins.set(made, value as ExprIr);
  return made;
}

interface Event {
  readonly frame: Frame;
  readonly run: Run;
}

/** Events at and around every value that the conditions compare with, and with everything missing that can be. */
export function event(rng: Rng, { ir }: Trial): Event {
  const { schema, frameSize } = ir.events[0] as ProgramIr["events"][number];
  const frame: Frame = Array.from({ length: frameSize });
  const number = (): number => rng.pick([-1, 0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3, 3, 4, -0, 1e300]);
  const money = (): Value => ({ minor: rng.pick([-100, 0, 99, 100, 100, 101, 200, 200, 300]), currency: rng.pick(["USD", "USD", "EUR", "JPY", "GBP"]) });
  const valueOf = (name: string): Value => {
    switch (name) {
      case "amt":
      case "top":
        return money();
      case "total":
        return rng.chance(0.2) ? { minor: 0, currency: "" } : money();
      case "usd":
        return { minor: rng.pick([0, 99, 100, 101, 150, 200, 201]), currency: "USD" };
      case "ch":
        return rng.pick(["a", "b", "c"]);
      case "s":
        return rng.pick(["x", "y", "z", "w", ""]);
      case "flag":
      case "spare":
      case "seen":
        return rng.chance(0.5);
      case "t":
        return Date.UTC(2026, 0, rng.pick([1, 2, 3])) + rng.pick([-1, 0, 0, 1]);
      case "dur":
        return rng.pick([0, 59_999, 60_000, 60_001, 90_000, 120_000, 120_001]);
      case "k":
        return "k";
      case "cnt":
        return rng.pick([0, 1, 1, 2, 3, 4]);
      case "r":
        return rng.pick([0, 0.5, 1, 1.5, 2]);
      case "avg":
        return rng.chance(0.05) ? rng.pick([Infinity, -Infinity, Number.NaN]) : number();
      default:
        return number();
    }
  };
  schema.fields.forEach((field, i) => (frame[i] = field.optional && rng.chance(0.35) ? GONE : valueOf(field.name)));
  const features = ir.features.map((feature) => (rng.chance(0.25) ? GONE : valueOf(feature.name)));
  const listed = rng.chance(0.5);
  const qualities = rng.chance(0.5) ? WHOLE : { ...WHOLE, evicted: true };
  return { frame, run: { feature: (feature) => features[feature] ?? GONE, quality: () => qualities, listed: () => listed } };
}

/** Compiles conditions of one program, each once. */
export class Truth {
  readonly #lists: readonly Membership[];
  readonly #closures = new Map<ExprIr, Closure>();

  constructor(ir: ProgramIr) {
    this.#lists = ir.lists.map((list) => {
      const steps = linkList(list);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    });
  }

  of(ir: ExprIr, { frame, run }: Event): boolean | null {
    const closure = this.#closures.get(ir) ?? compileExpr(ir, { lists: this.#lists, rates: [] });
    this.#closures.set(ir, closure);
    // A frame of its own, so that no value of an earlier question is left in it.
    const value = closure([...frame], run);
    return typeof value === "boolean" ? value : null;
  }
}

/** Whether an event contradicts a claim. */
export function refutes(claim: Claim, { ruleset, origin }: Trial, truth: Truth, at: Event): boolean {
  const is = (ir: ExprIr): boolean | null => truth.of(origin(ir), at);
  const matches = (rule: number): boolean => truth.of((ruleset.rules[rule] as RuleIr).when, at) === true;
  switch (claim.kind) {
    case "never":
      return [...claim.context, claim.node].every((each) => is(each) === true);
    case "always":
      return is(claim.node) === false;
    case "implied":
      return claim.by.every((each) => is(each) === true) && is(claim.node) !== true;
    case "absorbed":
      return is(claim.node) === true && claim.by.every((each) => is(each) !== true);
    case "covered":
      return matches(claim.rule) && !claim.by.some((by) => by < claim.rule && matches(by));
    case "subsumed":
      return matches(claim.rule) && !matches(claim.by);
    case "twin":
      return matches(claim.rule) !== matches(claim.by);
    case "threshold":
      return scoreOf(ruleset, truth, at) >= claim.at;
    case "unproduced":
      return ruleset.rules.some((rule) => rule.outcome === claim.outcome) || ruleset.default === claim.outcome;
    case "overlap":
    case "gap":
      return false;
  }
}

/** The sum of what matches, with every doubt counted for a high score. */
function scoreOf({ rules, policy, tables }: RulesetIr, truth: Truth, at: Event): number {
  let [sum, stopped] = [0, -1];
  for (const rule of rules) {
    if (rule.mode !== "live" || (truth.of(rule.when, at) !== true && rule.onMissing.action !== "match")) continue;
    if (rule.table !== null && rule.table === stopped) continue;
    if (rule.table !== null && tables[rule.table]?.policy === "first") stopped = rule.table;
    const score = rule.score === null ? 0 : compileExpr(rule.score, { lists: [], rates: [] })([...at.frame], at.run);
    sum += typeof score === "number" && Number.isFinite(score) ? score : 0;
    if (policy === "first") break;
  }
  return sum;
}

/** Whether the witness of a claim, as the event it says, shows what the claim says. Null where there is none. */
export function shows(claim: Claim, { ir, ruleset }: Trial, truth: Truth): boolean | null {
  if (!("witness" in claim) || claim.witness === null) return null;
  const at = eventOf(ir, claim.witness);
  const matches = (rule: number): boolean => truth.of((ruleset.rules[rule] as RuleIr).when, at) === true;
  if (claim.kind === "gap") return ruleset.rules.every((rule, i) => rule.table !== claim.table || !matches(i));
  const others = claim.kind === "covered" ? claim.by : [claim.by];
  return matches(claim.rule) && others.every(matches);
}

function eventOf(ir: ProgramIr, { fields, features, listed }: Witness): Event {
  const frame: Frame = Array.from({ length: ir.events[0]?.frameSize ?? 0 });
  for (const { leaf, value } of fields) if (leaf.kind === "field") frame[leaf.slot] = value;
  ir.events[0]?.schema.fields.forEach((field, i) => (frame[i] ??= field.default?.value ?? GONE));
  const given = new Map(features.map(({ leaf, value }) => [leaf.kind === "feature" ? leaf.feature : -1, value]));
  return { frame, run: { feature: (feature) => given.get(feature) ?? GONE, quality: () => WHOLE, listed: (list, key) => listed.some((each) => each.list === list && each.key === key) } };
}
