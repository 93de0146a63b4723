import type { Measure } from "./layout.ts";
import { addHash, freeHll } from "./hll.ts";
import { spillWords } from "./rows.ts";
import type { Rows } from "./rows.ts";
import { freeSketch, addValue } from "./sketch.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";

/*
 * What became of rows that were too many to be kept: panes, each the fold of the events of one stretch of time. The
 * block of a measure begins with the time up to which its events are in panes, how many panes there are and room for,
 * and, for `distinct`, a table of values with the time each was last seen, until those are too many.
 */
const HORIZON = 0;
const COUNT = 2;
const CAPACITY = 3;
const SEEN = 4;
const SEEN_SLOTS = 5;
const HEAD = 3;

/* Words of a pane, then integers by half words. */
export const PANE_WORDS = 8;
export const INDEX = 0;
export const OLDEST = 1;
export const NEWEST = 2;
/** Sum, best or newest value, or mean; lost digits of the sum, oldest value, or sum of squares about the mean. */
export const FIRST = 4;
export const SECOND = 5;
export const EVENTS = 6;
export const CODE = 7;
/** Cell of the value in `FIRST` or its currency; cell or currency of the one in `SECOND`. */
export const CELL = 12;
export const OTHER_CELL = 13;
export const SKETCH = 14;

/** In place of a currency: there are several. */
export const MIXED = 0xffffffff;

/** Values that `distinct` tells exactly where events are in panes. */
export const EXACT_DISTINCT = 512;
const FIRST_SLOTS = 64;

/** What an event brings to a pane. */
export interface Contribution {
  at: number;
  number: number;
  code: number;
  cell: number;
}

/** The panes of one measure of one entity. One object serves all: `load` turns it to another. */
export class Panes {
  readonly #slabs: Slabs;
  readonly #most: number;
  #rows: Rows | null = null;
  #measure: Measure | null = null;
  #address = 0;
  f64: Float64Array = new Float64Array(0);
  u32: Uint32Array = new Uint32Array(0);
  #word = 0;

  /** `most`: values that `distinct` tells exactly. */
  constructor(slabs: Slabs, most: number = EXACT_DISTINCT) {
    this.#slabs = slabs;
    this.#most = most;
  }

  /** Turns to the panes of a measure; false where it has none. */
  load(rows: Rows, measure: Measure): boolean {
    this.#rows = rows;
    this.#measure = measure;
    const address = rows.spill === 0 ? 0 : ((this.#slabs.u32[pageOf(rows.spill)] as Uint32Array)[wordOf(rows.spill) * 2 + measure.place] as number);
    this.#view(address);
    return address !== 0;
  }

  /** Events at this time and before are in panes, later ones in rows; those at this very time may be in both. */
  get horizon(): number {
    return this.f64[this.#word + HORIZON] as number;
  }

  get count(): number {
    return this.u32[this.#word * 2 + COUNT] as number;
  }

  /** The word that a pane begins at. */
  pane(index: number): number {
    return this.#word + HEAD + index * PANE_WORDS;
  }

  /** Where `distinct` is exact: address of its table, or 0. */
  get seen(): number {
    return this.u32[this.#word * 2 + SEEN] as number;
  }

  get seenSlots(): number {
    return this.u32[this.#word * 2 + SEEN_SLOTS] as number;
  }

  get capacity(): number {
    return this.u32[this.#word * 2 + CAPACITY] as number;
  }

  /** Makes panes with this much room where there are none, for what comes from elsewhere. */
  open(capacity: number, horizon: number): void {
    const rows = this.#rows as Rows;
    if (rows.spill === 0) rows.setSpill(makeSpill(this.#slabs, rows.layout.measures.length));
    this.#make(capacity, horizon);
  }

  /** How many panes there are; those that are more than before must be set. */
  resize(count: number): void {
    this.u32[this.#word * 2 + COUNT] = count;
  }

  /** Says that values have been seen last at these times; takes over the use of each cell. */
  openSeen(slots: number, seen: readonly { readonly cell: number; readonly at: number }[]): void {
    this.#makeSeen(slots);
    for (const { cell, at } of seen) this.#see(cell, at, false);
  }

  /** Makes panes where there are none, and says that events up to `horizon` are in them. */
  reach(horizon: number): void {
    const rows = this.#rows as Rows;
    const measure = this.#measure as Measure;
    if (rows.spill === 0) rows.setSpill(makeSpill(this.#slabs, rows.layout.measures.length));
    if (this.#address === 0) {
      this.#make(4, horizon);
      const { aggregate, delay } = measure.spec;
      // Last sightings say nothing of windows that end in the past.
      if (aggregate === "distinct" && delay === 0) this.#makeSeen(FIRST_SLOTS);
    }
    this.f64[this.#word + HORIZON] = Math.max(this.horizon, horizon);
  }

  /** Takes an event into the pane of its time. A cell is held by whoever calls. */
  put(event: Contribution): void {
    if (this.seen === 0) {
      this.#putPane(event);
      return;
    }
    this.#see(event.cell, event.at, true);
  }

  /** Gives back everything. */
  drop(): void {
    const rows = this.#rows as Rows;
    const measure = this.#measure as Measure;
    for (let index = 0; index < this.count; index++) this.#release(index);
    if (this.seen !== 0) this.#dropSeen();
    this.#slabs.free(this.#address, HEAD + (this.u32[this.#word * 2 + CAPACITY] as number) * PANE_WORDS);
    (this.#slabs.u32[pageOf(rows.spill)] as Uint32Array)[wordOf(rows.spill) * 2 + measure.place] = 0;
    this.#address = 0;
  }

  /** Gives back the panes of times that are over; true where none is left. */
  expire(before: number): boolean {
    let gone = 0;
    while (gone < this.count && (this.f64[this.pane(gone) + NEWEST] as number) <= before) this.#release(gone++);
    if (gone > 0) {
      this.f64.copyWithin(this.pane(0), this.pane(gone), this.pane(this.count));
      this.u32[this.#word * 2 + COUNT] = this.count - gone;
    }
    return this.horizon <= before;
  }

  #putPane(event: Contribution): void {
    const measure = this.#measure as Measure;
    const wanted = Math.floor(event.at / measure.pane);
    let index = this.count;
    while (index > 0 && (this.f64[this.pane(index - 1) + INDEX] as number) > wanted) index--;
    if (index === 0 || this.f64[this.pane(index - 1) + INDEX] !== wanted) index = this.#insert(index, wanted, event) + 1;
    fold(this.f64, this.u32, this.pane(index - 1), measure, event, this.#rows as Rows);
  }

  /** A pane at an index, or lower by as many as are given up for it; gives where it is. */
  #insert(index: number, wanted: number, event: Contribution): number {
    const rows = this.#rows as Rows;
    const measure = this.#measure as Measure;
    let place = index;
    if (this.count === this.u32[this.#word * 2 + CAPACITY]) {
      const before = this.count;
      this.expire(rows.newest - measure.keep);
      place = Math.max(0, place - (before - this.count));
      if (this.count === this.u32[this.#word * 2 + CAPACITY]) this.#grow();
    }
    const word = this.pane(place);
    this.f64.copyWithin(word + PANE_WORDS, word, this.pane(this.count));
    this.f64.fill(0, word, word + PANE_WORDS);
    this.f64[word + INDEX] = wanted;
    this.f64[word + OLDEST] = event.at;
    this.f64[word + NEWEST] = event.at;
    this.u32[this.#word * 2 + COUNT] = this.count + 1;
    return place;
  }

  #grow(): void {
    const { f64, count } = this;
    const word = this.#word;
    const capacity = this.u32[word * 2 + CAPACITY] as number;
    const old = this.#address;
    this.#make(capacity * 2, this.horizon);
    this.f64.set(f64.subarray(word + HORIZON, word + HEAD + count * PANE_WORDS), this.#word + HORIZON);
    this.u32[this.#word * 2 + CAPACITY] = capacity * 2;
    this.#slabs.free(old, HEAD + capacity * PANE_WORDS);
  }

  #make(capacity: number, horizon: number): void {
    const rows = this.#rows as Rows;
    const address = this.#slabs.allocate(HEAD + capacity * PANE_WORDS);
    (this.#slabs.u32[pageOf(rows.spill)] as Uint32Array)[wordOf(rows.spill) * 2 + (this.#measure as Measure).place] = address;
    this.#view(address);
    this.f64.fill(0, this.#word, this.#word + HEAD);
    this.f64[this.#word + HORIZON] = horizon;
    this.u32[this.#word * 2 + CAPACITY] = capacity;
  }

  #view(address: number): void {
    this.#address = address;
    this.f64 = this.#slabs.f64[pageOf(address)] as Float64Array;
    this.u32 = this.#slabs.u32[pageOf(address)] as Uint32Array;
    this.#word = wordOf(address);
  }

  #release(index: number): void {
    const { values } = this.#rows as Rows;
    const measure = this.#measure as Measure;
    const integers = this.pane(index) * 2;
    const sketch = this.u32[integers + SKETCH] as number;
    if (sketch !== 0) (measure.spec.aggregate === "distinct" ? freeHll : freeSketch)(this.#slabs, sketch);
    if (measure.cell < 0 || measure.spec.aggregate === "distinct") return;
    for (const cell of [this.u32[integers + CELL] as number, this.u32[integers + OTHER_CELL] as number]) if (cell !== 0) values.release(cell);
  }

  #makeSeen(slots: number): void {
    const address = this.#slabs.allocate(slots * 2);
    const word = wordOf(address);
    (this.#slabs.f64[pageOf(address)] as Float64Array).fill(0, word, word + slots * 2);
    this.u32[this.#word * 2 + SEEN] = address;
    this.u32[this.#word * 2 + SEEN_SLOTS] = slots;
  }

  /** Keeps the last time of a value. A slot is an integer for the cell, a spare one, and the time. */
  #see(cell: number, at: number, retain: boolean): void {
    const address = this.seen;
    const slots = this.seenSlots;
    const integers = this.#slabs.u32[pageOf(address)] as Uint32Array;
    const times = this.#slabs.f64[pageOf(address)] as Float64Array;
    const word = wordOf(address);
    let slot = Math.imul(cell, 0x9e3779b1) >>> 7;
    for (;; slot++) {
      slot &= slots - 1;
      const held = integers[(word + slot * 2) * 2];
      if (held === cell) {
        times[word + slot * 2 + 1] = Math.max(times[word + slot * 2 + 1] as number, at);
        return;
      }
      if (held === 0) break;
    }
    // The first spare integer counts what is in the table.
    const count = (integers[word * 2 + 1] as number) + 1;
    if (retain && count * 2 > slots) {
      this.#rehash();
      this.put({ at, number: 0, code: 0, cell });
      return;
    }
    integers[word * 2 + 1] = count;
    integers[(word + slot * 2) * 2] = cell;
    times[word + slot * 2 + 1] = at;
    if (retain) (this.#rows as Rows).values.retain(cell);
  }

  /** Forgets values not seen for long; makes room for more, or panes of all where they are too many. */
  #rehash(): void {
    const rows = this.#rows as Rows;
    const before = rows.newest - (this.#measure as Measure).keep;
    const slots = this.seenSlots;
    const live: { cell: number; at: number }[] = [];
    eachSeen(this.#slabs, this.seen, slots, (cell, at) => {
      if (at > before) live.push({ cell, at });
      else rows.values.release(cell);
    });
    this.#slabs.free(this.seen, slots * 2);
    this.u32[this.#word * 2 + SEEN] = 0;
    if (live.length >= this.#most) {
      for (const { cell, at } of live.toSorted((a, b) => a.at - b.at)) {
        this.#putPane({ at, number: 0, code: 0, cell });
        rows.values.release(cell);
      }
      return;
    }
    this.#makeSeen(live.length * 4 > slots ? slots * 2 : slots);
    for (const { cell, at } of live) this.#see(cell, at, false);
  }

  #dropSeen(): void {
    eachSeen(this.#slabs, this.seen, this.seenSlots, (cell) => (this.#rows as Rows).values.release(cell));
    this.#slabs.free(this.seen, this.seenSlots * 2);
    this.u32[this.#word * 2 + SEEN] = 0;
  }
}

export function eachSeen(slabs: Slabs, address: number, slots: number, visit: (cell: number, at: number) => void): void {
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  const times = slabs.f64[pageOf(address)] as Float64Array;
  const word = wordOf(address);
  for (let slot = 0; slot < slots; slot++) {
    const cell = integers[(word + slot * 2) * 2] as number;
    if (cell !== 0) visit(cell, times[word + slot * 2 + 1] as number);
  }
}

function makeSpill(slabs: Slabs, measures: number): number {
  const address = slabs.allocate(spillWords(measures));
  const word = wordOf(address);
  (slabs.f64[pageOf(address)] as Float64Array).fill(0, word, word + spillWords(measures));
  return address;
}

/** Takes an event into the pane at a word. */
function fold(f64: Float64Array, u32: Uint32Array, word: number, measure: Measure, event: Contribution, rows: Rows): void {
  const integers = word * 2;
  const count = (u32[integers + EVENTS] as number) + 1;
  u32[integers + EVENTS] = count;
  const isNewest = event.at >= (f64[word + NEWEST] as number);
  const isOldest = count === 1 || event.at < (f64[word + OLDEST] as number);
  if (isNewest) f64[word + NEWEST] = event.at;
  if (isOldest) f64[word + OLDEST] = event.at;
  if (event.code !== 0) {
    const code = u32[integers + CODE] as number;
    u32[integers + CODE] = code === 0 || code === event.code ? event.code : MIXED;
  }
  const take = (value: number, cell: number): void => {
    f64[word + value] = event.number;
    const tag = measure.cell < 0 ? event.code : event.cell;
    if (measure.cell >= 0) {
      rows.values.retain(tag);
      if (u32[integers + cell] !== 0) rows.values.release(u32[integers + cell] as number);
    }
    u32[integers + cell] = tag;
  };
  switch (measure.spec.aggregate) {
    case "sum":
    case "average":
      addTo(f64, word, event.number);
      break;
    case "min":
    case "max":
      if (count === 1 || isBetter(f64, u32, word, measure, event, rows)) take(FIRST, CELL);
      break;
    case "stddev": {
      const off = event.number - (f64[word + FIRST] as number);
      const mean = count === 1 ? event.number : (f64[word + FIRST] as number) + off / count;
      f64[word + FIRST] = mean;
      if (count > 1) f64[word + SECOND] = (f64[word + SECOND] as number) + off * (event.number - mean);
      break;
    }
    case "percentile":
      u32[integers + SKETCH] = addValue(rows.slabs, u32[integers + SKETCH] as number, event.number);
      break;
    case "distinct":
      u32[integers + SKETCH] = addHash(rows.slabs, u32[integers + SKETCH] as number, rows.values.low(event.cell), rows.values.high(event.cell));
      break;
    default:
      if (measure.number < 0 && measure.cell < 0) break;
      if (isNewest) take(FIRST, CELL);
      if (isOldest) take(SECOND, OTHER_CELL);
  }
}

/** Neumaier's sum (ZAMM 54, 1974): what a rounded addition loses is kept beside it. */
function addTo(f64: Float64Array, word: number, amount: number): void {
  const sum = f64[word + FIRST] as number;
  const next = sum + amount;
  const lost = Math.abs(sum) >= Math.abs(amount) ? sum - next + amount : amount - next + sum;
  f64[word + FIRST] = next;
  f64[word + SECOND] = (f64[word + SECOND] as number) + lost;
}

function isBetter(f64: Float64Array, u32: Uint32Array, word: number, measure: Measure, event: Contribution, { values }: Rows): boolean {
  const sign = measure.spec.aggregate === "min" ? 1 : -1;
  if (measure.cell < 0) return sign * ((f64[word + FIRST] as number) - event.number) >= 0;
  return sign * measure.spec.compare(values.value(u32[word * 2 + CELL] as number), values.value(event.cell)) >= 0;
}
