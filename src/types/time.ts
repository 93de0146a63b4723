import { durationUnit } from "./unit.ts";
import { Missing } from "./value.ts";

const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|z|[+-]\d{2}:\d{2})?)?$/;

/** 0001-01-01 and the last millisecond of 9999, the range of RFC 3339. */
export const MIN_TIMESTAMP = -62_135_596_800_000;
export const MAX_TIMESTAMP = 253_402_300_799_999;

const TIME_OVERFLOW = new Missing("time out of range");

/** The time itself, or missing when arithmetic has left the range. */
export function inRange(ms: number): number | Missing {
  return ms >= MIN_TIMESTAMP && ms <= MAX_TIMESTAMP ? ms : TIME_OVERFLOW;
}

/**
 * The longest duration, about 292 years: what 64 bits of nanoseconds hold, as in CEL, cut to the millisecond.
 */
export const MAX_SPAN = 9_223_372_036_854;

const DURATION_OVERFLOW = new Missing("duration out of range");

/** The duration itself, or missing when arithmetic has left the range. */
export function inSpan(ms: number): number | Missing {
  return Math.abs(ms) <= MAX_SPAN ? ms : DURATION_OVERFLOW;
}

/**
 * Reads RFC 3339 (`2026-01-31T09:30:00.250Z`), also a bare date. Digits below the millisecond are cut.
 * Without a zone the text is undefined unless `assumeUtc`. Undefined when it is no such time.
 */
export function parseTimestamp(text: string, assumeUtc: boolean): number | undefined {
  return parsePlain(text) ?? parseGeneral(text, assumeUtc);
}

const PLAIN_LENGTH = "2026-01-31T09:30:00Z".length;

/** The form that nearly all events use, read without a regular expression; undefined for every other. */
function parsePlain(text: string): number | undefined {
  if (text.length !== PLAIN_LENGTH || text[10] !== "T" || text[19] !== "Z") return undefined;
  if (text[4] !== "-" || text[7] !== "-" || text[13] !== ":" || text[16] !== ":") return undefined;
  const year = digits(text, 0) * 100 + digits(text, 2);
  const month = digits(text, 5);
  const day = digits(text, 8);
  const [hour, minute, second] = [digits(text, 11), digits(text, 14), digits(text, 17)];
  // Comparisons with NaN are false, so anything but digits falls through to the general form.
  const date = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  const time = hour <= 23 && minute <= 59 && second <= 59;
  return date && time ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined;
}

/** The number that two decimal digits stand for, NaN when they are none. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function parseGeneral(text: string, assumeUtc: boolean): number | undefined {
  const m = TIMESTAMP.exec(text);
  if (m === null) return undefined;
  const [year, month, day] = [Number(m[1]), Number(m[2]), Number(m[3])];
  const [hour, minute, second] = [Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0)];
  const zone = m[8];
  if (zone === undefined && !assumeUtc && m[4] !== undefined) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = zone === undefined || zone === "Z" || zone === "z" ? 0 : zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const millis = Number((m[7] ?? "0").padEnd(3, "0").slice(0, 3));
  const ms = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + millis;
  return ms < MIN_TIMESTAMP || ms > MAX_TIMESTAMP ? undefined : ms;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function zoneMinutes(zone: string): number | undefined {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** RFC 3339 in UTC; milliseconds only where there are any. */
export function printTimestamp(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(ms);
  const text = date.toISOString();
  return text.endsWith(".000Z") ? `${text.slice(0, -".000Z".length)}Z` : text;
}

const DURATION_PART = /(\d+(?:\.\d+)?)(ms|min|[smhdw])/y;

/** Reads `90s`, `1h30m`, `-2.5h` to milliseconds; undefined when it is no duration or longer than the longest. */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith("-");
  let at = negative || text.startsWith("+") ? 1 : 0;
  let ms = 0;
  if (at === text.length) return undefined;
  while (at < text.length) {
    DURATION_PART.lastIndex = at;
    const part = DURATION_PART.exec(text);
    if (part === null) return undefined;
    ms += Number(part[1]) * (durationUnit(part[2] ?? "") ?? Number.NaN);
    at = DURATION_PART.lastIndex;
  }
  const whole = Math.round(ms);
  return whole <= MAX_SPAN ? (negative ? -whole : whole) : undefined;
}

const PRINTED: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "m"],
  [1_000, "s"],
  [1, "ms"],
];

/** `1d2h`, `1m30s`, `250ms`, `0s`. */
export function printDuration(ms: number): string {
  if (ms === 0) return "0s";
  if (!Number.isFinite(ms)) return String(ms);
  let rest = Math.abs(ms);
  let text = ms < 0 ? "-" : "";
  for (const [size, unit] of PRINTED) {
    const count = size === 1 ? rest : Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
