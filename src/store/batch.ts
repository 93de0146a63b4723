import { crc32 } from "node:zlib";
import type { Value } from "../types/value.ts";
import { Reader } from "../windows/bytes.ts";
import * as form from "./format.ts";
import type { RecordKind, StateChange } from "./record.ts";
import type { Shape, TermList } from "./terms.ts";

/** What is wrong with the bytes of a segment; null where nothing is. */
export function segmentFault(bytes: Uint8Array): string | null {
  if (bytes.length < form.SEGMENT_HEAD) return "it is too short";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(form.MAGIC_AT, true) !== form.MAGIC) return "it does not begin as a segment";
  if (view.getUint32(form.BYTES_AT, true) !== bytes.length) return "it is cut off";
  return crc32(bytes.subarray(form.CHECKED_FROM)) === view.getUint32(form.CHECKSUM_AT, true) ? null : "its checksum is another";
}

/** Puts the checksum into a segment. */
export function sealSegment(bytes: Uint8Array): void {
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).setUint32(form.CHECKSUM_AT, crc32(bytes.subarray(form.CHECKED_FROM)), true);
}

/** Where fields of a shape go: by field the slot, or -1 for one that is not wanted. Slots beyond the last are not looked at. */
export type Wanted = Int32Array;

/**
 * Records one after the other, out of segments that follow each other in these bytes: `next` moves on, everything else
 * tells of the record that it moved to.
 */
export class SegmentBatch {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #terms: TermList;
  readonly #types: ReadonlySet<string> | null;
  readonly #after: number;
  #segmentEnd = 0;
  #nextSeq = 0;
  #start = 0;
  #end = 0;
  seq = 0;
  shapeId = 0;

  /** @param after records up to this number are passed over @param types events of other types are passed over, unless null */
  constructor(bytes: Uint8Array, terms: TermList, after: number, types: ReadonlySet<string> | null) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#terms = terms;
    this.#after = after;
    this.#types = types;
  }

  /** Moves to the next record; false where there is none. With `types` only events are met, of these types. */
  next(): boolean {
    for (;;) {
      this.#start = this.#end;
      if (this.#start === this.#segmentEnd) {
        if (this.#segmentEnd === this.#bytes.length) return false;
        this.#segmentEnd = this.#start + this.#view.getUint32(this.#start + form.BYTES_AT, true);
        this.#nextSeq = this.#view.getFloat64(this.#start + form.FIRST_AT, true);
        this.#start += form.SEGMENT_HEAD;
      }
      this.#end = this.#start + this.#view.getUint32(this.#start, true);
      this.seq = this.#nextSeq++;
      this.shapeId = this.#view.getUint32(this.#start + form.SHAPE_AT, true);
      if (this.seq > this.#after && (this.#types === null || (this.shapeId !== 0 && this.#types.has(this.shape.type)))) return true;
    }
  }

  /** How the event is laid out; only for one that `isEvent`. */
  get shape(): Shape {
    return this.#terms.shape(this.shapeId);
  }

  /** Whether it has fields; an edit of a list or a label has none. */
  get isEvent(): boolean {
    return this.shapeId !== 0;
  }

  get type(): string {
    return this.shape.type;
  }

  get kind(): RecordKind {
    return form.KINDS[this.#bytes[this.#start + form.KIND_AT] as number] as RecordKind;
  }

  /** Time of the event in milliseconds since 1970. */
  get at(): number {
    return this.#view.getFloat64(this.#start + form.TIME_AT, true);
  }

  get received(): number {
    return this.#view.getFloat64(this.#start + form.RECEIVED_AT, true);
  }

  /** Whether the event has an id, whose hash is then `low` and `high`. */
  get hasId(): boolean {
    return ((this.#bytes[this.#start + form.FLAGS_AT] as number) & form.HAS_ID) !== 0;
  }

  get low(): number {
    return this.#view.getUint32(this.#start + form.LOW_AT, true);
  }

  get high(): number {
    return this.#view.getUint32(this.#start + form.HIGH_AT, true);
  }

  /** Puts the values of the wanted fields where they go; a field without a value leaves its slot as it is. */
  fill(wanted: Wanted, frame: unknown[]): void {
    const bytes = this.#bytes;
    const tags = this.#start + form.RECORD_HEAD;
    const fields = this.#fields;
    let at = tags + fields;
    const count = Math.min(fields, wanted.length);
    for (let field = 0; field < count; field++) {
      const tag = bytes[tags + field] as number;
      const slot = wanted[field] as number;
      if (slot >= 0 && tag !== form.MISSING) frame[slot] = this.#value(tag, at);
      at += this.#width(tag, at);
    }
  }

  get hasStates(): boolean {
    return ((this.#bytes[this.#start + form.FLAGS_AT] as number) & form.HAS_STATES) !== 0;
  }

  /** What became of the states of rules. */
  states(): StateChange[] {
    if (!this.hasStates) return [];
    const tags = this.#start + form.RECORD_HEAD;
    const fields = this.#fields;
    let at = tags + fields;
    for (let field = 0; field < fields; field++) at += this.#width(this.#bytes[tags + field] as number, at);
    const changes: StateChange[] = [];
    const count = this.#view.getUint32(at, true);
    at += 4;
    const number = (): number => this.#view.getFloat64((at += 8) - 8, true);
    const time = (): number | null => {
      const found = number();
      return Number.isNaN(found) ? null : found;
    };
    for (let each = 0; each < count; each++) {
      const held = this.#bytes[at] === form.HELD;
      const state = this.#terms.text(this.#view.getUint32(at + 1, true));
      const tag = this.#bytes[at + 5] as number;
      const entity = this.#value(tag, at + 6) as string | number;
      at += 6 + this.#width(tag, at + 6);
      if (held) changes.push({ kind: "held", state, entity, newest: number(), since: time(), clearSince: time(), latched: this.#bytes[at++] === 1 });
      else changes.push({ kind: "cooled", state, entity, at: number(), until: number() });
    }
    return changes;
  }

  get #fields(): number {
    return this.#view.getUint16(this.#start + form.FIELDS_AT, true);
  }

  #width(tag: number, at: number): number {
    const width = form.WIDTHS[tag] as number;
    if (width >= 0) return width;
    return width === -1 ? 1 + (this.#bytes[at] as number) : 4 + this.#view.getUint32(at, true);
  }

  #value(tag: number, at: number): Value {
    const bytes = this.#bytes;
    switch (tag) {
      case form.FALSE:
        return false;
      case form.TRUE:
        return true;
      case form.WHOLE:
        return this.#view.getInt32(at, true);
      case form.DOUBLE:
        return this.#view.getFloat64(at, true);
      case form.SHORT:
        return bytes.toString("latin1", at + 1, at + 1 + (bytes[at] as number));
      case form.NARROW:
        return bytes.toString("latin1", at + 4, at + 4 + this.#view.getUint32(at, true));
      case form.WIDE:
        return bytes.toString("utf16le", at + 4, at + 4 + this.#view.getUint32(at, true));
      case form.COINS:
        return { minor: this.#view.getInt32(at, true), currency: bytes.toString("latin1", at + 4, at + 7) };
      case form.MONEY:
        return { minor: this.#view.getFloat64(at, true), currency: bytes.toString("latin1", at + 8, at + 11) };
      case form.IPV4: {
        const bits = this.#view.getUint32(at, true);
        return { text: `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`, bits: BigInt(bits), version: 4 };
      }
      case form.OTHER:
        return new Reader(bytes, at + 4, at + 4 + this.#view.getUint32(at, true)).value();
      default:
        throw new RangeError(`no value of a record begins with ${tag}`);
    }
  }
}
