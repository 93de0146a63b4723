import type { Cidr, Ip, Money } from "./value.ts";
import type { Type } from "./type.ts";

export interface FieldSchema {
  readonly name: string;
  readonly type: Type;
  /** An optional field may be absent or null in an event and is then missing. */
  readonly optional: boolean;
  /** Used where the field is absent; null where there is none. */
  readonly default: FieldDefault | null;
  /** Values outside of it are refused; null where none is declared. */
  readonly range: FieldRange | null;
  readonly key: boolean;
  readonly pii: boolean;
  readonly doc: string | null;
}

/** Both ends belong to it. Amounts are of the currency that the type of the field names. */
export interface FieldRange {
  readonly low: number | Money;
  readonly high: number | Money;
}

/** Wrapped, so that a default can be told from none. */
export interface FieldDefault {
  readonly value: number | string | boolean | Money | Ip | Cidr;
}

/** What an event of one type must look like on the wire. */
export interface EventSchema {
  readonly name: string;
  readonly doc: string | null;
  readonly fields: readonly FieldSchema[];
  /** Index of the `@id` field, or null. */
  readonly id: number | null;
  /** Index of the `@time` field, or null: then an event happens when it arrives. */
  readonly time: number | null;
}

/** One thing wrong with an event. */
export interface Violation {
  /** JSON Pointer into the event (RFC 6901), such as `/amount/currency`. */
  readonly path: string;
  readonly message: string;
}
