import { deserialize } from "node:v8";
import { Reader } from "./bytes.ts";
import { CODE_MASK, isPlain } from "./layout.ts";
import type { Layout, Measure } from "./layout.ts";
import type { Log } from "./log.ts";
import { CELL, CODE, MIXED, OTHER_CELL, PANE_WORDS, Panes, SKETCH } from "./panes.ts";
import { FRAME, PieceReader, SnapshotError } from "./pieces.ts";
import type { Records, RecordsFacts } from "./records.ts";
import { LAYOUT, LIMIT, Rows, TOUCHED } from "./rows.ts";
import type { Shared } from "./shared.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { EndFacts, HeaderFacts, LayoutFacts, LogFacts, MeasureFacts } from "./snapshot.ts";
import type { Aggregate, LogId, WindowSpec } from "./spec.ts";

/** A log as the snapshot has it, and the one that takes it up. */
interface Member {
  readonly facts: LogFacts;
  readonly log: Log | undefined;
  taken: number;
}

/** A layout as rows of the snapshot have it, by the number that the log knows it by. */
interface Known {
  readonly member: Member;
  readonly log: Log;
  readonly layout: Layout;
  readonly number: number;
}

/** The entity that frames are about. */
interface Opened {
  readonly known: Known;
  readonly entity: number;
  readonly key: Uint8Array;
  readonly size: number;
}

/**
 * Takes up the pieces of a snapshot. Rows come into memory as they were; where the program has changed, the log learns
 * their layout and moves each entity over when it is next met, as it does after a reload.
 */
export class Restorer {
  readonly #shared: Shared;
  readonly #logOf: (id: LogId) => Log | undefined;
  readonly #makeRoom: () => void;
  readonly #records: readonly Records[];
  readonly #onBegin: (header: HeaderFacts) => void;
  readonly #pieces = new PieceReader();
  readonly #rows: Rows;
  readonly #panes: Panes;
  readonly #members: Member[] = [];
  readonly #layouts: (Known | null)[] = [];
  #opened: Opened | null = null;
  /** What the numbers of currencies in the snapshot are here; null where they are the same. */
  #codes: readonly number[] | null = null;
  #facts: readonly RecordsFacts[] = [];
  readonly #listed: number[] = [0, 0];
  #state: "new" | "begun" | "ended" = "new";

  /** `records`: containers that take up those of the snapshot, or none. */
  constructor(shared: Shared, logOf: (id: LogId) => Log | undefined, records: readonly Records[], makeRoom: () => void, onBegin: (header: HeaderFacts) => void) {
    this.#shared = shared;
    this.#logOf = logOf;
    this.#records = records;
    this.#makeRoom = makeRoom;
    this.#onBegin = onBegin;
    this.#rows = new Rows(shared.slabs, shared.values, NO_LAYOUT);
    this.#panes = new Panes(shared.slabs);
  }

  /** Takes up the next piece; whether it was the last. Everything that can go wrong is a `SnapshotError`. */
  read(piece: Uint8Array): boolean {
    try {
      this.#reopen();
      const last = this.#pieces.read(piece, (kind, frame) => this.#take(kind, frame));
      if (last && this.#state !== "ended") throw new SnapshotError("snapshot_damaged", "the last piece does not end the snapshot");
      return last;
    } catch (error) {
      if (error instanceof SnapshotError) throw error;
      throw new SnapshotError("snapshot_damaged", error instanceof Error ? error.message : String(error));
    }
  }

  /** Whether all definitions of a log were in the snapshot. */
  isComplete(log: Log): boolean {
    const known = new Set(this.#members.find((member) => member.log === log)?.facts.measures.map(({ identity }) => identity));
    return log.layout.measures.every(({ spec }) => known.has(spec.identity));
  }

  #take(kind: number, frame: Uint8Array): void {
    if ((this.#state === "new") !== (kind === FRAME.header)) throw new SnapshotError("snapshot_damaged", "a snapshot has one header, at its beginning");
    switch (kind) {
      case FRAME.header:
        return this.#header(deserialize(frame) as HeaderFacts);
      case FRAME.layout:
        return this.#layout(deserialize(frame) as LayoutFacts);
      case FRAME.entity:
        return this.#entity(new Reader(frame));
      case FRAME.rows:
        return this.#takeRows(new Reader(frame));
      case FRAME.panes:
        return this.#takePanes(new Reader(frame));
      case FRAME.seen:
        return this.#takeSeen(new Reader(frame));
      case FRAME.record:
        return this.#record(new Reader(frame));
      case FRAME.end:
        return this.#end(deserialize(frame) as EndFacts);
      default:
        throw new SnapshotError("snapshot_damaged", `no frame is of kind ${kind}`);
    }
  }

  #header(header: HeaderFacts): void {
    this.#state = "begun";
    this.#onBegin(header);
    const codes = header.codes.map((code) => this.#shared.values.currency(code));
    this.#codes = codes.every((number, index) => number === index) ? null : codes;
    this.#facts = header.records;
    for (const [index, records] of this.#records.entries()) {
      const facts = header.records[index];
      if (facts !== undefined) records.begin(facts);
    }
    for (const facts of header.logs) {
      const log = this.#logOf(facts.id);
      this.#members.push({ facts, log, taken: 0 });
      if (log === undefined) continue;
      const { evictedUntil, clock, floor, blockSize, blockEarliest } = facts;
      Object.assign(log, { evictedUntil, clock, floor: Math.max(floor, clock - log.layout.keep), blockSize, blockEarliest });
      for (const { identity, since } of facts.measures) {
        const measure = measureOf(log, identity);
        if (measure !== undefined && since !== null) log.since.set(measure.serial, since);
      }
    }
  }

  #layout({ log: index, layout }: LayoutFacts): void {
    const member = this.#members[index] as Member;
    const { log } = member;
    if (log === undefined) {
      this.#layouts.push(null);
      return;
    }
    const foreign: Layout = { ...layout, measures: layout.measures.map((facts, place) => measureFrom(facts, place, log)) };
    const number = log.know(foreign);
    this.#layouts.push({ member, log, number, layout: log.layoutAt(number) });
  }

  #entity(reader: Reader): void {
    const known = this.#layouts[reader.u32()];
    if (known === undefined) throw new SnapshotError("snapshot_damaged", "an entity has a layout that was not described");
    this.#opened = null;
    if (known === null) return;
    const { member, log, layout, number } = known;
    const idle = reader.u32();
    const met = reader.u32();
    const limit = reader.u32();
    const wide = reader.u8() === 1;
    const size = reader.u32();
    const capacity = reader.u32();
    const newest = reader.f64();
    const since = reader.f64();
    const key = reader.take(reader.u32());
    this.#makeRoom();
    const entity = log.admit(key, newest, since);
    if (entity === 0) throw new SnapshotError("snapshot_damaged", "an entity is there twice");
    member.taken++;
    const rows = this.#rows;
    rows.load(entity, layout);
    rows.setHead(LAYOUT, number);
    rows.setHead(TOUCHED, (this.#shared.arrival - idle) >>> 0);
    rows.setHead(LIMIT, limit);
    log.setMet(entity, met);
    if (size > capacity) throw new SnapshotError("snapshot_damaged", "an entity has more rows than room for them");
    if (capacity > 0) rows.allocate(capacity, wide);
    this.#opened = { known, entity, key: key.slice(), size };
    this.#takeRows(reader);
  }

  /** Between two pieces the entity may have been evicted; then the rest of it is left out. */
  #reopen(): void {
    if (this.#opened === null) return;
    const { known: { log, layout, number }, key, entity } = this.#opened;
    if (log.table.find(key, key.length) !== entity) this.#opened = null;
    else {
      this.#rows.load(entity, layout);
      if (this.#rows.head(LAYOUT) !== number) this.#opened = null;
    }
  }

  #takeRows(reader: Reader): void {
    if (this.#opened === null) return;
    const { known: { log, layout }, size } = this.#opened;
    const rows = this.#rows;
    const count = reader.u32();
    if (rows.size + count > size) throw new SnapshotError("snapshot_damaged", "an entity has more rows than it says");
    if (count === 0) return;
    const raw = reader.take(count * rows.stride * 4);
    const cells = this.#hold(reader);
    const first = rows.start + rows.size * rows.stride;
    new Uint8Array(rows.u32.buffer, first * 4, raw.length).set(raw);
    for (const integer of layout.cells) {
      for (let index = 0, at = first + integer; index < count; index++, at += rows.stride) rows.u32[at] = this.#use(cells, rows.u32[at] as number);
    }
    this.#recode(layout, first, count);
    rows.resize(rows.size + count);
    log.events += count;
    this.#release(cells);
  }

  /** Turns the numbers of currencies into those of this store. */
  #recode({ measures }: Layout, first: number, count: number): void {
    if (this.#codes === null) return;
    const { u32, stride } = this.#rows;
    const done = new Set<number>();
    for (const { code, shift } of measures) {
      if (code < 0 || done.has(code * 32 + shift)) continue;
      done.add(code * 32 + shift);
      for (let index = 0, at = first + code; index < count; index++, at += stride) {
        const held = u32[at] as number;
        u32[at] = (held & ~(CODE_MASK << shift)) | (this.#code((held >>> shift) & CODE_MASK) << shift);
      }
    }
  }

  #code(number: number): number {
    if (this.#codes === null || number === MIXED) return number;
    const code = this.#codes[number];
    if (code === undefined) throw new SnapshotError("snapshot_damaged", "a currency has no name");
    return code;
  }

  #takePanes(reader: Reader): void {
    if (this.#opened === null) return;
    const measure = this.#opened.known.layout.measures[reader.u32()];
    if (measure === undefined) throw new SnapshotError("snapshot_damaged", "panes are of no measure");
    if (measure.serial <= 0) return;
    const panes = this.#panes;
    const { slabs } = this.#shared;
    const capacity = reader.u32();
    const horizon = reader.f64();
    const total = reader.u32();
    const count = reader.u32();
    if (!panes.load(this.#rows, measure)) panes.open(capacity, horizon);
    const first = panes.count;
    if (first + count > total || total > panes.capacity) throw new SnapshotError("snapshot_damaged", "there are more panes than room for them");
    for (let index = first; index < first + count; index++) {
      const word = panes.pane(index);
      new Uint8Array(panes.u32.buffer, word * 8, PANE_WORDS * 8).set(reader.take(PANE_WORDS * 8));
      const words = panes.u32[word * 2 + SKETCH] as number;
      panes.u32[word * 2 + SKETCH] = 0;
      if (words === 0) continue;
      const block = reader.take(words * 8);
      const address = slabs.allocate(words);
      (slabs.u8[pageOf(address)] as Uint8Array).set(block, wordOf(address) * 8);
      panes.u32[word * 2 + SKETCH] = address;
    }
    const cells = this.#hold(reader);
    const holds = measure.cell >= 0 && measure.spec.aggregate !== "distinct";
    for (let index = first; index < first + count; index++) {
      const integers = panes.pane(index) * 2;
      panes.u32[integers + CODE] = this.#code(panes.u32[integers + CODE] as number);
      for (const integer of [integers + CELL, integers + OTHER_CELL]) {
        const held = panes.u32[integer] as number;
        if (holds) panes.u32[integer] = this.#use(cells, held);
        else if (measure.code >= 0) panes.u32[integer] = this.#code(held);
      }
    }
    this.#release(cells);
    panes.resize(first + count);
  }

  #takeSeen(reader: Reader): void {
    if (this.#opened === null) return;
    const measure = this.#opened.known.layout.measures[reader.u32()];
    if (measure === undefined || measure.serial <= 0) return;
    const slots = reader.u32();
    const entries = Array.from({ length: reader.u32() }, () => ({ number: reader.u32(), at: reader.f64() }));
    const cells = this.#hold(reader);
    if (entries.length >= slots || !this.#panes.load(this.#rows, measure)) throw new SnapshotError("snapshot_damaged", "values were seen without panes");
    this.#panes.openSeen(slots, entries.map(({ number, at }) => ({ cell: this.#use(cells, number), at })));
    this.#release(cells);
  }

  /** The values of a frame, each with one use. */
  #hold(reader: Reader): readonly number[] {
    const count = reader.u32();
    if (count === 0) return NO_CELLS;
    const cells: number[] = [];
    for (let index = 0; index < count; index++) cells.push(this.#shared.values.holdBytes(reader.take(reader.u32())));
    return cells;
  }

  /** The cell of a value by its number in the frame, with one use more. */
  #use(cells: readonly number[], number: number): number {
    if (number === 0) return 0;
    const cell = cells[number - 1];
    if (cell === undefined) throw new SnapshotError("snapshot_damaged", "a value is not in its frame");
    this.#shared.values.retain(cell);
    return cell;
  }

  #release(cells: readonly number[]): void {
    for (const cell of cells) this.#shared.values.release(cell);
  }

  #record(reader: Reader): void {
    const number = reader.u8();
    const words = this.#facts[number]?.words ?? 0;
    const isNext = reader.u8() === 1;
    const idle = reader.u32();
    const until = reader.f64();
    const values = Float64Array.from({ length: words }, () => reader.f64());
    this.#listed[number] = (this.#listed[number] ?? 0) + 1;
    const records = this.#records[number];
    if (records === undefined) return;
    this.#makeRoom();
    if (records.words !== words || !records.admit(reader.take(reader.end - reader.at), values, until, idle, isNext)) {
      throw new SnapshotError("snapshot_damaged", "a record is there twice, or is not what it should be");
    }
  }

  #end({ entities, over }: EndFacts): void {
    this.#state = "ended";
    this.#opened = null;
    const isWhole = this.#members.every(({ log, taken }, index) => log === undefined || taken === entities[index]);
    if (!isWhole || this.#facts.some(({ size }, index) => size !== this.#listed[index])) throw new SnapshotError("snapshot_damaged", "entities or records are missing");
    for (const counts of new Set(this.#members.flatMap(({ log }) => (log === undefined ? [] : [log.counts])))) counts.expired += over;
  }
}

const NO_LAYOUT: Layout = { measures: [], integers: 2, numbers: 0, masks: [], cells: [], keep: 0, lateness: 0 };
const NO_CELLS: readonly number[] = [];

function measureOf(log: Log, identity: string | null): Measure | undefined {
  return log.layout.measures.find(({ spec }) => spec.identity === identity);
}

/** A measure of the program at the places of the snapshot; one that the program has not has a serial that no other has. */
function measureFrom({ identity, aggregate, ...places }: MeasureFacts, place: number, log: Log): Measure {
  const own = measureOf(log, identity);
  const { spec, serial, keep, lateness } = own ?? { spec: unknownSpec(aggregate as Aggregate), serial: -1 - place, keep: 0, lateness: 0 };
  return { ...places, place, spec, serial, keep, lateness, plain: isPlain(spec.aggregate, places.code) };
}

function unknownSpec(aggregate: Aggregate): WindowSpec {
  return {
    name: "", identity: "", source: "", keys: [], aggregate, argument: null, domain: "none", over: 1, delay: 0, excludingCurrent: false,
    where: null, value: null, key: () => "", compare: () => 0,
  };
}
