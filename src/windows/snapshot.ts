import { randomInt } from "node:crypto";
import { serialize } from "node:v8";
import { Encoder } from "./encode.ts";
import type { Layout } from "./layout.ts";
import type { Log } from "./log.ts";
import { Listing } from "./listing.ts";
import { FRAME, PIECE, PieceWriter, SnapshotError } from "./pieces.ts";
import type { Records, RecordsFacts } from "./records.ts";
import { MARK } from "./rows.ts";
import type { Counts, Keeper, Shared } from "./shared.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { LogId } from "./spec.ts";

/** Full pieces that may wait to be taken, 64 MB: where events change more than is taken away, the snapshot is given up. */
export const MAX_WAITING = 1_024;

/** Buckets that are gone through between two looks at the clock. */
const BUCKETS_AT_A_TIME = 16;

/** The state at one moment, in pieces. */
export interface Snapshot {
  /**
   * The next piece, after about so many milliseconds or before; null after the last. A `SnapshotError` where more events
   * came than pieces were taken: then it is over, and nothing of it is good.
   */
  next(budgetMs: number): Uint8Array | null;
  /** Gives it up, or ends it after the last piece. */
  close(): void;
}

export interface HeaderFacts {
  readonly seed: number;
  readonly arrival: number;
  readonly codes: readonly string[];
  readonly counts: Counts;
  readonly logs: readonly LogFacts[];
  readonly records: readonly RecordsFacts[];
}

/** What a log is beside its entities. */
export interface LogFacts {
  readonly id: LogId;
  /** Its definitions by identity, with the time since which each counts. */
  readonly measures: readonly { readonly identity: string; readonly since: number | null }[];
  readonly evictedUntil: number;
  readonly clock: number;
  readonly floor: number;
  readonly blockSize: number;
  readonly blockEarliest: number;
}

/** How rows of a log are laid out; what it says of a measure is what a `Measure` says. */
export interface LayoutFacts {
  readonly log: number;
  readonly layout: Omit<Layout, "measures"> & { readonly measures: readonly MeasureFacts[] };
}

export interface MeasureFacts {
  /** Null where the definition is no longer used. */
  readonly identity: string | null;
  readonly aggregate: string;
  readonly mask: number;
  readonly bit: number;
  readonly number: number;
  readonly code: number;
  readonly shift: number;
  readonly cell: number;
  readonly pane: number;
}

/** How many entities it has in all, by log, and how many of each log were over and are not in it. */
export interface EndFacts {
  readonly entities: readonly number[];
  readonly over: number;
}

interface Member {
  readonly number: number;
  readonly log: Log;
  /** Identities of the definitions that the log had, by serial. */
  readonly identities: ReadonlyMap<number, string>;
  readonly serials: ReadonlySet<number>;
  readonly floor: number;
  written: number;
}

/**
 * Writes the state down as of when it began, while events go on: an entity that changes before its turn is written first,
 * which a mark in its header tells apart. Buckets are gone through in their order; where one is split meanwhile, what goes
 * to the new one comes later or has been.
 */
export class Snapshotting implements Snapshot, Keeper {
  readonly number: number;
  readonly #shared: Shared;
  readonly #members: readonly Member[];
  readonly #byLog: ReadonlyMap<Log, Member>;
  readonly #listings: readonly Listing[];
  readonly #layouts = new Map<Layout, number>();
  readonly #pieces = new PieceWriter(randomInt(2 ** 32));
  readonly #encoder: Encoder;
  readonly #arrival: number;
  readonly #onEnd: () => void;
  #state: "walking" | "walked" | "ended" | "closed" | "behind" = "walking";
  #member = 0;
  #bucket = 0;
  #listing = 0;
  #over = 0;

  /** The logs must be settled. `onEnd` is told when nothing need be written down any more. */
  constructor(number: number, shared: Shared, logs: readonly Log[], records: readonly Records[], onEnd: () => void) {
    this.number = number;
    this.#shared = shared;
    this.#arrival = shared.arrival;
    this.#onEnd = () => {
      for (const listing of this.#listings) listing.close();
      onEnd();
    };
    this.#members = logs.map((log, index) => ({
      number: index, log,
      identities: new Map(log.layout.measures.map(({ serial, spec }) => [serial, spec.identity])),
      serials: new Set(log.layout.measures.map(({ serial }) => serial)),
      floor: log.floor,
      written: 0,
    }));
    this.#byLog = new Map(this.#members.map((member) => [member.log, member]));
    const [first] = logs;
    this.#encoder = new Encoder(shared, first?.layout ?? NO_LAYOUT, (frame) => this.#pieces.put(frame));
    const header: HeaderFacts = { seed: shared.seed, arrival: shared.arrival, codes: shared.values.codes, counts: shared.counts, logs: logs.map(factsOf), records: records.map((each) => each.facts) };
    this.#encoder.plain(FRAME.header, serialize(header));
    this.#listings = records.map((each, index) => new Listing(each, index, number, (frame) => this.#pieces.put(frame)));
  }

  take(log: Log, entity: number): void {
    const member = this.#byLog.get(log);
    if (member === undefined) return;
    this.#write(member, entity);
    if (this.#pieces.pending <= MAX_WAITING) return;
    this.#state = "behind";
    this.#onEnd();
  }

  next(budgetMs: number): Uint8Array | null {
    if (this.#state === "walking" && this.#listings.some((listing) => listing.waiting > MAX_WAITING * PIECE)) {
      this.#state = "behind";
      this.#onEnd();
    }
    if (this.#state === "behind") throw new SnapshotError("snapshot_behind", `${MAX_WAITING} pieces of a snapshot waited to be taken`);
    if (this.#state === "closed") throw new SnapshotError("snapshot_closed", "the snapshot was closed");
    const end = performance.now() + budgetMs;
    for (;;) {
      const piece = this.#pieces.take();
      if (piece !== null) return piece;
      if (this.#state === "ended") return null;
      if (this.#state === "walked") {
        this.#state = "ended";
        return this.#pieces.flush(true);
      }
      if (!this.#walk()) this.#finish();
      else if (performance.now() >= end) return this.#pieces.take() ?? this.#pieces.flush(false);
    }
  }

  close(): void {
    if (this.#state === "walking") this.#onEnd();
    this.#state = "closed";
  }

  /** Goes on by some buckets; whether there were any. */
  #walk(): boolean {
    const member = this.#members[this.#member];
    if (member === undefined) return this.#list();
    const { table } = member.log;
    for (let count = 0; count < BUCKETS_AT_A_TIME && this.#bucket < table.buckets; count++, this.#bucket++) {
      for (let entity = table.first(this.#bucket); entity !== 0; entity = table.next(entity)) {
        if (this.#head(entity, MARK) !== this.number) this.#write(member, entity);
      }
    }
    if (this.#bucket >= table.buckets) {
      this.#member++;
      this.#bucket = 0;
    }
    return true;
  }

  /** The same for records; where too many wait for their turn, it is over too. */
  #list(): boolean {
    const listing = this.#listings[this.#listing];
    if (listing === undefined) return false;
    if (!listing.walk(BUCKETS_AT_A_TIME)) this.#listing++;
    return true;
  }

  #finish(): void {
    const end: EndFacts = { entities: this.#members.map((member) => member.written), over: this.#over };
    this.#encoder.plain(FRAME.end, serialize(end));
    this.#state = "walked";
    this.#onEnd();
  }

  #write(member: Member, entity: number): void {
    const { log } = member;
    const { slabs, arrival } = this.#shared;
    (slabs.u32[pageOf(entity)] as Uint32Array)[wordOf(entity) * 2 + MARK] = this.number;
    if (log.isOver(entity, member.floor)) {
      this.#over++;
      return;
    }
    member.written++;
    const layout = log.layoutOf(entity);
    const idle = Math.max(0, log.idle(entity) - (arrival - this.#arrival));
    this.#encoder.entity(entity, log.table.key(entity), layout, { layout: this.#numberOf(member, layout), idle, met: log.met(entity) }, member.serials);
  }

  /** The number of a layout, which is described before its first use. */
  #numberOf({ number: log, identities }: Member, layout: Layout): number {
    let number = this.#layouts.get(layout);
    if (number !== undefined) return number;
    number = this.#layouts.size;
    this.#layouts.set(layout, number);
    const measures = layout.measures.map(({ serial, spec, mask, bit, number: column, code, shift, cell, pane }): MeasureFacts => ({
      identity: identities.get(serial) ?? null, aggregate: spec.aggregate, mask, bit, number: column, code, shift, cell, pane,
    }));
    const facts: LayoutFacts = { log, layout: { ...layout, measures } };
    this.#encoder.plain(FRAME.layout, serialize(facts));
    return number;
  }

  #head(entity: number, field: number): number {
    return (this.#shared.slabs.u32[pageOf(entity)] as Uint32Array)[wordOf(entity) * 2 + field] as number;
  }
}

const NO_LAYOUT: Layout = { measures: [], integers: 2, numbers: 0, masks: [], cells: [], keep: 0, lateness: 0 };

function factsOf({ id, layout, since, evictedUntil, clock, floor, blockSize, blockEarliest }: Log): LogFacts {
  const measures = layout.measures.map(({ serial, spec }) => ({ identity: spec.identity, since: since.get(serial) ?? null }));
  return { id, measures, evictedUntil, clock, floor, blockSize, blockEarliest };
}
