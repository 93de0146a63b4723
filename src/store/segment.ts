import type { Ip, Money, Value } from "../types/value.ts";
import { Missing } from "../types/value.ts";
import { Writer } from "../windows/bytes.ts";
import * as form from "./format.ts";
import type { Fold, LogRecord, StateChange } from "./record.ts";
import type { TermBook } from "./terms.ts";

/** Bytes of a new segment; most commits under light load need no more. */
const FIRST_BYTES = 4_096;

const other = new Writer();

/** Writes the records of one commit down one after the other, see `format.ts`. */
export class SegmentWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = form.SEGMENT_HEAD;
  #count = 0;
  readonly #first: number;

  /** @param first number of the first record */
  constructor(first: number) {
    this.#first = first;
  }

  get length(): number {
    return this.#length;
  }

  add({ kind, at, received }: LogRecord, fold: Fold | null, terms: TermBook): void {
    const start = this.#length;
    const fields = fold?.schema.fields.length ?? 0;
    this.#reserve(form.RECORD_HEAD + fields);
    const view = this.#view;
    view.setUint32(start + form.SHAPE_AT, fold === null ? 0 : terms.shape(fold.schema), true);
    view.setUint8(start + form.KIND_AT, form.KINDS.indexOf(kind));
    view.setUint16(start + form.FIELDS_AT, fields, true);
    view.setFloat64(start + form.TIME_AT, at, true);
    view.setFloat64(start + form.RECEIVED_AT, received, true);
    view.setUint32(start + form.LOW_AT, fold?.id?.low ?? 0, true);
    view.setUint32(start + form.HIGH_AT, fold?.id?.high ?? 0, true);
    this.#length = start + form.RECORD_HEAD + fields;
    let flags = 0;
    if (fold !== null) {
      for (let field = 0; field < fields; field++) {
        const tag = this.#value(fold.frame[field]);
        this.#bytes[start + form.RECORD_HEAD + field] = tag;
      }
      if (fold.id !== null) flags |= form.HAS_ID;
      if (fold.states.length > 0) {
        flags |= form.HAS_STATES;
        this.#states(fold.states, terms);
      }
    }
    this.#bytes[start + form.FLAGS_AT] = flags;
    this.#view.setUint32(start, this.#length - start, true);
    this.#count += 1;
  }

  /** A copy of the whole, without its checksum: that is the business of the thread which writes it. */
  finish(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    whole.set(this.#bytes.subarray(0, this.#length));
    const view = new DataView(whole.buffer);
    view.setUint32(form.MAGIC_AT, form.MAGIC, true);
    view.setUint32(form.CHECKSUM_AT, 0, true);
    view.setUint32(form.BYTES_AT, this.#length, true);
    view.setUint32(form.COUNT_AT, this.#count, true);
    view.setFloat64(form.FIRST_AT, this.#first, true);
    return whole;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Yields the tag of what it wrote. */
  #value(value: Value | Missing | undefined): number {
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number") return this.#number(value);
    if (value === true) return form.TRUE;
    if (value === false) return form.FALSE;
    if (value === undefined || value instanceof Missing) return form.MISSING;
    if (value !== null && "minor" in value && value.currency.length === 3) return this.#money(value);
    if (value !== null && "bits" in value && value.version === 4) return this.#ipv4(value);
    return this.#other(value);
  }

  #number(value: number): number {
    this.#reserve(8);
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#view.setInt32(this.#length, value, true);
      this.#length += 4;
      return form.WHOLE;
    }
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return form.DOUBLE;
  }

  #text(text: string): number {
    const { length } = text;
    this.#reserve(4 + length * 2);
    const bytes = this.#bytes;
    const short = length <= 255;
    const head = short ? 1 : 4;
    const start = this.#length + head;
    for (let at = 0; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 0xff) return this.#wide(text);
      bytes[start + at] = unit;
    }
    if (short) bytes[this.#length] = length;
    else this.#view.setUint32(this.#length, length, true);
    this.#length = start + length;
    return short ? form.SHORT : form.NARROW;
  }

  #wide(text: string): number {
    this.#view.setUint32(this.#length, text.length * 2, true);
    this.#bytes.write(text, this.#length + 4, "utf16le");
    this.#length += 4 + text.length * 2;
    return form.WIDE;
  }

  #money({ minor, currency }: Money): number {
    const coins = (minor | 0) === minor && !Object.is(minor, -0);
    const width = coins ? 4 : 8;
    this.#reserve(width + 3);
    if (coins) this.#view.setInt32(this.#length, minor, true);
    else this.#view.setFloat64(this.#length, minor, true);
    for (let at = 0; at < 3; at++) this.#bytes[this.#length + width + at] = currency.charCodeAt(at);
    this.#length += width + 3;
    return coins ? form.COINS : form.MONEY;
  }

  #ipv4({ bits }: Ip): number {
    this.#reserve(4);
    this.#view.setUint32(this.#length, Number(bits), true);
    this.#length += 4;
    return form.IPV4;
  }

  #other(value: Value): number {
    other.length = 0;
    other.value(value);
    this.#reserve(4 + other.length);
    this.#view.setUint32(this.#length, other.length, true);
    this.#bytes.set(other.bytes.subarray(0, other.length), this.#length + 4);
    this.#length += 4 + other.length;
    return form.OTHER;
  }

  #states(changes: readonly StateChange[], terms: TermBook): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, changes.length, true);
    this.#length += 4;
    for (const change of changes) {
      this.#reserve(6);
      const start = this.#length;
      this.#bytes[start] = change.kind === "held" ? form.HELD : form.COOLED;
      this.#view.setUint32(start + 1, terms.text(change.state), true);
      this.#length += 6;
      // The value first: writing it may move the bytes.
      const tag = this.#value(change.entity);
      this.#bytes[start + 5] = tag;
      const numbers = change.kind === "held" ? [change.newest, change.since ?? Number.NaN, change.clearSince ?? Number.NaN] : [change.at, change.until];
      this.#reserve(numbers.length * 8 + 1);
      for (const number of numbers) {
        this.#view.setFloat64(this.#length, number, true);
        this.#length += 8;
      }
      if (change.kind === "held") this.#bytes[this.#length++] = change.latched ? 1 : 0;
    }
  }
}
