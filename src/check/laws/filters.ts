import type { Expr } from "../../syntax/ast.ts";
import { walkExpr } from "../../syntax/walk.ts";
import type { Build } from "../build.ts";
import { calls } from "../functions.ts";
import type { FunctionInfo } from "../checked.ts";

/**
 * A window counts what was true when an event happened, and must be computable again from the events alone. A managed
 * list changes on its own, so no filter may ask it.
 */
export function checkFilterLists(build: Build, condition: Expr): void {
  const seen = new Set<FunctionInfo>();
  const look = (root: Expr, place: Expr | null): void => {
    walkExpr(root, (expr) => {
      const use = build.tables.uses.get(expr);
      if (use?.kind !== "list" || use.list.decl.source?.kind !== "managed") return;
      build.report.add("RSK0409", (place ?? expr).span, `the managed list \`${use.list.decl.name.name}\` cannot filter a window`, {
        help: "its entries change while the events stay; ask the list in a rule instead",
      });
    });
    for (const { info, call } of calls(build, root)) {
      if (seen.has(info)) continue;
      seen.add(info);
      look(info.decl.body, place ?? call);
    }
  };
  look(condition, null);
}
