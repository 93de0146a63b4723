/*
 * Values of the naive interpreter, with their equality and order. Nothing here comes from the engine: amounts are read
 * digit by digit, addresses by the platform's own URL parser, currencies by the platform's tables.
 */

/** The third truth value, and the absence of every other. */
export const ABSENT = Symbol("missing");
export type Absent = typeof ABSENT;

export interface Cash {
  readonly kind: "cash";
  /** In minor units of the currency. */
  readonly minor: number;
  readonly currency: string;
}

export interface Address {
  readonly kind: "address";
  readonly text: string;
  readonly bits: bigint;
  readonly width: 32 | 128;
}

export interface Block {
  readonly kind: "block";
  readonly text: string;
  readonly base: Address;
  readonly prefix: number;
}

export interface Place {
  readonly kind: "place";
  readonly lat: number;
  readonly lon: number;
}

/** What `last of …` yields; `value` is absent for a bare event. */
export interface Latest {
  readonly kind: "latest";
  readonly value: Plain | Absent;
  readonly at: number;
}

export type Plain = number | string | boolean | null | Cash | Address | Block | Place | Latest | readonly Plain[] | Table;
export interface Table extends ReadonlyMap<Plain, Plain> {}
export type Answer = Plain | Absent;

export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** Decimal places of a currency by the platform's tables. */
export function places(currency: string): number {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 0;
}

/** Reads `-12.3` of a currency, digit by digit. */
export function cash(amount: string, currency: string): Cash {
  const negative = amount.startsWith("-");
  const [whole = "", fraction = ""] = amount.replace(/^[+-]/, "").replaceAll("_", "").split(".");
  const digits = places(currency);
  const minor = Number(BigInt(whole + fraction.padEnd(digits, "0").slice(0, digits)));
  return { kind: "cash", minor: negative && minor !== 0 ? -minor : minor, currency };
}

export function address(text: string): Address | Absent {
  if (text.includes("%") || !/^[\d.]+$|^[\da-fA-F:.]+$/.test(text)) return ABSENT;
  return text.includes(":") ? addressSix(text) : addressFour(text);
}

function addressFour(text: string): Address | Absent {
  const parts = text.split(".");
  const good = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d*)$/.test(part) && Number(part) <= 255);
  if (!good) return ABSENT;
  return { kind: "address", text, bits: parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n), width: 32 };
}

function addressSix(text: string): Address | Absent {
  if (!URL.canParse(`http://[${text}]/`)) return ABSENT;
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => "0"), ...right];
  const bits = groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
  if (bits >> 32n !== 0xffffn) return { kind: "address", text: canonical, bits, width: 128 };
  const four = bits & 0xffff_ffffn;
  const bytes = [24n, 16n, 8n, 0n].map((shift) => (four >> shift) & 255n);
  return { kind: "address", text: bytes.join("."), bits: four, width: 32 };
}

export function block(text: string): Block | Absent {
  const [host = "", prefix, ...rest] = text.split("/");
  const base = address(host);
  if (base === ABSENT || rest.length > 0) return ABSENT;
  if (prefix === undefined) return { kind: "block", text: base.text, base, prefix: base.width };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > base.width) return ABSENT;
  return { kind: "block", text: `${base.text}/${Number(prefix)}`, base, prefix: Number(prefix) };
}

export function inBlock(item: Address, { base, prefix }: Block): boolean {
  const host = BigInt(base.width - prefix);
  return item.width === base.width && item.bits >> host === base.bits >> host;
}

/** Amounts in two currencies; the sum of nothing has none and fits both. */
export function differ(a: Cash, b: Cash): boolean {
  return a.currency !== "" && b.currency !== "" && a.currency !== b.currency;
}

/** `==` of the language. */
export function equal(a: Plain, b: Plain): boolean | Absent {
  if (isCash(a) && isCash(b) && differ(a, b)) return ABSENT;
  return same(a, b);
}

export function isCash(value: Plain): value is Cash {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "cash";
}

/** Equality inside of lists and maps, where every pair of values is equal or not. */
function same(a: Plain, b: Plain): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => same(item, b[i] as Plain));
  if (a instanceof Map) return b instanceof Map && a.size === b.size && [...a].every(([key, item]) => b.has(key) && same(item, b.get(key) as Plain));
  return sameRecord(a as Record_, b as Record_);
}

type Record_ = Cash | Address | Block | Place | Latest;

function sameRecord(a: Record_, b: Record_): boolean {
  if (a.kind === "cash") return b.kind === "cash" && a.minor === b.minor && !differ(a, b);
  if (a.kind === "address") return b.kind === "address" && a.width === b.width && a.bits === b.bits;
  if (a.kind === "block") return b.kind === "block" && a.prefix === b.prefix && inBlock(a.base, b);
  if (a.kind === "place") return b.kind === "place" && a.lat === b.lat && a.lon === b.lon;
  return b.kind === "latest" && a.at === b.at && (a.value === ABSENT || b.value === ABSENT ? a.value === b.value : same(a.value, b.value));
}

/** Equality as counting different values and finding entities need it: amounts of two currencies are two values. */
export function identical(a: Plain, b: Plain): boolean {
  if (isCash(a) && isCash(b)) return a.minor === b.minor && a.currency === b.currency;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => identical(item, b[i] as Plain));
  return same(a, b);
}

/** Negative, zero or positive as a is less, equal or greater; NaN where there is no order. */
export function order(a: Plain, b: Plain): number | Absent {
  if (isCash(a) && isCash(b)) return differ(a, b) ? ABSENT : a.minor - b.minor;
  if (typeof a === "string" && typeof b === "string") return orderText(a, b);
  const [x, y] = [Number(a), Number(b)];
  return x === y ? 0 : x < y ? -1 : x > y ? 1 : Number.NaN;
}

function orderText(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i]?.codePointAt(0) ?? -1) - (right[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
