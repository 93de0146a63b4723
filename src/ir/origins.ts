import type { Tables } from "../check/checked.ts";
import type { Expr } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import type { Type } from "../types/type.ts";
import type { ExprIr } from "./ir.ts";

/** Where an expression of the IR was written, and its type there. */
export interface Origin {
  readonly span: Span;
  readonly type: Type;
}

/**
 * Origins by node, for those who tell people about single conditions. Kept beside the IR, which is posted between threads
 * and should not carry them; what lowering made up itself has none.
 */
export type Origins = ReadonlyMap<ExprIr, Origin>;

/** Notes where a node was written, where somebody wants to know; what several names share stands where it was written first. */
export function remember(from: { readonly origins?: Map<ExprIr, Origin>; readonly tables: Tables }, node: ExprIr, expr: Expr): void {
  const { origins, tables } = from;
  if (origins !== undefined && !origins.has(node)) origins.set(node, { span: expr.span, type: tables.typeOf(expr) });
}
