import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import { printType } from "../types/type.ts";
import { Missing, type Money, type Value } from "../types/value.ts";
import type { SegmentBatch, Wanted } from "./batch.ts";
import type { Shape } from "./terms.ts";

type Frame = (Value | Missing | undefined)[];

/** An event type as a program has it. */
interface Target {
  readonly schema: EventSchema;
  readonly frameSize: number;
}

interface Mapping {
  /** Used again for each record. */
  readonly frame: Frame;
  readonly wanted: Wanted;
  /** What slots hold that no field of the record fills: the default of their field, or that it is missing. */
  readonly absent: Frame;
  /** … and those whose value cannot be one of their field. */
  readonly missing: readonly Missing[];
  readonly checks: readonly { readonly slot: number; readonly fits: (value: Value) => boolean }[];
}

/**
 * Turns records into frames of a program, whatever the rules were when they were written: fields meet by name. One that
 * the program does not have is passed over; one that the record does not have has its default or is missing; one that it has with another type is missing.
 */
export class FrameFiller {
  readonly #events: ReadonlyMap<string, Target>;
  readonly #reads: ReadonlyMap<string, readonly number[]> | null;
  readonly #mappings = new Map<number, Mapping | null>();
  /** Of the record before: most have its shape. */
  #shape = 0;
  #mapping: Mapping | null = null;

  /** @param reads by event type the slots that are wanted, none of a type that is not there; all of all types unless given */
  constructor(events: ReadonlyMap<string, Target>, reads?: ReadonlyMap<string, readonly number[]>) {
    this.#events = events;
    this.#reads = reads ?? null;
  }

  /** The frame of the record that the batch stands at, good until the next call; null for a type that the program does not have. */
  frameOf(batch: SegmentBatch): Frame | null {
    if (batch.shapeId !== this.#shape) this.#turn(batch);
    const mapping = this.#mapping;
    if (mapping === null) return null;
    const { frame, wanted, absent, missing, checks } = mapping;
    for (let slot = 0; slot < frame.length; slot++) frame[slot] = absent[slot];
    batch.fill(wanted, frame);
    if (checks.length === 0) return frame;
    for (const { slot, fits } of checks) {
      const value = frame[slot];
      if (value !== undefined && !(value instanceof Missing) && !fits(value)) frame[slot] = missing[slot];
    }
    return frame;
  }

  #turn(batch: SegmentBatch): void {
    let mapping = this.#mappings.get(batch.shapeId);
    if (mapping === undefined) this.#mappings.set(batch.shapeId, (mapping = this.#map(batch.shape)));
    this.#mapping = mapping;
    this.#shape = batch.shapeId;
  }

  #map(shape: Shape): Mapping | null {
    const event = this.#events.get(shape.type);
    if (event === undefined) return null;
    const { fields } = event.schema;
    const slots = new Set(this.#reads === null ? fields.keys() : (this.#reads.get(shape.type) ?? []));
    const wanted = shape.fields.map(({ name, type }) => {
      const slot = fields.findIndex((field) => field.name === name);
      return slots.has(slot) && readable(type, (fields[slot] as EventSchema["fields"][number]).type) ? slot : -1;
    });
    const last = wanted.findLastIndex((slot) => slot >= 0);
    const checks = [...slots].flatMap((slot) => {
      const fits = check((fields[slot] as EventSchema["fields"][number]).type);
      return fits === null ? [] : [{ slot, fits }];
    });
    const frame: Frame = Array.from({ length: event.frameSize }, () => undefined);
    const missing = fields.map(({ name }) => new Missing(`field ${name}`));
    // What the event would have been with the fields of now: a default stands for what is absent, not for what cannot be read.
    const unread = new Set(shape.fields.filter((_, at) => wanted[at] === -1).map(({ name }) => name));
    const absent = fields.map(({ name, default: value }, slot) => (value === null || unread.has(name) ? missing[slot] : value.value));
    const whole = Array.from({ length: event.frameSize }, (_, slot) => absent[slot]);
    return { frame, wanted: Int32Array.from(wanted.slice(0, last + 1)), absent: whole, missing, checks };
  }
}

/** Whether values of a type as it was written can be values of a type; `check` asks each of them. */
function readable(written: string, type: Type): boolean {
  if (written === printType(type)) return true;
  const isEnum = written.startsWith("enum(");
  if (type.kind === "enum") return isEnum || written === "string";
  if (type.kind === "string") return isEnum;
  return type.kind === "money" && (written === "money" || written.startsWith("money["));
}

function check(type: Type): ((value: Value) => boolean) | null {
  if (type.kind === "enum") {
    const members: ReadonlySet<unknown> = new Set(type.members);
    return (value) => members.has(value);
  }
  if (type.kind !== "money" || type.currency === null) return null;
  const { currency } = type;
  return (value) => (value as Money).currency === currency;
}
