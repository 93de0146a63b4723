import { AFTER, BEFORE, SLOT, SLOT_BITS } from "./rows.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";

/** Slots of the wheel; half of them stand for the time that an entity is kept. */
export const SLOTS = 1 << SLOT_BITS;
const HALF = SLOTS / 2;

/** Slots passed for one event at most: a clock that jumps must not stop the service. */
const STEPS = SLOTS;

/**
 * When entities are to be looked at, by a timing wheel (Varghese, Lauck, SOSP 1987): those that are due in one stretch of
 * time form a ring of their own. An entity is put where it is due as things are, and put further on when it turns out
 * that it was heard of since, so an event of a known entity moves nothing.
 */
export class Wheel {
  readonly #slabs: Slabs;
  readonly #heads = new Uint32Array(SLOTS);
  /** Milliseconds of a slot. */
  #step: number;
  /** Number of the slot that comes next, counted from the beginning of time. */
  #position = -Infinity;

  constructor(slabs: Slabs, keep: number) {
    this.#slabs = slabs;
    this.#step = Wheel.step(keep);
  }

  static step(keep: number): number {
    return Math.max(1, Math.ceil(keep / HALF));
  }

  /** Whether entities kept so long need a wheel with other slots. */
  fits(keep: number): boolean {
    return this.#step === Wheel.step(keep);
  }

  /** Puts in an entity that is not in the wheel, due at a time. */
  add(entity: number, due: number): void {
    const number = Math.ceil(due / this.#step);
    if (this.#position === -Infinity) this.#position = number - HALF;
    const slot = modulo(Math.min(Math.max(number, this.#position), this.#position + SLOTS - 1));
    const head = this.#heads[slot] as number;
    this.#set(entity, SLOT, (this.#get(entity, SLOT) & ~(SLOTS - 1)) | slot);
    this.#set(entity, BEFORE, 0);
    this.#set(entity, AFTER, head);
    if (head !== 0) this.#set(head, BEFORE, entity);
    this.#heads[slot] = entity;
  }

  remove(entity: number): void {
    const before = this.#get(entity, BEFORE);
    const after = this.#get(entity, AFTER);
    if (before !== 0) this.#set(before, AFTER, after);
    else this.#heads[this.#get(entity, SLOT) & (SLOTS - 1)] = after;
    if (after !== 0) this.#set(after, BEFORE, before);
  }

  /** An entity that is due at `now`, or 0; it stays in the wheel. */
  due(now: number): number {
    const last = Math.floor(now / this.#step);
    if (last - this.#position > SLOTS && this.#position !== -Infinity) this.#position = Math.max(this.#position, last - SLOTS);
    for (let steps = 0; steps < STEPS && this.#position <= last; steps++) {
      const head = this.#heads[modulo(this.#position)] as number;
      if (head !== 0) return head;
      this.#position++;
    }
    return 0;
  }

  /** Whether all slots up to `now` were passed, so that nothing is or comes to be due before a later time. */
  isPast(now: number): boolean {
    return this.#position > Math.floor(now / this.#step);
  }

  #get(entity: number, field: number): number {
    return (this.#slabs.u32[pageOf(entity)] as Uint32Array)[wordOf(entity) * 2 + field] as number;
  }

  #set(entity: number, field: number, value: number): void {
    (this.#slabs.u32[pageOf(entity)] as Uint32Array)[wordOf(entity) * 2 + field] = value;
  }
}

function modulo(number: number): number {
  return ((number % SLOTS) + SLOTS) % SLOTS;
}
