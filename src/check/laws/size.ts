import type { Expr, Ident } from "../../syntax/ast.ts";
import { children } from "../../syntax/walk.ts";
import type { Build } from "../build.ts";
import type { FunctionInfo } from "../checked.ts";

/**
 * Operations of one condition, score or `let` after its functions are written out. Functions that call functions double
 * it at each step, so without a bound a page of text could keep an event busy for hours.
 */
export const MAX_OPERATIONS = 20_000;

/** Reports an expression that grows beyond the bound. */
export function checkSize(build: Build, expr: Expr, place: Ident): void {
  const size = operations(build, expr, new Map());
  if (size <= MAX_OPERATIONS) return;
  build.report.add("RSK0415", expr.span, `this comes to more than ${MAX_OPERATIONS} operations once its functions are written out`, {
    labels: [{ span: place.span, message: "here" }],
    help: "compute a shared part once in a `let`",
  });
}

function operations(build: Build, root: Expr, known: Map<FunctionInfo, number>): number {
  let total = 0;
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    total++;
    const callee = build.tables.callees.get(expr);
    if (callee?.kind === "function") total += functionSize(build, callee.info, known);
    pending.push(...children(expr));
  }
  return total;
}

function functionSize(build: Build, info: FunctionInfo, known: Map<FunctionInfo, number>): number {
  const size = known.get(info);
  if (size !== undefined) return size;
  // A function that calls itself is reported elsewhere; here it must only end.
  known.set(info, 0);
  const found = operations(build, info.decl.body, known);
  known.set(info, found);
  return found;
}
