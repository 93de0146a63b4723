import { entityKey } from "../compile/entity.ts";
import type { Program } from "../compile/program.ts";
import { decoderOf } from "../types/decode.ts";
import { keyOf } from "../types/equality.ts";
import { jsonValue } from "../types/print.ts";
import type { Violation } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import { Missing } from "../types/value.ts";
import type { EntityKey } from "../windows/spec.ts";
import type { WindowStore } from "../windows/store.ts";
import type { Json } from "./decision.ts";
import { qualityOf, type FeatureQuality } from "./quality.ts";

/** A feature of one entity at one time. */
export type Reading =
  | { readonly kind: "read"; readonly value: Json; readonly missing: string | null; /** Null for a whole one. */ readonly quality: FeatureQuality | null }
  /** The program has no such feature. */
  | { readonly kind: "unknown" }
  /** Another number of key values is needed: one for each of these fields. */
  | { readonly kind: "keys"; readonly keys: readonly string[] }
  | { readonly kind: "invalid"; readonly violations: readonly Violation[] };

/**
 * Reads a feature as a decision at a time (milliseconds since 1970) would see it, without an event. `texts` are the values
 * of its key fields in the order of the declaration, as people write them.
 */
export function inspectFeature(
  program: Program,
  windows: Pick<WindowStore, "inspect" | "qualityOf">,
  name: string,
  texts: readonly string[],
  at: number,
): Reading {
  const number = program.windows.features.findIndex((spec) => spec.name === name);
  const spec = program.windows.features[number];
  const source = spec === undefined ? undefined : program.events.get(spec.source);
  const seen = source?.features.find((each) => each.name === name);
  if (spec === undefined || source === undefined || seen === undefined) return { kind: "unknown" };
  if (texts.length !== spec.keys.length) return { kind: "keys", keys: spec.keys };
  const violations: Violation[] = [];
  const parts: EntityKey[] = [];
  for (const [n, text] of texts.entries()) {
    const field = source.schema.fields.find((each) => each.name === spec.keys[n]);
    if (field === undefined) return { kind: "unknown" };
    const value = decoderOf(field.type)(jsonOfText(text, field.type), `/key/${n}`, violations);
    if (value !== undefined) parts.push(keyOf(value));
  }
  if (violations.length > 0) return { kind: "invalid", violations };
  const key = entityKey(parts);
  const value = windows.inspect(number, key, at);
  const quality = qualityOf(windows.qualityOf(number, key, at), spec, at);
  if (value instanceof Missing) return { kind: "read", value: null, missing: value.cause, quality };
  return { kind: "read", value: jsonValue(value, seen.type), missing: null, quality };
}

/** A text as the JSON that an event would carry: numbers and truth values are not texts there. */
export function jsonOfText(text: string, type: Type): unknown {
  if (type.kind === "number" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (type.kind === "bool" && (text === "true" || text === "false")) return text === "true";
  return text;
}
