import { MAX_MINOR, scaledMinor } from "../types/money.ts";
import { Missing, type Money, type Value } from "../types/value.ts";
import { bucketOf, firstNotBelow, HASH_BASIS, hashOn, upperHalf } from "./division.ts";
import { ABSENT, FIRST, FOREIGN, NAN, UNSURE, type ColumnKind, type ColumnTable, type Limits, type Texts, type Trie } from "./tables.ts";
import { classOfParts, longestPrefix, longestSuffix, trieOf } from "./trie.ts";

/** What an event has in its slots; undefined where nothing was put yet. */
export type Slots = (Value | Missing | undefined)[];

/** Computes a side of a column; what it needs beside the slots is its own affair. */
export type Side<R> = (frame: Slots, run: R) => Value | Missing;

/** Kinds as numbers, so that choosing among them is a jump. */
const KINDS: readonly ColumnKind[] = ["number", "text", "money", "truth", "presence", "prefix", "above", "reaches", "suffix", "infix"];
const NUMBER = 0;
const TEXT = 1;
const MONEY = 2;
const TRUTH = 3;
const PRESENCE = 4;
const PREFIX = 5;
const REACHES = 7;
const SUFFIX = 8;
const INFIX = 9;

/** A column ready to be read. */
export interface ColumnReader<R> {
  readonly kind: number;
  /** The slot that holds it, or -1 where it is computed. */
  readonly slot: number;
  readonly side: Side<R>;
  /** The other side of `above` and `reaches`. */
  readonly other: Side<R>;
  readonly currency: string;
  readonly limits: Limits;
  readonly texts: Texts;
  readonly trie: Trie;
  /** The same texts, where they are few enough to be put into a map when the program is linked. */
  readonly known: ReadonlyMap<string, number> | null;
}

/** A map answers faster than a table of ours, and making one of this size takes microseconds. */
const MAPPED_AT_MOST = 256;

function mapOf({ starts, units }: Texts): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (let i = 1; i < starts.length; i++) {
    let text = "";
    for (const unit of units.subarray(starts[i - 1], starts[i])) text += String.fromCharCode(unit);
    known.set(text, i);
  }
  return known;
}

const NO_LIMITS: Limits = { values: new Float64Array(0), starts: new Int32Array(3), low: 0, shift: 0 };
const NO_TRIE: Trie = trieOf([]);
const NO_TEXTS: Texts = { buckets: new Int32Array(1), starts: new Int32Array(1), units: new Uint16Array(0), lengths: new Uint8Array(1) };

export function columnReader<R>({ kind, sides, currency, limits, texts, trie }: ColumnTable, computed: readonly Side<R>[]): ColumnReader<R> {
  const [side] = sides;
  const [read] = computed;
  if (side === undefined || read === undefined) throw new Error("a column asks nothing");
  return {
    kind: KINDS.indexOf(kind),
    slot: side.op === "slot" ? side.slot : -1,
    side: read,
    other: computed[1] ?? read,
    currency: currency ?? "",
    limits: limits ?? NO_LIMITS,
    texts: texts ?? NO_TEXTS,
    trie: trie ?? NO_TRIE,
    known: kind === "text" && texts !== null && texts.starts.length <= MAPPED_AT_MOST ? mapOf(texts) : null,
  };
}

/**
 * The class of an event in a column; where it has more than one, how many, less than 0.
 * @param several takes them up then
 */
export function classOf<R>(column: ColumnReader<R>, frame: Slots, run: R, several: Int32Array): number {
  const { slot } = column;
  const value = slot >= 0 ? frame[slot] : column.side(frame, run);
  switch (column.kind) {
    case NUMBER:
      return typeof value === "number" ? classOfNumber(value, column.limits) : other(value);
    case TEXT:
      return typeof value === "string" ? FIRST + numberOfText(value, column) : other(value);
    case MONEY:
      return classOfMoney(value, column);
    case TRUTH:
      return typeof value === "boolean" ? FIRST + (value ? 1 : 0) : other(value);
    case PRESENCE:
      return value instanceof Missing || value === undefined ? ABSENT : FIRST;
    case PREFIX:
      return typeof value === "string" ? FIRST + longestPrefix(value, column.trie) : other(value);
    case SUFFIX:
      return typeof value === "string" ? FIRST + longestSuffix(value, column.trie) : other(value);
    case INFIX:
      return typeof value === "string" ? classOfParts(value, column.trie, several) : other(value);
    default:
      return classOfFactors(value, column.other(frame, run), column);
  }
}

/** A slot in which nothing was put counts as missing; a value of another type than expected is not told. */
function other(value: Value | Missing | undefined): number {
  return value instanceof Missing || value === undefined ? ABSENT : UNSURE;
}

function classOfNumber(value: number, limits: Limits): number {
  if (Number.isNaN(value)) return NAN;
  const { values, starts, low, shift } = limits;
  const upper = upperHalf(value);
  const bucket = upper < low ? 0 : Math.min(((upper - low) >>> shift) + 1, starts.length - 2);
  const from = starts[bucket] as number;
  const to = starts[bucket + 1] as number;
  const at = from === to ? from : firstNotBelow(values, value, from, to);
  return FIRST + 2 * at + (values[at] === value ? 1 : 0);
}

function classOfMoney(value: Value | Missing | undefined, { currency, limits }: ColumnReader<never>): number {
  if (typeof value !== "object" || value === null || !("minor" in value)) return other(value);
  if (value.currency !== currency && value.currency !== "") return FOREIGN;
  return classOfNumber(value.minor, limits);
}

/** The number of a text, or 0. */
function numberOfText(text: string, { known, texts: { buckets, starts, units, lengths } }: ColumnReader<never>): number {
  if (known !== null) return known.get(text) ?? 0;
  const { length } = text;
  if (length >= lengths.length || lengths[length] === 0) return 0;
  let hash = HASH_BASIS;
  for (let i = 0; i < length; i++) hash = hashOn(hash, text.charCodeAt(i));
  return find(text, length, hash, buckets, starts, units);
}

function find(text: string, length: number, hash: number, buckets: Int32Array, starts: Int32Array, units: Uint16Array): number {
  const last = buckets.length - 1;
  for (let bucket = bucketOf(hash, buckets.length); ; bucket = (bucket + 1) & last) {
    const number = buckets[bucket] as number;
    if (number === 0) return 0;
    const start = starts[number - 1] as number;
    if ((starts[number] as number) - start === length && isAt(text, length, units, start)) return number;
  }
}

function isAt(text: string, length: number, units: Uint16Array, start: number): boolean {
  for (let i = 0; i < length; i++) if (units[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/**
 * How many of the ascending factors make `a > b * k` true, or `a >= b * k`. For `b` not below 0 these are the first ones,
 * since a product rounds to no less for a greater factor. Everything else is not told.
 */
function classOfFactors(a: Value | Missing | undefined, b: Value | Missing, column: ColumnReader<never>): number {
  if (a === undefined || a instanceof Missing || b instanceof Missing) return ABSENT;
  const { values } = column.limits;
  const equal = column.kind === REACHES;
  if (column.currency === "") {
    if (typeof a !== "number" || typeof b !== "number" || Number.isNaN(a) || !Number.isFinite(b) || b < 0) return UNSURE;
    return FIRST + factorsWithin(a, b, values, equal);
  }
  if (!isMoney(a) || !isMoney(b)) return UNSURE;
  if (a.currency !== b.currency && a.currency !== "" && b.currency !== "") return FOREIGN;
  // A product beyond the range of amounts has no value.
  const [least = 0, most = 0] = [values[0], values.at(-1)];
  if (b.minor < 0 || Math.max(Math.abs(b.minor * least), Math.abs(b.minor * most)) > MAX_MINOR) return UNSURE;
  return FIRST + amountsWithin(a.minor, b.minor, values, equal);
}

function isMoney(value: Value): value is Money {
  return typeof value === "object" && value !== null && "minor" in value;
}

function factorsWithin(a: number, b: number, factors: Float64Array, equal: boolean): number {
  let low = 0;
  let high = factors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const product = b * (factors[middle] as number);
    if (equal ? a >= product : a > product) low = middle + 1;
    else high = middle;
  }
  return low;
}

function amountsWithin(a: number, b: number, factors: Float64Array, equal: boolean): number {
  let low = 0;
  let high = factors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const product = scaledMinor(b, factors[middle] as number);
    if (equal ? a >= product : a > product) low = middle + 1;
    else high = middle;
  }
  return low;
}
