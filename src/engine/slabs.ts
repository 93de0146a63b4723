import type { EventSchema } from "../types/schema.ts";

/** Memory of texts is taken in pieces of this size, each of which is given up as a whole. */
export const SLAB_BYTES = 2 ** 20;
/** An entry that may be longer has a slab of its own, so that never more than an eighth of one is left empty. */
export const LONGEST_SHARED = SLAB_BYTES / 8;
/** Most bytes of a UTF-16 unit in UTF-8. */
const UNIT_BYTES = 3;

/** Before the texts of an entry: its number in the log, its arrival, the bytes of the three texts, its face and its slot. */
const SEQ_AT = 0;
const RECEIVED_AT = 8;
const ID_AT = 16;
const BODY_AT = 20;
const DECISION_AT = 24;
const FACE_AT = 28;
const SLOT_AT = 32;
const HEAD = 36;
/** In place of the bytes of a decision: there is none. */
const NO_DECISION = 0xffffffff;

/** An event that was accepted, as texts. */
export interface Entry {
  readonly id: string;
  readonly schema: EventSchema;
  readonly version: string;
  readonly seq: number;
  /** When it arrived, in milliseconds since 1970. */
  readonly received: number;
  /** The event as JSON. */
  readonly body: string;
  /** The decision as JSON; null for an event that was only counted. */
  readonly decision: string | null;
}

/** What entries have in common that came one after the other. */
interface Face {
  readonly schema: EventSchema;
  readonly version: string;
}

interface Slab {
  readonly number: number;
  readonly bytes: Buffer;
  readonly view: DataView;
  used: number;
  /** Entries that were not let go of. */
  live: number;
  readonly faces: Face[];
}

/**
 * Texts of events, one behind the other in blocks of memory which are used in turn. The garbage collector has nothing to do
 * with them: as objects they outlive its young space, so that it would carry each of them through all of it.
 */
export class Slabs {
  readonly #most: number;
  readonly #forget: (slot: number, place: number) => void;
  readonly #slabs: (Slab | undefined)[] = [];
  /** Numbers of slabs that there are no more. */
  readonly #free: number[] = [];
  /** Oldest first. */
  readonly #queue: Slab[] = [];
  #open: Slab | null = null;
  #bytes = 0;

  /**
   * @param most bytes of all slabs; only an entry that is longer alone goes beyond it
   * @param forget told of the entries of a slab that is given up, whether or not they were dropped
   */
  constructor(most: number, forget: (slot: number, place: number) => void) {
    this.#most = most;
    this.#forget = forget;
  }

  /** Bytes that are taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Yields where it stands. `slot` is told when it is given up. */
  put(slot: number, { id, schema, version, seq, received, body, decision }: Entry): number {
    const slab = this.#slabFor(id, body, decision);
    const { bytes, view, faces } = slab;
    const start = slab.used;
    const idBytes = bytes.write(id, start + HEAD);
    const bodyBytes = bytes.write(body, start + HEAD + idBytes);
    const decisionBytes = decision === null ? 0 : bytes.write(decision, start + HEAD + idBytes + bodyBytes);
    const last = faces[faces.length - 1];
    if (last === undefined || last.schema !== schema || last.version !== version) faces.push({ schema, version });
    view.setFloat64(start + SEQ_AT, seq);
    view.setFloat64(start + RECEIVED_AT, received);
    view.setUint32(start + ID_AT, idBytes);
    view.setUint32(start + BODY_AT, bodyBytes);
    view.setUint32(start + DECISION_AT, decision === null ? NO_DECISION : decisionBytes);
    view.setUint32(start + FACE_AT, faces.length - 1);
    view.setUint32(start + SLOT_AT, slot);
    slab.used = start + HEAD + idBytes + bodyBytes + decisionBytes;
    slab.live += 1;
    return slab.number * SLAB_BYTES + start;
  }

  received(place: number): number {
    return this.#slab(place).view.getFloat64((place % SLAB_BYTES) + RECEIVED_AT);
  }

  id(place: number): string {
    const { bytes, view } = this.#slab(place);
    const from = (place % SLAB_BYTES) + HEAD;
    return bytes.toString("utf8", from, from + view.getUint32((place % SLAB_BYTES) + ID_AT));
  }

  read(place: number): Entry {
    const { bytes, view, faces } = this.#slab(place);
    const start = place % SLAB_BYTES;
    const { schema, version } = faces[view.getUint32(start + FACE_AT)] as Face;
    const bodyStart = start + HEAD + view.getUint32(start + ID_AT);
    const bodyEnd = bodyStart + view.getUint32(start + BODY_AT);
    const decisionBytes = view.getUint32(start + DECISION_AT);
    return {
      id: bytes.toString("utf8", start + HEAD, bodyStart),
      schema,
      version,
      seq: view.getFloat64(start + SEQ_AT),
      received: view.getFloat64(start + RECEIVED_AT),
      body: bytes.toString("utf8", bodyStart, bodyEnd),
      decision: decisionBytes === NO_DECISION ? null : bytes.toString("utf8", bodyEnd, bodyEnd + decisionBytes),
    };
  }

  /** Lets go of an entry. */
  drop(place: number): void {
    this.#slab(place).live -= 1;
  }

  #giveUp({ number, view, used }: Slab): void {
    for (let start = 0; start < used; start = end(view, start)) this.#forget(view.getUint32(start + SLOT_AT), number * SLAB_BYTES + start);
  }

  #slab(place: number): Slab {
    return this.#slabs[Math.floor(place / SLAB_BYTES)] as Slab;
  }

  /** A slab with room for an entry. */
  #slabFor(id: string, body: string, decision: string | null): Slab {
    const most = HEAD + UNIT_BYTES * (id.length + body.length + (decision?.length ?? 0));
    // Only few are so long that it is worth counting their bytes.
    if (most > LONGEST_SHARED) return this.#take(Math.max(SLAB_BYTES, HEAD + Buffer.byteLength(id) + Buffer.byteLength(body) + Buffer.byteLength(decision ?? "")));
    if (this.#open === null || this.#open.used + most > SLAB_BYTES) this.#open = this.#take(SLAB_BYTES);
    return this.#open;
  }

  /** An empty slab, the oldest of them once there is no more room, or once nothing of it is needed any more. */
  #take(size: number): Slab {
    let spare: Buffer | null = null;
    for (let oldest = this.#queue[0]; oldest !== undefined && (oldest.live === 0 || this.#bytes + size > this.#most); oldest = this.#queue[0]) {
      if (oldest.live > 0) this.#giveUp(oldest);
      this.#queue.shift();
      this.#slabs[oldest.number] = undefined;
      this.#free.push(oldest.number);
      this.#bytes -= oldest.bytes.length;
      if (oldest === this.#open) this.#open = null;
      if (oldest.bytes.length === size) spare = oldest.bytes;
    }
    const bytes = spare ?? Buffer.allocUnsafeSlow(size);
    const number = this.#free.pop() ?? this.#slabs.length;
    const slab: Slab = { number, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), used: 0, live: 0, faces: [] };
    this.#slabs[number] = slab;
    this.#queue.push(slab);
    this.#bytes += size;
    return slab;
  }
}

/** Where the entry after this one begins. */
function end(view: DataView, start: number): number {
  const decision = view.getUint32(start + DECISION_AT);
  return start + HEAD + view.getUint32(start + ID_AT) + view.getUint32(start + BODY_AT) + (decision === NO_DECISION ? 0 : decision);
}
