import type { Missing, Value } from "../types/value.ts";
import type { WindowSpec } from "./spec.ts";

/** One distinct definition over a log. Features of equal identity share it, whatever their names. */
export interface Measure {
  readonly spec: WindowSpec;
  /** Stays the same across reloads for as long as the state does, and is never used again. */
  readonly serial: number;
  /** Index among the measures of the log. */
  readonly place: number;
  /** Where an event is marked as counted: which mask, which bit. */
  readonly mask: number;
  readonly bit: number;
  /** Which column holds what is folded, or -1 where marks are enough. */
  readonly column: number;
  /** Stands in the column for an event that is not counted. */
  readonly filler: Value;
  /**
   * Events this many milliseconds older than the newest of their entity are not seen. Taken from the measure alone and
   * not from its log, so that a value never depends on what other features there are.
   */
  readonly keep: number;
  /** For reads away from the cursor; holds nothing between two reads. */
  readonly scratch: Accumulator;
}

/** How the rows of a log are laid out; an entity holds the one it was last written with. */
export interface Layout {
  /** Serials of the measures by place. */
  readonly serials: readonly number[];
  /** Columns of the measures by place, -1 for none. */
  readonly columns: readonly number[];
  readonly width: number;
  readonly masks: number;
}

/** A feature as it is read: a measure and the answers that carry its name. */
export interface Feature {
  readonly name: string;
  readonly measure: Measure;
  /** What the aggregate of no event is. */
  readonly empty: Value | Missing;
  readonly keyMissing: Missing;
  readonly mixed: Missing;
}

/**
 * Events of one entity, oldest first, equal times in order of arrival; a struct of arrays. A *position* counts events
 * from the first that ever was: it is the index in the arrays plus `base`, so that letting go of old events moves none.
 */
export interface Rows {
  readonly base: number;
  readonly times: readonly number[];
  /** By mask, then by event: a bit for each measure that counts the event. */
  readonly masks: readonly (readonly number[])[];
  /** By column, then by event. */
  readonly columns: readonly (readonly Value[])[];
}

/** The window of one measure over one entity, as a cursor that moves forward in time. */
export interface Window {
  /** Positions in the window: `from` up to, not including, `to`. */
  from: number;
  to: number;
  /** The event time it stands at. */
  at: number;
  /** Must be folded anew before it is used. */
  dirty: boolean;
  readonly fold: Accumulator;
}

/**
 * The fold of a window that moves forward: events enter at the new end and leave at the old end, both in time order.
 * An accumulator keeps no closure of a program, so that it may outlive the program; the spec is handed in.
 */
export interface Accumulator {
  add(spec: WindowSpec, value: Value, position: number): void;
  remove(value: Value, position: number): void;
  clear(): void;
  /** The value over the positions `from` up to `to`, which must be exactly those that were added and not removed. */
  result(feature: Feature, rows: Rows, from: number, to: number): Value | Missing;
}
