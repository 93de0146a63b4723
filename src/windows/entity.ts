import type { Value } from "../types/value.ts";
import type { Accumulator, Layout, Measure, Rows } from "./state.ts";

/** What one event leaves in a log. */
export interface Row {
  readonly numbers: number[];
  readonly cells: Value[];
}

/** Numbers of a cursor: the positions that a window begins at and ends before, and how many between them count. */
export const CURSOR = 3;

/** In place of the position that a window begins at: the cursor must be set anew before it is used. */
export const DIRTY = -1;

/** Events between two looks at whether old ones can go: a look costs a line of memory that nothing else needs. */
export const TRIM_INTERVAL = 8;

/** The events of one entity in a log, and the cursors over them. Never without an event once it is in a log. */
export class Entity implements Rows {
  base = 0;
  size = 0;
  numbers: number[] = [];
  cells: Value[] = [];
  /** By place of the measure, `CURSOR` numbers each. */
  cursors: number[] = [];
  /** By place of the measure; null until first read, and where the cursor says all. */
  folds: (Accumulator | null)[] = [];
  layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
    for (let place = 0; place < layout.measures.length; place++) this.#addCursor();
  }

  get newest(): number {
    return this.time(this.size - 1);
  }

  time(index: number): number {
    return this.numbers[index * this.layout.stride] as number;
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

  /** Takes in an event where its time, the first number, belongs, after those of equal time; gives its position. */
  record(row: Row): number {
    const at = row.numbers[0] as number;
    const index = this.size > 0 && at < this.newest ? this.firstAfter(at) : this.size;
    if (index < this.size) this.#insert(index, row);
    else {
      for (let number = 0; number < row.numbers.length; number++) this.numbers.push(row.numbers[number] as number);
      for (let cell = 0; cell < row.cells.length; cell++) this.cells.push(row.cells[cell] as Value);
    }
    this.size++;
    return this.base + index;
  }

  /**
   * Lets go of events at or before the time once they are at least half of all, so that each event is moved only a few
   * times in its life. Gives the number let go of.
   */
  trim(before: number): number {
    if (this.size % TRIM_INTERVAL !== 0 || this.time(this.size >> 1) > before) return 0;
    const count = this.firstAfter(before);
    this.base += count;
    this.size -= count;
    this.numbers = this.numbers.slice(count * this.layout.stride);
    this.cells = this.cells.slice(count * this.layout.width);
    return count;
  }

  /** Moves to another layout: measures of a known serial keep marks, values and cursor, others count no event so far. */
  migrate(layout: Layout): void {
    const old: Rows = { base: this.base, layout: this.layout, numbers: this.numbers, cells: this.cells };
    this.layout = layout;
    if (sameSerials(old.layout, layout)) return;
    const { cursors, folds } = this;
    const sources = layout.measures.map(({ serial }) => old.layout.measures.find((each) => each.serial === serial));
    this.numbers = [];
    this.cells = [];
    this.cursors = [];
    this.folds = [];
    for (const source of sources) {
      this.#addCursor();
      if (source === undefined) continue;
      this.cursors.splice(-CURSOR, CURSOR, ...cursors.slice(source.place * CURSOR, (source.place + 1) * CURSOR));
      this.folds.splice(-1, 1, folds[source.place] ?? null);
    }
    for (let index = 0; index < this.size; index++) this.#copy(old, index, sources);
  }

  #addCursor(): void {
    this.cursors.push(DIRTY, 0, 0);
    this.folds.push(null);
  }

  #insert(index: number, { numbers, cells }: Row): void {
    this.numbers.splice(index * numbers.length, 0, ...numbers);
    this.cells.splice(index * cells.length, 0, ...cells);
    // A cursor that is already past this place has positions and a fold that no longer hold.
    for (let cursor = 0; cursor < this.cursors.length; cursor += CURSOR) {
      if (this.base + index < (this.cursors[cursor + 1] as number)) this.cursors[cursor] = DIRTY;
    }
  }

  /** Appends a row of another layout; `sources` says by place which measure there was the same. */
  #copy(old: Rows, index: number, sources: readonly (Measure | undefined)[]): void {
    const { layout } = this;
    const row = index * old.layout.stride;
    const start = index * layout.stride;
    this.numbers.push(old.numbers[row] as number);
    for (let number = 1; number < layout.stride; number++) this.numbers.push(0);
    for (let cell = 0; cell < layout.width; cell++) this.cells.push(null);
    for (const { place, mask, bit, number, cell } of layout.measures) {
      const source = sources[place];
      if (source === undefined || ((old.numbers[row + source.mask] as number) & source.bit) === 0) continue;
      this.numbers[start + mask] = (this.numbers[start + mask] as number) | bit;
      if (number >= 0) this.numbers[start + number] = old.numbers[row + source.number] as number;
      if (cell >= 0) this.cells[index * layout.width + cell] = old.cells[index * old.layout.width + source.cell] as Value;
    }
  }
}

/** A number and a cell follow from the measures before, so that layouts of equal serials are equal but for closures. */
function sameSerials(a: Layout, b: Layout): boolean {
  return a.measures.length === b.measures.length && a.measures.every(({ serial }, place) => serial === b.measures[place]?.serial);
}
