import { isUtf8 } from "node:buffer";
import { MAX_LIST_ITEMS, type Target } from "./decode.ts";
import { compareValues } from "./equality.ts";
import { parseCidr, parseIp } from "./ip.ts";
import { parseAmount, parseMoney } from "./money.ts";
import type { Page } from "./page.ts";
import type { FieldSchema } from "./schema.ts";
import { SeenTexts } from "./seen.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import type { Type } from "./type.ts";
import type { Money, Value } from "./value.ts";

/** Instead of an offset: this is for the usual way, which reads everything and says what is wrong. */
export const GIVEN_UP = -1;

/**
 * Reads the value that begins at an offset, puts it where `target` wants it, and yields the offset after it, or `GIVEN_UP`
 * for whatever is wrong, rare, or of another type than expected.
 */
export type Scan = (page: Page, at: number, target: Target, index: number) => number;

/** What the scanners of one event type have in common. */
export interface Common {
  /** Members of an event, those of objects inside of it too, so that they can be bounded. */
  members: number;
  /** Reads their names. */
  readonly name: Scan;
}

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN = 0x7b;
export const CLOSE = 0x7d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** 1 for bytes that stand for themselves in a text and for a whole character. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= SPACE && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0));

/** Programs write at most one space between two tokens; what people lay out is for the usual way. */
export function afterSpace(page: Page, at: number): number {
  return page.bytes[at] === SPACE ? at + 1 : at;
}

/** The offset of the quote that ends the text which begins at `from`, if all of it is plain; else that of the byte which is not. */
function plainEnd({ bytes, view }: Page, from: number): number {
  let at = from;
  while (arePlain(view.getInt32(at, true))) at += 4;
  while (PLAIN[bytes[at] as number] === 1) at += 1;
  return at;
}

/**
 * Whether four bytes at once are plain. A subtraction leaves the highest bit of a byte set where that was below a space, a
 * quote or a backslash, and one of them where it was not ASCII; a byte borrows from the next only where its own bit is set.
 */
function arePlain(word: number): boolean {
  return (((word - 0x20202020) | ((word ^ 0x22222222) - 0x01010101) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & 0x80808080) === 0;
}

export function textScan(seen: SeenTexts): Scan {
  return (page, at, target, index) => {
    if (page.bytes[at] !== QUOTE) return GIVEN_UP;
    const end = plainEnd(page, at + 1);
    if (page.bytes[end] !== QUOTE) return otherText(page, at, end, target, index);
    target[index] = seen.text(page, at + 1, end);
    return end + 1;
  };
}

/** A text with escapes or beyond ASCII, which is plain up to `from`. */
function otherText({ bytes }: Page, at: number, from: number, target: Target, index: number): number {
  let escapes = false;
  let end = from;
  for (; bytes[end] !== QUOTE; end++) {
    const byte = bytes[end];
    if (byte === undefined || byte < SPACE) return GIVEN_UP;
    if (byte !== BACKSLASH) continue;
    escapes = true;
    end += 1;
  }
  const part = bytes.subarray(at, end + 1);
  if (!isUtf8(part)) return GIVEN_UP;
  const text = escapes ? unescaped(part.toString()) : part.toString("utf8", 1, part.length - 1);
  if (text === null) return GIVEN_UP;
  target[index] = text;
  return end + 1;
}

/** Null for escapes that do not exist, and for halves of characters. */
function unescaped(quoted: string): string | null {
  try {
    const text = JSON.parse(quoted) as string;
    return text.isWellFormed() ? text : null;
  } catch {
    return null;
  }
}

/** Numbers of so many digits are exact as a double, and so is a power of ten as large: one division rounds right (Clinger 1990). */
const EXACT_DIGITS = 15;
const POWERS = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, digits) => 10 ** digits);

export function scanNumber(page: Page, from: number, target: Target, index: number): number {
  const { bytes } = page;
  const negative = bytes[from] === MINUS;
  const start = negative ? from + 1 : from;
  let at = start;
  let digit = (bytes[at] as number) - ZERO;
  if (!(digit >= 0 && digit <= 9)) return GIVEN_UP;
  let value = 0;
  do {
    value = value * 10 + digit;
    at += 1;
    digit = (bytes[at] as number) - ZERO;
  } while (digit >= 0 && digit <= 9);
  if (at > start + 1 && bytes[start] === ZERO) return GIVEN_UP;
  if (bytes[at] === POINT) {
    const point = at;
    for (at += 1; (digit = (bytes[at] as number) - ZERO) >= 0 && digit <= 9; at++) value = value * 10 + digit;
    const places = at - point - 1;
    if (places === 0) return GIVEN_UP;
    if (at - start - 1 > EXACT_DIGITS) return otherNumber(page, from, target, index);
    value /= POWERS[places] as number;
  } else if (at - start > EXACT_DIGITS) return otherNumber(page, from, target, index);
  const next = bytes[at];
  if (next === 0x65 || next === 0x45) return otherNumber(page, from, target, index);
  // There is one zero, as in the decoder.
  target[index] = negative ? 0 - value : value;
  return at;
}

const LONGEST_NUMBER = 64;

/** A number with an exponent, or with many digits; that what stands before those is written as JSON wants it was seen. */
function otherNumber({ bytes }: Page, from: number, target: Target, index: number): number {
  let at = from;
  while (isOfNumber(bytes[at])) at += 1;
  if (at - from > LONGEST_NUMBER) return GIVEN_UP;
  const value = Number(bytes.toString("latin1", from, at));
  if (!Number.isFinite(value)) return GIVEN_UP;
  target[index] = value + 0;
  return at;
}

function isOfNumber(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= ZERO && byte <= 0x39) || byte === MINUS || byte === POINT || byte === 0x2b || byte === 0x65 || byte === 0x45);
}

/** Whether these bytes say `rest` from `at` on. */
export function says({ bytes }: Page, at: number, rest: string): boolean {
  for (let i = 0; i < rest.length; i++) if (bytes[at + i] !== rest.charCodeAt(i)) return false;
  return true;
}

export function scanTruth(page: Page, at: number, target: Target, index: number): number {
  const truth = page.bytes[at] === 0x74;
  if (!says(page, at, truth ? "true" : "false")) return GIVEN_UP;
  target[index] = truth;
  return at + (truth ? 4 : 5);
}

/** A value that is written as text. */
function fromText(read: (text: string) => Value | undefined): Scan {
  const text = textScan(new SeenTexts());
  return (page, at, target, index) => {
    const end = text(page, at, target, index);
    if (end === GIVEN_UP) return GIVEN_UP;
    const value = read(target[index] as string);
    if (value === undefined) return GIVEN_UP;
    target[index] = value;
    return end;
  };
}

/** The items of a list, or the members of an object, up to the byte that closes it; yields the offset after that. */
function scanParts(page: Page, from: number, close: number, part: (at: number) => number): number {
  let at = afterSpace(page, from);
  if (page.bytes[at] === close) return at + 1;
  for (;;) {
    at = part(at);
    if (at === GIVEN_UP) return GIVEN_UP;
    at = afterSpace(page, at);
    const next = page.bytes[at];
    if (next === close) return at + 1;
    if (next !== COMMA) return GIVEN_UP;
    at = afterSpace(page, at + 1);
  }
}

function scanList(item: Scan): Scan {
  return (page, from, target, index) => {
    if (page.bytes[from] !== OPEN_LIST) return GIVEN_UP;
    const items: Value[] = [];
    const end = scanParts(page, from + 1, CLOSE_LIST, (at) => (items.length < MAX_LIST_ITEMS ? item(page, at, items, items.length) : GIVEN_UP));
    target[index] = items;
    return end;
  };
}

/** The members of an object, each name once; `read` puts the value of a name where it belongs. */
function scanMembers(page: Page, from: number, common: Common, read: (name: string, at: number) => number): number {
  if (page.bytes[from] !== OPEN) return GIVEN_UP;
  const name: Target = [];
  return scanParts(page, from + 1, CLOSE, (at) => {
    common.members += 1;
    const colon = common.name(page, at, name, 0);
    if (colon === GIVEN_UP || page.bytes[colon] !== COLON) return GIVEN_UP;
    return read(name[0] as string, afterSpace(page, colon + 1));
  });
}

/** Names that the usual way refuses, and numbers, which an object has in an order of its own. */
const ODD_NAME = /^(?:__proto__|prototype|\d.*)$/;

function scanMap(item: Scan, common: Common): Scan {
  return (page, from, target, index) => {
    const entries = new Map<string, Value>();
    const value: Target = [];
    const end = scanMembers(page, from, common, (name, at) => {
      if (entries.has(name) || entries.size === MAX_LIST_ITEMS || ODD_NAME.test(name)) return GIVEN_UP;
      const next = item(page, at, value, 0);
      entries.set(name, value[0] as Value);
      return next;
    });
    target[index] = entries;
    return end;
  };
}

/** An object of exactly two members. */
function scanPair(names: readonly [string, string], item: Scan, common: Common, make: (first: Value, second: Value) => Value | undefined): Scan {
  return (page, from, target, index) => {
    const pair: Target = [undefined, undefined];
    const end = scanMembers(page, from, common, (name, at) => {
      const place = names.indexOf(name);
      return place === -1 || pair[place] !== undefined ? GIVEN_UP : item(page, at, pair, place);
    });
    const [first, second] = pair as (Value | undefined)[];
    if (end === GIVEN_UP || first === undefined || second === undefined) return GIVEN_UP;
    const value = make(first, second);
    if (value === undefined) return GIVEN_UP;
    target[index] = value;
    return end;
  };
}

function moneyScan(currency: string | null, common: Common): Scan {
  const fits = (money: Money | string): Money | undefined => (typeof money === "string" || (currency !== null && money.currency !== currency) ? undefined : money);
  const asText = fromText((text) => fits(parseMoney(text)));
  const asPair = scanPair(["amount", "currency"], textScan(new SeenTexts()), common, (amount, code) => fits(parseAmount(amount as string, code as string)));
  return (page, at, target, index) => (page.bytes[at] === QUOTE ? asText : asPair)(page, at, target, index);
}

function placeAt(lat: Value, lon: Value): Value | undefined {
  return Math.abs(lat as number) <= 90 && Math.abs(lon as number) <= 180 ? { lat: lat as number, lon: lon as number } : undefined;
}

function enumScan(members: readonly string[]): Scan {
  const known = new Set(members);
  return fromText((text) => (known.has(text) ? text : undefined));
}

/** What reads values of a type that a field can have; null for a type whose values are left to the usual way. */
export function scanOf(type: Type, common: Common): Scan | null {
  switch (type.kind) {
    case "number":
      return scanNumber;
    case "string":
      return textScan(new SeenTexts());
    case "bool":
      return scanTruth;
    case "money":
      return moneyScan(type.currency, common);
    case "timestamp":
      return fromText((text) => parseTimestamp(text, false));
    case "duration":
      return fromText(parseDuration);
    case "ip":
      return fromText(parseIp);
    case "cidr":
      return fromText(parseCidr);
    case "geo":
      return scanPair(["lat", "lon"], scanNumber, common, placeAt);
    case "enum":
      return enumScan(type.members);
    case "list": {
      const item = scanOf(type.element, common);
      return item && scanList(item);
    }
    case "map": {
      const item = scanOf(type.value, common);
      return item && scanMap(item, common);
    }
    default:
      return null;
  }
}

/** … of a field, with its range. */
export function fieldScan({ type, range }: Pick<FieldSchema, "type" | "range">, common: Common): Scan | null {
  const scan = scanOf(type, common);
  if (scan === null || range === null) return scan;
  return (page, from, target, index) => {
    const end = scan(page, from, target, index);
    if (end === GIVEN_UP) return GIVEN_UP;
    const value = target[index] as Value;
    return compareValues(value, range.low) >= 0 && compareValues(value, range.high) <= 0 ? end : GIVEN_UP;
  };
}
