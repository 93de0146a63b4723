import type { Cidr, Geo, Ip, Last, Money, Value } from "../types/value.ts";

/*
 * Values as bytes: the first byte says what follows. Equal values have equal bytes, and reading gives back the value to
 * the last bit. Text of code units below 256 takes a byte for each, other text two.
 */

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const NUMBER = 3;
const NARROW = 4;
const WIDE = 5;
const MONEY = 6;
const IP = 7;
const CIDR = 8;
const GEO = 9;
const LAST = 10;
const LIST = 11;
const MAP = 12;

/** Bytes one after the other, written and then used before the next are. */
export class Writer {
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.bytes);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  put(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Writes over what stands at a place. */
  setU32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  /** A text that ends where the bytes end. */
  tail(text: string): void {
    const { length } = text;
    this.reserve(1 + length * 2);
    const start = this.length;
    this.bytes[start] = NARROW;
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0xff) {
        this.#wide(text, start);
        return;
      }
      this.bytes[start + 1 + at] = unit;
    }
    this.length = start + 1 + length;
  }

  #wide(text: string, start: number): void {
    this.bytes[start] = WIDE;
    for (let at = 0; at < text.length; at++) this.#view.setUint16(start + 1 + at * 2, text.charCodeAt(at), true);
    this.length = start + 1 + text.length * 2;
  }

  /** A text with its length before it. */
  text(text: string): void {
    const start = this.length;
    this.u32(0);
    this.tail(text);
    this.#view.setUint32(start, this.length - start - 4, true);
  }

  /** A key of `distinct` or of an entity; the two zeros are one. */
  key(key: string | number): void {
    if (typeof key === "string") return this.tail(key);
    this.u8(NUMBER);
    this.f64(key + 0);
  }

  value(value: Value): void {
    if (typeof value === "string") return this.tail(value);
    this.inner(value);
  }

  /** A value with others after it. */
  inner(value: Value): void {
    if (value === null) return this.u8(NULL);
    if (typeof value === "boolean") return this.u8(value ? TRUE : FALSE);
    if (typeof value === "string") {
      this.u8(NARROW);
      return this.text(value);
    }
    if (typeof value === "number") {
      this.u8(NUMBER);
      return this.f64(value);
    }
    if (Array.isArray(value)) return this.#list(value as readonly Value[]);
    if (value instanceof Map) return this.#map(value as ReadonlyMap<Value, Value>);
    this.#record(value as Money | Ip | Cidr | Geo | Last);
  }

  #list(list: readonly Value[]): void {
    this.u8(LIST);
    this.u32(list.length);
    for (const each of list) this.inner(each);
  }

  #map(map: ReadonlyMap<Value, Value>): void {
    this.u8(MAP);
    this.u32(map.size);
    for (const [key, value] of map) {
      this.inner(key);
      this.inner(value);
    }
  }

  #record(value: Money | Ip | Cidr | Geo | Last): void {
    if ("minor" in value) {
      this.u8(MONEY);
      this.f64(value.minor);
      this.text(value.currency);
    } else if ("bits" in value) {
      this.u8(IP);
      this.u8(value.version);
      this.text(value.text);
      this.text(String(value.bits));
    } else if ("first" in value) {
      this.u8(CIDR);
      this.u8(value.version);
      for (const each of [value.text, String(value.first), String(value.last)]) this.text(each);
    } else if ("lat" in value) {
      this.u8(GEO);
      this.f64(value.lat);
      this.f64(value.lon);
    } else {
      this.u8(LAST);
      this.f64(value.at);
      this.inner(value.value);
    }
  }
}

/** Reads what a `Writer` wrote; a `RangeError` where the bytes end too early or say nothing known. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** So many bytes, not copied. */
  take(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    const length = this.u32();
    const end = this.at + length;
    if (length < 1 || end > this.end) throw new RangeError("a text passes the end of the bytes");
    return this.#text(this.u8(), end);
  }

  /** A value that ends where the bytes end. */
  value(): Value {
    const kind = this.u8();
    return kind === NARROW || kind === WIDE ? this.#text(kind, this.end) : this.#inner(kind);
  }

  #inner(kind: number): Value {
    switch (kind) {
      case NULL: return null;
      case FALSE: return false;
      case TRUE: return true;
      case NUMBER: return this.f64();
      case MONEY: return { minor: this.f64(), currency: this.text() };
      case GEO: return { lat: this.f64(), lon: this.f64() };
      case IP: {
        const version = this.u8() === 4 ? 4 : 6;
        return { text: this.text(), bits: BigInt(this.text()), version };
      }
      case CIDR: {
        const version = this.u8() === 4 ? 4 : 6;
        return { text: this.text(), first: BigInt(this.text()), last: BigInt(this.text()), version };
      }
      case LAST: {
        const at = this.f64();
        return { value: this.#item(), at };
      }
      case LIST: return Array.from({ length: this.#count() }, () => this.#item());
      case MAP: return new Map(Array.from({ length: this.#count() }, () => [this.#item() as string, this.#item()]));
      default: throw new RangeError(`no value begins with ${kind}`);
    }
  }

  /** Texts inside of others have their length before them, where others have their kind. */
  #item(): Value {
    const kind = this.u8();
    return kind === NARROW ? this.text() : this.#inner(kind);
  }

  #count(): number {
    const count = this.u32();
    if (count > this.end - this.at) throw new RangeError("more items than bytes");
    return count;
  }

  #text(kind: number, end: number): string {
    let text = "";
    if (kind === WIDE) for (; this.at < end; this.at += 2) text += String.fromCharCode(this.#view.getUint16(this.at, true));
    else if (kind === NARROW) for (; this.at < end; this.at++) text += String.fromCharCode(this.#bytes[this.at] as number);
    else throw new RangeError(`no text begins with ${kind}`);
    return text;
  }

  #take(length: number): number {
    const start = this.at;
    if (length > this.end - start) throw new RangeError("the bytes end too early");
    this.at = start + length;
    return start;
  }
}
