import type { Part } from "../rulesets/parts.ts";
import type { LogId } from "../windows/spec.ts";

/*
 * What the service and the filling worker say to each other. The worker answers each message with one, so that the service
 * never has two to receive at once.
 */

/** Which windows are filled, and from what. */
export interface Task {
  /** The data folder. */
  readonly folder: string;
  readonly logs: readonly LogId[];
  /** Event time before which no event is needed. */
  readonly since: number;
  /** Bytes that the windows may take; the default of the windows unless given. */
  readonly budget: number | null;
  /** Of the windows that take up what comes of it. */
  readonly seed: number;
}

export type ToFiller =
  /** A part of the program whose windows are filled; its rules are not needed. */
  | { readonly kind: "part"; readonly part: Part }
  | { readonly kind: "begin"; readonly task: Task }
  /** Read on for a while. */
  | { readonly kind: "fold" }
  /** Hand over the next piece of what came of it. */
  | { readonly kind: "piece" };

export type FromFiller =
  | { readonly kind: "taken" }
  /** Events so far; the newest record that was looked at, and whether it is the last one. */
  | { readonly kind: "folded"; readonly events: number; readonly last: number; readonly done: boolean }
  | { readonly kind: "piece"; readonly bytes: Uint8Array }
  | { readonly kind: "end" };
