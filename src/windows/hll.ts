import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";

/*
 * How many different hashes were seen, by HyperLogLog (Flajolet et al., AofA 2007) with 2,048 registers: a standard error
 * of 2.3 per cent. A block is one word of integers (entries, words of the block), then either the registers, a byte each,
 * or, while they are few, those that are set, an integer each: register and rank.
 */

const BITS = 11;
export const REGISTERS = 1 << BITS;
const RANK_BITS = 6;
const DENSE_WORDS = 1 + REGISTERS / 8;
/** In place of the number of entries where all registers are there. */
const DENSE = 0xffffffff;
const SPARSE_WORDS: readonly number[] = [4, 16, 64, 128];

/** Takes a hash in; gives the address of the block, which may be another one than before. 0 makes a new one. */
export function addHash(slabs: Slabs, address: number, low: number, high: number): number {
  return addRegister(slabs, address, low & (REGISTERS - 1), rankOf(low, high));
}

/** The rank is the place of the first bit set, of those that do not name the register. */
export function rankOf(low: number, high: number): number {
  const zeros = Math.clz32(high);
  return zeros < 32 ? zeros + 1 : 33 + Math.min(Math.clz32(low & ~(REGISTERS - 1)), 32 - BITS);
}

function addRegister(slabs: Slabs, block: number, register: number, rank: number): number {
  const address = block === 0 ? make(slabs, SPARSE_WORDS[0] as number, 0) : block;
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  const first = wordOf(address) * 2;
  const entries = integers[first] as number;
  if (entries === DENSE) {
    const bytes = slabs.u8[pageOf(address)] as Uint8Array;
    const at = (wordOf(address) + 1) * 8 + register;
    if ((bytes[at] as number) < rank) bytes[at] = rank;
    return address;
  }
  for (let index = 2; index < 2 + entries; index++) {
    const entry = integers[first + index] as number;
    if (entry >>> RANK_BITS !== register) continue;
    if ((entry & ((1 << RANK_BITS) - 1)) < rank) integers[first + index] = (register << RANK_BITS) | rank;
    return address;
  }
  const words = integers[first + 1] as number;
  if (2 + entries === words * 2) return addRegister(slabs, grow(slabs, address, words, entries), register, rank);
  integers[first + 2 + entries] = (register << RANK_BITS) | rank;
  integers[first] = entries + 1;
  return address;
}

function make(slabs: Slabs, words: number, entries: number): number {
  const address = slabs.allocate(words);
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  integers[wordOf(address) * 2] = entries;
  integers[wordOf(address) * 2 + 1] = words;
  return address;
}

function grow(slabs: Slabs, address: number, words: number, entries: number): number {
  const old = (slabs.u32[pageOf(address)] as Uint32Array).subarray(wordOf(address) * 2 + 2, wordOf(address) * 2 + 2 + entries);
  const next = SPARSE_WORDS.find((each) => each > words);
  let grown = next === undefined ? makeDense(slabs) : make(slabs, next, 0);
  for (const entry of old) grown = addRegister(slabs, grown, entry >>> RANK_BITS, entry & ((1 << RANK_BITS) - 1));
  slabs.free(address, words);
  return grown;
}

function makeDense(slabs: Slabs): number {
  const address = make(slabs, DENSE_WORDS, DENSE);
  const start = (wordOf(address) + 1) * 8;
  (slabs.u8[pageOf(address)] as Uint8Array).fill(0, start, start + REGISTERS);
  return address;
}

export function freeHll(slabs: Slabs, address: number): void {
  slabs.free(address, hllWords(slabs, address));
}

function hllWords(slabs: Slabs, address: number): number {
  return (slabs.u32[pageOf(address)] as Uint32Array)[wordOf(address) * 2 + 1] as number;
}

/** Each register becomes the greater one of both. */
export function mergeHll(slabs: Slabs, address: number, into: Uint8Array): void {
  const integers = slabs.u32[pageOf(address)] as Uint32Array;
  const first = wordOf(address) * 2;
  const entries = integers[first] as number;
  if (entries === DENSE) {
    const bytes = slabs.u8[pageOf(address)] as Uint8Array;
    const start = (wordOf(address) + 1) * 8;
    for (let register = 0; register < REGISTERS; register++) into[register] = Math.max(into[register] as number, bytes[start + register] as number);
    return;
  }
  for (let index = 0; index < entries; index++) {
    const entry = integers[first + 2 + index] as number;
    const register = entry >>> RANK_BITS;
    into[register] = Math.max(into[register] as number, entry & ((1 << RANK_BITS) - 1));
  }
}

/** Bits of a hash that ranks are taken from. */
const RANK_RANGE = 64 - BITS;
const ALPHA = 0.5 / Math.LN2;

/** The improved raw estimate of Ertl (2017, arXiv:1702.01284, algorithm 6): without bias at both ends. */
export function estimate(registers: Uint8Array): number {
  const ranks = new Float64Array(RANK_RANGE + 2);
  for (const rank of registers) ranks[rank] = (ranks[rank] as number) + 1;
  let z = REGISTERS * tau(1 - (ranks[RANK_RANGE + 1] as number) / REGISTERS);
  for (let rank = RANK_RANGE; rank > 0; rank--) z = 0.5 * (z + (ranks[rank] as number));
  z += REGISTERS * sigma((ranks[0] as number) / REGISTERS);
  return Math.round((ALPHA * REGISTERS * REGISTERS) / z);
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let [x, y, z, before] = [start, 1, start, -1];
  while (z !== before) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let [x, y, z, before] = [start, 1, 1 - start, -1];
  while (z !== before) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
