import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run as evaluate } from "../../src/cli/eval.ts";
import { equalValues } from "../../src/types/equality.ts";
import { BOOL, DURATION, ERROR, NULL, NUMBER, STRING, TIMESTAMP, type Type } from "../../src/types/type.ts";
import type { Value } from "../../src/types/value.ts";
import { run } from "../cli/terminal.ts";

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
function typed({ t, v }: Tagged): Typed | undefined {
  switch (t) {
    case "null":
      return { type: NULL, value: null };
    case "bool":
      return { type: BOOL, value: v as boolean };
    case "number":
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

/** What `sluice eval --jsonl` answers. */
export interface Outcome {
  readonly value?: Tagged;
  readonly missing?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The outcome of every case, in order. */
export async function outcomes(cases: readonly Pick<CelCase, "expr" | "bindings">[]): Promise<readonly Outcome[]> {
  const lines = cases.map(({ expr, bindings }, id) => JSON.stringify({ id, expr, bindings }));
  const { stdout } = await run(evaluate, ["--jsonl"], `${lines.join("\n")}\n`);
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line) as Outcome);
}

/** Whether the outcome is what the case asks for; an error is met by a rejection and by missing alike. */
export function meets({ expect }: CelCase, { value }: Outcome): boolean {
  if (expect.value === undefined) return value === undefined;
  const wanted = typed(expect.value);
  const found = value === undefined ? undefined : typed(value);
  if (wanted === undefined || found === undefined) return false;
  if (typeof wanted.value === "number" && Number.isNaN(wanted.value)) return Number.isNaN(found.value);
  return equalValues(found.value, wanted.value) === true;
}
