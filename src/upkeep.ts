import type { Clock } from "./clock.ts";
import { DEFAULT_RETENTION_DAYS } from "./config.ts";
import type { Program } from "./compile/program.ts";
import type { KnownIds } from "./engine/known.ts";
import type { ManagedLists } from "./engine/lists.ts";
import { LogRecovery, type Recovered } from "./engine/recovery.ts";
import { Snapshotter, type SnapshotResult } from "./engine/snapshotter.ts";
import type { RuleStates } from "./engine/states.ts";
import type { Store } from "./store/store.ts";
import { kept } from "./windows/layout.ts";
import type { WindowStore } from "./windows/store.ts";

/** How often the log is looked at for what is to be forgotten. */
const FORGET_INTERVAL_MS = 60_000;
/** How often it is told how far reading the log is. */
const PROGRESS_MS = 1_000;
/** Until a log that could not be read is read again; each time twice as long, and never longer than the second. */
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const DAY_MS = 86_400_000;

/** The log of the service, as far as this writes to it. */
interface Lines {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface UpkeepOptions {
  readonly store: Store;
  readonly windows: WindowStore;
  readonly states: RuleStates;
  readonly lists: ManagedLists;
  readonly ids: KnownIds;
  readonly active: () => Program | null;
  readonly clock: Clock;
  /** The time by which entries of lists end; that of `clock` unless given. */
  readonly events?: Clock;
  /** Null for as long as windows look back, and `DEFAULT_RETENTION_DAYS` at least. */
  readonly retentionDays: number | null;
  readonly retentionMb: number;
  /** See `SnapshotterOptions`. */
  readonly snapshotRecords: number;
}

/** What has to be done for a data folder beside writing to it: it is read at the start, and snapshots and forgetting keep that short. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #recovery = new LogRecovery(true);
  #reading: Promise<void> = Promise.resolve();
  #snapshotter: Snapshotter | null = null;
  #forget: NodeJS.Timeout | null = null;
  #recovered: Recovered | null = null;
  #closing = false;
  #retry: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  get recovery(): LogRecovery["state"] {
    return this.#recovery.state;
  }

  /** What reading the log came to; null before. */
  get recovered(): Recovered | null {
    return this.#recovered;
  }

  get snapshots(): Snapshotter["stats"] | null {
    return this.#snapshotter?.stats ?? null;
  }

  /** Resolves when the log is not being read. */
  get reading(): Promise<void> {
    return this.#reading;
  }

  /** Reads the log once, as soon as there are rules to read it by. */
  recover(lines: Lines): void {
    const program = this.#options.active();
    if (program !== null && this.#recovery.state.status === "waiting") this.#reading = this.#read(program, lines);
  }

  /** Begins anew: what was read of the log so far may be any part of it. */
  #readAgain(lines: Lines): void {
    const { windows, ids, active } = this.#options;
    const program = active();
    if (program === null || this.#closing) return;
    windows.forget();
    ids.forget();
    this.#reading = this.#read(program, lines);
  }

  /** Never rejects: a log that cannot be read is told by the state, and is read again after a while. */
  async #read(program: Program, lines: Lines): Promise<void> {
    const began = performance.now();
    const progress = setInterval(() => lines.info({ ...this.#recovery.state }, "reading the log"), PROGRESS_MS);
    const { store, windows, states, lists, ids, clock, events } = this.#options;
    try {
      const recovered = await this.#recovery.run(store.reader, program, { windows, states, lists, ids }, { clock, ...(events === undefined ? {} : { events }) });
      // Windows of another program would know only a part of the log.
      if (this.#options.active() !== program) return this.#readAgain(lines);
      this.#recovered = recovered;
      const { records, snapshot, unusable, unknown, filled, cold } = recovered;
      if (unusable !== null) lines.warn({ reason: unusable }, "the snapshot is of no use, the whole log was read");
      if (unknown > 0) lines.warn({ records: unknown }, "the log holds events of types that the rules do not have");
      if (filled.length > 0) lines.info({ features: filled }, "features that are new were filled from the log");
      for (const each of cold) lines.warn(each, "features that are new begin with what comes from now on");
      lines.info({ records, snapshot: snapshot?.seq ?? null, durationMs: Math.round(performance.now() - began) }, "log read");
      if (!this.#closing) this.#start(snapshot, lines);
    } catch (error) {
      lines.error({ err: error, retryMs: this.#retryMs }, "the log could not be read: events are refused");
      if (this.#closing) return;
      this.#retry = setTimeout(() => this.#readAgain(lines), this.#retryMs);
      this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
    } finally {
      clearInterval(progress);
    }
  }

  #start(snapshot: Recovered["snapshot"], lines: Lines): void {
    const { store, windows, ids, active, clock, snapshotRecords } = this.#options;
    const onEnd = (result: SnapshotResult): void => {
      if (result.ok) lines.info(result, "snapshot written");
      else lines.warn({ reason: result.reason }, "no snapshot was written, the one before stays");
    };
    this.#snapshotter = new Snapshotter({ store, windows, ids, active, clock, onEnd, records: snapshotRecords }, snapshot);
    this.#snapshotter.start();
    this.#forget = setInterval(() => void this.#prune(lines), FORGET_INTERVAL_MS);
  }

  /** A fault is told by the state of the store. */
  async #prune(lines: Lines): Promise<void> {
    const { store, clock, events = clock, retentionDays, retentionMb, active } = this.#options;
    if (store.state.status !== "ok") return;
    const now = clock.now();
    const before = now - (retentionDays === null ? defaultRetentionMs(active()) : retentionDays * DAY_MS);
    const records = await store.prune({ before, bytes: retentionMb * 1_000_000, now: events.now() }).catch(() => 0);
    if (records > 0) lines.info({ records }, "records of the log were forgotten");
    // What no snapshot knows must not go: a start would find a hole in the windows.
    if (store.stats.held) await this.#snapshotter?.run();
  }

  /** Ends what is under way; a last snapshot makes the next start short. No event may come any more. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#forget !== null) clearInterval(this.#forget);
    await this.#snapshotter?.close();
  }
}

/** As long as making the windows anew takes: an entity that is there may have events that are older than its newest by what is kept. */
export function defaultRetentionMs(program: Program | null): number {
  const longest = (program?.windows.features ?? []).reduce((most, spec) => Math.max(most, kept(spec)), 0);
  return Math.max(DEFAULT_RETENTION_DAYS * DAY_MS, 2 * longest + DAY_MS);
}
