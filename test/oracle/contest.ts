import type { Program } from "../../src/compile/program.ts";
import { Desk, type DeskObserver } from "../../src/engine/desk.ts";
import { evaluate, explainFeatures } from "../../src/engine/evaluate.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { RuleStates } from "../../src/engine/states.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { eventDecoder } from "../../src/types/decode.ts";
import type { Violation } from "../../src/types/schema.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { Oracle, type Arrival, type Verdict } from "./decide.ts";
import { Dice } from "./dice.ts";
import { check, link } from "./pipeline.ts";
import { sketch, source, type Sketch } from "./programs.ts";
import { stream } from "./streams.ts";
import { address, identical, type Plain } from "./values.ts";

/** A rule set and what happens to it. */
export interface Case {
  readonly sketch: Sketch;
  readonly arrivals: readonly Arrival[];
}

/** Where the engine and the interpreter part. */
export interface Difference {
  readonly case: Case;
  readonly arrival: Arrival | null;
  readonly engine: string;
  readonly oracle: string;
}

export function randomCase(seed: number, events: number): Case {
  const dice = new Dice(seed);
  const rules = sketch(dice);
  return { sketch: rules, arrivals: stream(dice, rules.events, events) };
}

/** A way to break the engine on purpose. */
export interface Sabotage {
  readonly ir?: (ir: ProgramIr) => ProgramIr;
  readonly program?: (program: Program) => Program;
}

/** Entries of every managed list. */
const MANAGED: readonly (string | number)[] = ["a", "ab", "ecom", "10.0.0.1", "2001:db8::1", 1, 7, 35];

function listed(list: string, item: Plain): boolean {
  void list;
  return MANAGED.some((entry) => entry === item || (typeof entry === "string" && identical(address(entry) as Plain, item)));
}

function managedLists({ managed }: Sketch): ManagedLists {
  const lists = new ManagedLists({ now: () => 0 });
  for (const { name } of managed) for (const entry of MANAGED) lists.put(name, entry, null);
  return lists;
}

type Engine = (arrival: Arrival) => Verdict;

/** The whole engine: validation, windows, decision. */
function deskEngine(program: Program, lists: ManagedLists): Engine {
  const windows = new WindowStore();
  windows.adopt(program.windows);
  let now = 0;
  let missing: string[] = [];
  const observer: DeskObserver = { decided: (_decision, _program, missed) => (missing = missed.map(({ ruleset, rule }) => `${ruleset}.${rule}`)) };
  const desk = new Desk({ active: () => program, windows, lists, clock: { now: () => now }, observer });
  return (arrival) => {
    ({ now } = arrival);
    const answer = desk.decide({ type: arrival.type, event: arrival.event, explain: true, version: null });
    if (answer.kind === "refused") throw new Error(JSON.stringify(answer.refusal));
    const { decisions, degraded, features = {} } = answer.decision;
    return { decisions, degraded: degraded.map(({ ruleset, rule }) => `${ruleset}.${rule}`), missing, features };
  };
}

/** Only the evaluation of a decoded frame, as a replay runs it. */
function bareEngine(program: Program, lists: ManagedLists): Engine {
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const run = { feature: (number: number) => windows.read(number), listed: (list: string, key: string | number | boolean) => lists.has(list, key) };
  const states = new RuleStates();
  const decoders = new Map([...program.events].map(([name, event]) => [name, eventDecoder(event.schema)]));
  return ({ type, event, now }) => {
    const found = program.events.get(type);
    if (found === undefined) throw new Error(`there is no event ${type}`);
    const frame: Frame = Array.from({ length: found.frameSize });
    const violations: Violation[] = [];
    decoders.get(type)?.(event, frame, violations);
    if (violations.length > 0) throw new Error(JSON.stringify(violations));
    const at = found.schema.time === null ? now : (frame[found.schema.time] as number);
    windows.arrive(type, frame, at, true);
    const names = (missed: readonly { readonly ruleset: string; readonly rule: string }[]): string[] => missed.map(({ ruleset, rule }) => `${ruleset}.${rule}`);
    const { decisions, degraded, missing } = evaluate(found, frame, run, at, states);
    return { decisions, degraded: names(degraded), missing: names(missing), features: explainFeatures(found, frame, run) };
  };
}

function said(verdict: Verdict): string {
  return JSON.stringify({ decisions: verdict.decisions, degraded: verdict.degraded, missing: verdict.missing, features: verdict.features });
}

export interface Tally {
  events: number;
  hits: number;
  missing: number;
  degraded: number;
}

/** Runs a case through interpreter and engine; the first event on which they differ, or null. */
export function contest(each: Case, sabotage: Sabotage = {}, tally?: Tally): Difference | null {
  const { checked, diagnostics } = check(source(each.sketch));
  if (diagnostics.length > 0) {
    return { case: each, arrival: null, engine: diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"), oracle: "no mistake" };
  }
  const ir = lowerProgram(checked, "v1");
  const linked = link(sabotage.ir?.(ir) ?? ir);
  const program = sabotage.program?.(linked) ?? linked;
  const oracle = new Oracle(checked, listed);
  const lists = managedLists(each.sketch);
  const engines = sabotage.ir || sabotage.program ? [deskEngine(program, lists)] : [deskEngine(program, lists), bareEngine(program, lists)];
  for (const arrival of each.arrivals) {
    const verdict = oracle.decide(arrival);
    const right = said(verdict);
    if (tally !== undefined) count(tally, verdict);
    for (const engine of engines) {
      const answer = said(engine(arrival));
      if (answer !== right) return { case: each, arrival, engine: answer, oracle: right };
    }
  }
  return null;
}

function count(tally: Tally, { decisions, missing, degraded }: Verdict): void {
  tally.events++;
  tally.missing += missing.length;
  tally.degraded += degraded.length;
  for (const decision of Object.values(decisions)) tally.hits += (decision as { readonly rules: readonly unknown[] }).rules.length;
}
