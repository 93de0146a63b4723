import { parseIp } from "../types/ip.ts";
import { parseAmount, parseMoney, printAmount } from "../types/money.ts";
import { parseDuration, parseTimestamp, printTimestamp } from "../types/time.ts";
import { BOOL, DURATION, ERROR, IP, MONEY, NULL, NUMBER, STRING, TIMESTAMP, type Type } from "../types/type.ts";
import type { Cidr, Geo, Ip, Last, Money, Value } from "../types/value.ts";

/*
 * Values as `sluice eval` reads and writes them: each says its type, `{ "t": "number", "v": 1.5 }`. The tags are those of
 * the conformance cases of CEL, whose `int`, `uint` and `double` are all numbers here.
 */

export interface Tagged {
  readonly t: string;
  readonly v: unknown;
}

export interface Typed {
  readonly type: Type;
  readonly value: Value;
}

/** A value that is not of the tagged form; the message says where and why. */
export class TaggedError extends Error {}

/** What JSON has no number for. */
const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["-0", -0],
]);

/** Deeper values than this are not written by hand, and reading them takes the stack. */
const MAX_DEPTH = 100;

export function readTagged(json: unknown, place: string, depth = 0): Typed {
  if (depth > MAX_DEPTH) throw new TaggedError(`\`${place}\` is nested deeper than ${MAX_DEPTH} values`);
  if (!isTagged(json)) throw new TaggedError(`\`${place}\` must be of the form { "t": type, "v": value }`);
  const { t, v } = json;
  const read = READERS[t];
  if (read === undefined || !Object.hasOwn(READERS, t)) throw new TaggedError(`\`${place}\` has the type \`${t}\`, which is none of ${Object.keys(READERS).join(", ")}`);
  const typed = read(v, place, depth);
  if (typed === undefined) throw new TaggedError(`\`${place}\` is no ${t}: ${JSON.stringify(v)?.slice(0, 60)}`);
  return typed;
}

type Read = (v: unknown, place: string, depth: number) => Typed | undefined;

const READERS: Readonly<Record<string, Read>> = {
  null: () => ({ type: NULL, value: null }),
  bool: (v) => (typeof v === "boolean" ? { type: BOOL, value: v } : undefined),
  number: readNumber,
  int: readNumber,
  uint: readNumber,
  double: readNumber,
  string: (v) => (typeof v === "string" ? { type: STRING, value: v } : undefined),
  list: readList,
  map: readMap,
  timestamp: (v) => optional(TIMESTAMP, typeof v === "string" ? parseTimestamp(v, false) : undefined),
  duration: (v) => optional(DURATION, typeof v === "string" ? parseDuration(v) : fromParts(v)),
  money: (v) => optional(MONEY, readMoney(v)),
  ip: (v) => optional(IP, typeof v === "string" ? parseIp(v) : undefined),
};

function optional(type: Type, value: Value | undefined): Typed | undefined {
  return value === undefined ? undefined : { type, value };
}

function readNumber(v: unknown): Typed | undefined {
  if (typeof v === "number") return { type: NUMBER, value: v };
  const special = SPECIAL.get(v);
  if (special !== undefined) return { type: NUMBER, value: special };
  return typeof v === "string" && /^-?\d+(?:\.\d+)?$/.test(v) ? { type: NUMBER, value: Number(v) } : undefined;
}

function readList(v: unknown, place: string, depth: number): Typed | undefined {
  if (!Array.isArray(v)) return undefined;
  const items = v.map((item, i) => readTagged(item, `${place}[${i}]`, depth + 1));
  return { type: { kind: "list", element: commonType(items) }, value: items.map(({ value }) => value) };
}

function readMap(v: unknown, place: string, depth: number): Typed | undefined {
  if (!Array.isArray(v)) return undefined;
  const keys: Typed[] = [];
  const values: Typed[] = [];
  for (const [i, entry] of v.entries()) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TaggedError(`\`${place}[${i}]\` must be a key and a value`);
    keys.push(readTagged(entry[0], `${place}[${i}] key`, depth + 1));
    values.push(readTagged(entry[1], `${place}[${i}]`, depth + 1));
  }
  const map = new Map<string | number | boolean, Value>();
  keys.forEach(({ value }, i) => {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw new TaggedError(`\`${place}[${i}]\` has a key that is no text, number or boolean`);
    }
    map.set(value, values[i]?.value ?? null);
  });
  return { type: { kind: "map", key: commonType(keys), value: commonType(values) }, value: map };
}

/** The type of all; of different or no types the one that fits everything. */
function commonType(items: readonly Typed[]): Type {
  const first = items[0]?.type;
  if (first === undefined) return ERROR;
  return items.every(({ type }) => JSON.stringify(type) === JSON.stringify(first)) ? first : ERROR;
}

function fromParts(v: unknown): number | undefined {
  if (typeof v !== "object" || v === null || !("seconds" in v)) return undefined;
  const ms = Number(v.seconds) * 1_000 + ("nanos" in v ? Number(v.nanos) / 1_000_000 : 0);
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}

function readMoney(v: unknown): Money | undefined {
  if (typeof v === "string") return asMoney(parseMoney(v));
  if (typeof v !== "object" || v === null || !("amount" in v) || !("currency" in v)) return undefined;
  return asMoney(parseAmount(String(v.amount), String(v.currency)));
}

function asMoney(money: Money | string): Money | undefined {
  return typeof money === "string" ? undefined : money;
}

function isTagged(json: unknown): json is Tagged {
  return typeof json === "object" && json !== null && "t" in json && typeof json.t === "string" && "v" in json;
}

/** Tags a value by its static type, and by its shape where the type says nothing. */
export function writeTagged(value: Value, type: Type): Tagged {
  switch (type.kind) {
    case "timestamp":
      return { t: "timestamp", v: printTimestamp(value as number) };
    case "duration":
      return { t: "duration", v: toParts(value as number) };
    case "list":
      return { t: "list", v: (value as readonly Value[]).map((item) => writeTagged(item, type.element)) };
    case "map":
      return {
        t: "map",
        v: [...(value as ReadonlyMap<string | number | boolean, Value>)].map(([key, item]) => [
          writeTagged(key, type.key),
          writeTagged(item, type.value),
        ]),
      };
    default:
      return byShape(value);
  }
}

function byShape(value: Value): Tagged {
  if (value === null) return { t: "null", v: null };
  if (typeof value === "boolean") return { t: "bool", v: value };
  if (typeof value === "string") return { t: "string", v: value };
  if (typeof value === "number") {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return { t: "number", v: plain ? value : Object.is(value, -0) ? "-0" : String(value) };
  }
  if (value instanceof Map) return writeTagged(value, { kind: "map", key: ERROR, value: ERROR });
  if (Array.isArray(value)) return writeTagged(value, { kind: "list", element: ERROR });
  return ofParts(value as Money | Ip | Cidr | Geo | Last);
}

function ofParts(value: Money | Ip | Cidr | Geo | Last): Tagged {
  if ("minor" in value) return { t: "money", v: { amount: printAmount(value), currency: value.currency } };
  if ("bits" in value) return { t: "ip", v: value.text };
  if ("first" in value) return { t: "cidr", v: value.text };
  if ("lat" in value) return { t: "geo", v: { lat: value.lat, lon: value.lon } };
  return { t: "last", v: { value: byShape(value.value), at: printTimestamp(value.at) } };
}

function toParts(ms: number): { readonly seconds: number; readonly nanos: number } {
  const seconds = Math.trunc(ms / 1_000);
  return { seconds, nanos: Math.round((ms - seconds * 1_000) * 1_000_000) };
}
