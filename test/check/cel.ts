import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkExpression } from "../../src/check/expression.ts";
import { linkExpression } from "../../src/compile/link.ts";
import { lowerExpression } from "../../src/ir/lower.ts";
import { parseExpression } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { equalValues } from "../../src/types/equality.ts";
import { BOOL, DURATION, ERROR, NULL, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import { Missing, type Value } from "../../src/types/value.ts";

/* The conformance cases of the CEL specification, as recorded outside of the repository. */

/** A value with its type beside it; numbers that JSON has not, and 64-bit integers, as text. */
export interface Tagged {
  readonly t: string;
  readonly v: unknown;
}

export interface CelCase {
  readonly file: string;
  readonly section: string;
  readonly name: string;
  readonly expr: string;
  readonly bindings: Readonly<Record<string, Tagged>>;
  readonly expect: { readonly value?: Tagged; readonly error?: readonly string[] };
  readonly tier: string;
  readonly asNumber?: boolean;
}

const CASES = join(import.meta.dirname, "../../../shared/data/cel-cases.jsonl");

/** Undefined where the recorded data is not there. */
export function readCases(): readonly CelCase[] | undefined {
  try {
    return readFileSync(CASES, "utf8").trim().split("\n").map((line) => JSON.parse(line) as CelCase);
  } catch {
    return undefined;
  }
}

interface Typed {
  readonly type: Type;
  readonly value: Value;
}

/** A tagged value as one of ours; undefined for bytes and types, which the language has not. */
export function typed({ t, v }: Tagged): Typed | undefined {
  switch (t) {
    case "null":
      return { type: NULL, value: null };
    case "bool":
      return { type: BOOL, value: v as boolean };
    case "int":
    case "uint":
    case "double":
      return { type: NUMBER, value: Number(v) };
    case "string":
      return { type: STRING, value: v as string };
    case "timestamp":
      return { type: TIMESTAMP, value: Date.parse(typeof v === "string" ? v : String((v as { seconds: unknown }).seconds)) };
    case "duration": {
      const { seconds, nanos } = v as { readonly seconds: string | number; readonly nanos: number };
      return { type: DURATION, value: Number(seconds) * 1_000 + nanos / 1e6 };
    }
    case "list":
      return list((v as readonly Tagged[]).map(typed));
    case "map":
      return map(v as readonly (readonly [Tagged, Tagged])[]);
    default:
      return undefined;
  }
}

function list(items: readonly (Typed | undefined)[]): Typed | undefined {
  const known = items.filter((item) => item !== undefined);
  if (known.length !== items.length) return undefined;
  return { type: { kind: "list", element: known[0]?.type ?? ERROR }, value: known.map((item) => item.value) };
}

function map(entries: readonly (readonly [Tagged, Tagged])[]): Typed | undefined {
  const known = entries.map(([key, value]) => [typed(key), typed(value)] as const);
  const values = new Map<string | number | boolean, Value>();
  for (const [key, value] of known) {
    if (key === undefined || value === undefined) return undefined;
    values.set(key.value as string, value.value);
  }
  return { type: { kind: "map", key: known[0]?.[0]?.type ?? STRING, value: known[0]?.[1]?.type ?? ERROR }, value: values };
}

/** What an expression comes to: its value, missing, or the code of what the checker finds wrong. */
export type Outcome = { readonly kind: "value"; readonly value: Value } | { readonly kind: "missing" } | { readonly kind: "rejected"; readonly codes: readonly string[] };

export function outcome({ expr, bindings }: CelCase): Outcome {
  const report = new Report();
  const bound = Object.entries(bindings).map(([name, tagged]) => [name, typed(tagged)] as const);
  const types = new Map(bound.map(([name, each]) => [name, each?.type ?? ERROR]));
  const parsed = parseExpression({ path: "case", text: expr }, report);
  const { tables } = checkExpression(parsed, types, report);
  const found = report.sorted();
  if (found.length > 0) return { kind: "rejected", codes: found.map((each) => each.code) };
  const { value, frameSize } = lowerExpression(parsed, tables, [...types.keys()]);
  const frame = Array.from({ length: frameSize }, (_, i) => bound[i]?.[1]?.value);
  const result = linkExpression(value)(frame);
  return result instanceof Missing ? { kind: "missing" } : { kind: "value", value: result };
}

/** Whether the outcome is what the case asks for; an error is met by a rejection and by missing alike. */
export function meets({ expect }: CelCase, result: Outcome): boolean {
  if (expect.value === undefined) return result.kind !== "value";
  const wanted = typed(expect.value);
  if (wanted === undefined || result.kind !== "value") return false;
  if (typeof wanted.value === "number" && Number.isNaN(wanted.value)) return Number.isNaN(result.value);
  return equalValues(result.value, wanted.value) === true;
}
