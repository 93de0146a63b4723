import { Worker } from "node:worker_threads";
import { SegmentBatch } from "./batch.ts";
import type { Activation } from "./protocol.ts";
import type { DecisionFilter, DecisionPage, Found, ListEntry, Queries, Reach, SnapshotInfo } from "./queries.ts";
import type { Question, Reply } from "./reading.ts";
import type { StoredRecord } from "./record.ts";
import { TermList } from "./terms.ts";

/** A search that takes longer is given up: it holds those behind it. */
const QUERY_TIMEOUT_MS = 10_000;
/** Reading a file of many gigabytes takes this long. */
const CHECK_TIMEOUT_MS = 3_600_000;
/** Records handed over at once while the log is read. */
const PAGE = 2_000;

/** Bytes of segments handed over at once: some thousands of events. */
export const SEGMENT_PAGE_BYTES = 512 * 1024;

type Name = Question["name"];

/** Which segments are read. */
export interface SegmentRange {
  /** Only records after this one; all unless given. */
  readonly after?: number;
  /** Segments in which every event is older than this time are passed over. */
  readonly since?: number;
  /** Only events of these types; all records unless given. */
  readonly types?: ReadonlySet<string>;
}

/** Reads the segments of a folder on this thread, for workers: each batch is good until the next is asked for. */
export function* readSegments(queries: Pick<Queries, "segments">, { after = 0, since = Number.NEGATIVE_INFINITY, types }: SegmentRange): Generator<SegmentBatch, void> {
  const terms = new TermList();
  for (let last = after; ; ) {
    const page = queries.segments(last, since, terms.last, SEGMENT_PAGE_BYTES);
    terms.learn(page.terms);
    if (page.bytes.length === 0) return;
    yield new SegmentBatch(page.bytes, terms, last, types ?? null);
    last = page.last;
  }
}

/**
 * Reads a data folder in threads of its own: one for the look-ups that decisions wait for, one for what people search for,
 * and one that reads the log from end to end, which must not fail because a search takes too long.
 */
export class Reader {
  readonly #lookups: Thread;
  readonly #searches: Thread;
  readonly #history: Thread;

  /** @param searchTimeoutMs after which a search is given up */
  constructor(folder: string, searchTimeoutMs = QUERY_TIMEOUT_MS) {
    this.#lookups = new Thread(folder, "sluice-lookup", QUERY_TIMEOUT_MS);
    this.#searches = new Thread(folder, "sluice-search", searchTimeoutMs);
    this.#history = new Thread(folder, "sluice-history", QUERY_TIMEOUT_MS);
  }

  event(type: string, eventId: string): Promise<StoredRecord | null> {
    return this.#lookups.ask("event", [type, eventId]);
  }

  decision(id: string): Promise<Found | null> {
    return this.#lookups.ask("decision", [id]);
  }

  /** See `Queries.labelled`. */
  labelled(events: Parameters<Queries["labelled"]>[0]): Promise<ReturnType<Queries["labelled"]>> {
    return this.#lookups.ask("labelled", [events]);
  }

  decisions(filter: DecisionFilter, limit: number, before: number | null): Promise<DecisionPage> {
    return this.#searches.ask("decisions", [filter, limit, before]);
  }

  extent(): Promise<{ readonly first: number; readonly last: number }> {
    return this.#history.ask("extent", []);
  }

  /**
   * Records after one, in their order; the next page is read while this one is worked on. Unless `whole` without decisions
   * and features.
   */
  tail(after: number, whole = true): AsyncGenerator<readonly StoredRecord[]> {
    return pages((last) => this.#history.ask("tail", [last, PAGE, whole]), after);
  }

  /** Events of one type that arrived at or after a time, in their order. */
  events(type: string, since: number): AsyncGenerator<readonly StoredRecord[]> {
    return pages((last) => this.#history.ask("events", [type, since, last, PAGE]), 0);
  }

  /** What the windows were fed with, see `SegmentBatch`; the next page is read while this one is worked on. */
  async *segments({ after = 0, since = Number.NEGATIVE_INFINITY, types }: SegmentRange = {}): AsyncGenerator<SegmentBatch, void> {
    const terms = new TermList();
    let last = after;
    let asked = this.#history.ask("segments", [last, since, 0, SEGMENT_PAGE_BYTES]);
    for (;;) {
      const page = await asked;
      terms.learn(page.terms);
      if (page.bytes.length === 0) return;
      asked = this.#history.ask("segments", [page.last, since, terms.last, SEGMENT_PAGE_BYTES]);
      // Whoever stops in the middle leaves a page that nobody waits for.
      asked.catch(() => undefined);
      yield new SegmentBatch(page.bytes, terms, last, types ?? null);
      last = page.last;
    }
  }

  /** See `Queries.segmentExtent`. */
  segmentExtent(since = Number.NEGATIVE_INFINITY): Promise<ReturnType<Queries["segmentExtent"]>> {
    return this.#history.ask("segmentExtent", [since]);
  }

  /** See `Queries.reach`. */
  reach(type: string, recent: number): Promise<Reach> {
    return this.#history.ask("reach", [type, recent]);
  }

  /** See `Queries.eventsSince`. */
  eventsSince(type: string, since: number): Promise<number> {
    return this.#history.ask("eventsSince", [type, since]);
  }

  /** Entries of all managed lists, in the order in which each list got them. */
  async *listEntries(): AsyncGenerator<readonly ListEntry[], void> {
    for (let after: number | null = 0; after !== null; ) {
      const { entries, last }: ReturnType<Queries["listEntries"]> = await this.#history.ask("listEntries", [after, PAGE]);
      yield entries;
      after = last;
    }
  }

  /** The sets of rules that were active last, newest first; one that was active again stands there again. */
  versions(limit: number): Promise<readonly Activation[]> {
    return this.#history.ask("versions", [limit]);
  }

  snapshot(): Promise<SnapshotInfo | null> {
    return this.#history.ask("snapshot", []);
  }

  /** The pieces of a snapshot in their order. */
  async *pieces(snapshot: SnapshotInfo): AsyncGenerator<NonNullable<ReturnType<Queries["piece"]>>, void> {
    for (let number = 0; ; number++) {
      const piece = await this.#history.ask("piece", [snapshot.id, number]);
      if (piece === null) return;
      yield piece;
    }
  }

  /** Reads the whole file; what is wrong with it, empty where nothing is. */
  check(): Promise<readonly string[]> {
    return this.#searches.ask("check", [], CHECK_TIMEOUT_MS);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lookups.close(), this.#searches.close(), this.#history.close()]);
  }
}

async function* pages(read: (after: number) => Promise<readonly StoredRecord[]>, after: number): AsyncGenerator<readonly StoredRecord[]> {
  let page = await read(after);
  while (page.length > 0) {
    const last = page.at(-1);
    const next = page.length < PAGE || last === undefined ? Promise.resolve([]) : read(last.seq);
    // Whoever stops in the middle leaves a page that nobody waits for.
    next.catch(() => undefined);
    yield page;
    page = await next;
  }
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One reading thread. It starts with the first question, and again after it has failed or taken too long. */
class Thread {
  readonly #folder: string;
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | null = null;
  #id = 0;

  constructor(folder: string, name: string, timeoutMs: number) {
    this.#folder = folder;
    this.#name = name;
    this.#timeoutMs = timeoutMs;
  }

  ask<N extends Name>(name: N, values: Parameters<Queries[N]>, timeoutMs = this.#timeoutMs): Promise<ReturnType<Queries[N]>> {
    const worker = (this.#worker ??= this.#start());
    const id = (this.#id += 1);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => this.#give(worker, `reading took over ${timeoutMs} ms`), timeoutMs);
    this.#asked.set(id, { resolve, reject, timer });
    worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    worker.postMessage({ id, name, values });
    return promise as Promise<ReturnType<Queries[N]>>;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (worker !== null) this.#give(worker, "the store is closed");
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL("reader-worker.ts", import.meta.url), { name: this.#name, workerData: this.#folder });
    worker.on("message", (reply: Reply) => {
      const asked = this.#asked.get(reply.id);
      if (asked === undefined) return;
      this.#asked.delete(reply.id);
      clearTimeout(asked.timer);
      if (this.#asked.size === 0) worker.unref();
      if ("error" in reply) asked.reject(new Error(reply.error));
      else asked.resolve(reply.value);
    });
    worker.on("error", (error) => this.#give(worker, String(error)));
    worker.on("exit", () => this.#give(worker, "the reading thread ended"));
    return worker;
  }

  /** Gives a thread up with everything that was asked of it. */
  #give(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(new Error(reason));
    }
    this.#asked.clear();
    void worker.terminate();
  }
}
