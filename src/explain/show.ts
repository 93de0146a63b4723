import { printValue } from "../types/print.ts";
import type { Type } from "../types/type.ts";
import type { Missing, Value } from "../types/value.ts";
import { Missing as Absent } from "../types/value.ts";

/** What stands for a value that nobody is to see. */
export const MASK = "***";

/** A value for people, exact where it is a plain number. */
export function shownValue(value: Value, type: Type): string {
  if (typeof value === "string") return type.kind === "enum" ? value : JSON.stringify(value);
  if (typeof value === "number" && type.kind === "number") return String(value) + (type.unit?.text ?? "");
  return printValue(value, type);
}

export function shownOrMissing(value: Value | Missing, type: Type): string {
  return value instanceof Absent ? "missing" : shownValue(value, type);
}
