import { withMatching } from "../../src/match/build.ts";
import type { EventProgram, Run } from "../../src/compile/program.ts";
import { evaluate } from "../../src/engine/evaluate.ts";
import { RuleStates } from "../../src/engine/states.ts";
import { eventDecoder } from "../../src/types/decode.ts";
import { Missing } from "../../src/types/value.ts";
import { type Frame, WHOLE } from "../../src/windows/spec.ts";
import { link } from "../../test/oracle/pipeline.ts";
import type { Written } from "../rules/conditions.ts";
import type { Payment } from "../rules/events.ts";
import { programOf } from "../rules/program.ts";

/** What this project makes of the same rules, in three lengths. */
export interface Sluice {
  /** Numbers of the rules that an event matches, out of the whole decision. */
  readonly found: (event: Payment) => readonly number[];
  /** Reads an event, as a peer reads it: from the object that a JSON parser made. */
  readonly decode: (event: Payment) => Frame;
  /** Hits with reasons, outcome and score; yields how many. */
  readonly decide: (frame: Frame) => number;
  /** What the index leaves, which is what a chain of `if` tells; null where the set is too small for an index. */
  readonly find: ((frame: Frame) => number) | null;
}

const RUN: Run = { feature: () => new Missing("no features here"), quality: () => WHOLE, listed: () => false };

export function sluice(rules: readonly Written[]): Sluice {
  const event = link(withMatching(programOf(rules))).events.get("payment") as EventProgram;
  const decoder = eventDecoder(event.schema);
  const states = new RuleStates();
  const blank: Frame = Array.from({ length: event.frameSize });
  const decode = (payment: Payment): Frame => {
    const frame = blank.slice();
    decoder(payment, frame, []);
    return frame;
  };
  const hits = (frame: Frame) => evaluate(event, frame, RUN, 0, states).decisions["card"]?.rules ?? [];
  const matching = event.rulesets[0]?.matching ?? null;
  return {
    found: (payment) => hits(decode(payment)).map(({ id }) => Number(id.slice(1))),
    decode,
    decide: (frame) => hits(frame).length,
    find: matching === null ? null : (frame) => matching.matcher.run(frame, RUN),
  };
}
