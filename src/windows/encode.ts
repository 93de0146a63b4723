import { Writer } from "./bytes.ts";
import type { Layout, Measure } from "./layout.ts";
import { CELL, eachSeen, OTHER_CELL, PANE_WORDS, Panes, SKETCH } from "./panes.ts";
import { FRAME, FRAME_HEAD } from "./pieces.ts";
import { LIMIT, Rows, SINCE } from "./rows.ts";
import type { Shared } from "./shared.ts";
import { pageOf, wordOf } from "./slabs.ts";

/** A frame ends soon after so many bytes, so that none holds up who takes it up. */
const FRAME_BYTES = 32_768;

/** What a frame says of an entity beside its key and rows. */
export interface EntityFacts {
  /** Number of its layout in the snapshot. */
  readonly layout: number;
  /** Arrivals since it was met, as the snapshot began. */
  readonly idle: number;
  /** See `Log`. */
  readonly met: number;
}

/**
 * Writes entities as frames: rows and panes as they are in memory, described by their layout, but for what they refer to.
 * In place of its cell stands the number of a value in the list that each frame has of its own.
 */
export class Encoder {
  readonly #shared: Shared;
  readonly #rows: Rows;
  readonly #panes: Panes;
  readonly #writer = new Writer();
  readonly #numbers = new Map<number, number>();
  readonly #emit: (frame: Uint8Array) => void;

  constructor(shared: Shared, layout: Layout, emit: (frame: Uint8Array) => void) {
    this.#shared = shared;
    this.#rows = new Rows(shared.slabs, shared.values, layout);
    // Those of the logs may be turned to the measure that is about to change.
    this.#panes = new Panes(shared.slabs);
    this.#emit = emit;
  }

  /** A frame with this body. */
  plain(kind: number, body: Uint8Array): void {
    this.#begin(kind);
    this.#writer.put(body);
    this.#end();
  }

  /** An entity with rows of a layout, and the panes of those of its measures that `wanted` holds. */
  entity(entity: number, key: Uint8Array, layout: Layout, facts: EntityFacts, wanted: ReadonlySet<number>): void {
    const rows = this.#rows;
    const writer = this.#writer;
    rows.load(entity, layout);
    this.#begin(FRAME.entity);
    writer.u32(facts.layout);
    writer.u32(facts.idle);
    writer.u32(facts.met);
    writer.u32(rows.head(LIMIT));
    writer.u8(rows.wide ? 1 : 0);
    writer.u32(rows.size);
    writer.u32(rows.capacity);
    writer.f64(rows.newest);
    writer.f64((this.#shared.slabs.f64[pageOf(entity)] as Float64Array)[wordOf(entity) + SINCE] as number);
    writer.u32(key.length);
    writer.put(key);
    let written = this.#putRows(0);
    this.#end();
    while (written < rows.size) {
      this.#begin(FRAME.rows);
      written = this.#putRows(written);
      this.#end();
    }
    if (rows.spill === 0) return;
    for (const measure of layout.measures) if (wanted.has(measure.serial) && this.#panes.load(rows, measure)) this.#putPanes(measure);
  }

  /** Rows from one on, as many as are well in one frame, and their values; gives the first that is not in it. */
  #putRows(from: number): number {
    const { size, stride, start, u32, layout: { cells } } = this.#rows;
    const writer = this.#writer;
    const until = Math.min(size, from + Math.max(1, Math.floor(FRAME_BYTES / (stride * 4))));
    writer.u32(until - from);
    const base = writer.length;
    writer.put(new Uint8Array(u32.buffer, (start + from * stride) * 4, (until - from) * stride * 4));
    for (const cell of cells) {
      for (let index = from; index < until; index++) {
        const held = u32[start + index * stride + cell] as number;
        if (held !== 0) writer.setU32(base + ((index - from) * stride + cell) * 4, this.#number(held));
      }
    }
    this.#putValues();
    return until;
  }

  #putPanes(measure: Measure): void {
    const panes = this.#panes;
    const writer = this.#writer;
    let next = 0;
    do {
      this.#begin(FRAME.panes);
      writer.u32(measure.place);
      writer.u32(panes.capacity);
      writer.f64(panes.horizon);
      writer.u32(panes.count);
      const count = writer.length;
      writer.u32(0);
      const first = next;
      while (next < panes.count && writer.length < FRAME_BYTES) this.#putPane(measure, panes.pane(next++));
      writer.setU32(count, next - first);
      this.#putValues();
      this.#end();
    } while (next < panes.count);
    if (panes.seen !== 0) this.#putSeen(measure);
  }

  #putPane(measure: Measure, word: number): void {
    const { u32 } = this.#panes;
    const writer = this.#writer;
    const base = writer.length;
    writer.put(new Uint8Array(u32.buffer, word * 8, PANE_WORDS * 8));
    if (measure.cell >= 0 && measure.spec.aggregate !== "distinct") {
      for (const integer of [CELL, OTHER_CELL]) {
        const held = u32[word * 2 + integer] as number;
        if (held !== 0) writer.setU32(base + integer * 4, this.#number(held));
      }
    }
    const sketch = u32[word * 2 + SKETCH] as number;
    if (sketch === 0) return;
    // The block says how long it is.
    const block = this.#shared.slabs.u32[pageOf(sketch)] as Uint32Array;
    const words = block[wordOf(sketch) * 2 + 1] as number;
    writer.setU32(base + SKETCH * 4, words);
    writer.put(new Uint8Array(block.buffer, wordOf(sketch) * 8, words * 8));
  }

  #putSeen(measure: Measure): void {
    const { seen, seenSlots } = this.#panes;
    const writer = this.#writer;
    this.#begin(FRAME.seen);
    writer.u32(measure.place);
    writer.u32(seenSlots);
    const count = writer.length;
    writer.u32(0);
    let entries = 0;
    eachSeen(this.#shared.slabs, seen, seenSlots, (cell, at) => {
      entries++;
      writer.u32(this.#number(cell));
      writer.f64(at);
    });
    writer.setU32(count, entries);
    this.#putValues();
    this.#end();
  }

  /** The number of a value in the list of the frame, from 1 on. */
  #number(cell: number): number {
    let number = this.#numbers.get(cell);
    if (number === undefined) this.#numbers.set(cell, (number = this.#numbers.size + 1));
    return number;
  }

  #putValues(): void {
    const writer = this.#writer;
    writer.u32(this.#numbers.size);
    if (this.#numbers.size === 0) return;
    for (const cell of this.#numbers.keys()) {
      const bytes = this.#shared.values.bytesOf(cell);
      writer.u32(bytes.length);
      writer.put(bytes);
    }
    this.#numbers.clear();
  }

  #begin(kind: number): void {
    this.#writer.length = 0;
    this.#writer.u32(0);
    this.#writer.u8(kind);
  }

  #end(): void {
    const { length, bytes } = this.#writer;
    this.#writer.setU32(0, length - FRAME_HEAD);
    this.#emit(bytes.subarray(0, length));
  }
}
