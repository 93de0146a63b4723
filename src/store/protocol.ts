import type { Durability } from "./schema.ts";
import type { LogRecord } from "./record.ts";

/** What the writing thread is started with. */
export interface WriterStart {
  readonly folder: string;
  readonly durability: Durability;
}

/** Records in a row, from `seq` on. */
export interface Batch {
  readonly seq: number;
  readonly records: readonly LogRecord[];
}

/** A piece of a snapshot; `bytes` is null after the last one. */
export interface Piece {
  readonly snapshot: number;
  readonly number: number;
  /** The newest record that the snapshot knows. */
  readonly seq: number;
  readonly bytes: Uint8Array | null;
}

/** What to forget: records that arrived before a time, and the oldest beyond a size of the file in bytes. */
export interface Retention {
  readonly before: number;
  readonly bytes: number;
}

export type ToWriter =
  | { readonly kind: "append"; readonly batch: Batch }
  | { readonly kind: "piece"; readonly piece: Piece }
  | { readonly kind: "prune"; readonly retention: Retention }
  | { readonly kind: "close" };

export type FromWriter =
  | { readonly kind: "open"; readonly last: number; readonly received: number }
  | { readonly kind: "refused"; readonly code: "format" | "sqlite" | "unusable"; readonly message: string }
  | { readonly kind: "committed"; readonly last: number; readonly seconds: number }
  | { readonly kind: "piece" }
  | { readonly kind: "pruned"; readonly records: number; readonly more: boolean; readonly bytes: number }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "closed" };
