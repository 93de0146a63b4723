import { printTimestamp } from "../types/time.ts";
import type { Type } from "../types/type.ts";
import type { Format } from "./mapping.ts";

/**
 * Turns the text of a column into what an event carries on the wire. Text that does not fit is passed on as it is: the
 * event is validated by the same code as one that comes over HTTP, and that says what is wrong.
 */
export type Convert = (text: string) => unknown;

export interface Conversion {
  readonly type: Type;
  readonly format: Format | null;
  readonly money: string | null;
  readonly timeZone: string;
}

/** Formats by the kind of type they can be read into. */
const FITTING: Readonly<Record<Format, readonly Type["kind"][]>> = {
  unix_seconds: ["timestamp"],
  unix_ms: ["timestamp"],
  percent: ["number"],
  decimal_comma: ["number", "money"],
};

export function formatFits(format: Format, type: Type): boolean {
  return FITTING[format].includes(type.kind);
}

export function converter(conversion: Conversion): Convert {
  const { type, format, timeZone } = conversion;
  const decimal = format === "decimal_comma" ? withPoint : (text: string): string => text;
  switch (type.kind) {
    case "number":
      return format === "percent" ? percentReader(type) : (text) => readNumber(decimal(text));
    case "money": {
      const currency = conversion.money ?? type.currency;
      return currency === null ? decimal : (text) => withCurrency(decimal(text), currency);
    }
    case "timestamp":
      if (format === "unix_seconds") return (text) => readUnix(text, 1_000);
      if (format === "unix_ms") return (text) => readUnix(text, 1);
      return timeZone === "UTC" ? asUtc : zoneReader(timeZone);
    case "bool":
      return readBool;
    case "list":
    case "map":
    case "geo":
      return readJson;
    default:
      return (text) => text;
  }
}

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** `Number()` alone would also take the empty text, hexadecimal and `Infinity`. */
function readNumber(text: string): unknown {
  return DECIMAL.test(text) ? Number(text) : text;
}

/** `1.234,50` to `1234.50`. */
function withPoint(text: string): string {
  return text.replaceAll(".", "").replace(",", ".");
}

/** `12.5%` or `12.5`: hundredths where the field counts in percent, else the ratio. */
function percentReader(type: Extract<Type, { kind: "number" }>): Convert {
  const scale = type.unit?.text === "%" ? 1 : 100;
  return (text) => {
    const value = readNumber(text.trimEnd().replace(/\s*%$/, ""));
    return typeof value === "number" ? value / scale : text;
  };
}

function withCurrency(text: string, currency: string): string {
  const last = text.charCodeAt(text.length - 1);
  // Text that ends in a letter brings its currency along.
  return last >= 0x41 && last <= 0x5a ? text : `${text} ${currency}`;
}

function readUnix(text: string, scale: number): unknown {
  const value = readNumber(text);
  return typeof value === "number" ? printTimestamp(Math.round(value * scale)) : text;
}

const YES = new Set(["1", "true", "yes", "y", "t"]);
const NO = new Set(["0", "false", "no", "n", "f"]);

function readBool(text: string): unknown {
  if (text === "1") return true;
  if (text === "0") return false;
  const word = text.trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : text;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const DATE_LENGTH = "2026-01-31".length;

/** Whether a time of day in this text comes with a zone. */
function hasZone(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  if (last < 0x30 || last > 0x39) return true;
  const sign = text.charAt(text.length - "+00:00".length);
  return sign === "+" || (sign === "-" && text.length > DATE_LENGTH);
}

function asUtc(text: string): string {
  return text.length <= DATE_LENGTH || hasZone(text) ? text : `${text}Z`;
}

/**
 * Reads local times. Of a time that the clock shows twice the first is meant; one that it skips is moved on by as much,
 * as RFC 5545 has it.
 */
function zoneReader(timeZone: string): Convert {
  return (text) => {
    if (text.length > DATE_LENGTH && hasZone(text)) return text;
    try {
      const local = Temporal.PlainDateTime.from(text);
      return printTimestamp(local.toZonedDateTime(timeZone, { disambiguation: "compatible" }).epochMilliseconds);
    } catch {
      return text;
    }
  };
}
