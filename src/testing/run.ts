import type { Lookups } from "../compile/closures.ts";
import { nothingLinked, type Linked } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import type { RulesetDecision } from "../engine/decision.ts";
import type { MissedRule } from "../engine/evaluate.ts";
import type { EventIr, ProgramIr, RuleIr, RulesetIr } from "../ir/ir.ts";
import type { PlanExpectation } from "../ir/plan.ts";
import type { Diagnostic, Label } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import { keyOf } from "../types/equality.ts";
import { Missing } from "../types/value.ts";
import { judge, type Miss, type Observed } from "./expect.ts";
import { why, type Why } from "./explain.ts";
import { Events, eventCount, scriptOf, type Case, type Known, type Script } from "./script.ts";
import { Stage, type Sent, type Witness } from "./stage.ts";
import { linkAtOnce, lookupsOf, testEvents, type Suite } from "./suite.ts";

/** One test, or one row of its cases. */
export interface Trial {
  readonly script: Script;
  /** Null for a test without cases. */
  readonly row: Case | null;
  /** The name of the test, with the number of the case. */
  readonly name: string;
}

export interface TrialResult {
  readonly trial: Trial;
  /** What went wrong; nothing for a test that passes. */
  readonly findings: readonly Diagnostic[];
  readonly durationMs: number;
}

/** A program with what is needed to play tests on it. */
export interface Theatre {
  readonly suite: Suite;
  readonly program: Program;
  readonly ir: ProgramIr;
  /** As tests send them. */
  readonly events: readonly EventIr[];
  readonly linked: Linked;
  readonly rulesets: ReadonlyMap<string, RulesetIr>;
  readonly features: ReadonlyMap<string, number>;
  readonly lookups: Lookups;
}

export function theatre(suite: Suite): Theatre {
  const { ir } = suite;
  const linked = nothingLinked();
  const events = testEvents(suite);
  return {
    suite,
    ir,
    events,
    linked,
    program: linkAtOnce({ ...ir, events }, linked),
    rulesets: new Map(ir.rulesets.map((each) => [each.name, each])),
    features: new Map(ir.features.map((each, i) => [each.name, i])),
    lookups: lookupsOf(ir, linked),
  };
}

/** The same with other rules; what they have in common is not linked again. */
export function variant(stage: Theatre, ir: ProgramIr): Theatre {
  const { events, linked } = stage;
  return { ...stage, ir, program: linkAtOnce({ ...ir, events }, linked), rulesets: new Map(ir.rulesets.map((each) => [each.name, each])) };
}

/** The tests of a suite, each row of cases as a test of its own, in the order of the text. */
function trialsOf(suite: Suite): readonly Trial[] {
  return suite.tests.map(scriptOf).flatMap((script): readonly Trial[] => {
    if (script.cases.length === 0) return [{ script, row: null, name: script.name }];
    return script.cases.map((row, i) => ({ script, row, name: `${script.name} [case ${i + 1}]` }));
  });
}

/** Watches the events of a test; `step` counts from 0. */
export interface Audience {
  /** Who looks at the events that are given. */
  readonly given: Witness | null;
  /** Who looks at an event under test before rules decide it. */
  readonly before: (step: number) => Witness | null;
  readonly after: (decided: RulesetDecision) => void;
}

export const NOBODY: Audience = { given: null, before: () => null, after: () => undefined };

/** Thrown when the time for tests is over. */
class Overdue extends Error {}

/** Plays one test. A test that fails is played once more, to say why. */
function runTrial(stage: Theatre, trial: Trial, audience: Audience = NOBODY, deadline = Infinity): TrialResult {
  const begun = performance.now();
  const failed = play(stage, trial, audience, deadline, silent).length > 0;
  const findings = failed ? explainTrial(stage, trial, deadline) : [];
  return { trial, findings, durationMs: performance.now() - begun };
}

export interface SuiteOptions {
  /** How long all tests may take, in milliseconds. */
  readonly limitMs?: number;
  /** Which tests are played; all unless it is given. */
  readonly wanted?: (trial: Trial) => boolean;
  /** Who watches a test. */
  readonly audience?: (trial: Trial) => Audience | undefined;
}

export interface SuiteResult {
  readonly results: readonly TrialResult[];
  /** What went wrong in all of them. */
  readonly findings: readonly Diagnostic[];
  /** The test during which the time ran out, or null. */
  readonly overdue: Trial | null;
}

/** Plays the tests of a folder one after the other. */
export function runSuite(suite: Suite, { limitMs = Infinity, wanted = () => true, audience }: SuiteOptions = {}, stage = theatre(suite)): SuiteResult {
  const deadline = performance.now() + limitMs;
  const results: TrialResult[] = [];
  for (const trial of trialsOf(suite).filter(wanted)) {
    try {
      results.push(runTrial(stage, trial, audience?.(trial), deadline));
    } catch (error) {
      if (!(error instanceof Overdue)) throw error;
      return { results, findings: results.flatMap((each) => each.findings), overdue: trial };
    }
  }
  return { results, findings: results.flatMap((each) => each.findings), overdue: null };
}

/** Whether a test passes; stops at the first thing that is wrong. */
export function passes(stage: Theatre, trial: Trial, audience: Audience = NOBODY): boolean {
  return play(stage, trial, audience, Infinity, silent).length === 0;
}

/** An expectation that was not met, or an event that was refused. */
interface Flaw {
  readonly miss: Miss;
  readonly at: Span;
  readonly step: number;
  readonly refused: boolean;
}

/** Says whether to stop after a flaw. */
type OnFlaw = (flaw: Flaw) => boolean;

const silent: OnFlaw = () => true;

function explainTrial(stage: Theatre, trial: Trial, deadline: number): readonly Diagnostic[] {
  const reasons: ReadonlyMap<RuleIr, Why>[] = [];
  const rules = stage.rulesets.get(trial.script.ruleset)?.rules ?? [];
  const explainer = { lookups: stage.lookups, origins: stage.suite.origins, sources: stage.suite.sources };
  const before: Audience["before"] = (step) => (frame, run) => {
    reasons[step] = new Map(rules.map((rule) => [rule, why(rule.when, frame.slice(), run, explainer)]));
  };
  const report = new Report();
  for (const flaw of play(stage, trial, { ...NOBODY, before }, deadline, () => false)) {
    if (flaw.refused) report.add("RSK0852", flaw.at, flaw.miss.message, { notes: flaw.miss.notes });
    else addFlaw(report, trial, flaw, reasons[flaw.step] ?? new Map());
  }
  return report.sorted();
}

/** Rules whose reasons are told with one failure; the rest is counted. */
const MAX_RULES = 3;
/** Parts of one condition that are marked. */
const MAX_CAUSES = 4;

function addFlaw(report: Report, trial: Trial, { miss, at }: Flaw, reasons: ReadonlyMap<RuleIr, Why>): void {
  const about = [...reasons].filter(([rule]) => miss.rules.some((each) => each.id === rule.id && (each.row ?? rule.row) === rule.row));
  const labels: Label[] = [];
  const notes = [...miss.notes];
  for (const [rule, { value, causes }] of about.slice(0, MAX_RULES)) {
    for (const { span, text } of causes.slice(0, MAX_CAUSES)) labels.push({ span, message: text });
    const held = value === true ? restraints(rule) : [];
    if (held.length > 0) notes.push(`the condition of \`${rule.id}\` is true; it may be held back by its ${held.join(", ")}`);
  }
  if (about.length > MAX_RULES) notes.push(`${about.length - MAX_RULES} more rules could be the reason`);
  report.add("RSK0851", at, `${JSON.stringify(trial.name)}: ${miss.message}`, { labels, notes });
}

/** What beside its condition decides whether a rule matches. */
function restraints({ mode, hold, rollout, active, cooldown }: RuleIr): readonly string[] {
  return [
    ...(mode === "live" ? [] : [`mode \`${mode}\``]),
    ...(hold === null ? [] : ["`for`"]),
    ...(rollout === null ? [] : ["`rollout`"]),
    ...(active === null ? [] : ["`active`"]),
    ...(cooldown === null ? [] : ["`cooldown`"]),
  ];
}

/** Sends the events of a test one after the other and holds the decisions against what is expected. */
function play(stage: Theatre, { script, row }: Trial, audience: Audience, deadline: number, onFlaw: OnFlaw): readonly Flaw[] {
  let missing: readonly MissedRule[] = [];
  const observer = { decided: (_: unknown, __: unknown, missed: readonly MissedRule[]) => (missing = missed) };
  const world = new Stage(stage.program, eventCount(script), observer);
  const events = new Events(stage.ir);
  const flaws: Flaw[] = [];
  /** True when the test is over. */
  const flaw = (found: Flaw): boolean => {
    flaws.push(found);
    return onFlaw(found);
  };
  const send = (sent: Sent, witness: Witness | null): ReturnType<Stage["send"]> => {
    if (performance.now() > deadline) throw new Overdue();
    return world.send(sent, witness);
  };
  for (const [i, step] of script.steps.entries()) {
    const last = i === script.steps.length - 1;
    prepare(stage, world, step);
    for (const { sent, given } of events.given(step)) {
      const answer = send(sent, audience.given);
      if (answer.kind === "decided") continue;
      flaw({ miss: refusal(answer.refusal), at: given.span, step: i, refused: true });
      return flaws;
    }
    const fields = last && row !== null ? overlay(step.when.fields, row.fields) : step.when.fields;
    const answer = send(events.sent(step.when, fields), audience.before(i));
    if (answer.kind === "refused") {
      flaw({ miss: refusal(answer.refusal), at: last && row !== null ? row.span : step.when.span, step: i, refused: true });
      return flaws;
    }
    const { decision } = answer;
    audience.after(decision.decisions[script.ruleset] as RulesetDecision);
    const observed = observe(stage, world, script, decision, missing);
    const expected: readonly PlanExpectation<Known>[] = last && row !== null ? [...step.expectations, ...row.expectations] : step.expectations;
    for (const each of expected) {
      const found = judge(each, observed);
      if (found !== null && flaw({ miss: found, at: each.at, step: i, refused: false })) return flaws;
    }
  }
  return flaws;
}

function overlay(fields: Script["steps"][number]["when"]["fields"], own: Case["fields"]): Script["steps"][number]["when"]["fields"] {
  const names = new Set(own.map((field) => field.name));
  return [...fields.filter((field) => !names.has(field.name)), ...own];
}

function prepare(stage: Theatre, world: Stage, step: Script["steps"][number]): void {
  for (const { feature, value } of step.features) {
    const index = stage.features.get(feature);
    if (index !== undefined) world.fix(index, value ?? new Missing("given as missing"));
  }
  for (const { list, items } of step.lists) {
    for (const item of items) if (!(item instanceof Missing)) world.lists.put(list, keyOf(item), null);
  }
}

function observe(stage: Theatre, world: Stage, script: Script, decision: Observed["decision"], missing: readonly MissedRule[]): Observed {
  const ruleset = stage.rulesets.get(script.ruleset) as RulesetIr;
  const decided = decision.decisions[script.ruleset] as Observed["decided"];
  return {
    ruleset,
    decision,
    decided,
    missing: missing.filter((each) => each.ruleset === script.ruleset),
    lists: world.lists,
    list: (name) => stage.ir.lists.find((each) => each.name === name) as ReturnType<Observed["list"]>,
    feature: (name) => {
      const index = stage.features.get(name) as number;
      return { ir: stage.ir.features[index] as ReturnType<Observed["feature"]>["ir"], value: world.read(index) };
    },
  };
}

function refusal({ message, violations }: { readonly message: string; readonly violations: readonly { path: string; message: string }[] }): Miss {
  return { message: `the service refuses this event: ${message}`, rules: [], notes: violations.map((each) => `${each.path}: ${each.message}`) };
}
