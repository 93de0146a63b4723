import { addMoney, divideMoney, ratioMoney, scaleMoney, subtractMoney } from "../money.ts";
import { inRange, inSpan } from "../time.ts";
import { equalValues } from "../equality.ts";
import { MAX_ITEMS, MAX_TEXT } from "./limits.ts";
import { inCidr } from "../ip.ts";
import { Missing, type Cidr, type Geo, type Ip, type Last, type Money, type Value } from "../value.ts";

/*
 * What the operators of the language do, by the name the IR calls them by. Like built-in functions they see values only.
 * A divisor of zero makes the result missing: `amount / usual_amount > 5` must not hold for a new customer.
 */

const DIVISION_BY_ZERO = new Missing("division by zero", "Infinity");
const ZERO_BY_ZERO = new Missing("division by zero", "NaN");
const NO_ITEM = new Missing("no item at this index");
const NO_ENTRY = new Missing("no entry for this key");

type Run = (...args: readonly Value[]) => Value | Missing;

/** Why a number has no quotient with zero. */
export function divisionByZero(a: number): Missing {
  return a === 0 || Number.isNaN(a) ? ZERO_BY_ZERO : DIVISION_BY_ZERO;
}

function divide(a: number, b: number): number | Missing {
  return b === 0 ? divisionByZero(a) : a / b;
}

const TOO_LONG = new Missing("the text is too long");
const TOO_MANY = new Missing("the list is too long");

/** A chain of `let`s could double a text at every step. */
function concatenate(a: string, b: string): string | Missing {
  return a.length + b.length > MAX_TEXT ? TOO_LONG : a + b;
}

function append(a: readonly Value[], b: readonly Value[]): readonly Value[] | Missing {
  return a.length + b.length > MAX_ITEMS ? TOO_MANY : [...a, ...b];
}

function includes(list: readonly Value[], item: Value): boolean | Missing {
  let unknown: Missing | undefined;
  for (const each of list) {
    const equal = equalValues(each, item);
    if (equal === true) return true;
    if (equal instanceof Missing) unknown = equal;
  }
  return unknown ?? false;
}

function itemAt(list: readonly Value[], index: number): Value | Missing {
  const item = list[index];
  return item === undefined ? NO_ITEM : item;
}

function entryOf(map: ReadonlyMap<unknown, Value>, key: Value | undefined): Value | Missing {
  const entry = map.get(key);
  return entry === undefined ? NO_ENTRY : entry;
}

export const operators: Readonly<Record<string, Run>> = {
  "number.add": (a, b) => (a as number) + (b as number),
  "number.subtract": (a, b) => (a as number) - (b as number),
  "number.multiply": (a, b) => (a as number) * (b as number),
  "number.divide": (a, b) => divide(a as number, b as number),
  "number.remainder": (a, b) => (b === 0 ? ZERO_BY_ZERO : (a as number) % (b as number)),
  "number.negate": (a) => -(a as number),
  /** value · factor / divisor + shift: from one unit to another. */
  "number.convert": (a, factor, divisor, shift) => ((a as number) * (factor as number)) / (divisor as number) + (shift as number),
  "money.add": (a, b) => addMoney(a as Money, b as Money),
  "money.subtract": (a, b) => subtractMoney(a as Money, b as Money),
  "money.scale": (a, b) => scaleMoney(a as Money, b as number),
  "money.divide": (a, b) => divideMoney(a as Money, b as number),
  "money.ratio": (a, b) => ratioMoney(a as Money, b as Money),
  "money.negate": (a) => ({ minor: -(a as Money).minor, currency: (a as Money).currency }),
  "time.add": (a, b) => inRange((a as number) + (b as number)),
  "time.subtract": (a, b) => inRange((a as number) - (b as number)),
  "duration.add": (a, b) => inSpan((a as number) + (b as number)),
  "duration.subtract": (a, b) => inSpan((a as number) - (b as number)),
  "duration.scale": (a, b) => inSpan(Math.round((a as number) * (b as number))),
  "duration.divide": (a, b) => (b === 0 ? divisionByZero(a as number) : inSpan(Math.round((a as number) / (b as number)))),
  "string.add": (a, b) => concatenate(a as string, b as string),
  "list.add": (a, b) => append(a as readonly Value[], b as readonly Value[]),
  "list.index": (list, index) => itemAt(list as readonly Value[], index as number),
  "list.has": (list, item) => includes(list as readonly Value[], item),
  "map.index": (map, key) => entryOf(map as ReadonlyMap<unknown, Value>, key),
  "map.has": (map, key) => (map as ReadonlyMap<unknown, Value>).has(key),
  "cidr.has": (block, ip) => inCidr(ip as Ip, block as Cidr),
  "geo.lat": (place) => (place as Geo).lat,
  "geo.lon": (place) => (place as Geo).lon,
  "last.value": (last) => (last as Last).value,
  "last.at": (last) => (last as Last).at,
};
