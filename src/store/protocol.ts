import type { Durability } from "./schema.ts";
import type { LogRecord } from "./record.ts";
import type { Term } from "./terms.ts";

/** What the writing thread is started with. */
export interface WriterStart {
  readonly folder: string;
  readonly durability: Durability;
}

/** Records in a row, from `seq` on. */
export interface Batch {
  readonly seq: number;
  readonly records: readonly LogRecord[];
  /** The same records as a segment, without its checksum. */
  readonly segment: Uint8Array;
  /** Time of the newest event among them. */
  readonly newest: number;
  /** What the segment is the first to refer to. */
  readonly terms: readonly Term[];
}

/** A piece of a snapshot; `bytes` is null after the last one. */
export interface Piece {
  readonly snapshot: number;
  readonly number: number;
  /** The newest record that the snapshot knows. */
  readonly seq: number;
  /** What the piece is a piece of. */
  readonly part: SnapshotPart;
  readonly bytes: Uint8Array | null;
}

/** A snapshot tells which features it has, then what stands behind features and rules, then the ids of the last day. */
export type SnapshotPart = "plan" | "windows" | "ids";

/** A set of rules that has become active. */
export interface Activation {
  readonly version: string;
  /** The newest record before it. */
  readonly seq: number;
  /** When, by the wall clock, in milliseconds since 1970. */
  readonly at: number;
  /** The rule files as they were. */
  readonly files: readonly { readonly path: string; /** Or its bytes in UTF-8. */ readonly text: string | Uint8Array }[];
  /** The IR of its features with the schemas of their events, by `v8.serialize`. */
  readonly features: Uint8Array;
}

/** What to forget: records that arrived before a time, and the oldest beyond a size of the file in bytes. */
export interface Retention {
  readonly before: number;
  readonly bytes: number;
  /** The time of now: entries of lists that have expired go too. */
  readonly now?: number;
}

export type ToWriter =
  | { readonly kind: "append"; readonly batch: Batch }
  | { readonly kind: "piece"; readonly piece: Piece }
  | { readonly kind: "activated"; readonly activation: Activation }
  | { readonly kind: "prune"; readonly retention: Retention }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "open"; readonly last: number; readonly received: number; readonly seed: number; readonly terms: readonly Term[] }
  | { readonly kind: "refused"; readonly code: "format" | "sqlite" | "unusable"; readonly message: string }
  | { readonly kind: "committed"; readonly last: number; readonly seconds: number }
  | { readonly kind: "piece" }
  | { readonly kind: "activated" }
  | { readonly kind: "pruned"; readonly records: number; readonly more: boolean; readonly bytes: number; readonly held: boolean }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "closed" };
