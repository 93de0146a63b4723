import type { Dice } from "./dice.ts";

/** A type of the language, as the generator builds expressions of it. */
export type Kind =
  | { readonly k: "number"; readonly unit: string | null }
  | { readonly k: "money"; readonly currency: string | null }
  | { readonly k: "enum"; readonly members: readonly string[] }
  | { readonly k: "list" | "map"; readonly of: Kind }
  | { readonly k: "string" | "bool" | "timestamp" | "duration" | "ip" | "cidr" | "geo" };

export const NUMBER: Kind = { k: "number", unit: null };
export const MONEY: Kind = { k: "money", currency: null };
export const STRING: Kind = { k: "string" };
export const BOOL: Kind = { k: "bool" };
export const TIMESTAMP: Kind = { k: "timestamp" };
export const DURATION: Kind = { k: "duration" };
export const IP: Kind = { k: "ip" };
export const CIDR: Kind = { k: "cidr" };
export const GEO: Kind = { k: "geo" };
export const CHANNEL: Kind = { k: "enum", members: ["ecom", "pos", "moto"] };

/** Units of the programs; those of a row can be converted into each other. */
export const UNIT_ROWS = [["km/h", "mm/s", "mph"], ["degC", "degF", "K"], ["km", "metre"], ["%"], ["kB"], ["ms"], ["delta degC", "delta degF"]] as const;
export const UNITS = UNIT_ROWS.flat();

/** What differences of values of a unit count in, and null for units whose values are no points. */
export function deltaOf(unit: string | null): string | null {
  return unit === "degC" || unit === "degF" ? `delta ${unit}` : null;
}

/** The type as the language writes it; equal for equal types. */
export function write(kind: Kind): string {
  switch (kind.k) {
    case "number":
      return kind.unit === null ? "number" : `number[${kind.unit}]`;
    case "money":
      return kind.currency === null ? "money" : `money[${kind.currency}]`;
    case "enum":
      return `enum(${kind.members.join(", ")})`;
    case "list":
      return `list[${write(kind.of)}]`;
    case "map":
      return `map[string, ${write(kind.of)}]`;
    default:
      return kind.k;
  }
}

/*
 * Literals and event values come from the same small pools, so that events meet the limits of the rules, and keys and
 * texts meet each other.
 */
export const NUMBERS = [0, 1, 2, 3, 5, 7, 10, 35, 100, 0.5, 0.1, 0.2, 2.5, 33.3, 1_000, 250.75, 1e15, 1e308, 1e-7];
export const AMOUNTS = ["0", "0.01", "1.00", "5.00", "5", "19.99", "100", "33.33", "1000.10", "90000000000000"];
export const CURRENCIES = ["USD", "EUR", "JPY", "KWD"];
export const TEXTS = ["", "a", "ab", "b", "B", "ecom", "abc123", " a ", "x@y.zz", "\u00e9", "\ufffd", "\u{1f600}", "10.0.0.1", "10.0.0.0/8", "1h", "2026-03-01T00:00:00Z"];
export const PATTERNS = ["^a", "b$", "a+b*", "[0-9]{2}", ".", "^$", "(a|b)c"];
export const ADDRESSES = ["10.0.0.1", "10.255.255.255", "11.0.0.0", "192.168.1.1", "2001:db8::1", "2001:db8:0:1::", "::ffff:10.0.0.1", "::"];
export const BLOCKS = ["10.0.0.0/8", "10.0.0.1/32", "192.168.0.0/16", "0.0.0.0/0", "2001:db8::/32", "2001:db8::/64", "::/0", "10.0.0.1"];
/** Lengths of time that windows, delays and the steps between events share, in source and in milliseconds. */
export const SPANS = [["1s", 1_000], ["10s", 10_000], ["1m", 60_000], ["90s", 90_000], ["5m", 300_000], ["1h", 3_600_000]] as const;
/** 2026-03-01T00:00:00Z, a Sunday. */
export const START = 1_772_323_200_000;

export function number(dice: Dice): string {
  const value = dice.pick(NUMBERS);
  return dice.chance(0.1) && Number.isInteger(value) && value < 1e6 ? `0x${value.toString(16)}` : String(value).replace("e+", "e");
}

/** A number that may stand before a unit: no exponent. */
export function quantity(dice: Dice): string {
  return String(dice.pick(NUMBERS.filter((value) => value > 1e-6 && value < 1e9)));
}

/** An amount that the currency has the places for. */
export function amount(dice: Dice, currency: string): string {
  const places = currency === "JPY" ? 0 : 2;
  // The longest fits two places; a third would pass what amounts can hold.
  return dice.pick(AMOUNTS.filter((text) => (text.split(".")[1]?.length ?? 0) <= places && (currency !== "KWD" || text.length < 9)));
}

export function time(dice: Dice): string {
  return new Date(START + dice.pick([0, 1, 999, 1_000, 60_000, 3_600_000, 86_399_999, -1])).toISOString();
}

export function text(dice: Dice): string {
  return dice.pick(TEXTS);
}
