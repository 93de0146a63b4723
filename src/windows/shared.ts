import type { Log } from "./log.ts";
import type { Panes } from "./panes.ts";
import type { Rows } from "./rows.ts";
import type { Slabs } from "./slabs.ts";
import type { Values } from "./values.ts";

/** What all logs of a store have in common. */
export interface Shared {
  readonly slabs: Slabs;
  readonly values: Values;
  readonly panes: Panes;
  readonly counts: Counts;
  /** Events of a key and window that are kept one by one. */
  readonly exact: number;
  readonly maxKeys: number;
  seed: number;
  /** Number of the event at hand. */
  arrival: number;
  /** The snapshot that is being taken: what changes is written down first. */
  keeper: Keeper | null;
}

/** Writes entities down before they change. */
export interface Keeper {
  /** What entities that it has are marked with; above 0. */
  readonly number: number;
  take(log: Log, entity: number): void;
}

/** Counted over the life of the store, for metrics. */
export interface Counts {
  /** Recordings of an event that was older than the newest of its entity; an event counts once for each log. */
  late: number;
  /** Those that were older by more than a feature of the log allows for. */
  tooLate: number;
  /** Events that were not recorded, being older than all that is kept. */
  dropped: number;
  expired: number;
  evicted: number;
}

/** In place of a row that windows end before: none, they have all. A whole number, since one that is none makes reading dearer. */
export const ALL_ROWS = 2 ** 30 - 1;

/** The event at hand, as a log meets it. */
export interface Current {
  /** Undefined when a part of the key is missing, null when nothing is recorded for the key. */
  entity: Rows | null | undefined;
  /** Row that it was put into, or `ALL_ROWS`. */
  index: number;
  /** Number of the arrival that this is about. */
  arrival: number;
  /** How much older it was than the newest of its entity. */
  behind: number;
}
