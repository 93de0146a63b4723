import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import type { Desk } from "../engine/desk.ts";
import type { Reading } from "../engine/inspect.ts";
import type { ManagedLists } from "../engine/lists.ts";
import type { SnapshotStats } from "../engine/snapshotter.ts";
import type { Registry } from "../rulesets/registry.ts";
import type { Store } from "../store/store.ts";
import type { Telemetry } from "../telemetry/setup.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import type { SourceFile } from "../text/source.ts";

/** How far the log was read at the start. Only once it is `done` are events taken. */
export interface Recovery {
  readonly status: "waiting" | "reading" | "done" | "failed";
  readonly records: number;
  readonly total: number;
}

/** What the routes work on: the parts of the service that they reach, and no more of each than they use. */
export interface Rooms {
  readonly desk: Pick<Desk, "decide" | "observe" | "recall" | "scan">;
  /** Null where the service keeps nothing. */
  readonly store: Pick<Store, "append" | "committed" | "labelled" | "room" | "last" | "received" | "state" | "stats"> & {
    readonly reader: Pick<Store["reader"], "decision" | "decisions">;
  } | null;
  readonly recovery: () => Recovery;
  /** How far the log is from its last snapshot; null where none is made. */
  readonly snapshots: () => SnapshotStats | null;
  readonly registry: Pick<Registry, "active" | "status" | "reload">;
  /** State behind features. */
  readonly windowStats: () => Readonly<Record<string, unknown>>;
  /** See `inspectFeature`. */
  readonly readFeature: (program: Program, name: string, texts: readonly string[], at: number) => Reading;
  readonly lists: Pick<ManagedLists, "entries" | "put" | "remove">;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, "instruments" | "tracing" | "scrape">;
  /** Checks sources away from the event loop; null when it is too busy or takes too long. */
  readonly check: (files: readonly SourceFile[], data: ReadonlyMap<string, string>) => Promise<readonly Diagnostic[] | null>;
  /** Largest body of one decision and longest NDJSON line, in bytes. */
  readonly bodyLimit: number;
}
