import type { Type } from "../../src/types/type.ts";
import { showSpan, showTime } from "./text.ts";
import { ABSENT, address, block, inBlock, isCash, isList, order, type Address, type Answer, type Block, type Cash, type Place, type Plain } from "./values.ts";

/* The built-in functions by their meaning, over values that are there. */

type Arguments = readonly Plain[];
type Meaning = (args: Arguments, types: readonly Type[]) => Answer;

function extreme(args: Arguments, better: (sign: number) => boolean): Answer {
  let best = args[0] as Plain;
  for (const each of args) {
    const sign = order(each, best);
    if (sign === ABSENT) return ABSENT;
    if (better(sign)) best = each;
  }
  return best;
}

function absolute(value: Plain): Plain {
  return isCash(value) ? { ...value, minor: Math.abs(value.minor) } : Math.abs(value as number);
}

/** Halves go away from zero. */
function nearest(x: number): number {
  const rest = x % 1;
  return Math.trunc(x) + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0);
}

function size(value: Plain): number {
  if (typeof value === "string") return [...value].length;
  return isList(value) ? value.length : (value as ReadonlyMap<Plain, Plain>).size;
}

/** Patterns of the tests mean the same in RE2 and in JavaScript's Unicode mode. */
function matches(text: string, pattern: string): Answer {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return ABSENT;
  }
}

function masked(text: string): string {
  const points = [...text];
  return `****${points.length > 8 ? points.slice(points.length - 4).join("") : ""}`;
}

function domain(text: string): Answer {
  const parts = text.split("@");
  const last = (parts.at(-1) ?? "").trim().toLowerCase();
  return parts.length < 2 || last === "" || parts.slice(0, -1).join("@") === "" ? ABSENT : last;
}

/** Great-circle distance in kilometres by the spherical law written with the half-angle formula. */
function distance(a: Place, b: Place): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180;
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * 6_371.0088 * Math.asin(Math.min(1, Math.sqrt(h)));
}

const RFC_3339 = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d))?$/i;

function readTime(text: string): Answer {
  const at = RFC_3339.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  return Number.isNaN(at) ? ABSENT : at;
}

const SPANS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of one unit of time. */
export function span(unit: string): number {
  return SPANS[unit] ?? Number.NaN;
}

export function readSpan(text: string): Answer {
  if (!/^[+-]?(?:\d+(?:\.\d+)?(?:ms|min|[smhdw]))+$/.test(text)) return ABSENT;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|min|[smhdw])/g)) total += Number(count) * span(unit ?? "");
  return Math.round(total) * (text.startsWith("-") ? -1 : 1);
}

/** Reads a part of a timestamp from its RFC 3339 text, or counts whole units of a duration. */
function clock(from: number, unit: number): Meaning {
  return ([value], [type]) =>
    type?.kind === "duration" ? Math.trunc((value as number) / unit) : Number(new Date(value as number).toISOString().slice(from, from + 2));
}

function date(read: (year: number, month: number, day: number, at: number) => number): Meaning {
  return ([value]) => {
    const at = value as number;
    const [year = "", month = "", day = ""] = new Date(at).toISOString().split(/[-T]/);
    return read(Number(year), Number(month), Number(day), at);
  };
}

function text([value]: Arguments, [type]: readonly Type[]): Answer {
  if (type?.kind === "timestamp") return showTime(value as number);
  if (type?.kind === "duration") return showSpan(value as number);
  return typeof value === "object" && value !== null && "text" in value ? value.text : (value as number | string | boolean).toString();
}

export const MEANINGS: Readonly<Record<string, Meaning>> = {
  min: (args) => extreme(args, (sign) => sign < 0),
  max: (args) => extreme(args, (sign) => sign > 0),
  abs: ([x]) => absolute(x as Plain),
  round: ([x]) => nearest(x as number),
  floor: ([x]) => Math.floor(x as number),
  ceil: ([x]) => Math.ceil(x as number),
  sqrt: ([x]) => ((x as number) < 0 ? ABSENT : Math.sqrt(x as number)),
  size: ([x]) => size(x as Plain),
  startsWith: ([a, b]) => (a as string).slice(0, (b as string).length) === b,
  endsWith: ([a, b]) => (b as string) === "" || (a as string).slice(-(b as string).length) === b,
  contains: ([a, b]) => (a as string).split(b as string).length > 1 || b === "",
  matches: ([a, b]) => matches(a as string, b as string),
  lower: ([a]) => (a as string).toLowerCase(),
  upper: ([a]) => (a as string).toUpperCase(),
  trim: ([a]) => (a as string).replaceAll(/^\p{White_Space}+|\p{White_Space}+$/gu, ""),
  mask: ([a]) => masked(a as string),
  email_domain: ([a]) => domain(a as string),
  distance: ([a, b]) => distance(a as Place, b as Place),
  cidr: ([a]) => block(a as string),
  ip: ([a]) => address(a as string),
  is_ipv6: ([a]) => (a as Address).width === 128,
  within: ([a, b]) => inBlock(a as Address, b as Block),
  timestamp: ([a]) => readTime(a as string),
  duration: ([a]) => readSpan(a as string),
  getFullYear: date((year) => year),
  getMonth: date((_year, month) => month - 1),
  getDate: date((_year, _month, day) => day),
  getDayOfMonth: date((_year, _month, day) => day - 1),
  // 1970-01-01 was a Thursday.
  getDayOfWeek: date((_year, _month, _day, at) => (((Math.floor(at / 86_400_000) + 4) % 7) + 7) % 7),
  getDayOfYear: date((year, _month, _day, at) => Math.floor((at - Date.UTC(year)) / 86_400_000)),
  getHours: clock(11, 3_600_000),
  getMinutes: clock(14, 60_000),
  getSeconds: clock(17, 1_000),
  string: text,
};

// Operators over money, kept beside the functions because both take values only.

function settle(minor: number, currency: string): Answer {
  return Math.abs(minor) <= Number.MAX_SAFE_INTEGER ? { kind: "cash", minor, currency } : ABSENT;
}

export function addCash(a: Cash, b: Cash, sign: 1 | -1): Answer {
  if (a.currency !== "" && b.currency !== "" && a.currency !== b.currency) return ABSENT;
  return settle(a.minor + sign * b.minor, a.currency === "" ? b.currency : a.currency);
}

/** Products and quotients are kept to a millionth of a minor unit, so that no noise of binary fractions shows. */
export function scaleCash(a: Cash, minor: number): Answer {
  const small = Math.abs(minor) < Number.MAX_SAFE_INTEGER / 1e6;
  return settle(small ? Math.round(minor * 1e6) / 1e6 : minor, a.currency);
}
