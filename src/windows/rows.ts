import type { Layout, Measure } from "./layout.ts";
import { pageOf, Slabs, wordOf } from "./slabs.ts";
import type { Values } from "./values.ts";

/* The block of an entity: integers, after those of the table, then the time since which it is whole, then its key. */
export const ROWS = 4;
export const SIZE = 5;
export const CAPACITY = 6;
/** Number of the layout that its rows have. */
export const LAYOUT = 7;
export const CURSORS = 8;
export const SPILL = 9;
/** Neighbours and slot in the wheel. */
export const BEFORE = 10;
export const AFTER = 11;
export const SLOT = 12;
/** When it was last met, by arrivals. */
export const TOUCHED = 13;
/** Rows that make it look for some to spill. */
export const LIMIT = 14;
/** Numbers: the newest time recorded, and the time from which on no event is missing. */
export const NEWEST = 8;
export const SINCE = 9;
/** Words before the bytes of the key. */
export const HEAD = 10;

/** Words of the block that has the addresses of an entity's panes, by place of the measure. */
export function spillWords(measures: number): number {
  return (measures + 1) >>> 1;
}

/** Rows that a new entity has room for. */
const FIRST_ROWS = 2;

/** Integer in place of the row that a window begins at: the cursor must be set anew before it is used. */
export const DIRTY = 0xffffffff;

/** Words of a cursor; see `Cursor`. */
export const CURSOR_WORDS = 6;

/** Events between two looks at whether old ones can go: a look costs a line of memory that nothing else needs. */
export const TRIM_INTERVAL = 8;

/** What one event leaves in a log, before it is put into a row. */
export interface Draft {
  at: number;
  /** By integer of the row, from the first mask on: masks, currencies and cells. */
  readonly integers: Uint32Array;
  /** By word of the row. */
  readonly numbers: Float64Array;
}

/**
 * The events of one entity, oldest first, equal times in order of arrival, each a row of words. One object serves all
 * entities: `load` turns it to another.
 */
export class Rows {
  readonly slabs: Slabs;
  readonly values: Values;
  entity = 0;
  layout: Layout;
  /** Rows. */
  size = 0;
  newest = 0;
  /** The page of the rows as numbers and as integers, and where in it they begin. */
  f64: Float64Array = new Float64Array(0);
  u32: Uint32Array = new Uint32Array(0);
  start = 0;
  stride = 1;
  cursors = 0;
  spill = 0;

  constructor(slabs: Slabs, values: Values, layout: Layout) {
    this.slabs = slabs;
    this.values = values;
    this.layout = layout;
  }

  /** Turns to an entity with rows of this layout. */
  load(entity: number, layout: Layout): void {
    this.entity = entity;
    this.layout = layout;
    this.stride = layout.stride;
    const page = pageOf(entity);
    const word = wordOf(entity);
    const head = this.slabs.u32[page] as Uint32Array;
    this.size = head[word * 2 + SIZE] as number;
    this.cursors = head[word * 2 + CURSORS] as number;
    this.spill = head[word * 2 + SPILL] as number;
    this.newest = (this.slabs.f64[page] as Float64Array)[word + NEWEST] as number;
    this.#view(head[word * 2 + ROWS] as number);
  }

  time(index: number): number {
    return this.f64[this.start + index * this.stride] as number;
  }

  marked(index: number, { mask, bit }: Measure): boolean {
    return ((this.u32[(this.start + index * this.stride) * 2 + mask] as number) & bit) !== 0;
  }

  number(index: number, word: number): number {
    return this.f64[this.start + index * this.stride + word] as number;
  }

  integer(index: number, integer: number): number {
    return this.u32[(this.start + index * this.stride) * 2 + integer] as number;
  }

  head(field: number): number {
    return (this.slabs.u32[pageOf(this.entity)] as Uint32Array)[wordOf(this.entity) * 2 + field] as number;
  }

  setHead(field: number, value: number): void {
    (this.slabs.u32[pageOf(this.entity)] as Uint32Array)[wordOf(this.entity) * 2 + field] = value;
  }

  setNewest(at: number): void {
    this.newest = at;
    (this.slabs.f64[pageOf(this.entity)] as Float64Array)[wordOf(this.entity) + NEWEST] = at;
  }

  setSpill(address: number): void {
    this.spill = address;
    this.setHead(SPILL, address);
  }

  /** Gives back the block that lists panes; they must be gone. */
  freeSpill(): void {
    this.slabs.free(this.spill, spillWords(this.layout.measures.length));
    this.setSpill(0);
  }

  unmark(index: number, { mask, bit }: Measure): void {
    const integer = (this.start + index * this.stride) * 2 + mask;
    this.u32[integer] = (this.u32[integer] as number) & ~bit;
  }

  /** Index of the first event later than `time`. */
  firstAfter(time: number): number {
    let low = 0;
    let high = this.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.time(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts in an event where its time belongs, after those of equal time; gives its index. */
  insert(draft: Draft): number {
    const index = this.size > 0 && draft.at < this.time(this.size - 1) ? this.firstAfter(draft.at) : this.size;
    if (this.size === this.head(CAPACITY)) this.#grow();
    const { start, stride, layout } = this;
    const row = start + index * stride;
    if (index < this.size) {
      this.f64.copyWithin(row + stride, row, start + this.size * stride);
      this.#disturb(index);
    }
    this.f64[row] = draft.at;
    const integers = row * 2;
    const numbers = Math.ceil((2 + draft.integers.length) / 2);
    for (let integer = 0; integer < draft.integers.length; integer++) this.u32[integers + 2 + integer] = draft.integers[integer] as number;
    for (let word = numbers; word < layout.stride; word++) this.f64[row + word] = draft.numbers[word] as number;
    this.#resize(this.size + 1);
    return index;
  }

  /**
   * Lets go of events at or before the time once they are at least half of all, so that each event is moved only a few
   * times in its life. Gives the number let go of.
   */
  trim(before: number): number {
    if (this.size % TRIM_INTERVAL !== 0 || this.size === 0 || this.time(this.size >> 1) > before) return 0;
    const count = this.firstAfter(before);
    for (let index = 0; index < count; index++) this.release(index);
    const { start, stride, size } = this;
    this.f64.copyWithin(start, start + count * stride, start + size * stride);
    this.#resize(size - count);
    this.#advance(count);
    return count;
  }

  /** Lets go of the rows that no measure has marked, and of the room that they had. */
  squeeze(): void {
    const { start, stride, size, layout } = this;
    let kept = 0;
    for (let index = 0; index < size; index++) {
      if (!this.#anyMark(index, layout)) {
        this.release(index);
        continue;
      }
      if (kept < index) this.f64.copyWithin(start + kept * stride, start + index * stride, start + (index + 1) * stride);
      kept++;
    }
    this.#resize(kept);
    this.dirty();
  }

  /** Gives back what the cells of a row refer to. */
  release(index: number): void {
    for (const integer of this.layout.cells) {
      const cell = this.integer(index, integer);
      if (cell !== 0) this.values.release(cell);
    }
  }

  /** Gives back the rows with all that they refer to. */
  clear(): void {
    for (let index = 0; index < this.size; index++) this.release(index);
    this.#freeRows();
    this.#resize(0);
    this.dropCursors();
  }

  makeCursors(): void {
    this.cursors = this.slabs.allocate(this.layout.measures.length * CURSOR_WORDS);
    this.setHead(CURSORS, this.cursors);
    this.dirty();
  }

  dropCursors(): void {
    if (this.cursors === 0) return;
    this.slabs.free(this.cursors, this.layout.measures.length * CURSOR_WORDS);
    this.cursors = 0;
    this.setHead(CURSORS, 0);
  }

  /** No cursor is good any more. */
  dirty(): void {
    if (this.cursors === 0) return;
    const integers = this.slabs.u32[pageOf(this.cursors)] as Uint32Array;
    const first = wordOf(this.cursors) * 2;
    for (let place = 0; place < this.layout.measures.length; place++) integers[first + place * CURSOR_WORDS * 2] = DIRTY;
  }

  /** Room for at least so many rows, none of them set; the old rows must be gone. */
  allocate(count: number): void {
    const size = Slabs.size(Math.max(count, FIRST_ROWS) * this.layout.stride);
    const capacity = Math.floor(size / this.layout.stride);
    this.setHead(CAPACITY, capacity);
    this.setHead(ROWS, this.slabs.allocate(capacity * this.layout.stride));
    this.#view(this.head(ROWS));
    this.stride = this.layout.stride;
  }

  #freeRows(): void {
    const rows = this.head(ROWS);
    if (rows !== 0) this.slabs.free(rows, this.head(CAPACITY) * this.stride);
    this.setHead(ROWS, 0);
    this.setHead(CAPACITY, 0);
  }

  #grow(): void {
    const { f64, start, size, stride } = this;
    const old = this.head(ROWS);
    const capacity = this.head(CAPACITY);
    this.allocate(size + (size >> 1) + 1);
    if (old === 0) return;
    this.f64.set(f64.subarray(start, start + size * stride), this.start);
    this.slabs.free(old, capacity * stride);
  }

  #view(rows: number): void {
    const page = pageOf(rows);
    this.f64 = this.slabs.f64[page] as Float64Array;
    this.u32 = this.slabs.u32[page] as Uint32Array;
    this.start = wordOf(rows);
  }

  #resize(size: number): void {
    this.size = size;
    this.setHead(SIZE, size);
  }

  #anyMark(index: number, layout: Layout): boolean {
    const first = (this.start + index * this.stride) * 2 + 2;
    for (let mask = 0; mask < layout.masks; mask++) if (this.u32[first + mask] !== 0) return true;
    return false;
  }

  /** A cursor that is already past this row has indexes and a fold that no longer hold. */
  #disturb(index: number): void {
    if (this.cursors === 0) return;
    const integers = this.slabs.u32[pageOf(this.cursors)] as Uint32Array;
    let cursor = wordOf(this.cursors) * 2;
    for (let place = 0; place < this.layout.measures.length; place++, cursor += CURSOR_WORDS * 2) {
      if (index < (integers[cursor + 1] as number)) integers[cursor] = DIRTY;
    }
  }

  /** Cursors follow the rows, which went down by so many. */
  #advance(count: number): void {
    if (this.cursors === 0) return;
    const integers = this.slabs.u32[pageOf(this.cursors)] as Uint32Array;
    let cursor = wordOf(this.cursors) * 2;
    for (let place = 0; place < this.layout.measures.length; place++, cursor += CURSOR_WORDS * 2) {
      const from = integers[cursor] as number;
      if (from === DIRTY) continue;
      integers[cursor] = from < count ? DIRTY : from - count;
      integers[cursor + 1] = (integers[cursor + 1] as number) - count;
      integers[cursor + 3] = (integers[cursor + 3] as number) - count;
    }
  }
}
