import type { Missing, Value } from "../types/value.ts";
import { Currencies } from "./currencies.ts";
import { cellAt, marked, numberAt, oldest, timeAt } from "./rows.ts";
import type { Accumulator, Feature, Measure, Rows } from "./state.ts";

/** The oldest and the newest value: their difference, or how fast the one became the other. */
export class Ends implements Accumulator {
  #newest = 0;
  readonly #currencies: Currencies | null;

  constructor(money: boolean) {
    this.#currencies = money ? new Currencies() : null;
  }

  add(measure: Measure, rows: Rows, position: number): void {
    this.#newest = position;
    this.#currencies?.add(cellAt(measure, rows, position) as string);
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.remove(cellAt(measure, rows, position) as string);
  }

  clear(): void {
    this.#newest = 0;
    this.#currencies?.clear();
  }

  result(feature: Feature, rows: Rows, from: number, _to: number, count: number): Value | Missing {
    if (this.#currencies?.mixed === true) return feature.mixed;
    const { measure } = feature;
    const first = oldest(measure, rows, from);
    // Of two zeros -0 would be the difference of -0 and 0.
    const difference = numberAt(measure, rows, this.#newest) - numberAt(measure, rows, first) + 0;
    if (this.#currencies !== null) return { minor: difference, currency: this.#currencies.code };
    if (measure.spec.aggregate === "change") return difference;
    if (count < 2) return feature.few;
    const seconds = (timeAt(rows, this.#newest) - timeAt(rows, first)) / SECOND_MS;
    return seconds === 0 ? feature.still : difference / seconds;
  }
}

const SECOND_MS = 1_000;

/**
 * Sample standard deviation (divisor n - 1, as `stddev_samp` of SQL) by the updating formulas of Welford, Technometrics 4
 * (1962), over the window from its oldest value on. Nothing is ever taken back from a sum, so equal values deviate by
 * exactly 0 and no rounding lives on from one window to the next.
 */
export class Spread implements Accumulator {
  readonly #currencies: Currencies | null;

  constructor(money: boolean) {
    this.#currencies = money ? new Currencies() : null;
  }

  add(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.add(cellAt(measure, rows, position) as string);
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.remove(cellAt(measure, rows, position) as string);
  }

  clear(): void {
    this.#currencies?.clear();
  }

  result(feature: Feature, rows: Rows, from: number, to: number, count: number): Value | Missing {
    if (this.#currencies?.mixed === true) return feature.mixed;
    if (count < 2) return feature.few;
    const deviation = spread(feature.measure, rows, from, to);
    return this.#currencies === null ? deviation : { minor: deviation, currency: this.#currencies.code };
  }
}

/** Squares of values between these are no further from 1 than a double can hold. */
const SQUARABLE = 2 ** 500;
const RESCALE = 2 ** 600;

function spread(measure: Measure, rows: Rows, from: number, to: number): number {
  let largest = 0;
  for (let position = from; position < to; position++) {
    if (marked(measure, rows, position)) largest = Math.max(largest, Math.abs(numberAt(measure, rows, position)));
  }
  // Powers of two change no digit.
  const scale = largest > SQUARABLE ? 1 / RESCALE : largest < 1 / SQUARABLE ? RESCALE : 1;
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let position = from; position < to; position++) {
    if (!marked(measure, rows, position)) continue;
    const value = numberAt(measure, rows, position) * scale;
    const off = value - mean;
    // Exact for the first value, so that the mean of equal values is that value.
    mean = ++count === 1 ? value : mean + off / count;
    if (count > 1) squares += off * (value - mean);
  }
  return Math.sqrt(squares / (count - 1)) / scale;
}

/**
 * The values in ascending order. A percentile by nearest rank, as `percentile_disc` of SQL, is a value that occurred: an
 * amount stays whole, and people find the event behind it. -0 counts as 0.
 */
export class Ranks implements Accumulator {
  readonly #values: number[] = [];
  readonly #currencies: Currencies | null;

  constructor(money: boolean) {
    this.#currencies = money ? new Currencies() : null;
  }

  add(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.add(cellAt(measure, rows, position) as string);
    const value = numberAt(measure, rows, position) + 0;
    this.#values.splice(this.#firstFrom(value), 0, value);
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.remove(cellAt(measure, rows, position) as string);
    this.#values.splice(this.#firstFrom(numberAt(measure, rows, position)), 1);
  }

  clear(): void {
    this.#values.length = 0;
    this.#currencies?.clear();
  }

  result(feature: Feature): Value | Missing {
    if (this.#currencies?.mixed === true) return feature.mixed;
    const value = this.#values[rank(feature.measure.spec.argument ?? 0, this.#values.length) - 1] as number;
    return this.#currencies === null ? value : { minor: value, currency: this.#currencies.code };
  }

  /** Index of the first value that is not less. */
  #firstFrom(value: number): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What a product of a per cent and a count may be above a whole number by rounding alone. */
const RANK_NOISE = 1e-9;

/** The nearest rank, 1 to `count`, of a percentile above 0. */
function rank(percent: number, count: number): number {
  return Math.max(1, Math.ceil((percent * count) / 100 - RANK_NOISE));
}
