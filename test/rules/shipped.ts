import assert from "node:assert/strict";
import { join } from "node:path";
import { linkProgram } from "../../src/compile/link.ts";
import type { Program } from "../../src/compile/program.ts";
import type { RulesetDecision } from "../../src/engine/decision.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { analyse, type Analysis } from "../../src/rulesets/build.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import type { Simulated } from "../../src/simulate/event.ts";
import { WindowStore } from "../../src/windows/store.ts";

export const RULES = join(import.meta.dirname, "..", "..", "rules");

/** The shipped rules through every stage of a build. */
export function shipped(): { readonly analysis: Analysis; readonly program: Program } {
  const analysis = analyse(diskReader(RULES));
  assert.ok(analysis.ir !== null, analysis.diagnostics.map((each) => `${each.span.file}: ${each.message}`).join("\n"));
  const steps = linkProgram(analysis.ir);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return { analysis, program: step.value };
}

export interface Decided {
  readonly event: Simulated;
  readonly decision: RulesetDecision;
}

/** Decides a stream on the real engine and real windows, from empty state. */
export function decide(program: Program, events: Iterable<Simulated>, ruleset: string): Decided[] {
  let now = 0;
  const clock = { now: () => now };
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, replayCapacity: 0 });
  return Array.from(events, (event) => {
    now = event.at;
    const answer = desk.decide({ type: event.type, event: event.event, explain: false, version: null });
    assert.ok(answer.kind === "decided", JSON.stringify(answer));
    assert.deepEqual(answer.decision.degraded, []);
    const decision = answer.decision.decisions[ruleset];
    assert.ok(decision !== undefined);
    return { event, decision };
  });
}

/** What a rule, or an outcome, says of one stream. */
export interface Score {
  readonly hits: number;
  /** Share of hits on labelled events. */
  readonly precision: number;
  /** By pattern, the share of its events that were hit. */
  readonly recall: ReadonlyMap<string, number>;
}

/** Holds what was picked against the labels. */
export function score(decided: readonly Decided[], picked: (decision: RulesetDecision) => boolean): Score {
  const total = new Map<string, number>();
  const found = new Map<string, number>();
  let hits = 0;
  let right = 0;
  for (const { event, decision } of decided) {
    const pattern = event.event["pattern"];
    const hit = picked(decision);
    if (hit) hits++;
    if (typeof pattern !== "string") continue;
    total.set(pattern, (total.get(pattern) ?? 0) + 1);
    if (hit) found.set(pattern, (found.get(pattern) ?? 0) + 1);
    if (hit) right++;
  }
  return { hits, precision: right / hits, recall: new Map([...total].map(([pattern, count]) => [pattern, (found.get(pattern) ?? 0) / count])) };
}
