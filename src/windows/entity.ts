import type { Value } from "../types/value.ts";
import { bitOf, maskOf } from "./measure.ts";
import type { Layout, Rows, Window } from "./state.ts";

/** What one event leaves in a log, by mask and by column. */
export interface Row {
  readonly masks: number[];
  readonly values: Value[];
}

/** The events of one entity in a log, and the cursors over them. */
export class Entity implements Rows {
  base = 0;
  /** Never empty once the entity is in a log; the last one is the newest time. */
  times: number[] = [];
  masks: number[][];
  columns: Value[][];
  /** Cursors by place of the measure; null until first read. */
  windows: (Window | null)[];
  layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
    this.masks = Array.from({ length: layout.masks }, () => []);
    this.columns = Array.from({ length: layout.width }, () => []);
    this.windows = layout.serials.map(() => null);
  }

  get newest(): number {
    return this.times[this.times.length - 1] as number;
  }

  /** Takes in an event where its time belongs, after those of equal time, and gives its position. */
  record(at: number, row: Row): number {
    const size = this.times.length;
    if (size > 0 && at < this.newest) return this.#insert(at, row);
    this.times.push(at);
    for (let mask = 0; mask < this.masks.length; mask++) this.masks[mask]?.push(row.masks[mask] as number);
    for (let column = 0; column < this.columns.length; column++) this.columns[column]?.push(row.values[column] as Value);
    return this.base + size;
  }

  /**
   * Lets go of events at or before the time once they are at least half of all, so that each event is moved only a few
   * times in its life. Gives the number let go of.
   */
  trim(before: number): number {
    const { times } = this;
    if ((times[times.length >> 1] as number) > before) return 0;
    const count = firstAfter(times, before);
    this.base += count;
    this.times = times.slice(count);
    this.masks = this.masks.map((mask) => mask.slice(count));
    this.columns = this.columns.map((column) => column.slice(count));
    return count;
  }

  /** Moves to another layout: measures of a known serial keep marks, values and cursor, others count no event so far. */
  migrate(layout: Layout): void {
    const old = this.layout;
    const size = this.times.length;
    const masks = Array.from({ length: layout.masks }, () => zeros(size));
    const columns = Array.from({ length: layout.width }, (): Value[] => []);
    const windows: (Window | null)[] = [];
    for (const [place, serial] of layout.serials.entries()) {
      const source = old.serials.indexOf(serial);
      const column = layout.columns[place] as number;
      windows.push(source < 0 ? null : (this.windows[source] as Window | null));
      if (source >= 0) copyMarks(this.masks, source, masks, place);
      if (column < 0) continue;
      columns[column] = source < 0 ? nulls(size) : (this.columns[old.columns[source] as number] as Value[]);
    }
    this.masks = masks;
    this.columns = columns;
    this.windows = windows;
    this.layout = layout;
  }

  #insert(at: number, row: Row): number {
    const index = firstAfter(this.times, at);
    this.times.splice(index, 0, at);
    for (let mask = 0; mask < this.masks.length; mask++) this.masks[mask]?.splice(index, 0, row.masks[mask] as number);
    for (let column = 0; column < this.columns.length; column++) {
      this.columns[column]?.splice(index, 0, row.values[column] as Value);
    }
    const position = this.base + index;
    // A cursor that is already past this position has positions and a fold that no longer hold.
    for (const window of this.windows) if (window !== null && position < window.to) window.dirty = true;
    return position;
  }
}

/** Index of the first time later than `time`; times ascend. */
export function firstAfter(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyMarks(from: readonly number[][], source: number, to: readonly number[][], place: number): void {
  const read = from[maskOf(source)] as number[];
  const write = to[maskOf(place)] as number[];
  const readBit = bitOf(source);
  const writeBit = bitOf(place);
  for (let index = 0; index < read.length; index++) {
    if (((read[index] as number) & readBit) !== 0) write[index] = (write[index] as number) | writeBit;
  }
}

// Filled by pushing: an array made with its length stays "holey" for V8 and is slower ever after.
function zeros(size: number): number[] {
  const array: number[] = [];
  for (let index = 0; index < size; index++) array.push(0);
  return array;
}

function nulls(size: number): Value[] {
  const array: Value[] = [];
  for (let index = 0; index < size; index++) array.push(null);
  return array;
}
