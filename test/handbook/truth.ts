import type { Asked } from "./asked.ts";
import type { Row } from "./stream.ts";

/*
 * The features by plain loops: all rows of a key in order of time, of equal times in order of arrival; a window is those
 * in (end - over, end], gone through from its oldest row to its newest. Amounts are whole cents, whose sums and products
 * are exact. Nothing here comes from `src`.
 */

/** What a feature comes to: amounts in cents; null where there is none. */
export type Truth = number | boolean | null | { readonly value: number; readonly at: number };

/** How much of a window was there to be counted, 0 to 1. */
export interface Known {
  readonly value: Truth;
  readonly coverage: number;
}

const SECOND = 1_000;

export class PlainLoops {
  readonly #asked: readonly Asked[];
  readonly #groups = new Map<string, Row[]>();
  #first = NaN;

  constructor(asked: readonly Asked[]) {
    this.#asked = asked;
  }

  /** Takes a row up and gives what each feature comes to. Rows may come late. */
  arrive(row: Row): readonly Known[] {
    if (Number.isNaN(this.#first)) this.#first = row.at;
    const lists = {
      customer: this.#put(`c${row.customer}`, row),
      terminal: this.#put(`t${row.terminal}`, row),
      pair: this.#put(`${row.customer} ${row.terminal}`, row),
    };
    let window: readonly Row[] = [];
    let before: Asked | null = null;
    return this.#asked.map((asked) => {
      // Neighbours in the table mostly ask for one window.
      if (before === null || !sameWindow(asked, before)) window = windowOf(lists[asked.key], row, asked);
      before = asked;
      const end = row.at - asked.ago;
      return { value: fold(asked, window), coverage: Math.min(1, Math.max(0, (end - Math.max(end - asked.over, this.#first)) / asked.over)) };
    });
  }

  #put(key: string, row: Row): readonly Row[] {
    const rows = this.#groups.get(key);
    if (rows === undefined) {
      const made = [row];
      this.#groups.set(key, made);
      return made;
    }
    let place = rows.length;
    while (place > 0 && (rows[place - 1] as Row).at > row.at) place--;
    rows.splice(place, 0, row);
    return rows;
  }
}

function sameWindow(a: Asked, b: Asked): boolean {
  return a.key === b.key && a.over === b.over && a.ago === b.ago && a.frauds === b.frauds && a.excluding === b.excluding;
}

function windowOf(rows: readonly Row[], now: Row, { over, ago, frauds, excluding }: Asked): readonly Row[] {
  const end = now.at - ago;
  const found: Row[] = [];
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i] as Row;
    if (row.at > end) continue;
    if (row.at <= end - over) break;
    if ((frauds && !row.fraud) || (excluding && row === now)) continue;
    found.push(row);
  }
  return found.reverse();
}

function fold({ fold: kind, of, over, percent }: Asked, rows: readonly Row[]): Truth {
  const count = rows.length;
  const field = (row: Row): number => (of === "value" ? row.value : of === "amount" ? row.cents : of === "terminal" ? row.terminal : row.customer);
  const oldest = rows[0];
  const newest = rows[count - 1];
  if (kind === "count") return count;
  if (kind === "exists") return count > 0;
  if (kind === "rate" && of === null) return count / (over / SECOND);
  if (kind === "distinct") return new Set(rows.map(field)).size;
  if (kind === "sum") return sum(rows, field);
  if (oldest === undefined || newest === undefined) return null;
  switch (kind) {
    case "average":
      return (sum(rows, (row) => row.cents) / count) / (of === "value" ? 100 : 1);
    case "min":
      return rows.reduce((least, row) => (row.cents < least ? row.cents : least), Infinity);
    case "max":
      return rows.reduce((most, row) => (row.cents > most ? row.cents : most), -Infinity);
    case "first":
      return { value: field(oldest), at: oldest.at };
    case "last":
      return { value: field(newest), at: newest.at };
    case "change":
      return newest.cents - oldest.cents;
    case "percentile":
      return Float64Array.from(rows, field).sort()[Math.floor((percent * count + 99) / 100) - 1] ?? null;
    case "rate":
      return newest.at === oldest.at ? null : (newest.value - oldest.value) / ((newest.at - oldest.at) / SECOND);
    case "stddev":
      return count < 2 ? null : deviation(rows) / (of === "value" ? 100 : 1);
    default:
      return kind satisfies never;
  }
}

function sum(rows: readonly Row[], field: (row: Row) => number): number {
  let total = 0;
  for (const row of rows) total += field(row);
  return total;
}

/** The sample standard deviation of the cents: whole numbers up to the one division and the root. */
function deviation(rows: readonly Row[]): number {
  let total = 0;
  let squares = 0;
  for (const { cents } of rows) {
    total += cents;
    squares += cents * cents;
  }
  if (!Number.isSafeInteger(squares)) throw new RangeError("a sum of squares is rounded");
  const count = BigInt(rows.length);
  const spread = count * BigInt(squares) - BigInt(total) * BigInt(total);
  return Math.sqrt(Number(spread) / Number(count * (count - 1n)));
}
