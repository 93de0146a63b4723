import type { ExprIr } from "../ir/ir.ts";
import type { BinaryExpr, Expr } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { bare } from "./subjects.ts";

/** A condition taken apart at its `and`, `or` and `not`, each part with the place it was written at. */
export interface Part {
  readonly kind: "and" | "or" | "not" | "atom";
  readonly ir: ExprIr;
  readonly span: Span;
  readonly parts: readonly Part[];
}

/** Takes a condition apart as far as its tree and what became of it go together. */
export function partsOf(expr: Expr, ir: ExprIr): Part {
  const value = bare(ir);
  const { span } = expr;
  if (expr.kind === "Binary" && (value.op === "and" || value.op === "or") && value.op === expr.op) {
    const written = chain(expr);
    if (written.length === value.operands.length) {
      return { kind: value.op, ir, span, parts: written.map((each, i) => partsOf(each, value.operands[i] as ExprIr)) };
    }
  }
  if (expr.kind === "Unary" && expr.op === "not" && value.op === "not") {
    return { kind: "not", ir, span, parts: [partsOf(expr.operand, value.operand)] };
  }
  return { kind: "atom", ir, span, parts: [] };
}

/** The operands of a chain of one operator, left to right. */
function chain(expr: BinaryExpr): readonly Expr[] {
  const operands: Expr[] = [];
  const pending: Expr[] = [expr];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === "Binary" && next.op === expr.op) pending.push(next.right, next.left);
    else operands.push(next);
  }
  return operands;
}
