import type { Expr } from "../syntax/ast.ts";
import type { Report } from "../text/report.ts";
import type { Type } from "../types/type.ts";
import { type Checked, Tables } from "./checked.ts";
import { inference } from "./infer.ts";
import type { Scope } from "./scope.ts";

/** A lone expression whose meaning is known; only one without errors may be lowered. */
export interface CheckedExpression {
  readonly type: Type;
  readonly tables: Tables;
}

/** What a rules folder lends to expressions that stand outside of it. */
export type Lent = Pick<Checked, "lists" | "functions" | "tables">;

/** Checks an expression that may use bindings and built-in functions, as `sluice eval` does, and what a folder lends. */
export function checkExpression(expr: Expr, bindings: ReadonlyMap<string, Type>, report: Report, lent?: Lent): CheckedExpression {
  const tables = lent?.tables ?? new Tables();
  const lists = new Map(lent?.lists.map((list) => [list.decl.name.name, list]));
  const functions = new Map(lent?.functions.map((each) => [each.decl.name.name, each]));
  const scope: Scope = {
    file: expr.span.file,
    value: (name) => {
      const type = bindings.get(name);
      if (type !== undefined) return { kind: "binding", name, type };
      const list = lists.get(name);
      return list === undefined ? undefined : { kind: "list", list, type: { kind: "list", element: list.element } };
    },
    func: (name) => functions.get(name),
    names: () => [...bindings.keys(), ...lists.keys(), ...functions.keys()],
    outOfReach: () => undefined,
  };
  return { type: inference(report, tables, scope).infer(expr), tables };
}
