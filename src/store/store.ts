import { mkdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { SegmentBatch } from "./batch.ts";
import { lockFolder } from "./lock.ts";
import { Pending } from "./pending.ts";
import type { Activation, FromWriter, Retention, SnapshotPart, ToWriter, WriterStart } from "./protocol.ts";
import { Reader } from "./reader.ts";
import type { Fold, Journal, LogRecord, StoredRecord } from "./record.ts";
import { StoreFailed, StoreRefused } from "./refusal.ts";
import type { Durability } from "./schema.ts";
import { TermBook, type Term } from "./terms.ts";

/** Until the first attempt to open the folder again after a fault; each one after it waits twice as long. */
const FIRST_RETRY_MS = 100;
/** A disk that is full for long is looked at this often. */
const MAX_RETRY_MS = 5_000;
/** Opening checks little; a folder on a disk that hangs must not hold the start for ever. */
const OPEN_TIMEOUT_MS = 60_000;

export interface StoreOptions {
  readonly durability?: Durability;
  /** The script of the writing thread; a test may give one with faults. */
  readonly writer?: URL;
  /** Told of every commit, how long it took in seconds. */
  readonly onCommit?: (seconds: number) => void;
  /** Told when writing has failed, and when it works again. */
  readonly onChange?: (state: StoreState) => void;
}

export interface StoreState {
  readonly status: "ok" | "failed" | "closed";
  /** Why it has failed. */
  readonly reason: string | null;
  /** Since when, in milliseconds of `performance.now`. */
  readonly since: number;
}

export interface StoreStats {
  /** Number of the newest record, and of the newest that is durable. */
  readonly last: number;
  readonly committed: number;
  readonly commits: number;
  /** Of all commits so far. */
  readonly commitSeconds: number;
  /** How often writing has failed. */
  readonly failures: number;
  /** Bytes of the file in use, as of the last look at what to forget; 0 before it. */
  readonly bytes: number;
  /** Whether records that are to be forgotten wait for a snapshot, as of that look. */
  readonly held: boolean;
}

/**
 * The durable side of a data folder: a log of events with their decisions, written by a thread of its own in groups.
 * A record is in its place as soon as it is appended, and durable once `committed` says so. When writing fails everybody
 * who waits is told and nobody is told otherwise until the same records have been written: those that the windows have
 * counted already are kept and written first once the folder can be opened again.
 * INVARIANT: `committed` never resolves for a record that is not in the file.
 */
export class Store implements Journal {
  readonly reader: Reader;
  readonly seed: number;
  readonly #options: StoreOptions;
  readonly #start: WriterStart;
  readonly #unlock: () => void;
  readonly #pending: Pending;
  #worker: Worker | null;
  #last: number;
  #received: number;
  #state: StoreState = { status: "ok", reason: null, since: performance.now() };
  #flushing = false;
  #closed: Promise<boolean> | null = null;
  #retryMs = FIRST_RETRY_MS;
  #retry: NodeJS.Timeout | null = null;
  /** Writing threads that are being opened or ended: the folder is let go of after them. */
  #turnover: Promise<unknown> = Promise.resolve();
  readonly #answers: PromiseWithResolvers<FromWriter>[] = [];
  readonly #stats = { commits: 0, commitSeconds: 0, failures: 0, bytes: 0, held: false };

  private constructor(start: WriterStart, options: StoreOptions, opened: Opened, unlock: () => void) {
    this.#options = options;
    this.#start = start;
    this.#unlock = unlock;
    this.#worker = opened.worker;
    this.#last = opened.last;
    this.#received = opened.received;
    this.seed = opened.seed;
    this.#pending = new Pending(opened.last, new TermBook(opened.terms));
    this.reader = new Reader(start.folder);
    this.#attend(opened.worker);
  }

  /** Makes the folder where there is none. Throws `StoreRefused` for one that is not to be used. */
  static async open(folder: string, options: StoreOptions = {}): Promise<Store> {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new StoreRefused("unusable", `the data folder \`${folder}\` cannot be made: ${String(error)}`, { cause: error });
    }
    const unlock = lockFolder(folder);
    const start: WriterStart = { folder, durability: options.durability ?? "disk" };
    try {
      return new Store(start, options, await openWriter(start, options), unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  get last(): number {
    return this.#last;
  }

  get received(): number {
    return this.#received;
  }

  get state(): StoreState {
    return this.#state;
  }

  get stats(): StoreStats {
    return { last: this.#last, committed: this.#pending.committed, ...this.#stats };
  }

  append(record: LogRecord, fold: Fold | null = null): void {
    this.#last += 1;
    this.#received = record.received;
    this.#pending.add(this.#last, record, fold);
    if (this.#flushing) return;
    // What else arrives in this turn of the event loop shares the commit.
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /**
   * Resolves once the record with this number is as durable as was asked for, rejects with `StoreFailed` when it could
   * not be written. Null where there is nothing to wait for.
   */
  committed(seq: number): Promise<void> | null {
    if (this.#state.status !== "ok" && seq > this.#pending.committed) return Promise.reject(this.#fault());
    return this.#start.durability === "none" ? null : this.#pending.wait(seq);
  }

  /** The newest event of a type with an id, also one that is still being written. Rejects with `StoreFailed` when that fails. */
  async event(type: string, eventId: string): Promise<StoredRecord | null> {
    if (this.#state.status !== "ok") throw this.#fault();
    await this.#pending.wait(this.#last);
    return this.reader.event(type, eventId);
  }

  /** See `Queries.labelled`; also events and labels that are still being written are found. */
  async labelled(events: Parameters<Reader["labelled"]>[0]): ReturnType<Reader["labelled"]> {
    if (this.#state.status !== "ok") throw this.#fault();
    await this.#pending.wait(this.#last);
    return this.reader.labelled(events);
  }

  /** Events of some types after a record, none of which is durable yet; null where one of them is, and so can be read. */
  unwritten(after: number, types: ReadonlySet<string>): SegmentBatch | null {
    return this.#pending.unwritten(after, types);
  }

  /** Null where there is room for more; resolves when there is, rejects with `StoreFailed` when writing fails. */
  room(): Promise<void> | null {
    if (this.#state.status !== "ok") return Promise.reject(this.#fault());
    return this.#pending.room();
  }

  /**
   * Begins a snapshot of everything up to the newest record. Its pieces are handed over one after the other; the snapshot
   * before is given up once this one is whole, and stays where this one is not ended.
   */
  beginSnapshot(): SnapshotKeeper {
    const seq = this.#last;
    let number = 0;
    const keep = async (part: SnapshotPart, bytes: Uint8Array | null): Promise<void> => {
      await this.#ask({ kind: "piece", piece: { snapshot: seq, number, seq, part, bytes } });
      number += 1;
    };
    return {
      seq,
      keep,
      // A snapshot must not know of records that may never be in the log.
      end: async () => {
        await this.#pending.wait(seq);
        await keep("ids", null);
      },
    };
  }

  /** Notes that a set of rules has become active; rejects with `StoreFailed` where that cannot be written. */
  async activated(activation: Activation): Promise<void> {
    await this.#ask({ kind: "activated", activation });
  }

  /** Forgets what retention says, step by step so that commits go between. Yields how many records were forgotten. */
  async prune(retention: Retention): Promise<number> {
    for (let records = 0; ; ) {
      const answer = await this.#ask({ kind: "prune", retention });
      if (answer.kind !== "pruned") throw new StoreFailed(`the writer answered \`${answer.kind}\``);
      records += answer.records;
      this.#stats.bytes = answer.bytes;
      this.#stats.held = answer.held;
      if (!answer.more) return records;
    }
  }

  /** Writes what waits, then lets go of the folder. Yields whether everything was written. */
  close(): Promise<boolean> {
    return (this.#closed ??= this.#close());
  }

  async #close(): Promise<boolean> {
    let written = this.#state.status === "ok";
    // From here on nothing is promised: what is appended now could come too late to be written.
    this.#state = { status: "closed", reason: "the service is stopping", since: performance.now() };
    if (this.#retry !== null) clearTimeout(this.#retry);
    try {
      if (written) {
        this.#flush();
        await this.#pending.wait(this.#last);
      }
      await this.#turnover;
      if (this.#worker !== null) await this.#ask({ kind: "close" });
    } catch {
      written = false;
    }
    const worker = this.#worker;
    this.#worker = null;
    this.#pending.fail("it is closed");
    await Promise.all([worker?.terminate(), this.#turnover, this.reader.close()]);
    this.#unlock();
    return written;
  }

  #fault(): StoreFailed {
    return new StoreFailed(this.#state.reason ?? "it is closed");
  }

  #flush(): void {
    if (this.#worker === null) return;
    const batch = this.#pending.take();
    if (batch !== null) post(this.#worker, { kind: "append", batch });
  }

  /** Asks for anything but a batch: answers of that sort come in the order of the questions. */
  #ask(message: ToWriter): Promise<FromWriter> {
    if (this.#worker === null) return Promise.reject(this.#fault());
    const answer = Promise.withResolvers<FromWriter>();
    this.#answers.push(answer);
    post(this.#worker, message);
    return answer.promise;
  }

  #attend(worker: Worker): void {
    worker.on("message", (message: FromWriter) => {
      if (worker !== this.#worker) return;
      if (message.kind === "committed") this.#done(message.last, message.seconds);
      else if (message.kind === "failed") this.#fail(message.reason);
      else this.#answers.shift()?.resolve(message);
    });
    const ended = (reason: string): void => {
      if (worker === this.#worker) this.#fail(reason);
    };
    worker.on("error", (error) => ended(`the writing thread failed: ${String(error)}`));
    worker.on("exit", (code) => ended(`the writing thread ended with code ${code}`));
  }

  #done(last: number, seconds: number): void {
    this.#stats.commits += 1;
    this.#stats.commitSeconds += seconds;
    this.#options.onCommit?.(seconds);
    this.#pending.done(last);
    this.#recover();
    this.#flush();
  }

  /** Whole again only when what had to be kept is written. */
  #recover(): void {
    if (this.#state.status !== "failed" || this.#pending.records > 0) return;
    this.#retryMs = FIRST_RETRY_MS;
    this.#turn({ status: "ok", reason: null, since: performance.now() });
  }

  #fail(reason: string): void {
    const worker = this.#worker;
    this.#worker = null;
    this.#stats.failures += 1;
    if (this.#state.status === "ok") this.#turn({ status: "failed", reason, since: performance.now() });
    else if (this.#state.status === "failed") this.#state = { ...this.#state, reason };
    this.#pending.fail(reason);
    for (const answer of this.#answers.splice(0)) answer.reject(new StoreFailed(reason));
    if (worker !== null) this.#turnover = worker.terminate();
    if (this.#closed !== null) return;
    this.#retry = setTimeout(() => {
      this.#turnover = this.#turnover.then(() => this.#reopen());
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
  }

  /** Never rejects. */
  async #reopen(): Promise<void> {
    if (this.#closed !== null) return;
    try {
      const { worker, last } = await openWriter(this.#start, this.#options);
      this.#worker = worker;
      this.#attend(worker);
      if (last < this.#pending.committed || last > this.#last) {
        this.#fail(`the data folder ends with record ${last}, which is not what was written; restart the service`);
        return;
      }
      this.#pending.done(last);
      this.#recover();
      this.#flush();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #turn(state: StoreState): void {
    this.#state = state;
    this.#options.onChange?.(state);
  }
}

/** Takes the pieces of a snapshot. Rejects with `StoreFailed` when they cannot be written. */
export interface SnapshotKeeper {
  /** The newest record that the snapshot knows. */
  readonly seq: number;
  /** Takes the bytes over where they have a buffer of their own. */
  keep(part: SnapshotPart, bytes: Uint8Array): Promise<void>;
  /** The snapshot is whole. */
  end(): Promise<void>;
}

interface Opened {
  readonly worker: Worker;
  readonly last: number;
  readonly received: number;
  readonly seed: number;
  readonly terms: readonly Term[];
}

async function openWriter(start: WriterStart, { writer }: StoreOptions): Promise<Opened> {
  const worker = new Worker(writer ?? new URL("writer-worker.ts", import.meta.url), { name: "sluice-store", workerData: start });
  const { promise, resolve, reject } = Promise.withResolvers<FromWriter>();
  const timer = setTimeout(() => reject(new StoreRefused("unusable", `opening the data folder took over ${OPEN_TIMEOUT_MS} ms`)), OPEN_TIMEOUT_MS);
  const failed = (error: unknown): void => reject(new StoreRefused("unusable", `the writing thread failed: ${String(error)}`, { cause: error }));
  worker.once("message", resolve).once("error", failed).once("exit", failed);
  try {
    const answer = await promise;
    if (answer.kind === "open") return { worker, ...answer };
    if (answer.kind !== "refused") throw new StoreRefused("unusable", `the writing thread answered \`${answer.kind}\``);
    throw new StoreRefused(answer.code, `the data folder \`${start.folder}\` cannot be used: ${answer.message}`);
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    worker.off("message", resolve).off("error", failed).off("exit", failed);
  }
}

function post(worker: Worker, message: ToWriter): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  worker.postMessage(message, given(message));
}

/** Bytes that are handed over and not copied. */
function given(message: ToWriter): ArrayBuffer[] {
  const bytes = message.kind === "append" ? message.batch.segment : message.kind === "piece" ? message.piece.bytes : null;
  return bytes !== null && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}
