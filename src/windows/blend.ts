import type { Missing, Value } from "../types/value.ts";
import { estimate, mergeHll, rankOf, REGISTERS } from "./hll.ts";
import type { Feature, Measure } from "./layout.ts";
import { CELL, CODE, eachSeen, EVENTS, FIRST, MIXED, NEWEST, OLDEST, OTHER_CELL, SECOND, SKETCH } from "./panes.ts";
import type { Panes } from "./panes.ts";
import { amount, frequency, moments, newest, oldest, rank, speed, valueAt, valueOf } from "./result.ts";
import type { Rows } from "./rows.ts";
import { binOf, Bins } from "./sketch.ts";
import { Cells } from "./window.ts";
import type { Window } from "./window.ts";

/**
 * The value of a window of which the older events are in panes. A pane of which any event is in (lower, upper] is taken
 * whole: so each end of the window lies less than a pane further out than it should, and the value is that of such a
 * window. In it count, sum (in whole units), min, max, first, last, change and rate are exact; `distinct` is so up to
 * 512 values for windows that end now, and then has a standard error of 2.3 per cent; a percentile is within 1 per cent
 * of the value. Of what `distinct` counts only the last sighting is known in panes, so an event that is itself as old as
 * those finds what came after it too: rather more than too few.
 */
export class Blend {
  readonly #cells = new Cells();
  readonly #registers = new Uint8Array(REGISTERS);
  #bins: Bins | null = null;
  /** Words of the panes that are in the window, oldest first. */
  readonly #words: number[] = [];

  value(feature: Feature, rows: Rows, window: Window, panes: Panes, lower: number, upper: number): Value | Missing {
    const { measure } = feature;
    const { spec } = measure;
    if (spec.aggregate === "distinct") return this.#distinct(measure, rows, window, panes, lower, upper);
    let { count } = window;
    let code = window.mixed ? MIXED : window.code;
    this.#words.length = 0;
    for (let index = 0; index < panes.count; index++) {
      const word = panes.pane(index);
      if ((panes.f64[word + NEWEST] as number) <= lower || (panes.f64[word + OLDEST] as number) > upper) continue;
      this.#words.push(word);
      count += panes.u32[word * 2 + EVENTS] as number;
      const other = panes.u32[word * 2 + CODE] as number;
      if (other !== 0) code = code === 0 || code === other ? other : MIXED;
    }
    if (count === 0) return feature.empty;
    if (measure.code >= 0 && code === MIXED && spec.aggregate !== "last" && spec.aggregate !== "first") return feature.mixed;
    switch (spec.aggregate) {
      case "count":
        return count;
      case "exists":
        return true;
      case "sum":
      case "average": {
        const sum = this.#sum(window, panes);
        return amount(feature, rows, spec.aggregate === "sum" ? sum : sum / count, code);
      }
      case "min":
      case "max":
        return this.#best(measure, rows, window, panes);
      case "stddev":
        return count < 2 ? feature.few : amount(feature, rows, this.#deviation(measure, rows, window, panes), code);
      case "percentile":
        return amount(feature, rows, this.#percentile(measure, rows, window, panes, count), code);
      default:
        return this.#ends(feature, rows, window, panes, count, code);
    }
  }

  #sum(window: Window, { f64 }: Panes): number {
    let sum = 0;
    let lost = 0;
    for (const word of this.#words) {
      sum += f64[word + FIRST] as number;
      lost += f64[word + SECOND] as number;
    }
    return sum + window.sum + lost;
  }

  #best(measure: Measure, rows: Rows, window: Window, { f64, u32 }: Panes): Value {
    const sign = measure.spec.aggregate === "min" ? 1 : -1;
    let best: Value | null = null;
    const offer = (value: Value): void => {
      if (best === null || sign * measure.spec.compare(best, value) >= 0) best = value;
    };
    for (const word of this.#words) offer(valueOf(measure, rows, f64[word + FIRST] as number, u32[word * 2 + CELL] as number));
    if (window.count > 0) offer(valueAt(measure, rows, window.best));
    return best;
  }

  /** By merging only (Chan, Golub, LeVeque, 1979): nothing is ever taken back. */
  #deviation(measure: Measure, rows: Rows, window: Window, { f64, u32 }: Panes): number {
    const whole = { count: 0, mean: 0, squares: 0 };
    const merge = (count: number, mean: number, squares: number): void => {
      const off = mean - whole.mean;
      const total = whole.count + count;
      whole.squares = whole.count === 0 ? squares : whole.squares + squares + off * off * ((whole.count * count) / total);
      whole.mean = whole.count === 0 ? mean : whole.mean + off * (count / total);
      whole.count = total;
    };
    for (const word of this.#words) merge(u32[word * 2 + EVENTS] as number, f64[word + FIRST] as number, f64[word + SECOND] as number);
    const own = moments(rows, measure, window, 1);
    if (own.count > 0) merge(own.count, own.mean, own.squares);
    return Math.sqrt(whole.squares / (whole.count - 1));
  }

  #percentile(measure: Measure, rows: Rows, window: Window, { u32 }: Panes, count: number): number {
    const bins = (this.#bins ??= new Bins());
    for (const word of this.#words) bins.addBlock(rows.slabs, u32[word * 2 + SKETCH] as number);
    for (let index = window.from; index < window.to; index++) {
      if (rows.marked(index, measure)) bins.add(binOf(rows.number(index, measure)), 1);
    }
    const value = bins.take(rank(measure.spec.argument ?? 0, count));
    return measure.code < 0 ? value : Math.round(value);
  }

  #distinct(measure: Measure, rows: Rows, window: Window, panes: Panes, lower: number, upper: number): number {
    const { slabs, values } = rows;
    const { from, to } = window;
    if (panes.seen !== 0) {
      this.#cells.clear(to - from + panes.seenSlots);
      let count = 0;
      const add = (cell: number): void => {
        if (this.#cells.add(cell)) count++;
      };
      eachSeen(slabs, panes.seen, panes.seenSlots, (cell, at) => {
        if (at > lower) add(cell);
      });
      for (let index = from; index < to; index++) if (rows.marked(index, measure)) add(rows.cell(index, measure));
      return count;
    }
    this.#registers.fill(0);
    for (let index = 0; index < panes.count; index++) {
      const word = panes.pane(index);
      // Panes made of last sightings lack earlier ones.
      if ((panes.f64[word + NEWEST] as number) <= lower || (measure.spec.delay > 0 && (panes.f64[word + OLDEST] as number) > upper)) continue;
      mergeHll(slabs, panes.u32[word * 2 + SKETCH] as number, this.#registers);
    }
    for (let index = from; index < to; index++) {
      if (!rows.marked(index, measure)) continue;
      const cell = rows.cell(index, measure);
      const register = values.low(cell) & (REGISTERS - 1);
      this.#registers[register] = Math.max(this.#registers[register] as number, rankOf(values.low(cell), values.high(cell)));
    }
    return estimate(this.#registers);
  }

  /** `last`, `first`, `change` and `rate`. */
  #ends(feature: Feature, rows: Rows, window: Window, { f64, u32 }: Panes, count: number, code: number): Value | Missing {
    const { measure } = feature;
    const { aggregate, value } = measure.spec;
    if (aggregate === "rate" && value === null) return frequency(feature, count);
    const first = this.#words[0];
    const last = this.#words.at(-1);
    const inRows = window.count > 0;
    const head = first === undefined ? oldest(rows, measure, window) : -1;
    const tail = inRows ? newest(rows, measure, window) : -1;
    if (aggregate === "first") {
      if (first === undefined) return { value: valueAt(measure, rows, head), at: rows.time(head) };
      return { value: valueOf(measure, rows, f64[first + SECOND] as number, u32[first * 2 + OTHER_CELL] as number), at: f64[first + OLDEST] as number };
    }
    if (aggregate === "last") {
      if (last === undefined || inRows) return { value: valueAt(measure, rows, tail), at: rows.time(tail) };
      return { value: valueOf(measure, rows, f64[last + FIRST] as number, u32[last * 2 + CELL] as number), at: f64[last + NEWEST] as number };
    }
    const begin = first === undefined ? rows.number(head, measure) : (f64[first + SECOND] as number);
    const end = last === undefined || inRows ? rows.number(tail, measure) : (f64[last + FIRST] as number);
    if (aggregate === "change") return amount(feature, rows, end - begin + 0, code);
    if (count < 2) return feature.few;
    const since = first === undefined ? rows.time(head) : (f64[first + OLDEST] as number);
    const until = last === undefined || inRows ? rows.time(tail) : (f64[last + NEWEST] as number);
    return speed(feature, end - begin + 0, until - since);
  }
}
