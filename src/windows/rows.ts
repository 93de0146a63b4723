import { CODE_MASK, HIGH_BITS } from "./layout.ts";
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
/** Slot in the wheel, in the lowest `SLOT_BITS`; above them, where it was behind the clock of its log, when it was met: see `Log`. */
export const SLOT = 12;
export const SLOT_BITS = 8;
/** When it was last met, by arrivals. */
export const TOUCHED = 13;
/** Rows that make it look for some to spill. */
export const LIMIT = 14;
/** Number of the last snapshot that has it, or that it is too young for. */
export const MARK = 15;
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

/** Rows among which a time is looked for one by one. */
const FEW_ROWS = 24;

/** Integers that a loop moves before `copyWithin` has begun. */
const FEW_INTEGERS = 128;

/** Bit of the capacity that says that the rows are wide. */
const WIDE = 0x80000000;

/* A time is its distance from this one, in 32 low bits and `HIGH_BITS` above: a day of the 27th century before Christ. */
const EARLIEST = -(2 ** 46);
const LOW = 2 ** 32;
const HIGH_MASK = 2 ** HIGH_BITS - 1;

/** Integer in place of the row that a window begins at: the cursor must be set anew before it is used. */
export const DIRTY = 0xffffffff;

/** Words of a cursor; see `Cursor`. */
export const CURSOR_WORDS = 8;

/** Events between two looks at whether old ones can go: a look costs a line of memory that nothing else needs. */
export const TRIM_INTERVAL = 8;

/** What one event leaves in a log, before it is put into a row. */
export interface Draft {
  /** Whole milliseconds. */
  at: number;
  /** As in a row: the second one on with marks, currencies and cells. */
  readonly integers: Uint32Array;
  readonly numbers: Float64Array;
}

export function draft({ integers, numbers }: Layout): Draft {
  return { at: 0, integers: new Uint32Array(integers), numbers: new Float64Array(numbers) };
}

/**
 * The events of one entity, oldest first, equal times in order of arrival, each a row of integers and then numbers. The
 * numbers too are integers of 32 bits, as whole amounts mostly fit; the rows of an entity become wide, with numbers of
 * 64 bits, at the first one that does not. One object serves all entities: `load` turns it to another.
 */
export class Rows {
  readonly slabs: Slabs;
  readonly values: Values;
  entity = 0;
  layout: Layout;
  /** Rows. */
  size = 0;
  newest = 0;
  /** The page of the rows as numbers and as integers, and at which integer of it they begin. */
  f64: Float64Array = new Float64Array(0);
  u32: Uint32Array = new Uint32Array(0);
  start = 0;
  /** Integers of a row. */
  stride = 1;
  wide = false;
  /** Integers before the numbers of a row. */
  #before = 0;
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
    const page = pageOf(entity);
    const word = wordOf(entity);
    const head = this.slabs.u32[page] as Uint32Array;
    this.size = head[word * 2 + SIZE] as number;
    this.cursors = head[word * 2 + CURSORS] as number;
    this.spill = head[word * 2 + SPILL] as number;
    this.newest = (this.slabs.f64[page] as Float64Array)[word + NEWEST] as number;
    this.#shape(((head[word * 2 + CAPACITY] as number) & WIDE) !== 0);
    this.#view(head[word * 2 + ROWS] as number);
  }

  time(index: number): number {
    const row = this.start + index * this.stride;
    return ((this.u32[row + 1] as number) & HIGH_MASK) * LOW + (this.u32[row] as number) + EARLIEST;
  }

  marked(index: number, { mask, bit }: Measure): boolean {
    return ((this.u32[this.start + index * this.stride + mask] as number) & bit) !== 0;
  }

  /** What a measure folds, which has a number. */
  number(index: number, { number }: Measure): number {
    const at = this.start + index * this.stride + this.#before;
    return this.wide ? (this.f64[(at >>> 1) + number] as number) : (this.u32[at + number] as number) | 0;
  }

  /** The currency of what a measure folds, which has one. */
  code(index: number, { code, shift }: Measure): number {
    return ((this.u32[this.start + index * this.stride + code] as number) >>> shift) & CODE_MASK;
  }

  /** The cell of what a measure folds, which has one. */
  cell(index: number, { cell }: Measure): number {
    return this.u32[this.start + index * this.stride + cell] as number;
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
    const integer = this.start + index * this.stride + mask;
    this.u32[integer] = (this.u32[integer] as number) & ~bit;
  }

  /** Index of the first event later than `time`. */
  firstAfter(time: number): number {
    let low = 0;
    let high = this.size;
    // Few rows are gone through from the newest, which most windows end at: processors foresee that better than halves.
    if (high <= FEW_ROWS) {
      while (high > 0 && this.time(high - 1) > time) high--;
      return high;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.time(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts in an event where its time belongs, after those of equal time; gives its index. */
  insert(event: Draft): number {
    const index = event.at < this.newest && this.size > 0 && event.at < this.time(this.size - 1) ? this.firstAfter(event.at) : this.size;
    const wide = this.wide || !areSmall(event.numbers);
    if (wide !== this.wide || this.size === this.capacity) this.#grow(wide);
    if (index < this.size) {
      this.#move(index + 1, index, this.size - index);
      this.#disturb(index);
    }
    this.write(index, event);
    this.resize(this.size + 1);
    return index;
  }

  /** Writes an event over a row that there is room for, wide if it has to be. */
  write(index: number, { at, integers, numbers }: Draft): void {
    const { f64, u32, stride, wide } = this;
    const row = this.start + index * stride;
    const distance = at - EARLIEST;
    const high = Math.floor(distance / LOW);
    u32[row] = distance - high * LOW;
    u32[row + 1] = (integers[1] as number) | high;
    for (let integer = 2; integer < integers.length; integer++) u32[row + integer] = integers[integer] as number;
    const first = row + this.#before;
    for (let number = 0; number < numbers.length; number++) {
      if (wide) f64[(first >>> 1) + number] = numbers[number] as number;
      else u32[first + number] = numbers[number] as number;
    }
  }

  /** Whether one more event needs a larger block. */
  get full(): boolean {
    return this.size === this.capacity;
  }

  /**
   * Lets go of events at or before the time once they are at least half of all, or a quarter where there would be no room
   * otherwise, so that each event is moved only a few times in its life. Gives the number let go of.
   */
  trim(before: number): number {
    const full = this.full;
    if (this.size === 0 || (this.size % TRIM_INTERVAL !== 0 && !full) || this.time(this.size >> (full ? 2 : 1)) > before) return 0;
    const count = this.firstAfter(before);
    for (let index = 0; index < count; index++) this.release(index);
    this.#move(0, count, this.size - count);
    this.resize(this.size - count);
    this.#advance(count);
    return count;
  }

  /** Lets go of the rows that no measure has marked, and of the room that they had. */
  squeeze(): void {
    let kept = 0;
    for (let index = 0; index < this.size; index++) {
      if (!this.#anyMark(index)) {
        this.release(index);
        continue;
      }
      if (kept < index) this.#move(kept, index, 1);
      kept++;
    }
    this.resize(kept);
    this.dirty();
  }

  /** Gives back what the cells of a row refer to. */
  release(index: number): void {
    for (const integer of this.layout.cells) {
      const cell = this.u32[this.start + index * this.stride + integer] as number;
      if (cell !== 0) this.values.release(cell);
    }
  }

  /** Gives back the rows with all that they refer to. */
  clear(): void {
    for (let index = 0; index < this.size; index++) this.release(index);
    this.#freeRows();
    this.resize(0);
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
  allocate(count: number, wide: boolean): void {
    this.#shape(wide);
    const size = Slabs.size((Math.max(count, FIRST_ROWS) * this.stride + 1) >>> 1);
    const capacity = Math.floor((size * 2) / this.stride);
    this.setHead(CAPACITY, wide ? capacity | WIDE : capacity);
    this.setHead(ROWS, this.slabs.allocate(wordsOf(capacity, this.stride)));
    this.#view(this.head(ROWS));
  }

  resize(size: number): void {
    this.size = size;
    this.setHead(SIZE, size);
  }

  /** Words of the block that has the rows. */
  get words(): number {
    return wordsOf(this.capacity, this.stride);
  }

  /** Rows that there is room for. What is let go of hangs on it, so a snapshot has it. */
  get capacity(): number {
    return this.head(CAPACITY) & ~WIDE;
  }

  #freeRows(): void {
    const rows = this.head(ROWS);
    if (rows !== 0) this.slabs.free(rows, this.words);
    this.setHead(ROWS, 0);
    this.setHead(CAPACITY, 0);
  }

  /** Room for one more, in wide rows if need be. */
  #grow(wide: boolean): void {
    const { u32, start, stride, size, words } = this;
    const before = this.#before;
    const widens = wide && !this.wide;
    const old = this.head(ROWS);
    this.allocate(size + (size >> 3) + 1, wide);
    if (old === 0) return;
    if (!widens) for (let integer = 0; integer < size * stride; integer++) this.u32[this.start + integer] = u32[start + integer] as number;
    else {
      for (let index = 0; index < size; index++) {
        const from = start + index * stride;
        const to = this.start + index * this.stride;
        for (let integer = 0; integer < before; integer++) this.u32[to + integer] = u32[from + integer] as number;
        const first = (to + this.#before) >>> 1;
        for (let number = 0; number < this.layout.numbers; number++) this.f64[first + number] = (u32[from + before + number] as number) | 0;
      }
    }
    this.slabs.free(old, words);
  }

  #shape(wide: boolean): void {
    const { integers, numbers } = this.layout;
    this.wide = wide;
    this.#before = wide ? integers + (integers & 1) : integers;
    this.stride = this.#before + (wide ? numbers * 2 : numbers);
  }

  #view(rows: number): void {
    const page = pageOf(rows);
    this.f64 = this.slabs.f64[page] as Float64Array;
    this.u32 = this.slabs.u32[page] as Uint32Array;
    this.start = wordOf(rows) * 2;
  }

  #move(to: number, from: number, count: number): void {
    const { u32, start, stride } = this;
    const [target, source, length] = [start + to * stride, start + from * stride, count * stride];
    if (to > from || length > FEW_INTEGERS) {
      u32.copyWithin(target, source, source + length);
      return;
    }
    for (let integer = 0; integer < length; integer++) u32[target + integer] = u32[source + integer] as number;
  }

  #anyMark(index: number): boolean {
    const row = this.start + index * this.stride;
    return this.layout.masks.some(({ integer, bits }) => ((this.u32[row + integer] as number) & bits) !== 0);
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

function wordsOf(rows: number, stride: number): number {
  return (rows * stride + 1) >>> 1;
}

/** Whether all numbers are integers of 32 bits; -0 is none. */
function areSmall(numbers: Float64Array): boolean {
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] as number;
    if ((number | 0) !== number || (number === 0 && 1 / number < 0)) return false;
  }
  return true;
}
