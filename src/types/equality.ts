import { compareMoney } from "./money.ts";
import { Missing, type Cidr, type Geo, type Ip, type Last, type Money, type Value } from "./value.ts";

type Composite = Exclude<Value, number | string | boolean | null>;

function isList(value: Composite): value is readonly Value[] {
  return Array.isArray(value);
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => equalValues(item, b[i] ?? null) === true);
}

function equalMaps(a: ReadonlyMap<unknown, Value>, b: ReadonlyMap<unknown, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined || equalValues(value, other) !== true) return false;
  }
  return true;
}

/**
 * Equality of two values of one static type. Money of different currencies is neither equal nor unequal but missing;
 * inside lists and maps it counts as different, so that containers always compare.
 */
export function equalValues(a: Value, b: Value): boolean | Missing {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (a instanceof Map) return b instanceof Map && equalMaps(a, b);
  if ("minor" in a) {
    if (!("minor" in b)) return false;
    const order = compareMoney(a, b);
    return order instanceof Missing ? order : order === 0;
  }
  return keyOf(a) === keyOf(b);
}

/** Text or number that is equal exactly for equal values of one static type; amounts compare as written. */
export function keyOf(value: Value): string | number {
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return JSON.stringify(value.map(keyOf));
  if (value instanceof Map) {
    return JSON.stringify([...value].map(([key, item]) => JSON.stringify([key, keyOf(item)])).toSorted(compareStrings));
  }
  return recordKey(value as Money | Ip | Cidr | Geo | Last);
}

function recordKey(value: Money | Ip | Cidr | Geo | Last): string {
  if ("minor" in value) return `${value.minor} ${value.currency}`;
  if ("bits" in value) return value.text;
  if ("first" in value) return `${value.first}-${value.last}/${value.version}`;
  if ("lat" in value) return `${value.lat},${value.lon}`;
  return `${keyOf(value.value)}@${value.at}`;
}

/** Orders two values of one ordered type: number, timestamp, duration, money of one currency, string (by code point), bool. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return (a as Money).minor - (b as Money).minor;
}

/** By code point; UTF-16 order differs from it only where one side has a surrogate. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const xHigh = x >= 0xd800 && x <= 0xdfff;
      const yHigh = y >= 0xd800 && y <= 0xdfff;
      return xHigh === yHigh ? x - y : xHigh ? 1 : -1;
    }
  }
  return a.length - b.length;
}
