import type { IdHash } from "../store/record.ts";

/** Bytes of all tables together: some 25 million ids, so 290 events a second for a day. Beyond it the oldest are forgotten. */
export const MAX_ID_BYTES = 128 * 2 ** 20;
/** Slots of the first table and of the largest: the memory grows with the number of ids, and never by copying. */
const FIRST_SLOTS = 2 ** 12;
const MAX_SLOTS = 2 ** 22;
/** Tables of the largest size that there is room for, so that forgetting one loses a part of the day and not most of it. */
const TABLES = 8;
/** A table that is fuller makes every look-up longer. */
const FULLEST = 0.75;
/** A new table begins at least this often, so that ids that are too old go in parts of a day. */
const SPAN_MS = 6 * 3_600_000;
/** Slots to a piece of a snapshot, 512 KB. */
const PIECE_SLOTS = 2 ** 17;
/** Before the slots of a piece: number of the table, slots of it, first slot of the piece, and one unused; then three times. */
const PIECE_HEAD = 16 + 24;

/** Ids that came within a stretch of time, each by 32 bits of its hash, at a place that further bits name. */
interface Generation {
  readonly slots: Uint32Array<ArrayBuffer>;
  count: number;
  /** Arrival of the first and the newest. */
  readonly from: number;
  newest: number;
}

/**
 * Which ids were accepted lately, by their hashes: `has` may be true for an id that was not (a few times in a billion),
 * and never false for one that was since `lostUntil`. It holds no id for less than is asked of it, and most for longer.
 */
export class KnownIds {
  /** Oldest first. */
  #generations: Generation[] = [];
  readonly #windowMs: number;
  readonly #maxBytes: number;
  readonly #maxSlots: number;
  #bytes = 0;
  #lostUntil = Number.NEGATIVE_INFINITY;

  /** @param windowMs for how long ids are kept */
  constructor(windowMs: number, maxBytes = MAX_ID_BYTES) {
    this.#windowMs = windowMs;
    this.#maxBytes = maxBytes;
    this.#maxSlots = Math.min(MAX_SLOTS, 2 ** Math.floor(Math.log2(maxBytes / 4 / TABLES)));
  }

  /** Ids that arrived up to this time may have been forgotten. */
  get lostUntil(): number {
    return this.#lostUntil;
  }

  get stats(): { readonly ids: number; readonly bytes: number } {
    return { ids: this.#generations.reduce((sum, { count }) => sum + count, 0), bytes: this.#bytes };
  }

  /** Says that ids up to a time are not known here. */
  lose(until: number): void {
    this.#lostUntil = Math.max(this.#lostUntil, until);
  }

  /** Begins anew with nothing. */
  forget(): void {
    this.#generations = [];
    this.#bytes = 0;
    this.#lostUntil = Number.NEGATIVE_INFINITY;
  }

  has({ low, high }: IdHash): boolean {
    const mark = high >>> 0 || 1;
    for (let index = this.#generations.length - 1; index >= 0; index--) {
      const { slots } = this.#generations[index] as Generation;
      if (slots[place(slots, low, mark)] === mark) return true;
    }
    return false;
  }

  /** @param received arrival in milliseconds since 1970, not before that of the id ahead of it */
  add({ low, high }: IdHash, received: number): void {
    const mark = high >>> 0 || 1;
    const generation = this.#open(received);
    const { slots } = generation;
    const at = place(slots, low, mark);
    generation.newest = Math.max(generation.newest, received);
    if (slots[at] === mark) return;
    slots[at] = mark;
    generation.count += 1;
  }

  /** The generation that an id goes into. */
  #open(received: number): Generation {
    const last = this.#generations.at(-1);
    const full = last !== undefined && last.count >= last.slots.length * FULLEST;
    if (last !== undefined && !full && received - last.from < SPAN_MS) return last;
    while (this.#generations.length > 0 && (this.#generations[0] as Generation).newest <= received - this.#windowMs) this.#drop();
    const slots = last === undefined ? Math.min(FIRST_SLOTS, this.#maxSlots) : full ? Math.min(last.slots.length * 4, this.#maxSlots) : last.slots.length;
    while (this.#generations.length > 0 && this.#bytes + slots * 4 > this.#maxBytes) this.#lost();
    const generation: Generation = { slots: new Uint32Array(slots), count: 0, from: received, newest: received };
    this.#generations.push(generation);
    this.#bytes += slots * 4;
    return generation;
  }

  #lost(): void {
    this.lose(this.#drop().newest);
  }

  #drop(): Generation {
    const gone = this.#generations.shift() as Generation;
    this.#bytes -= gone.slots.length * 4;
    return gone;
  }

  /**
   * Its pieces, each at most half a megabyte. What is added meanwhile may be in them or not: it is in the log behind the
   * snapshot.
   */
  *pieces(): Generator<Uint8Array<ArrayBuffer>, void> {
    const generations = [...this.#generations];
    for (const [index, { slots, from, newest }] of generations.entries()) {
      for (let first = 0; first < slots.length; first += PIECE_SLOTS) {
        const some = slots.subarray(first, first + PIECE_SLOTS);
        const piece = new Uint8Array(PIECE_HEAD + some.length * 4);
        const view = new DataView(piece.buffer);
        [index, slots.length, first].forEach((each, at) => view.setUint32(at * 4, each, true));
        [from, newest, this.#lostUntil].forEach((each, at) => view.setFloat64(16 + at * 8, each, true));
        new Uint32Array(piece.buffer, PIECE_HEAD).set(some);
        yield piece;
      }
    }
  }

  /** Takes up a piece of a snapshot, in their order and before anything else. */
  restore(piece: Uint8Array): void {
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const [index, length, first] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
    const [from, newest, lostUntil] = [16, 24, 32].map((at) => view.getFloat64(at, true)) as [number, number, number];
    this.lose(lostUntil);
    if (index === this.#generations.length) {
      this.#generations.push({ slots: new Uint32Array(length), count: 0, from, newest });
      this.#bytes += length * 4;
    }
    const generation = this.#generations[index];
    if (generation === undefined || generation.slots.length !== length) throw new RangeError("a piece of the ids is out of its order");
    for (let at = PIECE_HEAD, slot = first; at < piece.length; at += 4, slot++) {
      const mark = view.getUint32(at, true);
      generation.slots[slot] = mark;
      if (mark !== 0) generation.count += 1;
    }
  }
}

/** Where a mark stands, or the free slot where it would. */
function place(slots: Uint32Array, low: number, mark: number): number {
  const last = slots.length - 1;
  let at = low & last;
  for (let there = slots[at]; there !== 0 && there !== mark; there = slots[at]) at = (at + 1) & last;
  return at;
}
