import { SegmentBatch } from "./batch.ts";
import type { Batch } from "./protocol.ts";
import type { Fold, LogRecord } from "./record.ts";
import { StoreFailed } from "./refusal.ts";
import { SegmentWriter } from "./segment.ts";
import { TermBook, type Term } from "./terms.ts";

/** Records that share one commit at most; past some hundred the cost of the commit itself is spread thin. */
export const MAX_BATCH_RECORDS = 1_024;
/** … and their bytes, so that no commit takes long. */
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Records that wait at most before whoever brings more has to wait: a fifth of a second of a busy disk. */
export const MAX_PENDING_RECORDS = 16_384;
/** … and their bytes. */
export const MAX_PENDING_BYTES = 32 * 1024 * 1024;

interface Waiting {
  readonly seq: number;
  readonly records: LogRecord[];
  bytes: number;
  /** Was with the writer once. It may be in the file although nobody was told, so it stays the batch that it was. */
  sealed: boolean;
  readonly segment: SegmentWriter;
  newest: number;
  terms: readonly Term[];
  /** Made for the first that asks. */
  settled: PromiseWithResolvers<void> | null;
}

/**
 * Records in their order that are not known to be durable, cut into batches. Those that could not be written stay: what
 * the windows have counted must come into the log before anything after it does.
 */
export class Pending {
  readonly #batches: Waiting[] = [];
  readonly #terms: TermBook;
  /** Whether the first batch is with the writer. */
  #sent = false;
  #committed: number;
  #records = 0;
  #bytes = 0;
  #drained: PromiseWithResolvers<void> | null = null;

  /**
   * @param committed number of the newest record that is durable
   * @param terms the dictionary that segments refer to
   */
  constructor(committed: number, terms: TermBook = new TermBook([])) {
    this.#committed = committed;
    this.#terms = terms;
  }

  get committed(): number {
    return this.#committed;
  }

  get records(): number {
    return this.#records;
  }

  get full(): boolean {
    return this.#records >= MAX_PENDING_RECORDS || this.#bytes >= MAX_PENDING_BYTES;
  }

  add(seq: number, record: LogRecord, fold: Fold | null = null): void {
    const size = sizeOf(record);
    const batch = this.#open(seq, size);
    const before = batch.segment.length;
    batch.segment.add(record, fold, this.#terms);
    const fresh = this.#terms.take();
    if (fresh.length > 0) batch.terms = [...batch.terms, ...fresh];
    batch.records.push(record);
    batch.newest = Math.max(batch.newest, record.at);
    const bytes = size + batch.segment.length - before;
    batch.bytes += bytes;
    this.#records += 1;
    this.#bytes += bytes;
  }

  /** The batch that the next record goes into. */
  #open(seq: number, size: number): Waiting {
    const last = this.#batches.at(-1);
    if (last !== undefined && !last.sealed && last.records.length < MAX_BATCH_RECORDS && last.bytes + size <= MAX_BATCH_BYTES) return last;
    const segment = new SegmentWriter(seq);
    const batch: Waiting = { seq, records: [], bytes: 0, sealed: false, segment, newest: Number.NEGATIVE_INFINITY, terms: [], settled: null };
    this.#batches.push(batch);
    return batch;
  }

  /** The batch that is to be written now; null where there is none or one is being written. */
  take(): Batch | null {
    const first = this.#batches[0];
    if (first === undefined || this.#sent) return null;
    this.#sent = true;
    first.sealed = true;
    return { seq: first.seq, records: first.records, segment: first.segment.finish(), newest: first.newest, terms: first.terms };
  }

  /** The records after one as segments; null where some of them are durable already, and so not here. */
  unwritten(after: number, types: ReadonlySet<string>): SegmentBatch | null {
    if (after < this.#committed) return null;
    const segments = this.#batches.filter(({ seq, records }) => seq + records.length - 1 > after).map(({ segment }) => segment.finish());
    return new SegmentBatch(Buffer.concat(segments), this.#terms.list(), after, types);
  }

  /** Resolves once the record is durable, rejects with `StoreFailed` when it could not be written; null for one that is durable. */
  wait(seq: number): Promise<void> | null {
    if (seq <= this.#committed) return null;
    const batch = this.#batches.find((each) => seq < each.seq + each.records.length);
    if (batch === undefined) throw new RangeError(`there is no record ${seq}`);
    batch.settled ??= Promise.withResolvers();
    return batch.settled.promise;
  }

  /** Resolves when there is room again; null where there is. */
  room(): Promise<void> | null {
    if (!this.full) return null;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  /** All records up to this one are durable. */
  done(last: number): void {
    for (let first = this.#batches[0]; first !== undefined && first.seq + first.records.length - 1 <= last; first = this.#batches[0]) {
      this.#batches.shift();
      this.#records -= first.records.length;
      this.#bytes -= first.bytes;
      this.#committed = first.seq + first.records.length - 1;
      first.settled?.resolve();
    }
    this.#sent = false;
    if (this.full) return;
    this.#drained?.resolve();
    this.#drained = null;
  }

  /** Nothing that waits was written. Everybody who waits is told; the records stay and are taken again. */
  fail(reason: string): void {
    this.#sent = false;
    const waiting = this.#batches.map((each) => each.settled);
    for (const batch of this.#batches) batch.settled = null;
    for (const each of [...waiting, this.#drained]) each?.reject(new StoreFailed(reason));
    this.#drained = null;
  }
}

/** Bytes of the large parts; every record has some hundred more. */
function sizeOf({ body, decision, features, edits }: LogRecord): number {
  return 200 + body.length + (decision?.length ?? 0) + (features?.length ?? 0) + (edits?.length ?? 0);
}
