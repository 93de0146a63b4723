import type { Measure } from "./layout.ts";
import { CURSOR_WORDS, DIRTY } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { pageOf, wordOf } from "./slabs.ts";

/** Entities with no more rows than this have no cursors: going through the rows costs as little. */
export const SCANNED_ROWS = 24;

/* A cursor: integers, then numbers, in its words. */
const FROM = 0;
const TO = 1;
const COUNT = 2;
const BEST = 3;
const CODE = 4;
const SAME = 5;
const OTHERS = 6;
const DISTINCT = 7;
const SUM = 4;
const VOLUME = 5;
/** Times of the last row before the window, and of its first: while it begins between them nothing leaves. */
const BEFORE = 6;
const LEAVES = 7;

/** Rows above which equal cells are found by a table instead of by looking back. */
const LOOK_BACK = 16;

/**
 * What the rows of one window come to. A window that moves forward takes in rows at its new end and lets go of rows at
 * its old end, in a cursor that stays with the entity; any other is gone through from end to end.
 *
 * Sums equal, bit for bit, adding up from the oldest row on. While all values are whole and small enough that no partial
 * sum is rounded, a running sum has that property; otherwise the window is added up anew as soon as a row leaves it. The
 * least and the greatest value stay until they leave; then the window is gone through for the next.
 */
export class Window {
  readonly #f64 = new Float64Array(CURSOR_WORDS);
  readonly #u32 = new Uint32Array(this.#f64.buffer);
  readonly #seen = new Cells();
  #numbers = this.#f64;
  #integers = this.#u32;
  #word = 0;
  /** Something left that cannot be taken back exactly. */
  #spoilt = false;
  /** While a window is gone through, a bit for some of all cells that were met: most of a few are told apart by it. */
  #met = -1;
  /** Looking for equal cells by the table. */
  #tabled = false;
  readonly #scanned: number;

  /** `scanned`: rows up to which an entity has no cursors. */
  constructor(scanned: number = SCANNED_ROWS) {
    this.#scanned = scanned;
  }

  get from(): number {
    return this.#get(FROM);
  }

  get to(): number {
    return this.#get(TO);
  }

  /** Rows that count. */
  get count(): number {
    return this.#get(COUNT);
  }

  /** Row with the least or greatest value; of equal ones the newest. */
  get best(): number {
    return this.#get(BEST);
  }

  get distinct(): number {
    return this.#get(DISTINCT);
  }

  get sum(): number {
    return this.#numbers[this.#word + SUM] as number;
  }

  /** Number of the currency of all values, 0 for none. */
  get code(): number {
    return this.#get(CODE);
  }

  get mixed(): boolean {
    return this.#get(OTHERS) > 0;
  }

  /** Turns to the window of the measure over (lower, upper]; rows from `limit` on are left out. */
  open(rows: Rows, measure: Measure, lower: number, upper: number, limit: number): void {
    if (rows.cursors === 0 && !this.#makeCursors(rows)) {
      this.scan(rows, measure, lower, upper, limit);
      return;
    }
    const page = pageOf(rows.cursors);
    const numbers = rows.slabs.f64[page] as Float64Array<ArrayBuffer>;
    const integers = rows.slabs.u32[page] as Uint32Array<ArrayBuffer>;
    const word = wordOf(rows.cursors) + measure.place * CURSOR_WORDS;
    this.#numbers = numbers;
    this.#integers = integers;
    this.#word = word;
    const from = integers[word * 2] as number;
    if (from === DIRTY) {
      this.#rebuild(rows, measure, rows.firstAfter(lower), Math.min(rows.firstAfter(upper), limit));
      this.#remember(rows);
      return;
    }
    // Told without a look at the rows, which would be a line of memory that nothing else needs.
    const begins = from > 0 && lower < (numbers[word + BEFORE] as number);
    const whole = upper >= rows.newest;
    if (begins || (!whole && this.#endsBehind(rows, upper))) {
      this.scan(rows, measure, lower, upper, limit);
      return;
    }
    const end = Math.min(rows.size, limit);
    this.#extend(rows, measure, whole ? end : this.#firstAfter(rows, upper, end));
    if (lower >= (numbers[word + LEAVES] as number)) this.#advance(rows, measure, lower);
  }

  /** Whether rows that were taken in are behind the end of the window. */
  #endsBehind(rows: Rows, upper: number): boolean {
    const to = this.#get(TO);
    return to > 0 && rows.time(to - 1) > upper;
  }

  /** The first row not taken in that is behind the end of the window. */
  #firstAfter(rows: Rows, upper: number, end: number): number {
    let index = this.#get(TO);
    while (index < end && rows.time(index) <= upper) index++;
    return index;
  }

  /** As `open`, by going through the rows; leaves the cursor where it is. */
  scan(rows: Rows, measure: Measure, lower: number, upper: number, limit: number): void {
    this.#numbers = this.#f64;
    this.#integers = this.#u32;
    this.#word = 0;
    this.#rebuild(rows, measure, rows.firstAfter(lower), Math.min(rows.firstAfter(upper), limit));
  }

  #makeCursors(rows: Rows): boolean {
    if (rows.size <= this.#scanned) return false;
    rows.makeCursors();
    return true;
  }

  #rebuild(rows: Rows, measure: Measure, start: number, to: number): void {
    const from = Math.min(start, to);
    this.#set(FROM, from);
    this.#set(TO, to);
    this.#clear();
    if (measure.plain) {
      this.#set(COUNT, marks(rows, measure, from, to));
      return;
    }
    const { aggregate } = measure.spec;
    this.#tabled = to - from > LOOK_BACK && aggregate === "distinct";
    if (this.#tabled) this.#seen.clear(to - from);
    this.#met = 0;
    for (let index = from; index < to; index++) if (rows.marked(index, measure)) this.#enter(rows, measure, index);
    this.#met = -1;
    this.#tabled = false;
  }

  /** Takes in rows at the new end. */
  #extend(rows: Rows, measure: Measure, end: number): void {
    const to = this.#get(TO);
    // Rows that the event at hand is left out of may have been taken in for one before it.
    if (end <= to) return;
    if (measure.plain) this.#set(COUNT, this.#get(COUNT) + marks(rows, measure, to, end));
    else for (let index = to; index < end; index++) if (rows.marked(index, measure)) this.#enter(rows, measure, index);
    this.#set(TO, end);
  }

  /** Lets go of rows at the old end. */
  #advance(rows: Rows, measure: Measure, lower: number): void {
    const to = this.#get(TO);
    const from = this.#get(FROM);
    let index = from;
    let before = -Infinity;
    let leaves = -Infinity;
    for (; index < to; index++) {
      leaves = rows.time(index);
      if (leaves > lower) break;
      before = leaves;
    }
    if (measure.plain) this.#set(COUNT, this.#get(COUNT) - marks(rows, measure, from, index));
    else if (!this.#leaveAll(rows, measure, from, index, to)) {
      this.#rebuild(rows, measure, index, to);
      this.#remember(rows);
      return;
    }
    this.#set(FROM, index);
    if (index > from) this.#numbers[this.#word + BEFORE] = before;
    // The row that will be the first one may be no row yet.
    this.#numbers[this.#word + LEAVES] = index < to ? leaves : -Infinity;
    if (this.#get(COUNT) === 0) this.#clear();
  }

  /** Whether everything could be taken back exactly. */
  #leaveAll(rows: Rows, measure: Measure, from: number, end: number, to: number): boolean {
    this.#spoilt = false;
    for (let index = from; index < end; index++) if (rows.marked(index, measure)) this.#leave(rows, measure, index, to);
    return !this.#spoilt;
  }

  #remember(rows: Rows): void {
    const from = this.#get(FROM);
    this.#numbers[this.#word + BEFORE] = from > 0 ? rows.time(from - 1) : -Infinity;
    this.#numbers[this.#word + LEAVES] = from < this.#get(TO) ? rows.time(from) : -Infinity;
  }

  #clear(): void {
    for (let field = COUNT; field <= DISTINCT; field++) this.#set(field, 0);
    this.#numbers[this.#word + SUM] = 0;
    this.#numbers[this.#word + VOLUME] = 0;
  }

  #enter(rows: Rows, measure: Measure, index: number): void {
    const count = this.#get(COUNT);
    this.#set(COUNT, count + 1);
    switch (measure.spec.aggregate) {
      case "sum":
      case "average":
        this.#add(rows.number(index, measure));
        break;
      case "min":
        if (count === 0 || order(rows, measure, this.#get(BEST), index) >= 0) this.#set(BEST, index);
        break;
      case "max":
        if (count === 0 || order(rows, measure, this.#get(BEST), index) <= 0) this.#set(BEST, index);
        break;
      case "distinct":
        if (this.#isNew(rows, measure, index)) this.#set(DISTINCT, this.#get(DISTINCT) + 1);
        break;
      default:
    }
    if (measure.code >= 0) this.#pay(rows.code(index, measure));
  }

  #leave(rows: Rows, measure: Measure, index: number, to: number): void {
    this.#set(COUNT, this.#get(COUNT) - 1);
    switch (measure.spec.aggregate) {
      case "sum":
      case "average":
        this.#subtract(rows.number(index, measure));
        break;
      case "min":
      case "max":
        if (this.#get(BEST) === index) this.#spoilt = true;
        break;
      case "distinct":
        if (!occurs(rows, measure, rows.cell(index, measure), index + 1, to)) this.#set(DISTINCT, this.#get(DISTINCT) - 1);
        break;
      default:
    }
    if (measure.code >= 0) this.#refund(rows.code(index, measure));
  }

  #add(amount: number): void {
    const sum = this.#word + SUM;
    const volume = this.#word + VOLUME;
    this.#numbers[sum] = (this.#numbers[sum] as number) + amount;
    this.#numbers[volume] = (this.#numbers[volume] as number) + (Number.isSafeInteger(amount) ? Math.abs(amount) : Infinity);
  }

  #subtract(amount: number): void {
    const sum = this.#word + SUM;
    const volume = this.#word + VOLUME;
    // The sum of absolute values bounds every partial sum.
    if ((this.#numbers[volume] as number) > Number.MAX_SAFE_INTEGER) {
      this.#spoilt = true;
      return;
    }
    this.#numbers[sum] = (this.#numbers[sum] as number) - amount;
    this.#numbers[volume] = (this.#numbers[volume] as number) - Math.abs(amount);
  }

  /** The empty code of a zero fits every currency and is not counted. */
  #pay(code: number): void {
    if (code === 0) return;
    if (this.#get(SAME) === 0) this.#set(CODE, code);
    if (code === this.#get(CODE)) this.#set(SAME, this.#get(SAME) + 1);
    else this.#set(OTHERS, this.#get(OTHERS) + 1);
  }

  #refund(code: number): void {
    if (code === 0) return;
    if (code !== this.#get(CODE)) {
      this.#set(OTHERS, this.#get(OTHERS) - 1);
      return;
    }
    const same = this.#get(SAME) - 1;
    this.#set(SAME, same);
    if (same > 0) return;
    if (this.mixed) this.#spoilt = true;
    else this.#set(CODE, 0);
  }

  #isNew(rows: Rows, measure: Measure, index: number): boolean {
    const cell = rows.cell(index, measure);
    const bit = 1 << (Math.imul(cell, 0x9e3779b1) >>> 27);
    if ((this.#met & bit) === 0) {
      this.#met |= bit;
      if (!this.#tabled) return true;
    }
    return this.#tabled ? this.#seen.add(cell) : !occurs(rows, measure, cell, this.#get(FROM), index);
  }

  #get(field: number): number {
    return this.#integers[this.#word * 2 + field] as number;
  }

  #set(field: number, value: number): void {
    this.#integers[this.#word * 2 + field] = value;
  }
}

/** How many of these rows the measure counts. */
function marks(rows: Rows, measure: Measure, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) if (rows.marked(index, measure)) count++;
  return count;
}

/** Negative when the value of row `a` is less than that of row `b`. */
export function order(rows: Rows, measure: Measure, a: number, b: number): number {
  if (measure.number >= 0) return rows.number(a, measure) - rows.number(b, measure);
  return measure.spec.compare(rows.values.value(rows.cell(a, measure)), rows.values.value(rows.cell(b, measure)));
}

function occurs(rows: Rows, measure: Measure, cell: number, from: number, to: number): boolean {
  for (let index = to - 1; index >= from; index--) if (rows.cell(index, measure) === cell && rows.marked(index, measure)) return true;
  return false;
}

/** A set of cells that is emptied by a count. */
export class Cells {
  #cells = new Uint32Array(64);
  #stamps = new Uint32Array(64);
  #stamp = 0;

  /** Empties it and makes room for so many. */
  clear(most: number): void {
    if (most * 2 > this.#cells.length) {
      const length = 2 ** Math.ceil(Math.log2(most * 2));
      this.#cells = new Uint32Array(length);
      this.#stamps = new Uint32Array(length);
      this.#stamp = 0;
    }
    this.#stamp = (this.#stamp + 1) >>> 0;
    if (this.#stamp > 0) return;
    this.#stamps.fill(0);
    this.#stamp = 1;
  }

  /** Whether the cell is new. */
  add(cell: number): boolean {
    const last = this.#cells.length - 1;
    let slot = Math.imul(cell, 0x9e3779b1) >>> 7;
    for (;; slot++) {
      slot &= last;
      if (this.#stamps[slot] !== this.#stamp) break;
      if (this.#cells[slot] === cell) return false;
    }
    this.#stamps[slot] = this.#stamp;
    this.#cells[slot] = cell;
    return true;
  }
}
