import type { LocatedDiagnostic } from "../text/json.ts";
import type { StageName, StageTime } from "./build.ts";
import type { Part } from "./parts.ts";

/*
 * What the main thread and the build worker say to each other. The worker posts one message for each it gets, so that
 * the main thread never has two to receive at once and other work comes between them.
 */

export type ToWorker =
  /** Build the folder, if it holds anything new since the last build. */
  | { readonly kind: "build"; readonly folder: string; /** What need not be sent where the surroundings are these; null for nothing. */ readonly holds: Holds | null }
  /** Send the next parts of the program. */
  | { readonly kind: "next" };

/** What the main thread has of the program that it linked last: all lists and rates, and what has these keys. */
export interface Holds {
  readonly surroundings: string;
  readonly keys: readonly string[];
}

export type FromWorker =
  | { readonly kind: "unchanged" }
  | ({ readonly kind: "analysed"; /** See `Memory.surroundings`. */ readonly surroundings: string } & Findings)
  /** `last` where no more follow. */
  | { readonly kind: "parts"; readonly parts: readonly Part[]; readonly last: boolean };

/** What is known of a build before its program is there. */
export interface Findings {
  readonly version: string | null;
  /** At most `MAX_DIAGNOSTICS`. */
  readonly diagnostics: readonly LocatedDiagnostic[];
  /** How many more there are. */
  readonly omitted: number;
  readonly stages: readonly StageTime[];
  /** Whether warnings were looked for. */
  readonly looked: boolean;
  /** The stage with the first error; null when a program follows. */
  readonly failed: StageName | null;
}
