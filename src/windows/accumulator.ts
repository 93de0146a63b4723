import type { Missing, Value } from "../types/value.ts";
import type { Aggregate, WindowSpec } from "./spec.ts";
import type { Accumulator, Feature, Measure, Rows } from "./state.ts";

const MAKERS: Readonly<Record<Aggregate, (money: boolean) => Accumulator | null>> = {
  count: () => null,
  exists: () => null,
  sum: (money) => new Sum(money),
  average: (money) => new Sum(money),
  min: (money) => new Extreme(1, money),
  max: (money) => new Extreme(-1, money),
  distinct: () => new Distinct(),
  last: () => new Newest(),
  first: () => new Oldest(),
  change: (money) => new Ends(money),
  rate: () => new Ends(false),
  stddev: (money) => new Spread(money),
  percentile: (money) => new Ranks(money),
};

/** A new accumulator for the aggregate of the spec; null where the number of events says all. */
export function accumulator(spec: WindowSpec): Accumulator | null {
  if (spec.aggregate === "rate" && spec.value === null) return null;
  return MAKERS[spec.aggregate](spec.domain === "money");
}

function numberAt(measure: Measure, rows: Rows, position: number): number {
  return rows.numbers[(position - rows.base) * rows.layout.stride + measure.number] as number;
}

function cellAt(measure: Measure, rows: Rows, position: number): Value {
  return rows.cells[(position - rows.base) * rows.layout.width + measure.cell] as Value;
}

/** Which currencies are in a window, and how often. The empty code of a zero fits every currency and is not counted. */
class Currencies {
  /** One of them, while there is any; almost always the only one. */
  #code = "";
  #count = 0;
  #others: Map<string, number> | null = null;

  add(code: string): void {
    if (code === "") return;
    if (this.#count === 0) this.#code = code;
    if (code === this.#code) this.#count++;
    else {
      this.#others ??= new Map();
      this.#others.set(code, (this.#others.get(code) ?? 0) + 1);
    }
  }

  remove(code: string): void {
    if (code === "") return;
    if (code !== this.#code) {
      const count = this.#others?.get(code) ?? 0;
      if (count > 1) this.#others?.set(code, count - 1);
      else this.#others?.delete(code);
    } else if (--this.#count === 0) this.#promote();
  }

  clear(): void {
    this.#code = "";
    this.#count = 0;
    this.#others = null;
  }

  get mixed(): boolean {
    return this.#others !== null && this.#others.size > 0;
  }

  /** The one currency there is, or the empty code. */
  get code(): string {
    return this.#code;
  }

  #promote(): void {
    const [code, count] = this.#others?.entries().next().value ?? ["", 0];
    this.#code = code;
    this.#count = count;
    this.#others?.delete(code);
  }
}

/**
 * Sum and average equal, bit for bit, adding up the window from its oldest event on. While all values are whole and
 * small enough that no partial sum is rounded, a running sum has that property; otherwise the window is added up anew.
 */
class Sum implements Accumulator {
  #sum = 0;
  /** Sum of absolute values, a bound to every partial sum. */
  #volume = 0;
  /** Values in the window that are not safe integers. */
  #rough = 0;
  /** The volume passed what a double holds exactly, so that sum and volume may be off. */
  #drifted = false;
  readonly #currencies: Currencies | null;

  constructor(money: boolean) {
    this.#currencies = money ? new Currencies() : null;
  }

  add(measure: Measure, rows: Rows, position: number): void {
    const amount = numberAt(measure, rows, position);
    this.#currencies?.add(cellAt(measure, rows, position) as string);
    if (Number.isSafeInteger(amount)) {
      this.#sum += amount;
      this.#volume += Math.abs(amount);
      if (this.#volume > Number.MAX_SAFE_INTEGER) this.#drifted = true;
    } else this.#rough++;
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    const amount = numberAt(measure, rows, position);
    this.#currencies?.remove(cellAt(measure, rows, position) as string);
    if (Number.isSafeInteger(amount)) {
      this.#sum -= amount;
      this.#volume -= Math.abs(amount);
    } else this.#rough--;
  }

  clear(): void {
    this.#sum = 0;
    this.#volume = 0;
    this.#rough = 0;
    this.#drifted = false;
    this.#currencies?.clear();
  }

  result(feature: Feature, rows: Rows, from: number, to: number, count: number): Value | Missing {
    if (this.#currencies?.mixed === true) return feature.mixed;
    const { measure } = feature;
    const sum = this.#rough > 0 || this.#drifted ? this.#recompute(measure, rows, from, to) : this.#sum;
    const amount = measure.spec.aggregate === "sum" ? sum : sum / count;
    return this.#currencies === null ? amount : { minor: amount, currency: this.#currencies.code };
  }

  #recompute(measure: Measure, rows: Rows, from: number, to: number): number {
    const { numbers, base, layout } = rows;
    let sum = 0;
    let volume = 0;
    for (let row = (from - base) * layout.stride; row < (to - base) * layout.stride; row += layout.stride) {
      if (((numbers[row + measure.mask] as number) & measure.bit) === 0) continue;
      const amount = numbers[row + measure.number] as number;
      sum += amount;
      volume += Math.abs(amount);
    }
    if (this.#rough === 0 && volume <= Number.MAX_SAFE_INTEGER) {
      this.#sum = sum;
      this.#volume = volume;
      this.#drifted = false;
    }
    return sum;
  }
}

/** Front room of a deque that may go unused before it is moved up; small beside the array's own spare room. */
const DEQUE_SLACK = 32;

/**
 * The least or greatest value by a monotonic deque: a value leaves at the back as soon as a newer one is as good,
 * since it can then never be the answer again. Of equal values the newest is given.
 */
class Extreme implements Accumulator {
  readonly #sign: 1 | -1;
  #positions: number[] = [];
  #front = 0;
  readonly #currencies: Currencies | null;

  constructor(sign: 1 | -1, money: boolean) {
    this.#sign = sign;
    this.#currencies = money ? new Currencies() : null;
  }

  add(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.add(cellAt(measure, rows, position) as string);
    const positions = this.#positions;
    let back = positions.length;
    while (back > this.#front && this.#sign * order(measure, rows, positions[back - 1] as number, position) >= 0) back--;
    positions.length = back;
    positions.push(position);
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    this.#currencies?.remove(cellAt(measure, rows, position) as string);
    if (this.#positions[this.#front] !== position) return;
    this.#front++;
    if (this.#front > DEQUE_SLACK && this.#front * 2 > this.#positions.length) {
      this.#positions = this.#positions.slice(this.#front);
      this.#front = 0;
    }
  }

  clear(): void {
    this.#positions.length = 0;
    this.#front = 0;
    this.#currencies?.clear();
  }

  result(feature: Feature, rows: Rows): Value | Missing {
    if (this.#currencies?.mixed === true) return feature.mixed;
    const { measure } = feature;
    const position = this.#positions[this.#front] as number;
    if (measure.number < 0) return cellAt(measure, rows, position);
    const amount = numberAt(measure, rows, position);
    return this.#currencies === null ? amount : { minor: amount, currency: cellAt(measure, rows, position) as string };
  }
}

/** Negative when the value at `a` is less than that at `b`. */
function order(measure: Measure, rows: Rows, a: number, b: number): number {
  if (measure.number >= 0) return numberAt(measure, rows, a) - numberAt(measure, rows, b);
  return measure.spec.compare(cellAt(measure, rows, a), cellAt(measure, rows, b));
}

/** The cells hold the keys of the values, made when the event was recorded. */
class Distinct implements Accumulator {
  readonly #counts = new Map<string | number, number>();

  add(measure: Measure, rows: Rows, position: number): void {
    const key = cellAt(measure, rows, position) as string | number;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(measure: Measure, rows: Rows, position: number): void {
    const key = cellAt(measure, rows, position) as string | number;
    const count = this.#counts.get(key) as number;
    if (count === 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }

  clear(): void {
    this.#counts.clear();
  }

  result(): Value {
    return this.#counts.size;
  }
}

function marked({ mask, bit }: Measure, rows: Rows, position: number): boolean {
  return ((rows.numbers[(position - rows.base) * rows.layout.stride + mask] as number) & bit) !== 0;
}

/** Position of the oldest event that counts, from `from` on; there is one. */
function oldest(measure: Measure, rows: Rows, from: number): number {
  let position = from;
  while (!marked(measure, rows, position)) position++;
  return position;
}

function timeAt(rows: Rows, position: number): number {
  return rows.numbers[(position - rows.base) * rows.layout.stride] as number;
}

/** The value at a position with its time. */
function momentAt(measure: Measure, rows: Rows, position: number): Value {
  const at = timeAt(rows, position);
  if (measure.number >= 0) return { value: numberAt(measure, rows, position), at };
  return { value: measure.cell < 0 ? null : cellAt(measure, rows, position), at };
}

class Newest implements Accumulator {
  #position = 0;

  add(_measure: Measure, _rows: Rows, position: number): void {
    this.#position = position;
  }

  // Events leave oldest first: the newest is the last to go.
  remove(): void {}

  clear(): void {
    this.#position = 0;
  }

  result({ measure }: Feature, rows: Rows): Value {
    return momentAt(measure, rows, this.#position);
  }
}

class Oldest implements Accumulator {
  // The window says where its oldest event stands.
  add(): void {}

  remove(): void {}

  clear(): void {}

  result({ measure }: Feature, rows: Rows, from: number): Value {
    return momentAt(measure, rows, oldest(measure, rows, from));
  }
}

/** The oldest and the newest value: their difference, or how fast the one became the other. */
class Ends implements Accumulator {
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
    const difference = numberAt(measure, rows, this.#newest) - numberAt(measure, rows, first);
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
class Spread implements Accumulator {
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
class Ranks implements Accumulator {
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
