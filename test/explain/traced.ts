import assert from "node:assert/strict";
import type { Trace } from "../../src/engine/trace.ts";
import { Desk } from "../../src/engine/desk.ts";
import { explainer } from "../../src/explain/explain.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { MANAGED, managedLists, randomCase } from "../oracle/contest.ts";
import { Oracle } from "../oracle/decide.ts";
import { check, link } from "../oracle/pipeline.ts";
import { source } from "../oracle/programs.ts";
import { Judge, type Seen } from "./judge.ts";

/** Changes a trace, to see that somebody notices. */
export type Tamper = (trace: Trace) => Trace;

/** Explains a random stream under random rules; the first fault of a trace, or null. */
export function traced(seed: number, events: number, seen: Seen, tamper: Tamper = (trace) => trace): string | null {
  const { sketch, arrivals } = randomCase(seed, events);
  const text = source(sketch);
  const { checked, diagnostics } = check(text);
  // Random rules may cost more than a service would bear, or ask what has no meaning.
  if (diagnostics.some(({ severity }) => severity === "error")) return null;
  seen.programs++;
  const program = link(lowerProgram(checked, "v1", [{ path: "random.risk", text }]));
  const oracle = new Oracle(checked, sketch.managed.flatMap(({ name }) => MANAGED.map((item) => ({ list: name, item }))));
  let now = 0;
  const desk = (explain: boolean) => {
    const windows = new WindowStore();
    windows.adopt(program.windows);
    return new Desk({ active: () => program, windows, lists: managedLists(sketch, () => now), clock: { now: () => now }, ...(explain && { explain: explainer() }) });
  };
  const [told, silent] = [desk(true), desk(false)];
  for (const arrival of arrivals) {
    ({ now } = arrival);
    const request = { type: arrival.type, event: arrival.event, version: null };
    const [answer, plain] = [told.decide({ ...request, explain: true }), silent.decide({ ...request, explain: false })];
    assert.ok(answer.kind === "decided" && plain.kind === "decided", `seed ${seed}`);
    const { trace = {}, features: _, quality: _quality, id: _id, durationUs: _us, ...rest } = answer.decision;
    const { id: _other, durationUs: _time, ...without } = plain.decision;
    assert.deepEqual(rest, without, `seed ${seed}: explaining changes a decision`);
    let fault: string | null = null;
    oracle.decide(arrival, (interpreter, around) => {
      fault = new Judge(checked, interpreter, around, text, seen).fault(tamper(trace));
    });
    if (fault !== null) return `seed ${seed}: ${String(fault)}\n${text}\n${JSON.stringify(arrival)}`;
  }
  return null;
}
