/*
 * What the log of a service holds. One record is one row: an event stands in it together with its decision, so neither
 * can be there without the other.
 */

/** An event that was decided; one that was only counted; an edit of a managed list by hand; a label put on an event. */
export type RecordKind = "decided" | "observed" | "list" | "label";

/** A record as it is handed in. Texts are JSON unless said otherwise. */
export interface LogRecord {
  readonly kind: RecordKind;
  /** Event type; the name of the list for an edit; empty for a label. Plain text. */
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
}

/** A record in its place. */
export interface StoredRecord extends Omit<LogRecord, "marks"> {
  /** Counts all records of the data folder from 1, without gaps but for those that retention has taken. */
  readonly seq: number;
}

/** One change of a managed list: until when the entry stays, null for ever, false for its removal. */
export type ListEdit = readonly [list: string, key: string | number | boolean, until: number | null | false];

/** Takes records in. */
export interface Journal {
  /** The number of the newest record; the next one gets this plus one. */
  readonly last: number;
  /** Time of the newest record's arrival. */
  readonly received: number;
  /** Puts a record in its place at once; it is durable once `committed` of its number says so. */
  append(record: LogRecord): void;
}
