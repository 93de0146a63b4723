import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import type { MissedRule } from "../../src/engine/evaluate.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { explainer } from "../../src/explain/explain.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { compileExpr } from "../../src/compile/closures.ts";
import { withMatching, type Thresholds } from "../../src/match/build.ts";
import { scalarKernel, type MakeKernel } from "../../src/match/kernel.ts";
import { linkMatcher } from "../../src/match/matcher.ts";
import { vectorKernel } from "../../src/match/vectors.ts";
import { FOUND_ASK, FOUND_REST, FOUND_TRUE, type MatchTables } from "../../src/match/tables.ts";
import { WindowStore } from "../../src/windows/store.ts";
import type { Arrival } from "../oracle/decide.ts";
import { Dice } from "../oracle/dice.ts";
import { check, link } from "../oracle/pipeline.ts";
import { randomRules, randomStream } from "./rulesets.ts";

/** What was met, so that a run that compares little is seen. */
export interface Tally {
  programs: number;
  events: number;
  hits: number;
  missing: number;
  /** Findings of the index. */
  sure: number;
  asked: number;
  rests: number;
}

export function noTally(): Tally {
  return { programs: 0, events: 0, hits: 0, missing: 0, sure: 0, asked: 0, rests: 0 };
}

export interface Trial {
  readonly seed: number;
  /** Rules and tables. */
  readonly size: number;
  readonly events: number;
  readonly thresholds: Thresholds;
  /** Whether rules are of few shapes, so that clusters are large. */
  readonly alike?: boolean;
  /** Kernels by their names; all that there are unless given. */
  readonly kernels?: Readonly<Record<string, MakeKernel>>;
  /** Breaks the tables on purpose. */
  readonly sabotage?: (tables: MatchTables) => MatchTables;
}

/** One event in so many is explained too. */
const EXPLAINED = 8;

/** What rules may cost together is not asked here. */
const COSTLY: ReadonlySet<string> = new Set(["RSK0460", "RSK0461"]);

export function lowered(text: string): ProgramIr {
  const { checked, diagnostics } = check(text);
  const mistake = diagnostics.find(({ code }) => !COSTLY.has(code));
  if (mistake !== undefined) throw new Error(`${mistake.code} ${mistake.message}: ${text.slice(mistake.span.start, mistake.span.end)}`);
  return lowerProgram(checked, "v1");
}

interface Answer {
  /** All of the answer that rules decide. */
  readonly text: string;
  readonly missing: number;
  readonly hits: number;
}

/** The whole engine, with windows, lists and explanations. */
export function engine(program: Program): (arrival: Arrival, explain: boolean) => Answer {
  const windows = new WindowStore({ seed: 1 });
  windows.adopt(program.windows);
  let now = 0;
  const clock = { now: () => now };
  const lists = new ManagedLists(clock);
  lists.put("watched", "b", null);
  let missing: readonly MissedRule[] = [];
  const desk = new Desk({ active: () => program, windows, lists, clock, explain: explainer(), observer: { decided: (_decision, _program, missed) => (missing = missed) } });
  return (arrival, explain) => {
    ({ now } = arrival);
    const answer = desk.decide({ type: arrival.type, event: arrival.event, explain, version: null });
    if (answer.kind === "refused") throw new Error(JSON.stringify(answer.refusal));
    const { decisions, effects, degraded, features, trace } = answer.decision;
    const hits = Object.values(decisions).reduce((sum, { rules }) => sum + rules.length, 0);
    return { text: JSON.stringify({ decisions, effects, degraded, missing, features, trace }), missing: missing.length, hits };
  };
}

/** The kernel in WebAssembly, which the machines that test must have. */
export const vectors: MakeKernel = (tables, classes) => {
  const kernel = vectorKernel(tables, classes);
  if (kernel === null) throw new Error("this machine has no vectors");
  return kernel;
};

const KERNELS: Readonly<Record<string, MakeKernel>> = { scalar: scalarKernel, vectors };

/** The program with a kernel of its own; counts what the index finds. */
function withKernel(program: Program, ir: ProgramIr, make: MakeKernel, tally: Tally): Program {
  const rulesets = program.rulesets.map((ruleset, i) => {
    const { matching } = ruleset;
    const tables = ir.rulesets[i]?.matching;
    if (matching === null || !tables) return ruleset;
    const matcher = linkMatcher(tables, (side) => compileExpr(side, program.lookups), make);
    const run: typeof matcher.run = (frame, asking) => {
      const count = matcher.run(frame, asking);
      for (const each of matcher.found.subarray(0, count)) {
        if ((each & 3) === FOUND_TRUE) tally.sure++;
        if ((each & 3) === FOUND_ASK) tally.asked++;
        if ((each & 3) === FOUND_REST) tally.rests++;
      }
      return count;
    };
    return { ...ruleset, matching: { ...matching, matcher: { found: matcher.found, run } } };
  });
  return { ...program, rulesets, events: new Map([...program.events].map(([name, event]) => [name, { ...event, rulesets }])) };
}

/** Decides a random stream with and without the index; what differs, or null. */
export function tryOut({ seed, size, events, thresholds, alike = false, kernels = KERNELS, sabotage = (tables) => tables }: Trial, tally = noTally()): string | null {
  const dice = new Dice(seed);
  const text = randomRules(dice, size, alike);
  const ir = lowered(text);
  const indexed = withMatching(ir, thresholds);
  const rulesets = indexed.rulesets.map((ruleset) => ({ ...ruleset, matching: ruleset.matching && sabotage(ruleset.matching) }));
  const broken = { ...indexed, rulesets };
  const program = link(broken);
  const straight = engine(link(ir));
  const others = Object.entries(kernels).map(([name, make]) => ({ name, other: engine(withKernel(program, broken, make, tally)) }));
  tally.programs++;
  for (const arrival of randomStream(dice, events)) {
    // Explanations take many times as long as decisions.
    const explain = tally.events % EXPLAINED === 0;
    const wanted = straight(arrival, explain);
    tally.events++;
    tally.hits += wanted.hits;
    tally.missing += wanted.missing;
    for (const { name, other } of others) {
      let got: string;
      try {
        got = other(arrival, explain).text;
      } catch (error) {
        got = String(error);
      }
      if (wanted.text !== got) return `seed ${seed}, ${size} rules, kernel ${name}\n${size > 20 ? "" : text}\nat ${JSON.stringify(arrival)}\n${around(wanted.text, got)}`;
    }
  }
  return null;
}

/** Two long texts where they part. */
function around(a: string, b: string): string {
  let at = 0;
  while (a[at] === b[at]) at++;
  const shown = (text: string): string => text.slice(Math.max(0, at - 300), at + 300);
  return `straight: …${shown(a)}…\nindexed:  …${shown(b)}…`;
}
