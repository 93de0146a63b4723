import { absentValue, type Target } from "./decode.ts";
import type { Page } from "./page.ts";
import type { EventSchema, FieldSchema } from "./schema.ts";
import { afterSpace, CLOSE, COMMA, fieldScan, GIVEN_UP, OPEN, QUOTE, says, textScan, type Common, type Scan } from "./scanners.ts";
import { SeenTexts } from "./seen.ts";
import type { Missing, Value } from "./value.ts";

/** A member of this name is refused, whatever a schema says; and one without a name no schema has. */
const REFUSED: ReadonlySet<string> = new Set(["__proto__", ""]);

/** Null for a type of which no event is accepted, or only such as the usual way reads. */
export function eventScanner(schema: EventSchema): EventScanner | null {
  return schema.fields.some(({ name }) => REFUSED.has(name)) ? null : new EventScanner(schema);
}

/** Members of an event, those inside of it too: with those around it not more than a body may have. What has more is told apart there. */
export const MAX_SCANNED_MEMBERS = 990;

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

  constructor(schema: EventSchema) {
    const { fields } = schema;
    this.absent = fields.map(absentValue);
    this.#fields = fields.map((field, i) => ({ scan: nesting(field) > MAX_NESTING ? null : fieldScan(field, this.#common), required: this.absent[i] === undefined }));
    this.#required = this.#fields.filter(({ required }) => required).length;
    this.#names = new FieldNames(fields.map(({ name }) => name));
    this.#followers = Int32Array.from({ length: fields.length + 1 }, (_, i) => ((i + 1) % (fields.length + 1) < fields.length ? (i + 1) % (fields.length + 1) : NONE));
    this.#met = new Int32Array(fields.length);
  }

  /**
   * Reads the object that begins at `from` into `target`, a copy of `absent`. Yields the offset after it, or `GIVEN_UP`; then
   * what is in `target` means nothing.
   */
  scan(page: Page, from: number, target: Target): number {
    if (page.bytes[from] !== OPEN) return GIVEN_UP;
    const fields = this.#fields;
    const round = (this.#round = (this.#round + 1) | 0);
    this.#common.members = 0;
    let required = this.#required;
    let before = fields.length;
    let at = afterSpace(page, from + 1);
    if (page.bytes[at] === CLOSE) return required === 0 ? at + 1 : GIVEN_UP;
    for (;;) {
      const index = this.#field(page, at, before);
      if (index === NONE || this.#met[index] === round) return GIVEN_UP;
      this.#met[index] = round;
      this.#common.members += 1;
      before = index;
      at = this.#names.after(at, index);
      at = afterSpace(page, at);
      const { scan, required: needed } = fields[index] as Wanted;
      if (needed) required -= 1;
      if (page.bytes[at] === 0x6e) {
        if (needed || !says(page, at, "null")) return GIVEN_UP;
        at += 4;
      } else {
        at = scan === null ? GIVEN_UP : scan(page, at, target, index);
        if (at === GIVEN_UP) return GIVEN_UP;
      }
      at = afterSpace(page, at);
      const next = page.bytes[at];
      if (next === CLOSE) return required === 0 && this.#common.members <= MAX_SCANNED_MEMBERS ? at + 1 : GIVEN_UP;
      if (next !== COMMA) return GIVEN_UP;
      at = afterSpace(page, at + 1);
    }
  }

  /** The field whose name stands at `at`, or `NONE`. */
  #field(page: Page, at: number, before: number): number {
    const followers = this.#followers;
    const likely = followers[before] as number;
    if (likely !== NONE && this.#names.isAt(page, at, likely)) return likely;
    const index = this.#names.find(page, at);
    if (index !== NONE) followers[before] = index;
    return index;
  }
}

/** The names of fields as they stand in JSON, from the first quote to the colon. */
class FieldNames {
  readonly #lengths: Int32Array;
  /** The words that each begins with, the last of which may repeat bytes of the one before. */
  readonly #words: Int32Array;
  readonly #starts: Int32Array;
  readonly #indices: ReadonlyMap<string, number>;

  /** @param names none of them empty */
  constructor(names: readonly string[]) {
    const written = names.map((name) => Buffer.from(`${JSON.stringify(name)}:`));
    const words = written.map((name) => Array.from({ length: Math.ceil(name.length / 4) }, (_, i) => name.readInt32LE(Math.min(4 * i, name.length - 4))));
    this.#lengths = Int32Array.from(written, ({ length }) => length);
    this.#words = Int32Array.from(words.flat());
    this.#starts = new Int32Array(names.length + 1);
    words.forEach(({ length }, i) => (this.#starts[i + 1] = (this.#starts[i] as number) + length));
    this.#indices = new Map(written.map((name, i) => [name.toString(), i]));
  }

  isAt(page: Page, from: number, index: number): boolean {
    const words = this.#words;
    const last = (this.#starts[index + 1] as number) - 1;
    let at = from;
    for (let i = this.#starts[index] as number; i < last; i++, at += 4) if (page.word(at) !== words[i]) return false;
    return page.word(from + (this.#lengths[index] as number) - 4) === words[last];
  }

  after(at: number, index: number): number {
    return at + (this.#lengths[index] as number);
  }

  find(page: Page, at: number): number {
    const end = page.bytes.indexOf(QUOTE, at + 1);
    const index = end === -1 ? NONE : (this.#indices.get(page.bytes.toString("utf8", at, end + 2)) ?? NONE);
    // What is no UTF-8 may look like a name in text.
    return index !== NONE && this.isAt(page, at, index) ? index : NONE;
  }
}

function nesting({ type }: Pick<FieldSchema, "type">): number {
  if (type.kind === "list") return 1 + nesting({ type: type.element });
  return type.kind === "map" ? 1 + nesting({ type: type.value }) : 1;
}
