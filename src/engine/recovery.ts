import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import type { SegmentBatch } from "../store/batch.ts";
import { FrameFiller } from "../store/frames.ts";
import type { SnapshotPart } from "../store/protocol.ts";
import type { ListEntry, Reach, SnapshotInfo } from "../store/queries.ts";
import type { SegmentRange } from "../store/reader.ts";
import type { Draft } from "../windows/draft.ts";
import { type Frame, type LogId, logId, type WindowPlan, type WindowSpec } from "../windows/spec.ts";
import type { KnownIds } from "./known.ts";
import type { ManagedLists } from "./lists.ts";
import { logFill, RECENT } from "./reach.ts";
import { RETRY_WINDOW_MS } from "./retries.ts";
import type { RuleStates } from "./states.ts";

/** Probes and the status are answered between slices of this length. */
const SLICE_MS = 20;
/** Records between two looks at the clock. */
const RECORDS_A_LOOK = 32;

/** A log with its snapshots, as far as it is read. */
export interface LogSource {
  segments(range?: SegmentRange): AsyncIterable<SegmentBatch>;
  segmentExtent(since?: number): Promise<{ readonly first: number; readonly last: number; readonly from: number }>;
  listEntries(): AsyncIterable<readonly ListEntry[]>;
  snapshot(): Promise<SnapshotInfo | null>;
  pieces(snapshot: SnapshotInfo): AsyncIterable<{ readonly part: SnapshotPart; readonly bytes: Uint8Array }>;
  reach(type: string, recent: number): Promise<Reach>;
}

/** Windows that can be what they were. */
export interface RecoverableWindows {
  arrive(event: string, frame: Frame, at: number, fold: boolean): void;
  /** Whether that was the last piece. */
  restore(piece: Uint8Array): boolean;
  /** Begins anew with nothing. */
  forget(): void;
  draft(plan: WindowPlan, logs: readonly LogId[]): Draft;
  adopt(plan: WindowPlan, draft?: Draft): unknown;
}

/** What a log leaves behind: all of it is empty before, and the windows have adopted the plan of the program. */
export interface EngineState {
  readonly windows: RecoverableWindows;
  readonly states: Pick<RuleStates, "repeat">;
  readonly lists: Pick<ManagedLists, "put">;
  readonly ids: KnownIds;
}

/** What a recovery came to. */
export interface Recovered {
  /** Records that were read one by one. */
  readonly records: number;
  /** The snapshot that it began with; null for none. */
  readonly snapshot: SnapshotInfo | null;
  /** Why a snapshot that there is was of no use; null where there is none or it was. */
  readonly unusable: string | null;
  /** Events of types that the program does not have. */
  readonly unknown: number;
  /** Features that the snapshot did not have and that were filled from the log. */
  readonly filled: readonly string[];
  /** … and those that could not be, with the reason. */
  readonly cold: readonly { readonly features: readonly string[]; readonly reason: string }[];
}

export interface RecoveryOptions {
  /** Tells when events arrive. */
  readonly clock: Clock;
  /** The time by which entries of lists end; that of `clock` unless given. See `DeskOptions`. */
  readonly events?: Clock;
  /** Told from time to time how many of the records are read. */
  readonly progress?: (records: number, total: number) => void;
}

/** What the snapshot was made of: the first of its pieces. */
export interface SnapshotPlan {
  /** Identities of the features that it has, by the log that they live in. */
  readonly features: Readonly<Record<LogId, readonly string[]>>;
}

export function planPiece({ features, logs }: WindowPlan): Uint8Array {
  const byLog = logs.map((log): [string, string[]] => [logId(log), log.features.map((number) => (features[number] as WindowSpec).identity)]);
  const plan: SnapshotPlan = { features: Object.fromEntries(byLog) };
  return Buffer.from(JSON.stringify(plan));
}

/**
 * The one way from a log back to what it left: the newest whole snapshot, then the records behind it, equal to folding all
 * records. Features that the snapshot does not have are filled from the log, where it reaches back as far as they and those
 * of the same entities need. Nothing is decided anew. Rejects where the log cannot be read.
 */
export async function recoverFrom(log: LogSource, program: Program, state: EngineState, options: RecoveryOptions): Promise<Recovered> {
  const recovery = new Recovery(log, program, state, options);
  return recovery.run();
}

class Recovery {
  readonly #log: LogSource;
  readonly #program: Program;
  readonly #state: EngineState;
  readonly #options: RecoveryOptions;
  readonly #frames: FrameFiller;
  #records = 0;
  #total = 0;
  #unknown = 0;
  #since = performance.now();

  constructor(log: LogSource, program: Program, state: EngineState, options: RecoveryOptions) {
    this.#log = log;
    this.#program = program;
    this.#state = state;
    this.#options = options;
    this.#frames = new FrameFiller(program.events, program.windows.reads);
  }

  async run(): Promise<Recovered> {
    await this.#readLists();
    const { first, last } = await this.#log.segmentExtent();
    const newest = await this.#log.snapshot();
    const plan = newest === null ? null : await this.#begin(newest, first);
    const usable = typeof plan === "string" ? null : plan;
    const snapshot = usable === null ? null : newest;
    const after = snapshot?.seq ?? 0;
    this.#total = Math.max(0, last - Math.max(after, first - 1));
    if (snapshot === null && first > 1) await this.#loseIds();
    await this.#readTail(after);
    const { filled, cold } = usable === null ? { filled: [], cold: [] } : await this.#fill(usable);
    return { records: this.#records, snapshot, unusable: typeof plan === "string" ? plan : null, unknown: this.#unknown, filled, cold };
  }

  /** Takes up the snapshot; why not, where it is of no use: then what there is of the log is the better beginning. */
  async #begin(snapshot: SnapshotInfo, first: number): Promise<SnapshotPlan | string> {
    if (first > snapshot.seq + 1) return `the records ${snapshot.seq + 1} to ${first - 1} behind it are not in the log`;
    try {
      return await this.#restore(snapshot);
    } catch (error) {
      this.#state.windows.forget();
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #readLists(): Promise<void> {
    const { clock, events = clock } = this.#options;
    for await (const entries of this.#log.listEntries()) {
      const now = events.now();
      for (const { list, key, until } of entries) if (until === null || until > now) this.#state.lists.put(list, key, until);
    }
  }

  async #restore(snapshot: SnapshotInfo): Promise<SnapshotPlan> {
    const { windows, ids } = this.#state;
    let plan: SnapshotPlan | null = null;
    let whole = false;
    for await (const { part, bytes } of this.#log.pieces(snapshot)) {
      if (part === "plan") plan = JSON.parse(Buffer.from(bytes).toString()) as SnapshotPlan;
      else if (part === "windows") whole = windows.restore(bytes);
      else ids.restore(bytes);
      await this.#pause();
    }
    if (plan === null || !whole) throw new Error("pieces of it are missing");
    return plan;
  }

  /** What retention has taken may have been within the last day. */
  async #loseIds(): Promise<void> {
    for await (const batch of this.#log.segments()) {
      if (batch.next()) this.#state.ids.lose(batch.received);
      return;
    }
  }

  async #readTail(after: number): Promise<void> {
    const { windows, states, ids } = this.#state;
    const recent = this.#options.clock.now() - RETRY_WINDOW_MS;
    for await (const batch of this.#log.segments({ after })) {
      while (batch.next()) {
        this.#records += 1;
        if (this.#records % RECORDS_A_LOOK === 0) await this.#pause();
        if (!batch.isEvent) continue;
        const frame = this.#frames.frameOf(batch);
        if (frame === null) this.#unknown += 1;
        else windows.arrive(batch.type, frame, batch.at, true);
        if (batch.hasStates) for (const change of batch.states()) states.repeat(change);
        if (batch.hasId && batch.received > recent) ids.add(batch, batch.received);
      }
    }
  }

  /** Makes logs anew in which features begin, where the log of events has all that they need. */
  async #fill(plan: SnapshotPlan): Promise<Pick<Recovered, "filled" | "cold">> {
    const { windows } = this.#program;
    const had = new Set(Object.values(plan.features).flat());
    const filled: string[] = [];
    const cold: { features: readonly string[]; reason: string }[] = [];
    const logs: LogId[] = [];
    const types = new Set<string>();
    let since = Infinity;
    for (const log of windows.logs) {
      const specs = log.features.map((number) => windows.features[number] as WindowSpec);
      const started = specs.filter(({ identity }) => !had.has(identity)).map(({ name }) => name);
      if (started.length === 0) continue;
      const fill = logFill(await this.#log.reach(log.source, RECENT), specs, specs.filter(({ identity }) => had.has(identity)));
      if (fill.reason !== null) {
        cold.push({ features: started, reason: fill.reason });
        continue;
      }
      filled.push(...started);
      logs.push(logId(log));
      types.add(log.source);
      since = Math.min(since, fill.since);
    }
    if (logs.length > 0) await this.#refold(logs, types, since);
    return { filled, cold };
  }

  async #refold(logs: readonly LogId[], types: ReadonlySet<string>, since: number): Promise<void> {
    const { windows } = this.#state;
    const draft = windows.draft(this.#program.windows, logs);
    const { from, last } = await this.#log.segmentExtent(since);
    this.#total += from === 0 ? 0 : last - from + 1;
    for await (const batch of this.#log.segments({ since, types })) {
      while (batch.next()) {
        this.#records += 1;
        if (this.#records % RECORDS_A_LOOK === 0) await this.#pause();
        const frame = this.#frames.frameOf(batch);
        if (frame !== null) draft.arrive(batch.type, frame, batch.at);
      }
    }
    windows.adopt(this.#program.windows, draft);
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    this.#options.progress?.(this.#records, this.#total);
    await nextTurn();
    this.#since = performance.now();
  }
}

/** A recovery as the rest of the service sees it. */
export class LogRecovery {
  #status: "waiting" | "reading" | "done" | "failed";
  #records = 0;
  #total = 0;

  /** @param needed whether there is a log at all */
  constructor(needed: boolean) {
    this.#status = needed ? "waiting" : "done";
  }

  get state(): { readonly status: "waiting" | "reading" | "done" | "failed"; readonly records: number; readonly total: number } {
    return { status: this.#status, records: this.#records, total: this.#total };
  }

  /** See `recoverFrom`. */
  async run(log: LogSource, program: Program, state: EngineState, clocks: Pick<RecoveryOptions, "clock" | "events">): Promise<Recovered> {
    this.#status = "reading";
    const progress = (records: number, total: number): void => {
      this.#records = records;
      this.#total = total;
    };
    try {
      const recovered = await recoverFrom(log, program, state, { ...clocks, progress });
      this.#records = recovered.records;
      this.#total = recovered.records;
      this.#status = "done";
      return recovered;
    } catch (error) {
      this.#status = "failed";
      throw error;
    }
  }
}
