import { decoderOf } from "../types/decode.ts";
import type { Violation } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Value } from "../types/value.ts";
import { ProblemError, type ProblemCode } from "./problem.ts";

/** A JSON value as a value of a type; throws a problem with `code` where it is none. */
export function decodeValue(json: unknown, type: Type, path: string, code: ProblemCode): Value {
  const violations: Violation[] = [];
  const value = decoderOf(type)(json, path, violations);
  if (value !== undefined) return value;
  throw new ProblemError(code, `\`${path}\`: ${violations[0]?.message ?? "the value does not fit"}`, { violations });
}

/** The text of a query parameter as the JSON that an event would carry: numbers and truth values are not texts there. */
export function jsonOfText(text: string, type: Type): unknown {
  if (type.kind === "number" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (type.kind === "bool" && (text === "true" || text === "false")) return text === "true";
  return text;
}
