import type { Missing, Value } from "../types/value.ts";

/** The values of one event and what is computed from it, by slot; unset slots hold `undefined`. */
export type Frame = (Value | Missing | undefined)[];

export type Aggregate =
  | "count"
  | "sum"
  | "average"
  | "min"
  | "max"
  | "distinct"
  | "last"
  | "exists"
  /** The oldest, as `last` is the newest. */
  | "first"
  /** The newest value less the oldest. */
  | "change"
  /** Sample standard deviation. */
  | "stddev"
  /** The least value that at least so many per cent of all do not exceed (nearest rank). */
  | "percentile"
  /** Events a second of the window; with a value, its change from oldest to newest by the seconds between them. */
  | "rate";

/** How far a value is to be trusted. */
export interface Quality {
  /** The part of the window, 0 to 1, over which all events were counted: since the feature began and memory allowed. */
  readonly coverage: number;
  /** Whether events beyond those that are kept one by one are in it, in panes: see `Blend` for how exact it is. */
  readonly approx: boolean;
  /** Whether the event came later than its feature allows, so that a part of its window may have been forgotten. */
  readonly late: boolean;
  /** Whether the budget may have taken events of the window. */
  readonly evicted: boolean;
}

/** Of a value that leaves nothing to be wished for. */
export const WHOLE: Quality = Object.freeze({ coverage: 1, approx: false, late: false, evicted: false });

/** Whether all of the window was seen: nothing of it is from before counting began, evicted or forgotten. */
export function isSeen({ coverage, late, evicted }: Quality): boolean {
  return coverage === 1 && !late && !evicted;
}

/** How late an event may come unless its feature says otherwise. */
export const LATENESS_MS = 300_000;

/** One feature as its window state needs it. */
export interface WindowSpec {
  /** Feature name as declared; unique in a rule set. */
  readonly name: string;
  /**
   * Hash of the meaning of the definition (not of its text or name): two specs of equal identity compute the same
   * values, so state may pass from one to the other across a reload.
   */
  readonly identity: string;
  /** Event type that is folded in. */
  readonly source: string;
  /** Key fields, in the order declared. Features with equal source and keys share the log of an entity. */
  readonly keys: readonly string[];
  readonly aggregate: Aggregate;
  /** The per cent of `percentile`, above 0 and at most 100; null for the others. */
  readonly argument: number | null;
  /** How values are added up; `none` where the aggregate takes no value, `other` where they are only compared or kept. */
  readonly domain: "none" | "number" | "money" | "other";
  /** Window length in milliseconds, above 0. */
  readonly over: number;
  /** `ending … ago`: both ends of the window lie this many milliseconds earlier; 0 or more. */
  readonly delay: number;
  /** How late an event may come and still meet a whole window, in milliseconds; `LATENESS_MS` unless given. */
  readonly lateness?: number;
  /** Whether the event being decided is left out of its own window. */
  readonly excludingCurrent: boolean;
  /** Whether an event (its frame) belongs in the window; null when all do. */
  readonly where: ((frame: Frame) => boolean) | null;
  /** The value an event brings; an event whose value is missing is not folded. Null for bare `count`, `exists`, `last`. */
  readonly value: ((frame: Frame) => Value | Missing) | null;
  /**
   * Names what `value` gives: specs over one source of equal `column` keep one value for an event between them. Unless
   * given the value is kept for this spec alone.
   */
  readonly column?: string;
  /** Text that stands for a value in `distinct`: equal values, equal text or number. */
  readonly key: (value: Value) => string | number;
  /** Orders values for `min` and `max`: negative when a is less. */
  readonly compare: (a: Value, b: Value) => number;
}

/** Stands for one entity in a log: equal values of its key fields, equal key. */
export type EntityKey = string | number;

/** How one event type meets one entity log: where its key stands in the frame, and whether the log records it. */
export interface LogAccess {
  /** Index of the log in `WindowPlan.logs`. */
  readonly log: number;
  /** Turns the frame into the entity key, or undefined when a part of the key is missing. */
  readonly entity: (frame: Frame) => EntityKey | undefined;
  /** True when the event type is the source of the log. */
  readonly records: boolean;
}

/** All features over one source event and one key. */
export interface LogSpec {
  readonly source: string;
  readonly keys: readonly string[];
  /** Indexes into `WindowPlan.features`. */
  readonly features: readonly number[];
}

/** Every window of a program. The indexes of `features` are the feature numbers that the program reads by. */
export interface WindowPlan {
  readonly features: readonly WindowSpec[];
  readonly logs: readonly LogSpec[];
  /** By event type, the logs that it records into or that a feature visible to it reads. */
  readonly access: ReadonlyMap<string, readonly LogAccess[]>;
  /** By event type, the slots that recording it looks at, for who fills frames for nothing else; all slots unless given. */
  readonly reads?: ReadonlyMap<string, readonly number[]>;
}

/** Names a log across programs: its source and the fields of its key. */
export type LogId = string;

export function logId({ source, keys }: Pick<LogSpec, "source" | "keys">): LogId {
  return JSON.stringify([source, ...keys]);
}
