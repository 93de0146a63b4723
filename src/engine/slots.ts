/** In place of a slot: there is none. */
export const NO_SLOT = -1;

/**
 * Numbers for the things that were met last, found by a hash: a hash table and the order in which they were met, in arrays
 * of numbers alone, so that the garbage collector has nothing to do with either. Two may have one hash; who asks tells them
 * apart. Links count from 1, and 0 stands for none, so that new arrays need no filling.
 */
export class Slots {
  readonly #capacity: number;
  readonly #dropped: (slot: number) => void;
  readonly #heads: Uint32Array;
  readonly #hashes: Int32Array;
  /** The next one in the same bucket. */
  readonly #chain: Uint32Array;
  readonly #older: Uint32Array;
  readonly #newer: Uint32Array;
  #oldest = 0;
  #newest = 0;
  /** Slots that were in use once; those that are free again are chained. */
  #used = 0;
  #free = 0;

  /** @param capacity slots, at least one @param dropped told of each that is let go of */
  constructor(capacity: number, dropped: (slot: number) => void) {
    this.#capacity = capacity;
    this.#dropped = dropped;
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(capacity + 1)));
    this.#hashes = new Int32Array(capacity);
    this.#chain = new Uint32Array(capacity);
    this.#older = new Uint32Array(capacity);
    this.#newer = new Uint32Array(capacity);
  }

  /** The slot with this hash that is the one, or `NO_SLOT`. */
  find(hash: number, isIt: (slot: number) => boolean): number {
    for (let link = this.#heads[hash & (this.#heads.length - 1)] as number; link !== 0; link = this.#chain[link - 1] as number) {
      if (this.#hashes[link - 1] === (hash | 0) && isIt(link - 1)) return link - 1;
    }
    return NO_SLOT;
  }

  /** A slot for something new, which is then the newest; the oldest where all are in use. */
  take(hash: number): number {
    if (this.#free === 0 && this.#used === this.#capacity) this.drop(this.#oldest - 1);
    let link = this.#free;
    if (link === 0) link = this.#used += 1;
    else this.#free = this.#chain[link - 1] as number;
    const bucket = hash & (this.#heads.length - 1);
    this.#hashes[link - 1] = hash;
    this.#chain[link - 1] = this.#heads[bucket] as number;
    this.#heads[bucket] = link;
    this.#append(link);
    return link - 1;
  }

  /** Makes one the newest. */
  touch(slot: number): void {
    if (slot + 1 === this.#newest) return;
    this.#unlink(slot + 1);
    this.#append(slot + 1);
  }

  drop(slot: number): void {
    const bucket = (this.#hashes[slot] as number) & (this.#heads.length - 1);
    const after = this.#chain[slot] as number;
    let link = this.#heads[bucket] as number;
    if (link === slot + 1) this.#heads[bucket] = after;
    else {
      while (this.#chain[link - 1] !== slot + 1) link = this.#chain[link - 1] as number;
      this.#chain[link - 1] = after;
    }
    this.#unlink(slot + 1);
    this.#chain[slot] = this.#free;
    this.#free = slot + 1;
    this.#dropped(slot);
  }

  #append(link: number): void {
    const before = this.#newest;
    this.#older[link - 1] = before;
    this.#newer[link - 1] = 0;
    if (before === 0) this.#oldest = link;
    else this.#newer[before - 1] = link;
    this.#newest = link;
  }

  #unlink(link: number): void {
    const [before, after] = [this.#older[link - 1] as number, this.#newer[link - 1] as number];
    if (before === 0) this.#oldest = after;
    else this.#newer[before - 1] = after;
    if (after === 0) this.#newest = before;
    else this.#older[after - 1] = before;
  }
}
