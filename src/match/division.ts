import type { ColumnKind, ColumnTable, Limits, Texts } from "./tables.ts";
import type { Column } from "./columns.ts";
import type { Division } from "./tests.ts";
import { trieOf } from "./trie.ts";

/** A column divided into classes by the constants that its tests name. */
export interface Divided {
  readonly table: ColumnTable;
  readonly division: Division;
}

export function divide(column: Column, constants: ReadonlySet<string | number>): Divided {
  const { kind, sides, currency, costly } = column;
  // The upper half of -0 is not that of 0, though they are equal.
  const numbers = Float64Array.from([...constants].filter((each) => typeof each === "number"), (each) => each + 0).sort();
  const texts = [...constants].filter((each) => typeof each === "string");
  // What begins with a text comes right behind it.
  if (kind === "prefix" || kind === "suffix") texts.sort();
  const table: ColumnTable = {
    kind,
    sides,
    currency,
    costly,
    limits: LIMITED.has(kind) ? limitsOf(distinct(numbers)) : null,
    texts: kind === "text" ? textsOf(texts) : null,
    trie: TREES.has(kind) ? trieOf(texts) : null,
  };
  return { table, division: divisionOf(table, texts) };
}

const TREES: ReadonlySet<ColumnKind> = new Set(["prefix", "suffix", "infix"]);
const LIMITED: ReadonlySet<ColumnKind> = new Set(["number", "money", "above", "reaches"]);

function distinct(sorted: Float64Array): Float64Array {
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
}

function divisionOf({ kind, limits }: ColumnTable, texts: readonly string[]): Division {
  const numbers = new Map(texts.map((text, i) => [text, i + 1]));
  const values = limits?.values ?? new Float64Array(0);
  const at = (value: number): number => firstNotBelow(values, value, 0, values.length);
  const isFactor = kind === "above" || kind === "reaches";
  return {
    count: countOf(kind, values.length, texts.length),
    // A limit has a class of its own, between those of lesser and of greater values; factors only tell how many of them hold.
    ofNumber: isFactor ? (value) => at(value) + 1 : (value) => 2 * at(value) + 1,
    ofText: (text) => numbers.get(text) ?? 0,
    afterPrefix: (prefix) => {
      let end = numbers.get(prefix) ?? 0;
      while (end < texts.length && (texts[end] as string).startsWith(prefix)) end++;
      return end + 1;
    },
  };
}

function countOf(kind: ColumnKind, limits: number, texts: number): number {
  switch (kind) {
    case "number":
    case "money":
      return 2 * limits + 1;
    case "above":
    case "reaches":
      return limits + 1;
    case "text":
    case "prefix":
    case "suffix":
    case "infix":
      return texts + 1;
    case "truth":
      return 2;
    case "presence":
      return 1;
  }
}

/** The first of ascending values from `from` up to `to` that is not below `value`; `to` where all are. */
export function firstNotBelow(values: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const double = new Float64Array(1);
const halves = new Int32Array(double.buffer);
/** Which half of a double holds sign and exponent on this machine. */
const UPPER = (() => {
  double[0] = -1;
  return halves[1] === 0 ? 0 : 1;
})();

/** The upper half of a number's bits, as whole numbers in the order of the numbers. */
export function upperHalf(value: number): number {
  double[0] = value;
  const bits = halves[UPPER] as number;
  return bits < 0 ? bits ^ 0x7fffffff : bits;
}

/** Buckets a limit: more make the search shorter and the table larger. */
const BUCKETS_A_LIMIT = 4;
const MAX_BUCKETS = 8_192;
const MIN_BUCKETS = 64;

function limitsOf(values: Float64Array): Limits {
  const low = upperHalf(values[0] ?? 0);
  const high = upperHalf(values.at(-1) ?? 0);
  const wanted = Math.min(MAX_BUCKETS, Math.max(MIN_BUCKETS, values.length * BUCKETS_A_LIMIT));
  let shift = 0;
  while ((high - low) / 2 ** shift >= wanted) shift++;
  const buckets = Math.floor((high - low) / 2 ** shift) + 1;
  // One bucket before the first limit and one behind the last; the end of each is where the next begins.
  const starts = new Int32Array(buckets + 3);
  const uppers = Float64Array.from(values, upperHalf);
  for (let bucket = 1; bucket <= buckets; bucket++) {
    starts[bucket] = firstNotBelow(uppers, low + (bucket - 1) * 2 ** shift, 0, uppers.length);
  }
  starts[buckets + 1] = values.length;
  starts[buckets + 2] = values.length;
  return { values, starts, low, shift };
}

/** FNV-1a over UTF-16, begun with this. */
export const HASH_BASIS = 0x811c9dc5;
const HASH_PRIME = 0x01000193;

export function hashOn(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, HASH_PRIME);
}

/** The low bits of the hash alone would depend on the low bits of the text alone. */
export function bucketOf(hash: number, buckets: number): number {
  return (hash ^ (hash >>> 15)) & (buckets - 1);
}

function textsOf(texts: readonly string[]): Texts {
  const size = 2 ** Math.ceil(Math.log2(texts.length * 2 + 2));
  const buckets = new Int32Array(size);
  const starts = new Int32Array(texts.length + 1);
  texts.forEach((text, i) => (starts[i + 1] = (starts[i] as number) + text.length));
  const units = new Uint16Array(starts.at(-1) ?? 0);
  const lengths = new Uint8Array(texts.reduce((longest, text) => Math.max(longest, text.length), 0) + 1);
  texts.forEach((text, i) => {
    let hash = HASH_BASIS;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      units[(starts[i] as number) + at] = unit;
      hash = hashOn(hash, unit);
    }
    let bucket = bucketOf(hash, size);
    while (buckets[bucket] !== 0) bucket = (bucket + 1) & (size - 1);
    buckets[bucket] = i + 1;
    lengths[text.length] = 1;
  });
  return { buckets, starts, units, lengths };
}
