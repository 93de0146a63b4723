import type { Target } from "../types/decode.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Money, type Value } from "../types/value.ts";

/** The values of one field, record after record, in a shape that crosses threads without being looked at. */
interface Column {
  readonly kind: "number" | "bool" | "money" | "other";
  /** Numbers, times, durations, 0 and 1, minor units. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Of money: which of the currencies. */
  readonly codes: Uint16Array<ArrayBuffer>;
  readonly currencies: readonly string[];
  readonly others: readonly (Value | undefined)[];
  /** A byte for each record, 0 where the field is missing; null where it is missing nowhere. */
  readonly present: Uint8Array<ArrayBuffer> | null;
}

/** Events of one type, a column for each field. */
export interface Table {
  readonly type: string;
  readonly columns: readonly Column[];
}

/** Records that there is room for at first. */
const FIRST_RECORDS = 1_024;

const NO_NUMBERS = new Float64Array(0);
const NO_CODES = new Uint16Array(0);

/** Puts decoded events into columns. */
export class TableWriter {
  readonly #type: string;
  readonly #columns: ColumnWriter[];
  #count = 0;

  constructor({ name, fields }: EventSchema) {
    this.#type = name;
    this.#columns = fields.map(({ type }) => new ColumnWriter(type));
  }

  add(frame: Target): void {
    for (let field = 0; field < this.#columns.length; field++) (this.#columns[field] as ColumnWriter).put(this.#count, frame[field]);
    this.#count++;
  }

  finish(): Table {
    return { type: this.#type, columns: this.#columns.map((column) => column.finish()) };
  }
}

class ColumnWriter {
  readonly #kind: Column["kind"];
  #numbers: Float64Array<ArrayBuffer>;
  #codes: Uint16Array<ArrayBuffer>;
  #present = new Uint8Array(FIRST_RECORDS);
  readonly #others: (Value | undefined)[] = [];
  readonly #currencies: string[] = [];
  #holes = false;

  constructor(type: Type) {
    this.#kind = kindOf(type);
    this.#numbers = this.#kind === "other" ? NO_NUMBERS : new Float64Array(FIRST_RECORDS);
    this.#codes = this.#kind === "money" ? new Uint16Array(FIRST_RECORDS) : NO_CODES;
  }

  put(record: number, value: Value | Missing | undefined): void {
    if (record === this.#present.length) this.#grow(record * 2);
    const isPresent = value !== undefined && !(value instanceof Missing);
    this.#present[record] = isPresent ? 1 : 0;
    this.#holes ||= !isPresent;
    if (this.#kind === "other") this.#others.push(isPresent ? value : undefined);
    else if (isPresent) this.#put(record, value);
  }

  finish(): Column {
    return { kind: this.#kind, numbers: this.#numbers, codes: this.#codes, currencies: this.#currencies, others: this.#others, present: this.#holes ? this.#present : null };
  }

  #put(record: number, value: Value): void {
    if (this.#kind !== "money") {
      this.#numbers[record] = Number(value);
      return;
    }
    const { minor, currency } = value as Money;
    this.#numbers[record] = minor;
    const known = this.#currencies.indexOf(currency);
    this.#codes[record] = known < 0 ? this.#currencies.push(currency) - 1 : known;
  }

  #grow(records: number): void {
    this.#present = grown(this.#present, new Uint8Array(records));
    if (this.#kind !== "other") this.#numbers = grown(this.#numbers, new Float64Array(records));
    if (this.#kind === "money") this.#codes = grown(this.#codes, new Uint16Array(records));
  }
}

function grown<A extends { set(from: A): void }>(from: A, to: A): A {
  to.set(from);
  return to;
}

function kindOf({ kind }: Type): Column["kind"] {
  if (kind === "number" || kind === "timestamp" || kind === "duration") return "number";
  return kind === "bool" || kind === "money" ? kind : "other";
}

/** Memory of a table that another thread can take over. */
export function memoryOf({ columns }: Table): ArrayBuffer[] {
  return columns.flatMap(({ numbers, codes, present }) => [numbers, codes, present].flatMap((each) => (each === null || each.length === 0 ? [] : [each.buffer])));
}

/** Puts events back into frames. */
export class TableReader {
  readonly #missing: readonly Missing[];

  constructor({ fields }: EventSchema) {
    // As decoding has it. Defaults stand in the columns.
    this.#missing = fields.map(({ name }) => new Missing(`field ${name}`));
  }

  /** Sets the first entries of a frame to the fields of a record. */
  read({ columns }: Table, record: number, frame: Target): void {
    for (let field = 0; field < columns.length; field++) {
      const { kind, numbers, codes, currencies, others, present } = columns[field] as Column;
      if (present !== null && present[record] === 0) frame[field] = this.#missing[field];
      else if (kind === "number") frame[field] = numbers[record];
      else if (kind === "bool") frame[field] = numbers[record] === 1;
      else if (kind === "money") frame[field] = { minor: numbers[record] as number, currency: currencies[codes[record] as number] as string };
      else frame[field] = others[record];
    }
  }
}
