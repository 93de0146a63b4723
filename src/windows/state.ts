import type { Missing, Value } from "../types/value.ts";
import type { WindowSpec } from "./spec.ts";

/** One distinct definition over a log. Features of equal identity share it, whatever their names. */
export interface Measure {
  readonly spec: WindowSpec;
  /** Stays the same across reloads for as long as the state does, and is never used again. */
  readonly serial: number;
  /** Index among the measures of the log. */
  readonly place: number;
  /** Where an event is marked as counted: which number of its row, which bit of that. */
  readonly mask: number;
  readonly bit: number;
  /** Which number of the row is folded: a number, or the minor units of money. -1 for none. */
  readonly number: number;
  /** Which cell of the row is folded: any other value, its key for `distinct`, or the currency of money. -1 for none. */
  readonly cell: number;
  /**
   * Events this many milliseconds older than the newest of their entity are not seen. Taken from the measure alone and
   * not from its log, so that a value never depends on what other features there are.
   */
  readonly keep: number;
  /** For reads away from the cursor; holds nothing between two reads. */
  readonly scratch: Accumulator | null;
}

/** How the rows of a log are laid out; an entity holds the one it was last written with. */
export interface Layout {
  readonly measures: readonly Measure[];
  /** Numbers in a row: the time, the masks, then those of the measures. */
  readonly stride: number;
  readonly masks: number;
  /** Cells in a row. */
  readonly width: number;
}

/** A feature as it is read: a measure and the answers that carry its name. */
export interface Feature {
  readonly name: string;
  readonly measure: Measure;
  /** What the aggregate of no event is. */
  readonly empty: Value | Missing;
  readonly keyMissing: Missing;
  readonly mixed: Missing;
  readonly few: Missing;
  readonly still: Missing;
}

/**
 * Events of one entity, oldest first, equal times in order of arrival. Each is a row of numbers and a row of cells; the
 * rows lie one after the other in two arrays, since a read costs the lines of memory that it touches. A *position*
 * counts events from the first that ever was: it is the index of the row plus `base`, so that letting go of old events
 * moves none.
 */
export interface Rows {
  readonly base: number;
  readonly layout: Layout;
  readonly numbers: readonly number[];
  readonly cells: readonly Value[];
}

/**
 * The fold of a window that moves forward: events enter at the new end and leave at the old end, both in time order.
 * An accumulator keeps no closure of a program, so that it may outlive the program; the measure is handed in.
 */
export interface Accumulator {
  add(measure: Measure, rows: Rows, position: number): void;
  remove(measure: Measure, rows: Rows, position: number): void;
  clear(): void;
  /**
   * The value over the positions `from` up to `to`, of which `count`, at least one, were added and not removed, and no
   * others.
   */
  result(feature: Feature, rows: Rows, from: number, to: number, count: number): Value | Missing;
}
