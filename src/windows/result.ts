import type { Missing, Value } from "../types/value.ts";
import type { Feature, Measure } from "./layout.ts";
import type { Rows } from "./rows.ts";
import type { Window } from "./window.ts";

const SECOND_MS = 1_000;

/** The value of a window, all of whose events are rows. */
export function settle(feature: Feature, rows: Rows, window: Window): Value | Missing {
  const { measure } = feature;
  const { spec } = measure;
  const { count } = window;
  if (count === 0) return feature.empty;
  if (measure.code >= 0 && window.mixed && spec.aggregate !== "last" && spec.aggregate !== "first") return feature.mixed;
  switch (spec.aggregate) {
    case "count":
      return count;
    case "exists":
      return true;
    case "sum":
      return amount(feature, rows, window.sum, window.code);
    case "average":
      return amount(feature, rows, window.sum / count, window.code);
    case "min":
    case "max":
      return valueAt(measure, rows, window.best);
    case "distinct":
      return window.distinct;
    case "last":
      return momentAt(measure, rows, newest(rows, measure, window));
    case "first":
      return momentAt(measure, rows, oldest(rows, measure, window));
    case "change":
    case "rate":
      return slope(feature, rows, window);
    case "stddev":
      return count < 2 ? feature.few : amount(feature, rows, spread(rows, measure, window), window.code);
    case "percentile":
      return amount(feature, rows, percentile(rows, measure, window), window.code);
    default:
      return spec.aggregate satisfies never;
  }
}

/** A number, or as many minor units. */
export function amount({ measure }: Feature, rows: Rows, value: number, code: number): Value {
  return measure.code < 0 ? value : { minor: value, currency: rows.values.code(code) };
}

/** The rate of events, where no value is asked for. */
export function frequency({ measure }: Feature, count: number): number {
  return count / (measure.spec.over / SECOND_MS);
}

/** How fast one value became another; missing where no time passed. */
export function speed(feature: Feature, difference: number, time: number): Value | Missing {
  return time === 0 ? feature.still : difference / (time / SECOND_MS);
}

function slope(feature: Feature, rows: Rows, window: Window): Value | Missing {
  const { measure } = feature;
  if (measure.spec.value === null) return frequency(feature, window.count);
  const first = oldest(rows, measure, window);
  const last = newest(rows, measure, window);
  // Of two zeros -0 would be the difference of -0 and 0.
  const difference = rows.number(last, measure) - rows.number(first, measure) + 0;
  if (measure.spec.aggregate === "change") return amount(feature, rows, difference, window.code);
  return window.count < 2 ? feature.few : speed(feature, difference, rows.time(last) - rows.time(first));
}

/** Row of the newest event that counts; there is one. */
export function newest(rows: Rows, measure: Measure, window: Window): number {
  let index = window.to - 1;
  while (index > window.from && !rows.marked(index, measure)) index--;
  return index;
}

/** Row of the oldest event that counts; there is one. */
export function oldest(rows: Rows, measure: Measure, window: Window): number {
  let index = window.from;
  while (index < window.to && !rows.marked(index, measure)) index++;
  return index;
}

export function valueAt(measure: Measure, rows: Rows, index: number): Value {
  return valueOf(measure, rows, measure.number < 0 ? 0 : rows.number(index, measure), tagAt(measure, rows, index));
}

/** A value from its number and its cell or currency. */
export function valueOf({ number, code, cell }: Measure, { values }: Rows, held: number, tag: number): Value {
  if (number < 0) return cell < 0 ? null : values.value(tag);
  return code < 0 ? held : { minor: held, currency: values.code(tag) };
}

function tagAt(measure: Measure, rows: Rows, index: number): number {
  return measure.code >= 0 ? rows.code(index, measure) : measure.cell >= 0 ? rows.cell(index, measure) : 0;
}

function momentAt(measure: Measure, rows: Rows, index: number): Value {
  return { value: valueAt(measure, rows, index), at: rows.time(index) };
}

/** Squares of values between these are no further from 1 than a double can hold. */
const SQUARABLE = 2 ** 500;
const RESCALE = 2 ** 600;

/** Count, mean and sum of squared distances from it, of values times `scale`. */
export interface Moments {
  count: number;
  mean: number;
  squares: number;
}

/**
 * Sample standard deviation (divisor n - 1, as `stddev_samp` of SQL) by the updating formulas of Welford, Technometrics 4
 * (1962), over the window from its oldest value on. Nothing is ever taken back from a sum, so equal values deviate by
 * exactly 0 and no rounding lives on from one window to the next.
 */
function spread(rows: Rows, measure: Measure, window: Window): number {
  const { from, to } = window;
  let largest = 0;
  for (let index = from; index < to; index++) {
    if (rows.marked(index, measure)) largest = Math.max(largest, Math.abs(rows.number(index, measure)));
  }
  // Powers of two change no digit.
  const scale = largest > SQUARABLE ? 1 / RESCALE : largest < 1 / SQUARABLE ? RESCALE : 1;
  const { squares, count } = moments(rows, measure, window, scale);
  return Math.sqrt(squares / (count - 1)) / scale;
}

export function moments(rows: Rows, measure: Measure, { from, to }: Window, scale: number): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let index = from; index < to; index++) {
    if (!rows.marked(index, measure)) continue;
    const value = rows.number(index, measure) * scale;
    const off = value - mean;
    // Exact for the first value, so that the mean of equal values is that value.
    mean = ++count === 1 ? value : mean + off / count;
    if (count > 1) squares += off * (value - mean);
  }
  return { count, mean, squares };
}

/**
 * A percentile by nearest rank, as `percentile_disc` of SQL, is a value that occurred: an amount stays whole, and people
 * find the event behind it. -0 counts as 0.
 */
function percentile(rows: Rows, measure: Measure, window: Window): number {
  const { from, to } = window;
  const values = new Float64Array(to - from);
  let count = 0;
  for (let index = from; index < to; index++) if (rows.marked(index, measure)) values[count++] = rows.number(index, measure) + 0;
  return select(values.subarray(0, count), rank(measure.spec.argument ?? 0, count) - 1);
}

/** The value that sorting would put at an index (Hoare, 1961); orders the array on the way. */
function select(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >>> 1] as number;
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] as number) < pivot) left++;
      while ((values[right] as number) > pivot) right--;
      if (left > right) break;
      [values[left], values[right]] = [values[right] as number, values[left] as number];
      left++;
      right--;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return values[wanted] as number;
}

/** What a product of a per cent and a count may be above a whole number by rounding alone. */
const RANK_NOISE = 1e-9;

/** The nearest rank, 1 to `count`, of a percentile above 0. */
export function rank(percent: number, count: number): number {
  return Math.max(1, Math.ceil((percent * count) / 100 - RANK_NOISE));
}
