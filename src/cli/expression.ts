import { checkExpression } from "../check/expression.ts";
import { compileExpr } from "../compile/closures.ts";
import type { Run } from "../compile/program.ts";
import { lowerExpression } from "../ir/lower.ts";
import { parseExpression } from "../syntax/parse.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import type { Typed } from "./tagged.ts";

export type Evaluated =
  | { readonly kind: "value"; readonly value: Value; readonly type: Type }
  | { readonly kind: "missing"; readonly cause: string }
  /** Errors come first. */
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] };

/** A lone expression has no features and no lists. */
const NOTHING: Run = { feature: () => new Missing("no features here"), listed: () => false };

/** Parses, checks, compiles and runs one expression, the same way as one in a rule. */
export function evaluateExpression(source: SourceFile, bindings: ReadonlyMap<string, Typed>): Evaluated {
  const report = new Report();
  const expr = parseExpression(source, report);
  const types = new Map([...bindings].map(([name, { type }]) => [name, type]));
  const { type, tables } = checkExpression(expr, types, report);
  if (report.hasErrors) {
    return { kind: "rejected", diagnostics: report.sorted().toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error")) };
  }
  const { value: ir, frameSize } = lowerExpression(expr, tables, [...bindings.keys()]);
  const frame: (Value | Missing | undefined)[] = Array.from({ length: frameSize });
  [...bindings.values()].forEach(({ value }, slot) => {
    frame[slot] = value;
  });
  const value = compileExpr(ir, { lists: [], rates: [] })(frame, NOTHING);
  return value instanceof Missing ? { kind: "missing", cause: value.cause } : { kind: "value", value, type };
}
