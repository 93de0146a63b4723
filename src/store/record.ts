import type { EventSchema } from "../types/schema.ts";
import type { Missing, Value } from "../types/value.ts";

/*
 * What the log of a service holds. One record is one row: an event stands in it together with its decision, so neither
 * can be there without the other. Beside the rows stand the segments, see `segment.ts`: what the windows are rebuilt from.
 */

/** An event that was decided; one that was only counted; an edit of a managed list by hand; a label put on an event. */
export type RecordKind = "decided" | "observed" | "list" | "label";

/** A record as it is handed in. Texts are JSON unless said otherwise. */
export interface LogRecord {
  readonly kind: RecordKind;
  /** Event type, also of the event that a label is put on; the name of the list for an edit. Plain text. */
  readonly type: string;
  /** The `@id` of the event as plain text, null where the type has none. */
  readonly eventId: string | null;
  /** Time of the event, in milliseconds since 1970. */
  readonly at: number;
  /** When it arrived by the wall clock, never before the record ahead of it; in milliseconds since 1970. */
  readonly received: number;
  /** Version of the rules that it met, plain text. */
  readonly version: string;
  /** The event with what its envelope filled in; the edit; the label. */
  readonly body: string;
  /** What the decision did to managed lists: `ListEdit[]`, or null for nothing. */
  readonly edits: string | null;
  /** UUID of the decision, null where there is none. Plain text. */
  readonly decisionId: string | null;
  readonly decision: string | null;
  /** Values of the features that the decision read, by name; null where it read none. */
  readonly features: string | null;
  /** What it is found by, see `marks.ts`. */
  readonly marks: readonly string[];
  /** With a label: the text of it, and the number of the event that it is put on. */
  readonly label?: { readonly text: string; readonly seq: number };
}

/** A record in its place. */
export interface StoredRecord extends Omit<LogRecord, "marks" | "label"> {
  /** Counts all records of the data folder from 1, without gaps but for those that retention has taken. */
  readonly seq: number;
}

/** What a record changes beside the log, as it is needed to take the event up again: nothing is decided anew for that. */
export interface Fold {
  readonly schema: EventSchema;
  /** The event: field i of the schema at index i; what stands behind the fields is not looked at. */
  readonly frame: readonly (Value | Missing | undefined)[];
  /** Hash of type and `@id`, see `idhash.ts`; null for an event without an id. */
  readonly id: IdHash | null;
  /** What became of the states of rules, in the order in which it came about. */
  readonly states: readonly StateChange[];
}

/** 64 bits. */
export interface IdHash {
  readonly low: number;
  readonly high: number;
}

/** The state of a rule for an entity, as it is after an event. */
export type StateChange =
  | {
      readonly kind: "held";
      /** Names the state, see `HoldProgram`. */
      readonly state: string;
      readonly entity: string | number;
      readonly newest: number;
      readonly since: number | null;
      readonly clearSince: number | null;
      readonly latched: boolean;
    }
  | { readonly kind: "cooled"; readonly state: string; readonly entity: string | number; readonly at: number; readonly until: number };

/** One change of a managed list: until when the entry stays, null for ever, false for its removal. */
export type ListEdit = readonly [list: string, key: string | number | boolean, until: number | null | false];

/** Takes records in. */
export interface Journal {
  /** The number of the newest record; the next one gets this plus one. */
  readonly last: number;
  /** Time of the newest record's arrival. */
  readonly received: number;
  /** Of this data folder, for the hashes of ids. */
  readonly seed: number;
  /** Puts a record in its place at once; it is durable once `committed` of its number says so. `fold` is null for what is no event. */
  append(record: LogRecord, fold: Fold | null): void;
}
