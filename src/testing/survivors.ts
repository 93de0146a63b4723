import { compileExpr } from "../compile/closures.ts";
import type { Closure, Run } from "../compile/program.ts";
import type { ExprIr } from "../ir/ir.ts";
import { Missing, type Value } from "../types/value.ts";
import { WHOLE, type Frame } from "../windows/spec.ts";
import { conditionsOf, mutantsOf, type Mutant } from "./mutants.ts";
import { partsOf } from "./parts.ts";
import { NOBODY, passes, variant, type Theatre, type Trial } from "./run.ts";
import { eventCount } from "./script.ts";

export interface MutationResult {
  readonly killed: number;
  /** What no test notices. */
  readonly survivors: readonly Mutant[];
}

/**
 * Runs the tests of each mutant's rulesets against it until one fails.
 * @param trials tests that pass without a mutant
 */
export function runMutants(stage: Theatre, trials: readonly Trial[]): MutationResult {
  const survivors: Mutant[] = [];
  let killed = 0;
  const elements = elementSlots(stage);
  const records = trials.map((trial) => ({ trial, record: recordOf(stage, trial) }));
  for (const mutant of mutantsOf(stage.suite)) {
    const differs = difference(stage, elements, mutant);
    const concerned = records.filter(({ trial, record }) => mutant.rulesets.includes(trial.script.ruleset) && (record === null || differs(record)));
    const changed = concerned.length === 0 ? null : variant(stage, mutant.program());
    if (changed === null || concerned.every(({ trial }) => passes(changed, trial))) survivors.push(mutant);
    else killed++;
  }
  return { killed, survivors };
}

/** Events of a test as its rules meet them: every field, and every feature read. */
type Recorded = readonly { readonly type: string; readonly frame: Frame }[];

/** Beyond so many events a test is run against every mutant: keeping them all would take more than it saves. */
const MAX_RECORDED = 200;

function recordOf(stage: Theatre, trial: Trial): Recorded | null {
  if (eventCount(trial.script) > MAX_RECORDED) return null;
  const record: { type: string; frame: Frame }[] = [];
  const witness = (frame: Frame, run: Run, type: string): void => {
    for (const { feature, slot } of stage.program.events.get(type)?.features ?? []) frame[slot] = run.feature(feature);
    record.push({ type, frame });
  };
  passes(stage, trial, { ...NOBODY, given: witness, before: () => witness });
  return record;
}

/** Conditions of recorded events ask nothing outside of their frames. */
const ALONE: Run = {
  feature: () => new Missing("not recorded"),
  quality: () => WHOLE,
  listed: () => false,
};

/**
 * Whether a mutant comes to something else on some event of a test. Only then can the test notice it: expressions have no
 * effect but their value.
 */
function difference({ ir, lookups }: Theatre, elements: ReadonlySet<number>, { conditions, event }: Mutant): (record: Recorded) => boolean {
  const looksOutside = (part: ExprIr): boolean =>
    // Managed lists change from event to event, and the elements of a macro stand in no recorded frame.
    part.op === "inList" ? ir.lists[part.list]?.source === "managed" : part.op === "slot" && elements.has(part.slot);
  if (conditions === null || conditions.flat().some((each) => partsOf(each).some(looksOutside))) return () => true;
  const pairs = conditions.map(([before, after]): readonly [Closure, Closure] => [compileExpr(before, lookups), compileExpr(after, lookups)]);
  return (record) =>
    record.some(({ type, frame }) => type === event && pairs.some(([before, after]) => !same(before(frame.slice(), ALONE), after(frame.slice(), ALONE))));
}

/** Slots that hold the elements of macros while they run. */
function elementSlots({ ir }: Theatre): ReadonlySet<number> {
  const roots = [...ir.rulesets.flatMap(({ rules }) => rules.flatMap(conditionsOf)), ...ir.features.flatMap(({ where }) => where ?? [])];
  return new Set(roots.flatMap(partsOf).flatMap((part) => (part.op === "macro" ? [part.slot] : [])));
}

function same(a: Value | Missing, b: Value | Missing): boolean {
  return a instanceof Missing ? b instanceof Missing : a === b;
}
