import { isMissing } from "../types/value.ts";
import type { Money } from "../types/value.ts";
import { Entity } from "./entity.ts";
import type { Row } from "./entity.ts";
import { layout } from "./measure.ts";
import type { EntityKey, Frame } from "./spec.ts";
import type { Layout } from "./state.ts";

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
  readonly #entities = new Map<EntityKey, Entity>();
  readonly #lateness: Lateness;
  #layout: Layout = layout([], []);
  /** The longest keep of the measures. */
  #keep = 0;
  #events = 0;
  /** Reused for every event. */
  readonly #row: Row = { numbers: [], cells: [] };

  /** No entity counts as expired before this has passed its newest time by the keep. */
  #clock = -Infinity;
  #blockSize = 0;
  #blockEarliest = Infinity;
  #sweep: Iterator<[EntityKey, Entity]> | null = null;
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

  get layout(): Layout {
    return this.#layout;
  }

  /** Takes up another layout. What entities hold is moved over when each is next met, so that this costs no time. */
  configure(next: Layout): void {
    this.#layout = next;
    this.#keep = next.measures.reduce((most, measure) => Math.max(most, measure.keep), 0);
    const { numbers, cells } = this.#row;
    numbers.length = 0;
    cells.length = 0;
    for (let number = 0; number < next.stride; number++) numbers.push(0);
    for (let cell = 0; cell < next.width; cell++) cells.push(null);
  }

  /** The entity of this key in the layout of now, or null. */
  find(key: EntityKey): Entity | null {
    const entity = this.#entities.get(key);
    if (entity === undefined) return null;
    if (entity.layout !== this.#layout) entity.migrate(this.#layout);
    return entity;
  }

  /** Records the event at hand and makes it the current one; when it is too late, only the entity becomes current. */
  record(key: EntityKey, frame: Frame, at: number): void {
    let entity = this.find(key);
    if (entity !== null && at <= entity.newest - this.#keep) {
      this.#lateness.tooLate++;
      this.current.entity = entity;
      this.current.position = Infinity;
      return;
    }
    this.#gather(frame, at);
    if (entity === null) {
      entity = new Entity(this.#layout);
      this.#entities.set(key, entity);
      this.#oldest = Math.min(this.#oldest, at);
    } else if (at < entity.newest) this.#lateness.late++;
    this.current.position = entity.record(this.#row);
    this.current.entity = entity;
    this.#events += 1 - entity.trim(entity.newest - this.#keep);
    this.#tick(at);
  }

  /** Works out which measures count the event and what they fold. All closures run before anything is stored. */
  #gather(frame: Frame, at: number): void {
    const { numbers, cells } = this.#row;
    for (let number = 0; number < numbers.length; number++) numbers[number] = 0;
    for (let cell = 0; cell < cells.length; cell++) cells[cell] = null;
    numbers[0] = at;
    for (const { spec, mask, bit, number, cell } of this.#layout.measures) {
      if (spec.where !== null && !spec.where(frame)) continue;
      if (spec.value !== null) {
        const value = spec.value(frame);
        if (isMissing(value)) continue;
        if (number < 0) {
          if (cell >= 0) cells[cell] = spec.aggregate === "distinct" ? spec.key(value) : value;
        } else if (cell < 0) numbers[number] = value as number;
        else {
          numbers[number] = (value as Money).minor;
          cells[cell] = (value as Money).currency;
        }
      }
      numbers[mask] = (numbers[mask] as number) | bit;
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
  #sweepSome(sweep: Iterator<[EntityKey, Entity]>): void {
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
        this.#events -= entity.size;
      }
    }
  }
}
