import { isMissing } from "../types/value.ts";
import type { Value } from "../types/value.ts";
import { Entity } from "./entity.ts";
import type { Row } from "./entity.ts";
import { layout } from "./measure.ts";
import type { Frame } from "./spec.ts";
import type { Layout, Measure } from "./state.ts";

/**
 * The clock of a log moves by blocks of this many recorded events, to the earliest time in the block: one sender whose
 * clock is ahead by years must not make the windows of everyone else look expired.
 */
export const CLOCK_BLOCK = 64;

/** Entities looked at a block: twice what a block can add, so that a sweep comes to its end. */
export const SWEEP_BATCH = 2 * CLOCK_BLOCK;

/** Counted over the life of the store, for metrics. */
export interface Lateness {
  /** Recordings of an event that was older than the newest of its entity; an event counts once for each log. */
  late: number;
  /** Those that were not made, the event being older than what is kept. */
  tooLate: number;
}

/** The event at hand, as a log meets it. */
export interface Current {
  /** Undefined when a part of the key is missing, null when nothing is recorded for the key. */
  entity: Entity | null | undefined;
  /** Where it was recorded, or Infinity. */
  position: number;
  /** Number of the arrival that this is about. */
  arrival: number;
}

/** The events of one source by one key, each entity apart. */
export class Log {
  readonly current: Current = { entity: undefined, position: Infinity, arrival: -1 };
  readonly #entities = new Map<string, Entity>();
  readonly #lateness: Lateness;
  #measures: readonly Measure[] = [];
  #layout: Layout = layout([]);
  /** The longest keep of the measures. */
  #keep = 0;
  #events = 0;
  /** Reused for every event. */
  readonly #row: Row = { masks: [], values: [] };

  /** No entity counts as expired before this has passed its newest time by the keep. */
  #clock = -Infinity;
  #blockSize = 0;
  #blockEarliest = Infinity;
  #sweep: Iterator<[string, Entity]> | null = null;
  /** Least newest time that the sweep under way has met, and a bound to all newest times from the one before. */
  #sweepOldest = Infinity;
  #oldest = Infinity;

  constructor(lateness: Lateness) {
    this.#lateness = lateness;
  }

  get entities(): number {
    return this.#entities.size;
  }

  get events(): number {
    return this.#events;
  }

  get measures(): readonly Measure[] {
    return this.#measures;
  }

  /** Takes up other measures. What entities hold is moved over when each is next met, so that this costs no time. */
  configure(measures: readonly Measure[]): void {
    const next = layout(measures);
    const same =
      next.serials.length === this.#layout.serials.length &&
      next.serials.every((serial, place) => serial === this.#layout.serials[place]);
    this.#measures = measures;
    // A measure's column follows from the measures before it, so equal serials are an equal layout.
    if (!same) this.#layout = next;
    this.#keep = measures.reduce((most, measure) => Math.max(most, measure.keep), 0);
    this.#row.masks.length = 0;
    for (let mask = 0; mask < next.masks; mask++) this.#row.masks.push(0);
    this.#row.values.length = 0;
    for (let column = 0; column < next.width; column++) this.#row.values.push(null);
  }

  /** The entity of this key in the layout of now, or null. */
  find(key: string): Entity | null {
    const entity = this.#entities.get(key);
    if (entity === undefined) return null;
    if (entity.layout !== this.#layout) entity.migrate(this.#layout);
    return entity;
  }

  /** Records the event at hand and makes it the current one; when it is too late, only the entity becomes current. */
  record(key: string, frame: Frame, at: number): void {
    let entity = this.find(key);
    if (entity !== null && at <= entity.newest - this.#keep) {
      this.#lateness.tooLate++;
      this.current.entity = entity;
      this.current.position = Infinity;
      return;
    }
    this.#gather(frame);
    if (entity === null) {
      entity = new Entity(this.#layout);
      this.#entities.set(key, entity);
      this.#oldest = Math.min(this.#oldest, at);
    } else if (at < entity.newest) this.#lateness.late++;
    this.current.position = entity.record(at, this.#row);
    this.current.entity = entity;
    this.#events += 1 - entity.trim(entity.newest - this.#keep);
    this.#tick(at);
  }

  /** Works out which measures count the event and what they fold. All closures run before anything is stored. */
  #gather(frame: Frame): void {
    const { masks, values } = this.#row;
    for (let mask = 0; mask < masks.length; mask++) masks[mask] = 0;
    for (const measure of this.#measures) {
      const { spec } = measure;
      let counted = spec.where === null || spec.where(frame);
      let stored: Value = measure.filler;
      if (counted && spec.value !== null) {
        const value = spec.value(frame);
        if (isMissing(value)) counted = false;
        else if (measure.column >= 0) stored = spec.aggregate === "distinct" ? spec.key(value) : value;
      }
      if (counted) masks[measure.mask] = (masks[measure.mask] as number) | measure.bit;
      if (measure.column >= 0) values[measure.column] = stored;
    }
  }

  #tick(at: number): void {
    this.#blockEarliest = Math.min(this.#blockEarliest, at);
    if (++this.#blockSize < CLOCK_BLOCK) return;
    this.#clock = Math.max(this.#clock, this.#blockEarliest);
    this.#blockSize = 0;
    this.#blockEarliest = Infinity;
    if (this.#sweep === null && this.#oldest <= this.#clock - this.#keep) {
      this.#sweep = this.#entities.entries();
      this.#sweepOldest = Infinity;
    }
    if (this.#sweep !== null) this.#sweepSome(this.#sweep);
  }

  /** Drops entities that no event less late than the keep allows for could still read. */
  #sweepSome(sweep: Iterator<[string, Entity]>): void {
    for (let count = 0; count < SWEEP_BATCH; count++) {
      const step = sweep.next();
      if (step.done === true) {
        this.#sweep = null;
        this.#oldest = this.#sweepOldest;
        return;
      }
      const [key, entity] = step.value;
      if (entity.newest > this.#clock - this.#keep) this.#sweepOldest = Math.min(this.#sweepOldest, entity.newest);
      else {
        this.#entities.delete(key);
        this.#events -= entity.times.length;
      }
    }
  }
}
