import { printAmount, printMoney } from "./money.ts";
import { printDuration, printTimestamp } from "./time.ts";
import type { Type } from "./type.ts";
import { suffix } from "./unit.ts";
import type { Cidr, Geo, Ip, Last, Money, Value } from "./value.ts";

/** Digits that a computed number shows in a reason; people read it, so 5.33333 and not 5.333333333333333. */
const SHOWN_DIGITS = 6;

function printNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(SHOWN_DIGITS)));
}

function printRounded(money: Money): string {
  if (money.currency === "" || Number.isInteger(money.minor)) return printMoney(money);
  return printMoney({ minor: Math.round(money.minor), currency: money.currency });
}

/** A value as a reason shows it to people: rounded, with its unit. */
export function printValue(value: Value, type: Type): string {
  switch (type.kind) {
    case "number":
      return printNumber(value as number) + (type.unit === null ? "" : suffix(type.unit));
    case "money":
      return printRounded(value as Money);
    case "timestamp":
      return printTimestamp(value as number);
    case "duration":
      return printDuration(Math.round(value as number));
    case "ip":
    case "cidr":
      return (value as Ip | Cidr).text;
    case "geo":
      return `${(value as Geo).lat},${(value as Geo).lon}`;
    case "list":
      return `[${(value as readonly Value[]).map((item) => printValue(item, type.element)).join(", ")}]`;
    case "map":
      return `{${[...(value as ReadonlyMap<string | number | boolean, Value>)]
        .map(([key, item]) => `${printValue(key, type.key)}: ${printValue(item, type.value)}`)
        .join(", ")}}`;
    case "record":
      return printLast(value as Last, type);
    default: {
      const plain = value as string | boolean | null;
      return String(plain);
    }
  }
}

function printLast(last: Last, type: Extract<Type, { kind: "record" }>): string {
  const field = type.fields.find((each) => each.name === "value");
  return `${field === undefined ? "event" : printValue(last.value, field.type)} at ${printTimestamp(last.at)}`;
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A value as answers carry it: exact, in the form that events use. */
export function jsonValue(value: Value, type: Type): JsonValue {
  switch (type.kind) {
    case "number": {
      const number = value as number;
      // JSON has no infinities.
      return Number.isFinite(number) ? number : String(number);
    }
    case "money": {
      const money = value as Money;
      return { amount: printAmount(money), currency: money.currency === "" ? null : money.currency };
    }
    case "timestamp":
      return printTimestamp(value as number);
    case "duration":
      return printDuration(value as number);
    case "ip":
    case "cidr":
      return (value as Ip | Cidr).text;
    case "geo":
      return { lat: (value as Geo).lat, lon: (value as Geo).lon };
    case "list":
      return (value as readonly Value[]).map((item) => jsonValue(item, type.element));
    case "map":
      return Object.fromEntries(
        [...(value as ReadonlyMap<string | number | boolean, Value>)].map(([key, item]) => [
          String(key),
          jsonValue(item, type.value),
        ]),
      );
    case "record": {
      const last = value as Last;
      const field = type.fields.find((each) => each.name === "value");
      return {
        value: field === undefined ? null : jsonValue(last.value, field.type),
        at: printTimestamp(last.at),
      };
    }
    default:
      return value as string | boolean | null;
  }
}
