import type { Expr } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import type { Type } from "../types/type.ts";
import { Tables } from "./checked.ts";
import { inference } from "./infer.ts";
import type { Scope } from "./scope.ts";

/** A lone expression whose meaning is known; only one without errors may be lowered. */
export interface CheckedExpression {
  readonly type: Type;
  readonly tables: Tables;
}

/** Checks an expression that may use bindings and built-in functions, as `sluice eval` does. */
export function checkExpression(expr: Expr, bindings: ReadonlyMap<string, Type>, report: Report): CheckedExpression {
  const tables = new Tables();
  const scope: Scope = {
    file: expr.span.file,
    value: (name) => {
      const type = bindings.get(name);
      return type === undefined ? undefined : { kind: "binding", name, type };
    },
    func: () => undefined,
    names: () => [...bindings.keys()],
    outOfReach: () => undefined,
  };
  return { type: inference(report, tables, scope).infer(expr), tables };
}
