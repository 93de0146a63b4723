import { printValue } from "../types/print.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";

/** What stands for a value that nobody is to see. */
export const MASK = "***";

/** Digits that a computed number shows: more than a reason, since one must see on which side of a limit it is. */
const SHOWN_DIGITS = 12;

/** A value for people. */
export function shownValue(value: Value, type: Type): string {
  if (typeof value === "string") return type.kind === "enum" ? value : JSON.stringify(value);
  if (typeof value === "number" && type.kind === "number") return String(Number(value.toPrecision(SHOWN_DIGITS))) + (type.unit?.text ?? "");
  return printValue(value, type);
}

export function shownOrMissing(value: Value | Missing, type: Type): string {
  return value instanceof Missing ? "missing" : shownValue(value, type);
}
