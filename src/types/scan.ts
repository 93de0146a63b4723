import { absentValue, type Target } from "./decode.ts";
import type { EventSchema, FieldSchema } from "./schema.ts";
import { afterSpace, CLOSE, COLON, COMMA, fieldScan, GIVEN_UP, OPEN, QUOTE, says, textScan, type Common, type Scan } from "./scanners.ts";
import { SeenTexts } from "./seen.ts";
import type { Missing, Value } from "./value.ts";

/** How deep a value may be nested; no schema that is written by hand comes near. */
const MAX_NESTING = 8;

/** In place of the number of a field. */
const NONE = -1;

/** A field as the scanner knows it. */
interface Wanted {
  /** Null for one whose values are left to the usual way. */
  readonly scan: Scan | null;
  readonly required: boolean;
}

/**
 * Reads events of one type from their bytes straight into a frame, without making of them what is not kept. What it
 * accepts the strict parser and the decoder accept too, with the same values; whatever is unusual, or wrong, it gives up,
 * so that they tell what is wrong. Events of one sender have their fields in one order, so it is tried first whether the
 * field that followed last time follows again.
 */
export class EventScanner {
  /** What a frame has where the event says nothing; to be copied. */
  readonly absent: readonly (Value | Missing | undefined)[];
  readonly #fields: readonly Wanted[];
  readonly #required: number;
  readonly #names: FieldNames;
  /** Of every field the one that came after it last; the first of an event stands at the end. */
  readonly #followers: Int32Array;
  /** In which round a field was met last. */
  readonly #met: Int32Array;
  #round = 0;
  readonly #common: Common = { members: 0, name: textScan(new SeenTexts()) };
  readonly #most: number;

  /** @param most members that an event has at most, those inside of it too */
  constructor(schema: EventSchema, most: number) {
    const { fields } = schema;
    this.absent = fields.map(absentValue);
    this.#fields = fields.map((field, i) => ({ scan: nesting(field) > MAX_NESTING ? null : fieldScan(field, this.#common), required: this.absent[i] === undefined }));
    this.#required = this.#fields.filter(({ required }) => required).length;
    this.#names = new FieldNames(fields.map(({ name }) => name));
    this.#followers = Int32Array.from({ length: fields.length + 1 }, (_, i) => ((i + 1) % (fields.length + 1) < fields.length ? (i + 1) % (fields.length + 1) : NONE));
    this.#met = new Int32Array(fields.length);
    this.#most = most;
  }

  /**
   * Reads the object that begins at `from` into `target`, a copy of `absent`. Yields the offset after it, or `GIVEN_UP`; then
   * what is in `target` means nothing.
   */
  scan(bytes: Buffer, from: number, target: Target): number {
    if (bytes[from] !== OPEN) return GIVEN_UP;
    const fields = this.#fields;
    const round = (this.#round = (this.#round + 1) | 0);
    this.#common.members = 0;
    let required = this.#required;
    let before = fields.length;
    let at = afterSpace(bytes, from + 1);
    if (bytes[at] === CLOSE) return required === 0 ? at + 1 : GIVEN_UP;
    for (;;) {
      const index = this.#field(bytes, at, before);
      if (index === NONE || this.#met[index] === round) return GIVEN_UP;
      this.#met[index] = round;
      this.#common.members += 1;
      before = index;
      at = this.#names.after(at, index);
      if (bytes[at] !== COLON) return GIVEN_UP;
      at = afterSpace(bytes, at + 1);
      const { scan, required: needed } = fields[index] as Wanted;
      if (needed) required -= 1;
      if (bytes[at] === 0x6e) {
        if (needed || !says(bytes, at, "null")) return GIVEN_UP;
        at += 4;
      } else {
        at = scan === null ? GIVEN_UP : scan(bytes, at, target, index);
        if (at === GIVEN_UP) return GIVEN_UP;
      }
      at = afterSpace(bytes, at);
      const next = bytes[at];
      if (next === CLOSE) return required === 0 && this.#common.members <= this.#most ? at + 1 : GIVEN_UP;
      if (next !== COMMA) return GIVEN_UP;
      at = afterSpace(bytes, at + 1);
    }
  }

  /** The field whose name stands at `at`, or `NONE`. */
  #field(bytes: Buffer, at: number, before: number): number {
    const followers = this.#followers;
    const likely = followers[before] as number;
    if (likely !== NONE && this.#names.isAt(bytes, at, likely)) return likely;
    const index = this.#names.find(bytes, at);
    if (index !== NONE) followers[before] = index;
    return index;
  }
}

/** The names of fields as they stand in JSON, with their quotes. */
class FieldNames {
  readonly #bytes: Buffer;
  readonly #starts: Int32Array;
  readonly #indices: ReadonlyMap<string, number>;

  constructor(names: readonly string[]) {
    // A member of this name is refused, whatever a schema says: nothing stands for it.
    const quoted = names.map((name) => Buffer.from(name === "__proto__" ? "\0" : JSON.stringify(name)));
    this.#bytes = Buffer.concat(quoted);
    this.#starts = new Int32Array(names.length + 1);
    quoted.forEach(({ length }, i) => (this.#starts[i + 1] = (this.#starts[i] as number) + length));
    this.#indices = new Map(quoted.map((name, i) => [name.toString(), i]));
  }

  isAt(bytes: Buffer, from: number, index: number): boolean {
    const names = this.#bytes;
    const end = this.#starts[index + 1] as number;
    for (let i = this.#starts[index] as number, at = from; i < end; i++, at++) if (names[i] !== bytes[at]) return false;
    return true;
  }

  after(at: number, index: number): number {
    return at + (this.#starts[index + 1] as number) - (this.#starts[index] as number);
  }

  find(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(QUOTE, at + 1);
    const index = end === -1 ? NONE : (this.#indices.get(bytes.toString("utf8", at, end + 1)) ?? NONE);
    // What is no UTF-8 may look like a name in text.
    return index !== NONE && this.isAt(bytes, at, index) ? index : NONE;
  }
}

function nesting({ type }: Pick<FieldSchema, "type">): number {
  if (type.kind === "list") return 1 + nesting({ type: type.element });
  return type.kind === "map" ? 1 + nesting({ type: type.value }) : 1;
}
