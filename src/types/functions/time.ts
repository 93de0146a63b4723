import { parseDuration, parseTimestamp, printDuration, printTimestamp } from "../time.ts";
import { DURATION, NUMBER, STRING, TIMESTAMP, type Type } from "../type.ts";
import { Missing, type Cidr, type Ip } from "../value.ts";
import { fits, fixed, type Builtin } from "./signature.ts";

const NO_TIMESTAMP = new Missing("not a timestamp");
const NO_DURATION = new Missing("not a duration");

const DAY_MS = 86_400_000;

/** A part of a timestamp in UTC, named as in CEL. */
function part(name: string, doc: string, read: (date: Date) => number): Builtin {
  return fixed({ name, signature: `timestamp.${name}() → number`, doc: `${doc}, in UTC` }, ["timestamp"], NUMBER, (at) =>
    read(new Date(at as number)),
  );
}

function dayOfYear(date: Date): number {
  const first = new Date(date);
  first.setUTCMonth(0, 1);
  return Math.round((date.getTime() - first.getTime()) / DAY_MS);
}

export const timeFunctions: readonly Builtin[] = [
  fixed(
    { name: "timestamp", signature: "timestamp(string) → timestamp", doc: "reads RFC 3339 text; missing when it is none" },
    ["string"],
    TIMESTAMP,
    (text) => parseTimestamp(text as string, false) ?? NO_TIMESTAMP,
  ),
  fixed(
    { name: "duration", signature: "duration(string) → duration", doc: "reads text such as `1h30m`; missing when it is none" },
    ["string"],
    DURATION,
    (text) => parseDuration(text as string) ?? NO_DURATION,
  ),
  part("getFullYear", "the year", (date) => date.getUTCFullYear()),
  part("getMonth", "the month from 0", (date) => date.getUTCMonth()),
  part("getDate", "the day of the month from 1", (date) => date.getUTCDate()),
  part("getDayOfMonth", "the day of the month from 0", (date) => date.getUTCDate() - 1),
  part("getDayOfWeek", "the day of the week, Sunday is 0", (date) => date.getUTCDay()),
  part("getDayOfYear", "the day of the year from 0", dayOfYear),
  eitherPart("getHours", "the hour of the day, or all hours of a duration", (date) => date.getUTCHours(), 3_600_000),
  eitherPart("getMinutes", "the minute, or all minutes of a duration", (date) => date.getUTCMinutes(), 60_000),
  eitherPart("getSeconds", "the second, or all seconds of a duration", (date) => date.getUTCSeconds(), 1_000),
  {
    name: "string",
    signature: "string(value) → string",
    doc: "a number, truth value, time, duration or address as text",
    arity: [1, 1],
    result: ([type]) => (type !== undefined && TEXTABLE.has(type.kind) ? STRING : undefined),
    run: (value) => (typeof value === "object" ? (value as Ip | Cidr).text : String(value)),
    variants: {
      timestamp: (at) => printTimestamp(at as number),
      duration: (span) => printDuration(span as number),
    },
  },
];

const TEXTABLE: ReadonlySet<Type["kind"]> = new Set(["number", "bool", "string", "enum", "ip", "cidr", "timestamp", "duration", "error"]);

/** Reads a part of a timestamp in UTC, or converts a duration. */
function eitherPart(name: string, doc: string, read: (date: Date) => number, unitMs: number): Builtin {
  return {
    name,
    signature: `timestamp.${name}() → number, duration.${name}() → number`,
    doc,
    arity: [1, 1],
    result: (args) => (fits(args, "timestamp") || fits(args, "duration") ? NUMBER : undefined),
    run: (at) => read(new Date(at as number)),
    variants: { duration: (span) => Math.trunc((span as number) / unitMs) },
  };
}
