import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import type { SnapshotPart } from "../store/protocol.ts";
import type { SnapshotInfo } from "../store/queries.ts";
import type { KnownIds } from "./known.ts";
import { planPiece } from "./recovery.ts";

/** What a piece may take of the event loop; handing it over takes some of the two milliseconds too. */
const PIECE_MS = 1.5;
/** At the end of the process a snapshot disturbs nobody, so it is worth it sooner by this much. */
const LAST_SHARE = 0.2;
/** Bytes of a record in the log, about: a snapshot is worth no more writing than the records that it stands for. */
const RECORD_BYTES = 500;
/** How often the tail is looked at. */
const LOOK_MS = 1_000;
/** After a snapshot that failed: the store has its own, shorter, times for trying again. */
const AFTER_FAILURE_MS = 60_000;
/** The last snapshot may take this long; without it the next start takes longer, and that is all. */
const LAST_MS = 10_000;

/** Windows with the states of rules, as a snapshot is made of them: all pieces tell of the moment in which it was begun. */
export interface SnapshotWindows {
  snapshot(): { next(budgetMs: number): Uint8Array | null; close(): void };
  readonly stats: { readonly live: number };
}

/** Where snapshots go. */
export interface SnapshotStore {
  readonly last: number;
  readonly state: { readonly status: string };
  beginSnapshot(): { keep(part: SnapshotPart, bytes: Uint8Array): Promise<void>; end(): Promise<void> };
}

export interface SnapshotterOptions {
  readonly store: SnapshotStore;
  readonly windows: SnapshotWindows;
  readonly ids: Pick<KnownIds, "pieces">;
  readonly active: () => Program | null;
  readonly clock: Clock;
  /** Records behind the last snapshot from which on a new one is made. */
  readonly records: number;
  /** Told of each snapshot that is whole, and of each that was not to be. */
  readonly onEnd?: (result: SnapshotResult) => void;
}

export type SnapshotResult = { readonly ok: true; readonly seconds: number; readonly bytes: number } | { readonly ok: false; readonly reason: string };

export interface SnapshotStats {
  /** Records behind the newest whole snapshot. */
  readonly tail: number;
  /** Seconds since it was begun; null where there is none. */
  readonly age: number | null;
  /** How long it took, where this process wrote it, and its bytes. */
  readonly seconds: number;
  readonly bytes: number;
  /** Snapshots made and snapshots that came to nothing. */
  readonly made: number;
  readonly failed: number;
}

/**
 * Writes snapshots while events go on: a piece of at most some two milliseconds, then the turn of everybody else. One that
 * cannot be ended is given up, and the one before stays.
 */
export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<boolean> | null = null;
  #closing = false;
  #seq: number;
  #notBefore = 0;
  /** When the newest whole one was begun. */
  #begun: number | null;
  readonly #stats = { seconds: 0, bytes: 0, made: 0, failed: 0 };

  /** @param before the snapshot that there is */
  constructor(options: SnapshotterOptions, before: SnapshotInfo | null) {
    this.#options = options;
    this.#seq = before?.seq ?? 0;
    this.#begun = before?.made ?? null;
    this.#stats.bytes = before?.bytes ?? 0;
  }

  /** Looks from now on whether a snapshot is due. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  get stats(): SnapshotStats {
    const age = this.#begun === null ? null : (this.#options.clock.now() - this.#begun) / 1_000;
    return { tail: this.#options.store.last - this.#seq, age, ...this.#stats };
  }

  #look(): void {
    const { store, records } = this.#options;
    if (this.#running === null && store.state.status === "ok" && performance.now() >= this.#notBefore && this.#worth(records)) void this.run();
  }

  #worth(least: number): boolean {
    const { store, windows } = this.#options;
    const tail = store.last - this.#seq;
    return tail >= least && tail * RECORD_BYTES >= windows.stats.live;
  }

  /** Makes a snapshot; whether it is whole. Never rejects; a second call waits for the first. */
  run(): Promise<boolean> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<boolean> {
    const { onEnd, clock } = this.#options;
    const [begun, at] = [performance.now(), clock.now()];
    try {
      const { seq, bytes } = await this.#write();
      const seconds = (performance.now() - begun) / 1_000;
      Object.assign(this.#stats, { seconds, bytes, made: this.#stats.made + 1 });
      this.#seq = seq;
      this.#begun = at;
      onEnd?.({ ok: true, seconds, bytes });
      return true;
    } catch (error) {
      this.#stats.failed += 1;
      this.#notBefore = performance.now() + AFTER_FAILURE_MS;
      onEnd?.({ ok: false, reason: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  async #write(): Promise<{ readonly seq: number; readonly bytes: number }> {
    const { store, windows, ids, active } = this.#options;
    const program = active();
    if (program === null) throw new Error("there are no rules");
    // From here to `begun` nothing arrives: the windows are those of this record.
    const seq = store.last;
    const keeper = store.beginSnapshot();
    const snapshot = windows.snapshot();
    let bytes = 0;
    const keep = async (part: SnapshotPart, piece: Uint8Array): Promise<void> => {
      bytes += piece.length;
      await keeper.keep(part, piece);
      await nextTurn();
      if (this.#closing) throw new Error("the service is stopping");
    };
    try {
      await keep("plan", planPiece(program.windows));
      for (let piece = snapshot.next(PIECE_MS); piece !== null; piece = snapshot.next(PIECE_MS)) await keep("windows", piece);
      // These may tell of later events too: taking those up again ends as it would have.
      for (const piece of ids.pieces()) await keep("ids", piece);
      await keeper.end();
      return { seq, bytes };
    } finally {
      snapshot.close();
    }
  }

  /** Gives up what is being written; where it is worth it, makes a last one, after which no event may come. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#closing = true;
    await this.#running;
    if (this.#options.store.state.status !== "ok" || this.#options.active() === null || !this.#worth(this.#options.records * LAST_SHARE)) return;
    this.#closing = false;
    const timer = setTimeout(() => {
      this.#closing = true;
    }, LAST_MS);
    await this.run();
    clearTimeout(timer);
  }
}
