import type { Type } from "../../src/types/type.ts";
import { showTime } from "./text.ts";
import { ABSENT, address, block, identical, inBlock, isCash, isList, order, type Address, type Answer, type Block, type Cash, type Place, type Plain } from "./values.ts";

/* The built-in functions by their meaning, over values that are there. */

type Arguments = readonly Plain[];
type Meaning = (args: Arguments, types: readonly Type[]) => Answer;

/** A duration within 64 bits of nanoseconds. */
export function span64(ms: number): Answer {
  if (!Number.isFinite(ms)) return ABSENT;
  return BigInt.asIntN(64, BigInt(Math.trunc(ms)) * 1_000_000n) === BigInt(Math.trunc(ms)) * 1_000_000n ? ms : ABSENT;
}

function extreme(args: Arguments, better: (sign: number) => boolean): Answer {
  const [first] = args;
  const values = args.length === 1 && isList(first as Plain) ? (first as readonly Plain[]) : args;
  if (values.length === 0) return ABSENT;
  let best = values[0] as Plain;
  for (const each of values) {
    const sign = order(each, best);
    if (sign === ABSENT) return ABSENT;
    if (better(sign)) best = each;
  }
  return best;
}

function clamp(x: Plain, low: Plain, high: Plain): Answer {
  const signs = [order(low, high), order(x, low), order(x, high)];
  if (signs.includes(ABSENT) || (signs[0] as number) > 0) return ABSENT;
  return (signs[1] as number) < 0 ? low : (signs[2] as number) > 0 ? high : x;
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

/** `ip` refuses version 4 mapped into 6 with dots. */
function readAddress(text: string): Answer {
  const read = address(text);
  return read !== ABSENT && read.width === 32 && text.includes(":") && text.includes(".") ? ABSENT : read;
}

function sum(values: readonly Plain[], type: Type | undefined): Answer {
  const of = type?.kind === "list" ? type.element.kind : "number";
  if (of !== "money") {
    const total = values.reduce<number>((all, each) => all + (each as number), 0);
    return of === "duration" ? span64(total) : total;
  }
  return values.reduce<Answer>((all, each) => (all === ABSENT ? ABSENT : addCash(all as Cash, each as Cash, 1)), { kind: "cash", minor: 0, currency: "" });
}

function unique(values: readonly Plain[]): readonly Plain[] {
  return values.filter((each, i) => values.findIndex((other) => identical(each, other)) === i);
}

function ascii(text: string, from: string, to: string): string {
  return [...text].map((each) => (from.includes(each) ? (to[from.indexOf(each)] as string) : each)).join("");
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** Where a text occurs among the code points of another, by trying every place. */
function places(text: string, part: string): readonly number[] {
  const [points, wanted] = [[...text], [...part]];
  return points.flatMap((_, i) => (wanted.every((each, j) => points[i + j] === each) ? [i] : []));
}

function slice(text: string, from: number, to: number): Answer {
  const points = [...text];
  const inside = [from, to].every((at) => Number.isInteger(at) && at >= 0 && at <= points.length);
  return inside && from <= to ? points.slice(from, to).join("") : ABSENT;
}

/** The distance by its definition, from the ends of both texts. */
function edits(a: readonly string[], b: readonly string[], known = new Map<string, number>()): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const key = `${a.length},${b.length}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const [restA, restB] = [a.slice(1), b.slice(1)];
  const least = a[0] === b[0] ? edits(restA, restB, known) : 1 + Math.min(edits(restA, b, known), edits(a, restB, known), edits(restA, restB, known));
  known.set(key, least);
  return least;
}

function luhn(text: string): boolean {
  const digits = text.replaceAll(/[\s-]/g, "");
  if (!/^\d{2,}$/.test(digits)) return false;
  const doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...digits].toReversed().reduce((all, each, i) => all + (i % 2 === 1 ? (doubled[Number(each)] as number) : Number(each)), 0);
  return sum % 10 === 0;
}

/** Minutes that a fixed offset is ahead. */
function ahead(zone: Plain | undefined): number {
  if (zone === undefined) return 0;
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone as string) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function seconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(3))}s`;
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
  return span64(Math.round(total) * (text.startsWith("-") ? -1 : 1));
}

/** Reads a part of a timestamp from its RFC 3339 text, or counts whole units of a duration. */
function clock(from: number, unit: number): Meaning {
  return ([value, zone], [type]) =>
    type?.kind === "duration" ? Math.trunc((value as number) / unit) : Number(new Date((value as number) + ahead(zone) * 60_000).toISOString().slice(from, from + 2));
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
  if (type?.kind === "duration") return seconds(value as number);
  return typeof value === "object" && value !== null && "text" in value ? value.text : (value as number | string | boolean).toString();
}

export const MEANINGS: Readonly<Record<string, Meaning>> = {
  min: (args) => extreme(args, (sign) => sign < 0),
  max: (args) => extreme(args, (sign) => sign > 0),
  abs: ([x]) => absolute(x as Plain),
  round: ([x]) => nearest(x as number),
  trunc: ([x]) => (Number.isFinite(x) ? (x as number) - ((x as number) % 1) : (x as number)),
  sign: ([x]) => ((x as number) > 0 ? 1 : (x as number) < 0 ? -1 : 0),
  clamp: ([x, low, high]) => clamp(x as Plain, low as Plain, high as Plain),
  sum: ([list], [type]) => sum(list as readonly Plain[], type),
  distinct: ([list]) => unique(list as readonly Plain[]),
  sort: ([list]) => [...(list as readonly Plain[])].sort((a, b) => order(a, b) as number),
  first: ([list]) => (list as readonly Plain[])[0] ?? ABSENT,
  last: ([list]) => (list as readonly Plain[]).at(-1) ?? ABSENT,
  reverse: ([x]) => (isList(x as Plain) ? (x as readonly Plain[]).map((_, i, all) => all[all.length - 1 - i] as Plain) : [...(x as string)].reverse().join("")),
  lowerAscii: ([a]) => ascii(a as string, LETTERS.toUpperCase(), LETTERS),
  upperAscii: ([a]) => ascii(a as string, LETTERS, LETTERS.toUpperCase()),
  charAt: ([a, at]) => (at === [...(a as string)].length ? "" : slice(a as string, at as number, (at as number) + 1)),
  substring: ([a, from, to]) => slice(a as string, from as number, (to as number | undefined) ?? [...(a as string)].length),
  indexOf: ([a, b]) => (b === "" ? 0 : (places(a as string, b as string)[0] ?? -1)),
  lastIndexOf: ([a, b]) => (b === "" ? [...(a as string)].length : (places(a as string, b as string).at(-1) ?? -1)),
  // Nothing stands between two code points, never inside of one.
  replace: ([a, b, c]) => (b === "" ? `${c as string}${[...(a as string)].map((point) => point + (c as string)).join("")}` : (a as string).replaceAll(b as string, () => c as string)),
  split: ([a, b]) => (b === "" ? [...(a as string)] : (a as string).split(b as string)),
  join: ([list, by]) => (list as readonly Plain[]).reduce<string>((all, each, i) => `${all}${i === 0 ? "" : ((by as string | undefined) ?? "")}${each as string}`, ""),
  levenshtein: ([a, b]) => edits([...(a as string)], [...(b as string)]),
  luhn: ([a]) => luhn(a as string),
  isIP: ([a]) => readAddress(a as string) !== ABSENT,
  is_private: ([a]) => ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"].some((each) => inBlock(a as Address, block(each) as Block)),
  time_of_day: ([at, zone]) => ((((at as number) + ahead(zone) * 60_000) % 86_400_000) + 86_400_000) % 86_400_000,
  days_between: ([a, b]) => Math.floor((b as number) / 86_400_000) - Math.floor((a as number) / 86_400_000),
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
  ip: ([a]) => readAddress(a as string),
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
