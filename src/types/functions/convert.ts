import { parseDuration, parseTimestamp, inRange, printTimestamp } from "../time.ts";
import { BOOL, DURATION, NUMBER, STRING, TIMESTAMP, type Type } from "../type.ts";
import { Missing, type Cidr, type Ip, type Value } from "../value.ts";
import { fits, type Builtin } from "./signature.ts";

const NO_TIMESTAMP = new Missing("not a timestamp");
const NO_DURATION = new Missing("not a duration");
const NO_NUMBER = new Missing("not a number");
const NO_TRUTH = new Missing("neither true nor false");

const TEXTABLE: ReadonlySet<Type["kind"]> = new Set(["number", "bool", "string", "enum", "ip", "cidr", "timestamp", "duration", "error"]);

/** Longer text is no number that a double can tell from its neighbours. */
const MAX_DIGITS = 400;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const WHOLE = /^[+-]?\d+$/;

function numberFrom(text: string, form: RegExp): number | Missing {
  if (text.length > MAX_DIGITS || !form.test(text)) return NO_NUMBER;
  const value = Number(text);
  return Number.isFinite(value) ? value : NO_NUMBER;
}

function whole(value: Value): number | Missing {
  if (typeof value === "string") return numberFrom(value, WHOLE);
  const cut = Math.trunc(value as number);
  return Number.isFinite(cut) ? cut : NO_NUMBER;
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

/** A duration in seconds, as CEL writes it. */
function seconds(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  const rest = Math.round(Math.abs(ms));
  const fraction = rest % 1_000 === 0 ? "" : `.${String(rest % 1_000).padStart(3, "0").replace(/0+$/, "")}`;
  return `${sign}${Math.floor(rest / 1_000)}${fraction}s`;
}

/** One argument of one of these kinds. */
function takes(...kinds: readonly Type["kind"][]): (args: readonly Type[]) => boolean {
  return (args) => kinds.some((kind) => fits(args, kind));
}

function conversion(head: Omit<Builtin, "arity" | "result">, accepts: (args: readonly Type[]) => boolean, type: Type): Builtin {
  return { ...head, arity: [1, 1], result: (args) => (accepts(args) ? type : undefined) };
}

const same = (value: Value | undefined): Value => value as Value;

export const conversionFunctions: readonly Builtin[] = [
  conversion(
    {
      name: "string",
      signature: "string(value) → string",
      doc: "a number, truth value, time, duration or address as text; a duration in seconds, as in CEL",
      examples: [["string(123.456)", '"123.456"'], ["string(90m)", '"5400s"'], ['string(ip("2001:DB8::1"))', '"2001:db8::1"']],
      run: (value) => (typeof value === "object" ? (value as Ip | Cidr).text : String(value)),
      variants: { timestamp: (at) => printTimestamp(at as number), duration: (span) => seconds(span as number) },
    },
    ([type]) => type !== undefined && TEXTABLE.has(type.kind),
    STRING,
  ),
  conversion(
    {
      name: "double",
      signature: "double(string | number) → number",
      doc: "the number that a decimal text stands for; missing when it is none",
      examples: [['double("-987.654")', "-987.654"], ['double("1e3")', "1000"], ['double("12,5" + "")', "missing: not a number"]],
      literal: { at: 0, what: "a decimal number such as `12.5`", reads: (text) => !(numberFrom(text, DECIMAL) instanceof Missing) },
      run: (value) => (typeof value === "string" ? numberFrom(value, DECIMAL) : same(value)),
    },
    takes("string", "number"),
    NUMBER,
  ),
  conversion(
    {
      name: "int",
      signature: "int(string | number | timestamp) → number",
      doc: "a whole number: of decimal digits, of a number without its decimal places, of a time in seconds since 1970; missing when the text is none",
      examples: [['int("42")', "42"], ["int(-3.9)", "-3"], ["int(1970-01-02)", "86400"]],
      literal: { at: 0, what: "a whole number such as `42`", reads: (text) => !(numberFrom(text, WHOLE) instanceof Missing) },
      run: (value) => whole(value),
      variants: { timestamp: (at) => Math.floor((at as number) / 1_000) },
    },
    takes("string", "number", "timestamp"),
    NUMBER,
  ),
  conversion(
    {
      name: "bool",
      signature: "bool(string | bool) → bool",
      doc: "what `1 t true TRUE True` and `0 f false FALSE False` stand for; missing for other text",
      examples: [['bool("t")', "true"], ['bool("no" + "")', "missing: neither true nor false"]],
      literal: { at: 0, what: "one of `true`, `false`, `t`, `f`, `1`, `0`", reads: (text) => TRUTHS.has(text) },
      run: (value) => (typeof value === "string" ? (TRUTHS.get(value) ?? NO_TRUTH) : same(value)),
    },
    takes("string", "bool"),
    BOOL,
  ),
  conversion(
    {
      name: "timestamp",
      signature: "timestamp(string | number) → timestamp",
      doc: "reads RFC 3339 text, or seconds since 1970; missing when it is none or before year 1 or after 9999",
      examples: [['timestamp("2026-01-31T09:30:00+01:00")', "2026-01-31T08:30:00Z"], ["timestamp(1_000_000_000)", "2001-09-09T01:46:40Z"]],
      literal: { at: 0, what: "a time such as `2026-01-31T09:30:00Z`", reads: (text) => parseTimestamp(text, false) !== undefined },
      run: (value) => (typeof value === "string" ? (parseTimestamp(value, false) ?? NO_TIMESTAMP) : inRange(Math.round((value as number) * 1_000))),
      variants: { timestamp: same },
    },
    takes("string", "number", "timestamp"),
    TIMESTAMP,
  ),
  conversion(
    {
      name: "duration",
      signature: "duration(string) → duration",
      doc: "reads text such as `1h30m`; missing when it is none or beyond 292 years",
      examples: [['duration("1h30m") == 90m', "true"]],
      literal: { at: 0, what: "a duration such as `1h30m`", reads: (text) => parseDuration(text) !== undefined },
      run: (value) => (typeof value === "string" ? (parseDuration(value) ?? NO_DURATION) : same(value)),
    },
    takes("string", "duration"),
    DURATION,
  ),
];
