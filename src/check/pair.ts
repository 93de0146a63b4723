import type { Expr } from "../syntax/ast.ts";
import type { Type } from "../types/type.ts";
import type { Context } from "./context.ts";
import { needsExpected } from "./names.ts";
import { isFlexible } from "./quantities.ts";

/** Infers both operands so that the one whose meaning hangs on the other comes second. */
export function inferPair(context: Context, left: Expr, right: Expr): readonly [Type, Type] {
  if (isFlexible(left) || (left.kind === "Name" && needsExpected(context, left.name))) {
    const rightType = context.infer(right);
    return [context.infer(left, rightType), rightType];
  }
  const leftType = context.infer(left);
  return [leftType, context.infer(right, leftType)];
}
