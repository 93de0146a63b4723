import type { Program } from "../../src/compile/program.ts";
import { Desk, type DeskObserver } from "../../src/engine/desk.ts";
import type { Degraded, RulesetDecision } from "../../src/engine/decision.ts";
import { carryOut } from "../../src/engine/effects.ts";
import { evaluate, explainFeatures, type MissedRule } from "../../src/engine/evaluate.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { RuleStates } from "../../src/engine/states.ts";
import { withMatching } from "../../src/match/build.ts";
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
export const MANAGED: readonly (string | number)[] = ["a", "ab", "ecom", "10.0.0.1", "2001:db8::1", 1, 7, 35];

export function managedLists({ managed }: Sketch, now: () => number): ManagedLists {
  const lists = new ManagedLists({ now });
  for (const { name } of managed) for (const entry of MANAGED) lists.put(name, entry, null);
  return lists;
}

function placeOf({ ruleset, rule, row }: MissedRule): string {
  return `${ruleset}.${rule}.${row ?? ""}`;
}

function partOf({ ruleset, rule, row, part }: Degraded): string {
  return `${ruleset}.${rule}.${row ?? ""}.${part}`;
}

type Engine = (arrival: Arrival) => Verdict;

/** The whole engine: validation, windows, decision. */
function deskEngine(program: Program, sketched: Sketch): Engine {
  const windows = new WindowStore();
  windows.adopt(program.windows);
  let now = 0;
  const lists = managedLists(sketched, () => now);
  let missing: string[] = [];
  const observer: DeskObserver = { decided: (_decision, _program, missed) => (missing = missed.map(placeOf)) };
  const desk = new Desk({ active: () => program, windows, lists, clock: { now: () => now }, observer });
  return (arrival) => {
    ({ now } = arrival);
    const answer = desk.decide({ type: arrival.type, event: arrival.event, explain: true, version: null });
    if (answer.kind === "refused") throw new Error(JSON.stringify(answer.refusal));
    const { decisions, effects, degraded, features = {} } = answer.decision;
    return { decisions, effects, degraded: degraded.filter(({ part }) => part !== "feature").map(partOf), missing, features };
  };
}

/** Only the evaluation of a decoded frame, as a replay runs it. */
function bareEngine(program: Program, sketched: Sketch): Engine {
  let clock = 0;
  const lists = managedLists(sketched, () => clock);
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const run = { feature: (number: number) => windows.read(number), quality: (number: number) => windows.quality(number), listed: (list: string, key: string | number | boolean) => lists.has(list, key) };
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
    clock = now;
    const { decisions, degraded, missing, fired } = evaluate(found, frame, run, at, states);
    const features = explainFeatures(found, frame, run);
    const done = carryOut(fired, { frame, run, lists, now });
    return { decisions, effects: done.effects, degraded: [...degraded, ...done.degraded].map(partOf), missing: missing.map(placeOf), features };
  };
}

function said(verdict: Verdict): string {
  return JSON.stringify({ decisions: verdict.decisions, effects: verdict.effects, degraded: verdict.degraded, missing: verdict.missing, features: verdict.features });
}

/** Every ruleset has an index, and every condition a column. */
export const EVERYTHING_INDEXED = { indexedFrom: 0, sharedBy: 0 };

export interface Tally {
  events: number;
  hits: number;
  missing: number;
  degraded: number;
  effects: number;
  rows: number;
  shadow: number;
}

/** What is random may cost more than rules may; it is still to mean the same. */
const COSTLY: ReadonlySet<string> = new Set(["RSK0460", "RSK0461"]);

/** Runs a case through interpreter and engine; the first event on which they differ, or null. */
export function contest(each: Case, sabotage: Sabotage = {}, tally?: Tally): Difference | null {
  const { checked, diagnostics } = check(source(each.sketch));
  if (diagnostics.some(({ code }) => !COSTLY.has(code))) {
    return { case: each, arrival: null, engine: diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n"), oracle: "no mistake" };
  }
  const ir = lowerProgram(checked, "v1");
  const linked = link(sabotage.ir?.(ir) ?? ir);
  const program = sabotage.program?.(linked) ?? linked;
  const oracle = new Oracle(checked, each.sketch.managed.flatMap(({ name }) => MANAGED.map((item) => ({ list: name, item }))));
  const engines = sabotage.ir || sabotage.program ? [deskEngine(program, each.sketch)] : [deskEngine(program, each.sketch), bareEngine(program, each.sketch)];
  if (sabotage.ir === undefined && sabotage.program === undefined) engines.push(deskEngine(link(withMatching(ir, EVERYTHING_INDEXED)), each.sketch));
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

function count(tally: Tally, { decisions, effects, missing, degraded }: Verdict): void {
  tally.events++;
  tally.effects += effects.length;
  tally.missing += missing.length;
  tally.degraded += degraded.length;
  for (const decision of Object.values(decisions)) {
    for (const { row, mode } of (decision as RulesetDecision).rules) {
      tally.hits++;
      if (row !== null) tally.rows++;
      if (mode === "shadow") tally.shadow++;
    }
  }
}
