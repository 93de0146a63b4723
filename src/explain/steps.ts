import { MAX_MINOR } from "../types/money.ts";
import { MAX_SPAN, MAX_TIMESTAMP, MIN_TIMESTAMP } from "../types/time.ts";
import type { Missing, Money, Value } from "../types/value.ts";
import type { Input } from "./inputs.ts";

/** Decimals that a number is changed in at most; what is beyond is noise of binary fractions. */
const MAX_DECIMALS = 6;

/** The values of an input as whole numbers of its smallest step: a minor unit, a millisecond, the last decimal seen. */
export interface Steps {
  readonly least: number;
  readonly most: number;
  /** The nearest step. */
  readonly of: (value: Value) => number;
  readonly at: (step: number) => Value;
}

/** Undefined for an input that has no steps. `seen` are values whose decimals count. */
export function stepsOf({ type, current, counted }: Input, seen: readonly (Value | Missing)[]): Steps | undefined {
  switch (type.kind) {
    case "number": {
      const numbers = [current, ...seen].filter((each): each is number => typeof each === "number");
      const scale = 10 ** (counted ? 0 : Math.max(0, ...numbers.map(decimalsOf)));
      const most = Math.floor(Number.MAX_SAFE_INTEGER / scale);
      return { least: counted ? 0 : -most, most, of: (value) => Math.round((value as number) * scale), at: (step) => step / scale };
    }
    case "timestamp":
      return { least: MIN_TIMESTAMP, most: MAX_TIMESTAMP, of: (value) => Math.round(value as number), at: (step) => step };
    case "duration":
      return { least: -MAX_SPAN, most: MAX_SPAN, of: (value) => Math.round(value as number), at: (step) => step };
    case "money": {
      const currency = [current, ...seen].find(isMoney)?.currency;
      if (currency === undefined || currency === "") return undefined;
      return { least: -MAX_MINOR, most: MAX_MINOR, of: (value) => Math.round((value as Money).minor), at: (minor) => ({ minor, currency }) };
    }
    default:
      return undefined;
  }
}

export function isMoney(value: Value | Missing): value is Money {
  return typeof value === "object" && value !== null && "minor" in value;
}

function decimalsOf(value: number): number {
  for (let digits = 0; digits < MAX_DECIMALS; digits++) if (Number(value.toFixed(digits)) === value) return digits;
  return Number.isFinite(value) ? MAX_DECIMALS : 0;
}

/** What two sides compare as at a step: negative, zero or positive; undefined where they do not. */
export type Sign = (step: number) => number | undefined;

/**
 * The first step away from `from` in a direction at which the sign is another; undefined where it never is. The strides
 * double until the sign has changed and are then halved: exact where the sign changes once, and some change elsewhere.
 */
export function crossing(sign: Sign, from: number, direction: 1 | -1, { least, most }: Pick<Steps, "least" | "most">): number | undefined {
  // Beyond the ends no stride leads anywhere.
  if (!(from >= least && from <= most)) return undefined;
  const start = sign(from);
  const end = direction === 1 ? most : least;
  let near = from;
  let far = from;
  for (let stride = 1; ; stride *= 2) {
    if (far === end) return undefined;
    far = direction === 1 ? Math.min(end, from + stride) : Math.max(end, from - stride);
    if (sign(far) !== start) break;
    near = far;
  }
  while (Math.abs(far - near) > 1) {
    const middle = near + Math.trunc((far - near) / 2);
    if (sign(middle) === start) near = middle;
    else far = middle;
  }
  return far;
}
