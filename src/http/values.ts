import { decoderOf } from "../types/decode.ts";
import type { Violation } from "../types/schema.ts";
import { parseTimestamp } from "../types/time.ts";
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

/** A point in time out of a query or a body, in milliseconds since 1970. */
export function readTime(text: string, name: string, code: ProblemCode): number {
  const at = parseTimestamp(text, false);
  if (at !== undefined) return at;
  throw new ProblemError(code, `\`${name}\` is no RFC 3339 time with a zone, such as 2026-01-31T09:30:00Z`);
}
