import type { RuleProgram } from "../compile/program.ts";
import { childrenOf } from "../ir/children.ts";
import type { Const, ExprIr } from "../ir/ir.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Reading } from "./reading.ts";

/** A value that a condition reads and that could have been another. */
export interface Input {
  readonly kind: "field" | "feature";
  readonly name: string;
  readonly slot: number;
  readonly type: Type;
  readonly current: Value | Missing;
  readonly secret: boolean;
  /** Whether an event may do without it. */
  readonly optional: boolean;
  /** Counts are whole and not negative. */
  readonly counted: boolean;
}

/** Everything in an expression, also what a macro asks of every element. */
export function everythingIn(root: ExprIr): readonly ExprIr[] {
  const found: ExprIr[] = [];
  const met = new Set<number>();
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    found.push(next);
    if (next.op === "once" && met.has(next.slot)) continue;
    if (next.op === "once") met.add(next.slot);
    pending.push(...childrenOf(next).toReversed());
  }
  return found;
}

/** Frame slots that an expression reads. */
export function slotsIn(root: ExprIr): ReadonlySet<number> {
  return new Set(everythingIn(root).flatMap((part) => (part.op === "slot" || part.op === "feature" ? [part.slot] : [])));
}

/**
 * The inputs of a condition, in the order in which it reads them. What an event is known by is none, nor is its time or a
 * key where windows are read, since the features would then be others.
 */
export function inputsOf(reading: Reading): readonly Input[] {
  const { event, program, run, frame } = reading.situation;
  const { schema } = event;
  const slots = slotsIn(reading.when);
  const reads = event.features.some((each) => slots.has(each.slot));
  return [...slots].flatMap((slot): readonly Input[] => {
    const field = schema.fields[slot];
    if (field !== undefined) {
      if (slot === schema.id || (reads && (slot === schema.time || field.key))) return [];
      const { name, type, pii } = field;
      const optional = field.optional && field.default === null;
      return [{ kind: "field", name, slot, type, current: read(frame, slot), secret: pii, optional, counted: false }];
    }
    const feature = event.features.find((each) => each.slot === slot);
    if (feature === undefined) return [];
    const aggregate = program.windows.features[feature.feature]?.aggregate;
    const { name, type, secret } = feature;
    const current = frame[slot] ?? run.feature(feature.feature);
    return [{ kind: "feature", name, slot, type, current, secret, optional: false, counted: aggregate === "count" || aggregate === "distinct" }];
  });
}

const UNSET = new Missing("not set");

function read(frame: Frame, slot: number): Value | Missing {
  const value = frame[slot];
  return value === undefined ? UNSET : value;
}

/** The literals of a condition, those inside of lists too, and an entry of every list that it asks. */
export function constantsIn(reading: Reading): readonly Const[] {
  const constants: Const[] = [];
  const parts = everythingIn(reading.when);
  // The factors of conversions are not written by anybody.
  const factors = new Set(parts.flatMap((part) => (part.op === "call" && part.name === "number.convert" ? part.args.slice(1) : [])));
  for (const part of parts) {
    if (part.op === "const" && !factors.has(part)) constants.push(...(Array.isArray(part.value) ? (part.value as readonly Const[]) : [part.value]));
    const example = part.op === "inList" ? reading.lists[part.list]?.example : undefined;
    if (example !== undefined) constants.push(example);
  }
  return constants;
}

/** The condition with one input changed and all others as they are; true where the rule then matches. */
export class Trials {
  readonly #reading: Reading;
  readonly #base: Frame;
  readonly #rule: RuleProgram;

  constructor(reading: Reading, rule: RuleProgram, inputs: readonly Input[]) {
    const { event, frame } = reading.situation;
    this.#reading = reading;
    this.#rule = rule;
    // What is computed from the event is computed anew, what is read from windows stays.
    this.#base = Array.from({ length: event.frameSize }, () => undefined);
    event.schema.fields.forEach((_, slot) => (this.#base[slot] = frame[slot]));
    for (const { slot } of event.features) this.#base[slot] = frame[slot];
    for (const { slot, current } of inputs) this.#base[slot] = current;
  }

  /** What a part comes to. */
  value(part: ExprIr, slot: number, value: Value | Missing): Value | Missing {
    const frame = this.#base.slice();
    frame[slot] = value;
    return this.#reading.closure(part)(frame, this.#reading.situation.run);
  }

  /** Undefined where another value makes the condition missing: that it cannot be computed is no answer. */
  matches(slot: number, value: Value | Missing): boolean | undefined {
    const found = this.value(this.#reading.when, slot, value);
    if (!(found instanceof Missing)) return found === true;
    return value instanceof Missing ? this.#rule.onMissing.action !== "none" : undefined;
  }
}
