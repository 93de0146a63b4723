import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";

/** Integers at the start of a block that stands in a table; what follows is the owner's. */
export const HASH_LOW = 0;
export const HASH_HIGH = 1;
export const NEXT = 2;
/** Bytes of the key. */
export const LENGTH = 3;

const SEGMENT_BITS = 12;
const SEGMENT = 1 << SEGMENT_BITS;
const SEGMENT_MASK = SEGMENT - 1;
/** Buckets of an empty table; a power of two. */
const FIRST = 32;

/** Rounds of the hash after the last bytes. */
const LAST_ROUNDS = 3;

const NOTHING = new Uint8Array(0);

/** The bits of the last word of a key that are the key's, in a machine whose words begin with their lowest byte, as x64 and arm64 do. */
function restOf(length: number): number {
  return (1 << ((length & 3) * 8)) - 1;
}

/**
 * Blocks by their key, found by a hash of 64 bits and told apart by the bytes of the key. It is a linear hash table
 * (Litwin, VLDB 1980): each block that comes in splits one bucket, so growing is never felt, and buckets stand in
 * segments that are never copied. Chains run through the blocks, of which there is one to a bucket on average.
 */
export class Table {
  readonly #slabs: Slabs;
  /** At which integer of a block the key begins. */
  readonly #keyAt: number;
  /** The keys that were last looked for, by bytes and by words. */
  #bytes: Uint8Array = NOTHING;
  #words: Uint32Array = new Uint32Array(0);
  #seed: number;
  readonly #segments: Uint32Array[] = [];
  #buckets = FIRST;
  /** The power of two not above the number of buckets, less one. */
  #mask = FIRST - 1;
  #size = 0;
  /** Hash of the key that was last looked for. */
  low = 0;
  high = 0;

  /** @param keyAt byte of a block, a multiple of 8, that its key begins at; the words that it ends in are the key's alone */
  constructor(slabs: Slabs, keyAt: number, seed: number) {
    this.#slabs = slabs;
    this.#keyAt = keyAt / 4;
    this.#seed = seed;
    this.#segments.push(new Uint32Array(FIRST));
  }

  get size(): number {
    return this.#size;
  }

  get buckets(): number {
    return this.#buckets;
  }

  get bytes(): number {
    return this.#buckets * 4;
  }

  /** Takes another seed; false where something stands in the table. */
  reseed(seed: number): boolean {
    if (this.#size > 0 && seed !== this.#seed) return false;
    this.#seed = seed;
    return true;
  }

  /** First block of a bucket, or 0; the others follow by `next`. */
  first(bucket: number): number {
    return (this.#segments[bucket >>> SEGMENT_BITS] as Uint32Array)[bucket & SEGMENT_MASK] as number;
  }

  next(address: number): number {
    return (this.#slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + NEXT] as number;
  }

  /** The block of the key, or 0; leaves the hash for `add`. */
  find(bytes: Uint8Array, length: number): number {
    const words = this.#wordsOf(bytes, length);
    this.#hash(words, length);
    const { low, high } = this;
    let address = this.first(this.#bucket(low));
    while (address !== 0) {
      const integers = this.#slabs.u32[pageOf(address)] as Uint32Array;
      const at = wordOf(address) * 2;
      if (integers[at] === low && integers[at + HASH_HIGH] === high && integers[at + LENGTH] === length && this.#same(integers, at + this.#keyAt, words, length)) return address;
      address = integers[at + NEXT] as number;
    }
    return 0;
  }

  /** Puts in a block for the key that was last looked for and not found; writes the first integers and the key. */
  add(address: number, bytes: Uint8Array, length: number): void {
    const words = this.#wordsOf(bytes, length);
    const integers = this.#slabs.u32[pageOf(address)] as Uint32Array;
    const at = wordOf(address) * 2;
    integers[at] = this.low;
    integers[at + HASH_HIGH] = this.high;
    integers[at + LENGTH] = length;
    const start = at + this.#keyAt;
    for (let word = 0; word * 4 < length; word++) integers[start + word] = words[word] as number;
    const bucket = this.#bucket(this.low);
    integers[at + NEXT] = this.first(bucket);
    this.#set(bucket, address);
    if (++this.#size > this.#buckets) this.#split();
  }

  remove(address: number): void {
    const integers = this.#slabs.u32[pageOf(address)] as Uint32Array;
    const at = wordOf(address) * 2;
    const bucket = this.#bucket(integers[at] as number);
    const next = integers[at + NEXT] as number;
    let before = this.first(bucket);
    if (before === address) this.#set(bucket, next);
    else {
      while (this.next(before) !== address) before = this.next(before);
      (this.#slabs.u32[pageOf(before)] as Uint32Array)[wordOf(before) * 2 + NEXT] = next;
    }
    this.#size--;
  }

  /** The bytes of the key of a block; good until the block is freed. */
  key(address: number): Uint8Array {
    const page = pageOf(address);
    const start = (wordOf(address) * 2 + this.#keyAt) * 4;
    return (this.#slabs.u8[page] as Uint8Array).subarray(start, start + this.lengthOf(address));
  }

  /** Bytes of the key of a block. */
  lengthOf(address: number): number {
    return (this.#slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + LENGTH] as number;
  }

  /** A key by four bytes at a time. Most are in the one place where their owner writes them, which is seen through once. */
  #wordsOf(bytes: Uint8Array, length: number): Uint32Array {
    if (bytes === this.#bytes) return this.#words;
    const { buffer } = bytes;
    if (bytes.byteLength === buffer.byteLength && bytes.byteLength % 4 === 0) {
      this.#bytes = bytes;
      this.#words = new Uint32Array(buffer);
      return this.#words;
    }
    const words = new Uint32Array((length + 3) >>> 2);
    new Uint8Array(words.buffer).set(bytes.subarray(0, length));
    return words;
  }

  #same(integers: Uint32Array, start: number, words: Uint32Array, length: number): boolean {
    const whole = length >>> 2;
    for (let word = 0; word < whole; word++) if (integers[start + word] !== words[word]) return false;
    return (length & 3) === 0 || (((integers[start + whole] as number) ^ (words[whole] as number)) & restOf(length)) === 0;
  }

  #bucket(low: number): number {
    const bucket = low & (this.#mask * 2 + 1);
    return bucket < this.#buckets ? bucket : low & this.#mask;
  }

  #set(bucket: number, address: number): void {
    (this.#segments[bucket >>> SEGMENT_BITS] as Uint32Array)[bucket & SEGMENT_MASK] = address;
  }

  /** One bucket more; takes over what belongs there. */
  #split(): void {
    const fresh = this.#buckets++;
    if (fresh > this.#mask * 2 + 1) this.#mask = this.#mask * 2 + 1;
    const segment = fresh >>> SEGMENT_BITS;
    const held = this.#segments[segment];
    if (held === undefined) this.#segments.push(new Uint32Array(SEGMENT));
    else if ((fresh & SEGMENT_MASK) >= held.length) {
      // Only the first segment starts small.
      const grown = new Uint32Array(held.length * 2);
      grown.set(held);
      this.#segments[segment] = grown;
    }
    const old = fresh & this.#mask;
    let address = this.first(old);
    this.#set(old, 0);
    this.#set(fresh, 0);
    while (address !== 0) {
      const integers = this.#slabs.u32[pageOf(address)] as Uint32Array;
      const at = wordOf(address) * 2;
      const next = integers[at + NEXT] as number;
      const bucket = this.#bucket(integers[at] as number);
      integers[at + NEXT] = this.first(bucket);
      this.#set(bucket, address);
      address = next;
    }
  }

  /**
   * HalfSipHash-1-3 (Aumasson, Bernstein), so that a sender who does not know the seed cannot choose keys of equal hash;
   * the upper half are the two words of the last state that the algorithm leaves out. The last rounds are like any other,
   * so all of them are turns of one loop.
   */
  #hash(words: Uint32Array, length: number): void {
    let v0 = this.#seed;
    let v1 = Math.imul(this.#seed, 0x9e3779b1);
    let v2 = v0 ^ 0x6c796765;
    let v3 = v1 ^ 0x74656462;
    const whole = length >>> 2;
    for (let step = 0; step <= whole + LAST_ROUNDS; step++) {
      let word = 0;
      if (step < whole) word = words[step] as number;
      else if (step === whole) word = (length << 24) | ((length & 3) === 0 ? 0 : (words[whole] as number) & restOf(length));
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
      if (step === whole) v2 ^= 0xff;
    }
    this.low = (v1 ^ v3) >>> 0;
    this.high = (v0 ^ v2) >>> 0;
  }
}
