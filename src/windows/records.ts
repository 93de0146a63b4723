import { Writer } from "./bytes.ts";
import type { Shared } from "./shared.ts";
import { pageOf, wordOf } from "./slabs.ts";
import { LENGTH, Table } from "./table.ts";

/* The block of a record: integers, after those of the table, then numbers, then its values, then its key. */
const BEFORE = 4;
const AFTER = 5;
/** When it was last written, by arrivals. */
const TOUCHED = 6;
/** Number of the last snapshot that has it, or that it is too young for. */
const MARK = 7;
/** Numbers: which writing it was, and when it is over. */
const STAMP = 4;
const UNTIL = 5;
const HEAD = 6;

/** The clock moves by blocks of this many writings, to the earliest time in the block, as that of a log does. */
const CLOCK_BLOCK = 64;

/** Records that are looked at for being over, for one that is written. */
const LOOKED_AT = 2;

/** Writes records down before they change. */
export interface RecordKeeper {
  take(address: number): void;
}

/** What a container is beside its records. */
export interface RecordsFacts {
  readonly words: number;
  readonly size: number;
  readonly clock: number;
  readonly blockSize: number;
  readonly blockEarliest: number;
}

/**
 * Some numbers by key, in the memory of the windows. At most so many: then the one that was written longest ago goes. One
 * whose time is over is not there any more, and its memory comes back when it is next looked at.
 */
export class Records {
  readonly words: number;
  readonly most: number;
  readonly shared: Shared;
  readonly #table: Table;
  readonly #writer = new Writer();
  /** Least and most recently written. */
  #first = 0;
  #last = 0;
  /** The next that is looked at for being over. */
  #hand = 0;
  #stamp = 0;
  #clock = -Infinity;
  #blockSize = 0;
  #blockEarliest = Infinity;
  #evicted = 0;
  /** The snapshot that is being taken, and what it marks with. */
  keeper: RecordKeeper | null = null;
  mark = 0;

  /** @param words numbers of a record. */
  constructor(shared: Shared, words: number, most: number) {
    this.shared = shared;
    this.words = words;
    this.most = most;
    this.#table = new Table(shared.slabs, (HEAD + words) * 8, shared.seed);
  }

  get size(): number {
    return this.#table.size;
  }

  /** Records that went before their time. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Bytes of the hash table. */
  get bytes(): number {
    return this.#table.bytes;
  }

  get facts(): RecordsFacts {
    return { words: this.words, size: this.size, clock: this.#clock, blockSize: this.#blockSize, blockEarliest: this.#blockEarliest };
  }

  /** The numbers of a key into `values`; false where there is no record, or it is over. */
  read(key: string, values: Float64Array): boolean {
    const address = this.#find(key);
    if (address === 0 || this.#isOver(address)) return false;
    values.set((this.shared.slabs.f64[pageOf(address)] as Float64Array).subarray(wordOf(address) + HEAD, wordOf(address) + HEAD + this.words));
    return true;
  }

  /** Writes the numbers of a key, as of a time in milliseconds. It is over when the clock has passed `until`. */
  write(key: string, values: Float64Array, at: number, until: number): void {
    let address = this.#find(key);
    if (address === 0) {
      while (this.size >= this.most) this.evict();
      this.#find(key);
      address = this.#add(this.#writer.bytes, this.#writer.length);
    } else {
      this.#keep(address);
      if (this.#hand === address) this.#hand = this.after(address);
      this.#unlink(address);
      this.#append(address);
    }
    this.#set(address, values, until, this.shared.arrival);
    this.#tick(at);
    this.#sweep(address);
  }

  /** A record from elsewhere, written later than all there are. */
  admit(key: Uint8Array, values: Float64Array, until: number, idle: number, isNext: boolean): boolean {
    if (this.#table.find(key, key.length) !== 0) return false;
    const address = this.#add(key, key.length);
    this.#set(address, values, until, this.shared.arrival - idle);
    if (isNext) this.#hand = address;
    while (this.size > this.most) this.evict();
    return true;
  }

  /** Takes up what stands in a snapshot; there must be no records yet. */
  begin({ clock, blockSize, blockEarliest }: RecordsFacts): void {
    this.#clock = clock;
    this.#blockSize = blockSize;
    this.#blockEarliest = blockEarliest;
  }

  reseed(seed: number): boolean {
    return this.#table.reseed(seed);
  }

  /** Lets go of the one that was written longest ago. */
  evict(): void {
    if (this.#first === 0) return;
    if (!this.#isOver(this.#first)) this.#evicted++;
    this.#remove(this.#first);
  }

  /** Arrivals since the one that was written longest ago was; -1 where there is none. */
  get idle(): number {
    return this.#first === 0 ? -1 : this.idleOf(this.#first);
  }

  idleOf(address: number): number {
    return (this.shared.arrival - this.#head(address, TOUCHED)) >>> 0;
  }

  /** The record that was written longest ago, or 0; the others follow by `after`. */
  get first(): number {
    return this.#first;
  }

  /** The one that is next looked at for being over. */
  get next(): number {
    return this.#hand;
  }

  after(address: number): number {
    return this.#head(address, AFTER);
  }

  /** Records written later have a greater one. */
  stamp(address: number): number {
    return this.#number(address, STAMP);
  }

  get lastStamp(): number {
    return this.#stamp;
  }

  until(address: number): number {
    return this.#number(address, UNTIL);
  }

  value(address: number, index: number): number {
    return this.#number(address, HEAD + index);
  }

  key(address: number): Uint8Array {
    return this.#table.key(address);
  }

  isMarked(address: number): boolean {
    return this.#head(address, MARK) === this.mark;
  }

  setMark(address: number): void {
    this.#setHead(address, MARK, this.mark);
  }

  /** To be done before anything of a record changes. */
  #keep(address: number): void {
    if (this.keeper !== null && !this.isMarked(address)) this.keeper.take(address);
  }

  #find(key: string): number {
    this.#writer.length = 0;
    this.#writer.tail(key);
    return this.#table.find(this.#writer.bytes, this.#writer.length);
  }

  /** The hash must be that of the key. */
  #add(key: Uint8Array, length: number): number {
    const address = this.shared.slabs.allocate(this.#wordsOf(length));
    this.#table.add(address, key, length);
    this.#setHead(address, MARK, this.keeper === null ? 0 : this.mark);
    this.#append(address);
    return address;
  }

  #set(address: number, values: Float64Array, until: number, touched: number): void {
    const numbers = this.shared.slabs.f64[pageOf(address)] as Float64Array;
    const word = wordOf(address);
    this.#setHead(address, TOUCHED, touched >>> 0);
    numbers[word + STAMP] = ++this.#stamp;
    numbers[word + UNTIL] = until;
    for (let index = 0; index < this.words; index++) numbers[word + HEAD + index] = values[index] as number;
  }

  #remove(address: number): void {
    this.#keep(address);
    if (this.#hand === address) this.#hand = this.after(address);
    this.#unlink(address);
    this.#table.remove(address);
    this.shared.slabs.free(address, this.#wordsOf(this.#head(address, LENGTH)));
  }

  #append(address: number): void {
    this.#setHead(address, BEFORE, this.#last);
    this.#setHead(address, AFTER, 0);
    if (this.#last === 0) this.#first = address;
    else this.#setHead(this.#last, AFTER, address);
    this.#last = address;
  }

  #unlink(address: number): void {
    const before = this.#head(address, BEFORE);
    const after = this.#head(address, AFTER);
    if (before === 0) this.#first = after;
    else this.#setHead(before, AFTER, after);
    if (after === 0) this.#last = before;
    else this.#setHead(after, BEFORE, before);
  }

  #tick(at: number): void {
    this.#blockEarliest = Math.min(this.#blockEarliest, at);
    if (++this.#blockSize < CLOCK_BLOCK) return;
    this.#clock = Math.max(this.#clock, this.#blockEarliest);
    this.#blockSize = 0;
    this.#blockEarliest = Infinity;
  }

  #sweep(written: number): void {
    for (let count = 0; count < LOOKED_AT; count++) {
      const address = this.#hand === 0 ? this.#first : this.#hand;
      this.#hand = this.after(address);
      if (address !== written && this.#isOver(address)) this.#remove(address);
    }
  }

  #isOver(address: number): boolean {
    return this.#clock > this.#number(address, UNTIL);
  }

  #wordsOf(length: number): number {
    return HEAD + this.words + ((length + 7) >>> 3);
  }

  #head(address: number, field: number): number {
    return (this.shared.slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + field] as number;
  }

  #setHead(address: number, field: number, value: number): void {
    (this.shared.slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + field] = value;
  }

  #number(address: number, word: number): number {
    return (this.shared.slabs.f64[pageOf(address)] as Float64Array)[wordOf(address) + word] as number;
  }
}
