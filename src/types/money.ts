import { minorDigits } from "./currency.ts";
import { Missing, type Money } from "./value.ts";

/** Beyond this many minor units a double no longer holds every whole number, so amounts would stop being exact. */
export const MAX_MINOR = Number.MAX_SAFE_INTEGER;

const MIXED_CURRENCIES = new Missing("mixed currencies");
const MONEY_OVERFLOW = new Missing("amount beyond the exact range");
const DIVISION_BY_ZERO = new Missing("division by zero");

const AMOUNT = /^([+-]?)(\d{1,20})(?:\.(\d{1,20}))?$/;

/** What is wrong with an amount, in words for the one who sent or wrote it. */
export type MoneyProblem = string;

/**
 * Reads an amount exactly. `amount` is decimal text with an optional sign and point; digits beyond those of the currency
 * are accepted only when they are zeros.
 */
export function parseAmount(amount: string, currency: string): Money | MoneyProblem {
  const digits = minorDigits(currency);
  if (digits === undefined) return `\`${currency}\` is not an ISO 4217 currency code`;
  const match = AMOUNT.exec(amount);
  if (match === null) return "an amount is digits with an optional point, such as `12.30`";
  const fraction = match[3] ?? "";
  if (/[1-9]/.test(fraction.slice(digits))) {
    return digits === 0 ? `${currency} has no decimal places` : `${currency} has ${digits} decimal places`;
  }
  const minor = Number((match[2] ?? "") + fraction.slice(0, digits).padEnd(digits, "0"));
  if (minor > MAX_MINOR) return "the amount is beyond 2^53 minor units";
  return { minor: match[1] === "-" && minor !== 0 ? -minor : minor, currency };
}

const MONEY_TEXT = /^([+-]?[\d.]+) ?([A-Z]{3})$/;

/** So many digits are a safe integer whatever they are. */
const PLAIN_DIGITS = 15;

/** The form that nearly all events use, such as `12.30 USD`, read without a regular expression; undefined for any other. */
function parsePlain(text: string): Money | undefined {
  const end = text.length - 4;
  if (end < 1 || end > PLAIN_DIGITS || text.charCodeAt(end) !== 0x20) return undefined;
  const currency = text.slice(end + 1);
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  let minor = 0;
  let point = end;
  for (let i = 0; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) minor = minor * 10 + digit;
    else if (text[i] === "." && point === end && i > 0 && i < end - 1) point = i;
    else return undefined;
  }
  const places = point === end ? 0 : end - point - 1;
  minor *= SCALES[digits - places] ?? 1;
  return places > digits || minor > MAX_MINOR ? undefined : { minor, currency };
}

/** Reads `12.30 USD`. */
export function parseMoney(text: string): Money | MoneyProblem {
  const plain = parsePlain(text);
  if (plain !== undefined) return plain;
  const match = MONEY_TEXT.exec(text);
  if (match === null) return "money is an amount and a currency, such as `12.30 USD`";
  return parseAmount(match[1] ?? "", match[2] ?? "");
}

const SCALES = [1, 10, 100, 1_000, 10_000] as const;

/** The amount as decimal text in major units, with at least the digits of the currency: `12.30`. */
export function printAmount(money: Money): string {
  const digits = minorDigits(money.currency) ?? 0;
  if (!Number.isInteger(money.minor)) return shortest(money.minor, digits);
  const sign = money.minor < 0 ? "-" : "";
  const text = String(Math.abs(money.minor)).padStart(digits + 1, "0");
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function shortest(minor: number, digits: number): string {
  const major = String(minor / (SCALES[digits] ?? 1));
  const point = major.indexOf(".");
  if (major.includes("e") || point === -1 || major.length - point - 1 >= digits) return major;
  return major.padEnd(point + 1 + digits, "0");
}

/** `12.30 USD`; the zero of no currency prints as `0`. */
export function printMoney(money: Money): string {
  return money.currency === "" ? "0" : `${printAmount(money)} ${money.currency}`;
}

/** The common currency of two amounts, or undefined when they differ. The sum of nothing fits every currency. */
function common(a: Money, b: Money): string | undefined {
  if (a.currency === b.currency || b.currency === "") return a.currency;
  return a.currency === "" ? b.currency : undefined;
}

function make(minor: number, currency: string): Money | Missing {
  return Math.abs(minor) > MAX_MINOR || Number.isNaN(minor) ? MONEY_OVERFLOW : { minor, currency };
}

export function addMoney(a: Money, b: Money): Money | Missing {
  const currency = common(a, b);
  return currency === undefined ? MIXED_CURRENCIES : make(a.minor + b.minor, currency);
}

export function subtractMoney(a: Money, b: Money): Money | Missing {
  const currency = common(a, b);
  return currency === undefined ? MIXED_CURRENCIES : make(a.minor - b.minor, currency);
}

/** Digits below the minor unit that products and quotients keep; enough for any rate, few enough to drop binary noise. */
const GUARD = 1e6;
/** Above this the guard digits no longer fit a double beside the amount; it is then coarser than the noise anyway. */
const GUARD_LIMIT = MAX_MINOR / GUARD;

/** Rounds to a millionth of a minor unit, so that `10.00 USD * 1.1` is 11.00 USD and not a hair more. */
function guard(minor: number): number {
  return Math.abs(minor) < GUARD_LIMIT ? Math.round(minor * GUARD) / GUARD : minor;
}

/** What a scaled amount counts; `scaleMoney` has no value where it is beyond `MAX_MINOR`. */
export function scaledMinor(minor: number, factor: number): number {
  return guard(minor * factor);
}

export function scaleMoney(a: Money, factor: number): Money | Missing {
  return make(scaledMinor(a.minor, factor), a.currency);
}

export function divideMoney(a: Money, divisor: number): Money | Missing {
  return divisor === 0 ? DIVISION_BY_ZERO : make(guard(a.minor / divisor), a.currency);
}

/** How many times `b` is in `a`, a plain number. */
export function ratioMoney(a: Money, b: Money): number | Missing {
  if (common(a, b) === undefined) return MIXED_CURRENCIES;
  return b.minor === 0 ? DIVISION_BY_ZERO : a.minor / b.minor;
}

/** Negative when a is less, 0 when equal; missing for different currencies. */
export function compareMoney(a: Money, b: Money): number | Missing {
  return common(a, b) === undefined ? MIXED_CURRENCIES : a.minor - b.minor;
}
