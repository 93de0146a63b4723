/*
 * Values as they are at run time. Which JavaScript shape stands for a value follows from its static type, so numbers
 * need no tag: number, timestamp (milliseconds since 1970, UTC) and duration (milliseconds) are all numbers.
 */

/**
 * An exact amount. `minor` counts minor units of the currency (cents for USD): a whole number for every amount that was
 * written, received, added or summed; products, quotients and averages may have a fraction of a minor unit.
 */
export interface Money {
  readonly minor: number;
  /** ISO 4217 code; empty only for the zero that is the sum of nothing, which fits every currency. */
  readonly currency: string;
}

/** An address in canonical text (RFC 5952; IPv4 mapped into IPv6 is written as IPv4). */
export interface Ip {
  readonly text: string;
  /** The address as an unsigned number of 32 or 128 bits. */
  readonly bits: bigint;
  readonly version: 4 | 6;
}

/** A block of addresses, first to last. */
export interface Cidr {
  readonly text: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly version: 4 | 6;
}

/** WGS 84 degrees: latitude -90..90, longitude -180..180. */
export interface Geo {
  readonly lat: number;
  readonly lon: number;
}

/** What `last of …` yields. */
export interface Last {
  readonly value: Value;
  /** Event time in milliseconds. */
  readonly at: number;
}

export type Value =
  | number
  | string
  | boolean
  | null
  | Money
  | Ip
  | Cidr
  | Geo
  | Last
  | readonly Value[]
  | ReadonlyMap<string | number | boolean, Value>;

/** The two values of a division by zero, whatever the sign. */
export type Quotient = "NaN" | "Infinity";

/**
 * The third truth value and the absence of any other: optional fields that are not there, empty windows, evaluation
 * errors. The cause is for people; meaning never depends on it.
 */
export class Missing {
  /** A short, stable cause: `field email`, `empty window usual_amount`, `division by zero`. */
  readonly cause: string;
  /** What IEEE arithmetic would have given for a division by zero; only `isNaN`, `isInf` and `isFinite` ask. */
  readonly quotient: Quotient | null;

  constructor(cause: string, quotient: Quotient | null = null) {
    this.cause = cause;
    this.quotient = quotient;
    Object.freeze(this);
  }
}

export function isMissing(value: Value | Missing | undefined): value is Missing {
  return value instanceof Missing;
}
