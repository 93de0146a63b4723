import { minorDigits } from "./currency.ts";
import { MAX_MINOR } from "./money.ts";
import { Missing, type Money } from "./value.ts";

/** One unit of the base currency is so many of the quote currency, as an exact fraction above 0. */
export interface Rate {
  readonly base: string;
  readonly quote: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** The rates that hold from a time on (milliseconds since 1970) until the next edition; no pair twice in one direction. */
export interface Edition {
  readonly from: number;
  readonly rates: readonly Rate[];
}

type Fraction = Pick<Rate, "numerator" | "denominator">;

const DECIMAL = /^([+-]?)(\d{1,20})(?:\.(\d{1,20}))?$/;

/** A decimal number as a fraction, exactly; undefined when the text is none. */
export function parseDecimal(text: string): Fraction | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", digits = ""] = match;
  const numerator = BigInt(whole + digits);
  return { numerator: sign === "-" ? -numerator : numerator, denominator: 10n ** BigInt(digits.length) };
}

/** What one edition leads to: from a currency directly to others, in the order of the edition. */
type Table = ReadonlyMap<string, ReadonlyMap<string, Fraction>>;

/** The rates of an edition in both directions; a rate that is given wins over the other one turned round. */
export function tableOf(rates: readonly Rate[]): Table {
  const table = new Map<string, Map<string, Fraction>>();
  const put = (from: string, to: string, fraction: Fraction): void => {
    const row = table.get(from) ?? new Map<string, Fraction>();
    table.set(from, row.set(to, fraction));
  };
  for (const { base, quote, numerator, denominator } of rates) {
    put(base, quote, { numerator, denominator });
    if (table.get(quote)?.has(base) !== true) put(quote, base, { numerator: denominator, denominator: numerator });
  }
  return table;
}

/** The exact rate between two currencies: as given, turned round, or by way of the first currency that both have one with. */
export function rateBetween(table: Table, from: string, to: string): Fraction | undefined {
  const row = table.get(from);
  const direct = row?.get(to);
  if (direct !== undefined || row === undefined) return direct;
  for (const [via, first] of row) {
    const second = table.get(via)?.get(to);
    if (second !== undefined) {
      return { numerator: first.numerator * second.numerator, denominator: first.denominator * second.denominator };
    }
  }
  return undefined;
}

/** Whole numbers nearest to a quotient of whole numbers, halves to the even one. The divisor is above 0. */
function divideEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n;
  const size = negative ? -dividend : dividend;
  const low = size / divisor;
  const twice = 2n * (size % divisor);
  const up = twice > divisor || (twice === divisor && low % 2n === 1n);
  const rounded = up ? low + 1n : low;
  return negative ? -rounded : rounded;
}

/** Computed amounts are read to a millionth of a minor unit, which is what products and quotients keep. */
const PARTS = 1_000_000;

const OVERFLOW = new Missing("amount beyond the exact range");

/** An amount at an exact rate, in whole minor units of the target, halves to the even one. */
export function exchange(money: Money, to: string, { numerator, denominator }: Fraction): Money | Missing {
  const parts = Math.abs(money.minor) < MAX_MINOR / PARTS && !Number.isInteger(money.minor) ? PARTS : 1;
  const dividend = BigInt(Math.round(money.minor * parts)) * numerator * 10n ** BigInt(minorDigits(to) ?? 0);
  const divisor = BigInt(parts) * denominator * 10n ** BigInt(minorDigits(money.currency) ?? 0);
  const minor = Number(divideEven(dividend, divisor));
  return Math.abs(minor) > MAX_MINOR ? OVERFLOW : { minor, currency: to };
}

const SAME: Fraction = { numerator: 1n, denominator: 1n };

/** Converts amounts to a currency by the newest edition that is not after a time; null for the newest of all. */
export type Converter = (money: Money, to: string, at: number | null) => Money | Missing;

/** The converter of editions in order of time, each with its table. */
export function converter(name: string, editions: readonly { readonly from: number; readonly table: Table }[]): Converter {
  const early = new Missing(`no edition of ${name} at that time`);
  return (money, to, at) => {
    // The sum of nothing is nothing in every currency.
    if (money.currency === "") return { minor: 0, currency: to };
    if (money.currency === to) return exchange(money, to, SAME);
    const edition = editions[at === null ? editions.length - 1 : lastUpTo(editions, at)];
    if (edition === undefined) return early;
    const rate = rateBetween(edition.table, money.currency, to);
    return rate === undefined ? new Missing(`no rate from ${money.currency} to ${to} in ${name}`) : exchange(money, to, rate);
  };
}

/** Index of the last edition from no later than a time, -1 for none. */
function lastUpTo(editions: readonly { readonly from: number }[], at: number): number {
  let low = 0;
  let high = editions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((editions[middle] as { readonly from: number }).from <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
