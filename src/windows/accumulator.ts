import type { Missing, Money, Value } from "../types/value.ts";
import type { Aggregate, WindowSpec } from "./spec.ts";
import type { Accumulator, Feature, Rows } from "./state.ts";

const MAKERS: Readonly<Record<Aggregate, (money: boolean) => Accumulator>> = {
  count: () => new Count(),
  exists: () => new Count(),
  sum: (money) => new Sum(money),
  average: (money) => new Sum(money),
  min: (money) => new Extreme(1, money),
  max: (money) => new Extreme(-1, money),
  distinct: () => new Distinct(),
  last: () => new Newest(),
};

/** A new accumulator for the aggregate of the spec. */
export function accumulator(spec: WindowSpec): Accumulator {
  return MAKERS[spec.aggregate](spec.domain === "money");
}

class Count implements Accumulator {
  #count = 0;

  add(): void {
    this.#count++;
  }

  remove(): void {
    this.#count--;
  }

  clear(): void {
    this.#count = 0;
  }

  result(feature: Feature): Value {
    return feature.measure.spec.aggregate === "exists" ? this.#count > 0 : this.#count;
  }
}

/** Which currencies are in a window, and how often. The empty code of a zero fits every currency and is not counted. */
class Currencies {
  readonly #codes: string[] = [];
  readonly #counts: number[] = [];

  add(code: string): void {
    if (code === "") return;
    const at = this.#codes.indexOf(code);
    if (at >= 0) (this.#counts[at] as number)++;
    else {
      this.#codes.push(code);
      this.#counts.push(1);
    }
  }

  remove(code: string): void {
    if (code === "") return;
    const at = this.#codes.indexOf(code);
    if (--(this.#counts[at] as number) === 0) {
      this.#codes.splice(at, 1);
      this.#counts.splice(at, 1);
    }
  }

  clear(): void {
    this.#codes.length = 0;
    this.#counts.length = 0;
  }

  get mixed(): boolean {
    return this.#codes.length > 1;
  }

  /** The one currency there is, or the empty code. */
  get code(): string {
    return this.#codes[0] ?? "";
  }
}

/**
 * Sum and average equal, bit for bit, adding up the window from its oldest event on. While all values are whole and
 * small enough that no partial sum is rounded, a running sum has that property; otherwise the window is added up anew.
 */
class Sum implements Accumulator {
  #count = 0;
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

  add(_spec: WindowSpec, value: Value): void {
    const amount = this.#currencies === null ? (value as number) : (value as Money).minor;
    this.#currencies?.add((value as Money).currency);
    this.#count++;
    if (Number.isSafeInteger(amount)) {
      this.#sum += amount;
      this.#volume += Math.abs(amount);
      if (this.#volume > Number.MAX_SAFE_INTEGER) this.#drifted = true;
    } else this.#rough++;
  }

  remove(value: Value): void {
    const amount = this.#currencies === null ? (value as number) : (value as Money).minor;
    this.#currencies?.remove((value as Money).currency);
    this.#count--;
    if (Number.isSafeInteger(amount)) {
      this.#sum -= amount;
      this.#volume -= Math.abs(amount);
    } else this.#rough--;
  }

  clear(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#volume = 0;
    this.#rough = 0;
    this.#drifted = false;
    this.#currencies?.clear();
  }

  result(feature: Feature, rows: Rows, from: number, to: number): Value | Missing {
    if (this.#count === 0) return feature.empty;
    if (this.#currencies?.mixed === true) return feature.mixed;
    const sum = this.#rough > 0 || this.#drifted ? this.#recompute(feature, rows, from, to) : this.#sum;
    const amount = feature.measure.spec.aggregate === "sum" ? sum : sum / this.#count;
    return this.#currencies === null ? amount : { minor: amount, currency: this.#currencies.code };
  }

  #recompute({ measure }: Feature, rows: Rows, from: number, to: number): number {
    const mask = rows.masks[measure.mask] as number[];
    const column = rows.columns[measure.column] as Value[];
    let sum = 0;
    let volume = 0;
    for (let index = from - rows.base; index < to - rows.base; index++) {
      if (((mask[index] as number) & measure.bit) === 0) continue;
      const value = column[index] as Value;
      const amount = this.#currencies === null ? (value as number) : (value as Money).minor;
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

/** Front room of a deque that may go unused before it is moved up; small beside the arrays' own spare room. */
const DEQUE_SLACK = 32;

/**
 * The least or greatest value by a monotonic deque: a value leaves at the back as soon as a newer one is as good,
 * since it can then never be the answer again. Of equal values the newest is given.
 */
class Extreme implements Accumulator {
  readonly #sign: 1 | -1;
  #values: Value[] = [];
  #positions: number[] = [];
  #front = 0;
  readonly #currencies: Currencies | null;

  constructor(sign: 1 | -1, money: boolean) {
    this.#sign = sign;
    this.#currencies = money ? new Currencies() : null;
  }

  add(spec: WindowSpec, value: Value, position: number): void {
    this.#currencies?.add((value as Money).currency);
    let back = this.#values.length;
    while (back > this.#front && this.#sign * spec.compare(this.#values[back - 1] as Value, value) >= 0) back--;
    this.#values.length = back;
    this.#positions.length = back;
    this.#values.push(value);
    this.#positions.push(position);
  }

  remove(value: Value, position: number): void {
    this.#currencies?.remove((value as Money).currency);
    if (this.#positions[this.#front] !== position) return;
    this.#front++;
    if (this.#front > DEQUE_SLACK && this.#front * 2 > this.#positions.length) {
      this.#values = this.#values.slice(this.#front);
      this.#positions = this.#positions.slice(this.#front);
      this.#front = 0;
    }
  }

  clear(): void {
    this.#values.length = 0;
    this.#positions.length = 0;
    this.#front = 0;
    this.#currencies?.clear();
  }

  result(feature: Feature): Value | Missing {
    if (this.#front === this.#values.length) return feature.empty;
    if (this.#currencies?.mixed === true) return feature.mixed;
    return this.#values[this.#front] as Value;
  }
}

/** The column holds the keys of the values, made when the event was recorded. */
class Distinct implements Accumulator {
  readonly #counts = new Map<string | number, number>();

  add(_spec: WindowSpec, value: Value): void {
    const key = value as string | number;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  remove(value: Value): void {
    const key = value as string | number;
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
  /** -1 when there is none. */
  #position = -1;

  add(_spec: WindowSpec, _value: Value, position: number): void {
    this.#position = position;
  }

  remove(_value: Value, position: number): void {
    // Events leave oldest first: when the newest leaves, nothing is left.
    if (position === this.#position) this.#position = -1;
  }

  clear(): void {
    this.#position = -1;
  }

  result(feature: Feature, rows: Rows): Value | Missing {
    if (this.#position < 0) return feature.empty;
    const index = this.#position - rows.base;
    const { column } = feature.measure;
    const value = column < 0 ? null : (rows.columns[column]?.[index] as Value);
    return { value, at: rows.times[index] as number };
  }
}
