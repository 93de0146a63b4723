import type { Expr } from "./ast.ts";

/** The expressions directly inside an expression, in source order. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "Member":
      return [expr.object];
    case "Index":
      return [expr.object, expr.index];
    case "Call":
      return expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
    case "Unary":
    case "IsMissing":
      return [expr.operand];
    case "Binary":
      return [expr.left, expr.right];
    case "In":
      return expr.container.kind === "Range"
        ? [expr.item, expr.container.low, expr.container.high]
        : [expr.item, expr.container];
    case "Conditional":
      return [expr.condition, expr.whenTrue, expr.whenFalse];
    case "ListLit":
      return expr.items;
    case "MapLit":
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    default:
      return [];
  }
}

/** Visits an expression and everything inside it, outer first, without recursion. */
export function walkExpr(root: Expr, visit: (expr: Expr) => void): void {
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    visit(expr);
    pending.push(...children(expr).toReversed());
  }
}
