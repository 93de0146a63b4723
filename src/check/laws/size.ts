import type { Expr, Ident } from "../../syntax/ast.ts";
import { children } from "../../syntax/walk.ts";
import type { Build } from "../build.ts";
import type { FunctionInfo, LetInfo } from "../checked.ts";

/**
 * Operations of one condition, score or `let` after its functions and lets are written out. Functions that call functions
 * double it at each step, so without a bound a page of text could keep an event busy for hours; lets that use lets twice
 * cost an event nothing more, but as much work before it, since each use is compiled and can be explained.
 */
export const MAX_OPERATIONS = 20_000;

/** Whether an expression keeps within the bound; one that grows beyond it is reported. */
export function checkSize(build: Build, expr: Expr, place: Ident): boolean {
  const size = operations(build, expr, new Map());
  if (size <= MAX_OPERATIONS) return true;
  build.report.add("RSK0415", expr.span, `this comes to more than ${MAX_OPERATIONS} operations once its functions and lets are written out`, {
    labels: [{ span: place.span, message: "here" }],
    help: "every use of a function or a `let` counts whole; use them in fewer places, or split the rule",
  });
  return false;
}

function operations(build: Build, root: Expr, known: Map<FunctionInfo | LetInfo, number>): number {
  let total = 0;
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    total++;
    const callee = build.tables.callees.get(expr);
    if (callee?.kind === "function") total += sizeOf(build, callee.info, callee.info.decl.body, known);
    const use = build.tables.uses.get(expr);
    // A let beyond the bound is told where it stands, and not again wherever it is used.
    if (use?.kind === "let" && use.info.type.kind !== "error") total += sizeOf(build, use.info, use.info.decl.value, known);
    pending.push(...children(expr));
  }
  return total;
}

function sizeOf(build: Build, info: FunctionInfo | LetInfo, body: Expr, known: Map<FunctionInfo | LetInfo, number>): number {
  const size = known.get(info);
  if (size !== undefined) return size;
  // A function that calls itself is reported elsewhere; here it must only end.
  known.set(info, 0);
  const found = operations(build, body, known);
  known.set(info, found);
  return found;
}
