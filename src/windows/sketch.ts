import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";

/*
 * The ranks of values within 1 per cent of the value, by DDSketch (Masson, Rim, Lee, VLDB 2019). A value goes to the bin of
 * its logarithm; bins are numbered so that greater values have greater numbers, through zero to the negative ones. A
 * block is one word of integers (bins, words of the block), then a word for each bin, in order: its number, its count.
 */

/** Largest relative error of a percentile. */
export const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** The bin of zero; logarithms of doubles have numbers within ±37,300. */
export const ZERO_BIN = 75_000;
const OFFSET = ZERO_BIN / 2;

/** Bins of one block. Where values spread over more, the lowest are put together. */
export const MAX_BINS = 2_048;

const FIRST_WORDS = 8;

export function binOf(value: number): number {
  if (value === 0) return ZERO_BIN;
  const bin = Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA) + OFFSET;
  return value > 0 ? ZERO_BIN + bin : ZERO_BIN - bin;
}

/** The value within 1 per cent of all values of a bin. */
export function valueOf(bin: number): number {
  if (bin === ZERO_BIN) return 0;
  const value = Math.min((2 * GAMMA ** (Math.abs(bin - ZERO_BIN) - OFFSET)) / (GAMMA + 1), Number.MAX_VALUE);
  return bin > ZERO_BIN ? value : -value;
}

/** Takes a value in; gives the address of the block, which may be another one than before. 0 makes a new one. */
export function addValue(slabs: Slabs, block: number, value: number): number {
  const address = block === 0 ? make(slabs, FIRST_WORDS) : block;
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  const first = wordOf(address) * 2;
  const count = integers[first] as number;
  const bin = binOf(value);
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((integers[first + 2 + middle * 2] as number) < bin) low = middle + 1;
    else high = middle;
  }
  const at = first + 2 + low * 2;
  if (low < count && integers[at] === bin) {
    integers[at + 1] = (integers[at + 1] as number) + 1;
    return address;
  }
  if (count === MAX_BINS) {
    if (low === 0) integers[first + 3] = (integers[first + 3] as number) + 1;
    else {
      // The two lowest become one, which makes room below the new one.
      if (low > 1) integers[first + 5] = (integers[first + 5] as number) + (integers[first + 3] as number);
      const carried = low === 1 ? (integers[first + 3] as number) : 0;
      integers.copyWithin(first + 2, first + 4, at);
      integers[at - 2] = bin;
      integers[at - 1] = 1 + carried;
    }
    return address;
  }
  const words = integers[first + 1] as number;
  if (1 + count === words) return addValue(slabs, grow(slabs, address, words, count), value);
  integers.copyWithin(at + 2, at, first + 2 + count * 2);
  integers[at] = bin;
  integers[at + 1] = 1;
  integers[first] = count + 1;
  return address;
}

function make(slabs: Slabs, words: number): number {
  const address = slabs.allocate(words);
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  integers[wordOf(address) * 2] = 0;
  integers[wordOf(address) * 2 + 1] = words;
  return address;
}

function grow(slabs: Slabs, address: number, words: number, count: number): number {
  const grown = make(slabs, Math.min(words * 2, MAX_BINS + 1));
  const from = slabs.f64[pageOf(address)] as Float64Array;
  (slabs.f64[pageOf(grown)] as Float64Array).set(from.subarray(wordOf(address) + 1, wordOf(address) + 1 + count), wordOf(grown) + 1);
  (slabs.u32[pageOf(grown)] as Uint32Array)[wordOf(grown) * 2] = count;
  slabs.free(address, words);
  return grown;
}

export function freeSketch(slabs: Slabs, address: number): void {
  slabs.free(address, sketchWords(slabs, address));
}

function sketchWords(slabs: Slabs, address: number): number {
  return (slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + 1] as number;
}

/** Counts by bin, over several blocks and single values; emptied by what was counted. */
export class Bins {
  readonly #counts = new Float64Array(ZERO_BIN * 2 + 1);
  #low = Infinity;
  #high = -Infinity;

  add(bin: number, count: number): void {
    this.#counts[bin] = (this.#counts[bin] as number) + count;
    this.#low = Math.min(this.#low, bin);
    this.#high = Math.max(this.#high, bin);
  }

  addBlock(slabs: Slabs, address: number): void {
    const integers = slabs.u32[pageOf(address)] as Uint32Array;
    const first = wordOf(address) * 2;
    const count = integers[first] as number;
    for (let index = 0; index < count; index++) this.add(integers[first + 2 + index * 2] as number, integers[first + 3 + index * 2] as number);
  }

  /** The value at a rank from 1 on; then there is nothing in it. */
  take(rank: number): number {
    let bin = this.#low;
    let below = 0;
    while (bin < this.#high && below + (this.#counts[bin] as number) < rank) below += this.#counts[bin++] as number;
    this.#counts.fill(0, this.#low, this.#high + 1);
    this.#low = Infinity;
    this.#high = -Infinity;
    return valueOf(bin);
  }
}
