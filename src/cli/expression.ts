import type { Tables } from "../check/checked.ts";
import { checkExpression, type Lent } from "../check/expression.ts";
import { compileExpr, type Membership } from "../compile/closures.ts";
import type { Run } from "../compile/program.ts";
import { lowerExpression } from "../ir/lower.ts";
import type { Expr } from "../syntax/ast.ts";
import { parseExpression } from "../syntax/parse.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import { WHOLE } from "../windows/spec.ts";

export type Evaluated =
  | { readonly kind: "value"; readonly value: Value; readonly type: Type }
  | { readonly kind: "missing"; readonly cause: string }
  /** Errors come first. */
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] };

/** A lone expression has no features and no lists. */
const NOTHING: Run = { feature: () => new Missing("no features here"), quality: () => WHOLE, listed: () => false };

/** A name of an expression; the field of an event may be missing. */
export interface Bound {
  readonly type: Type;
  readonly value: Value | Missing;
}

/** The lists and functions of a rules folder, for expressions that stand outside of it. */
export interface Surroundings {
  readonly checked: Lent;
  /** In the order of the lists. */
  readonly lists: readonly Membership[];
}

/** Parses, checks, compiles and runs one expression, the same way as one in a rule. */
export function evaluateExpression(source: SourceFile, bindings: ReadonlyMap<string, Bound>, around?: Surroundings): Evaluated {
  const typed = typeExpression(source, bindings, around);
  if (typed.kind === "rejected") return typed;
  const { value: ir, frameSize } = lowerExpression(typed.expr, typed.tables, [...bindings.keys()], around?.checked.lists);
  const frame: (Value | Missing | undefined)[] = Array.from({ length: frameSize });
  [...bindings.values()].forEach(({ value }, slot) => {
    frame[slot] = value;
  });
  const value = compileExpr(ir, { lists: around?.lists ?? [], rates: [] })(frame, NOTHING);
  return value instanceof Missing ? { kind: "missing", cause: value.cause } : { kind: "value", value, type: typed.type };
}

interface TypedExpression {
  readonly kind: "typed";
  readonly expr: Expr;
  readonly type: Type;
  readonly tables: Tables;
}

/** Parses and checks one expression. */
export function typeExpression(
  source: SourceFile,
  bindings: ReadonlyMap<string, Bound>,
  around?: Surroundings,
): TypedExpression | Extract<Evaluated, { kind: "rejected" }> {
  const report = new Report();
  const expr = parseExpression(source, report);
  const types = new Map([...bindings].map(([name, { type }]) => [name, type]));
  const { type, tables } = checkExpression(expr, types, report, around?.checked);
  if (!report.hasErrors) return { kind: "typed", expr, type, tables };
  return { kind: "rejected", diagnostics: report.sorted().toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error")) };
}
