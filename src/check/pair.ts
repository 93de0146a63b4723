import type { Expr, NameExpr } from "../syntax/ast.ts";
import { closest } from "../text/suggest.ts";
import type { Type } from "../types/type.ts";
import type { Context } from "./context.ts";
import { needsExpected } from "./names.ts";
import { isFlexible } from "./quantities.ts";

/** Infers both operands so that the one whose meaning hangs on the other comes second. */
export function inferPair(context: Context, left: Expr, right: Expr): readonly [Type, Type] {
  if (left.kind === "Name" && right.kind === "Name" && needsExpected(context, left.name) && needsExpected(context, right.name)) return unknownPair(context, left, right);
  if (isFlexible(left) || (left.kind === "Name" && needsExpected(context, left.name))) {
    const rightType = context.infer(right);
    return [context.infer(left, rightType), rightType];
  }
  const leftType = context.infer(left);
  return [leftType, context.infer(right, leftType)];
}

/** Two bare names that nothing gives a meaning: the one that is likely misspelt is told, and the other may hang on it. */
function unknownPair(context: Context, left: NameExpr, right: NameExpr): readonly [Type, Type] {
  const known = context.scope.names();
  if (closest(left.name, known) === undefined && closest(right.name, known) !== undefined) {
    const rightType = context.infer(right);
    return [context.infer(left, rightType), rightType];
  }
  const leftType = context.infer(left);
  return [leftType, context.infer(right, leftType)];
}
