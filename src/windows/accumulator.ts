import type { Missing, Value } from "../types/value.ts";
import { Currencies } from "./currencies.ts";
import { cellAt, momentAt, numberAt, oldest } from "./rows.ts";
import type { Aggregate, WindowSpec } from "./spec.ts";
import type { Accumulator, Feature, Measure, Rows } from "./state.ts";
import { Ends, Ranks, Spread } from "./statistics.ts";

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
