import type { Expr } from "../../syntax/ast.ts";
import { walkExpr } from "../../syntax/walk.ts";
import type { Build } from "../build.ts";

/**
 * A managed list can be asked whether it holds something and nothing else: its entries are not part of the program, so as
 * a value it would be an empty list.
 */
export function checkManagedLists(build: Build, root: Expr): void {
  const asked = new Set<Expr>();
  walkExpr(root, (expr) => {
    if (expr.kind === "In" && expr.container.kind !== "Range") asked.add(expr.container);
    const use = build.tables.uses.get(expr);
    if (use?.kind !== "list" || use.list.decl.source?.kind !== "managed" || asked.has(expr)) return;
    const { name } = use.list.decl;
    build.report.add("RSK0219", expr.span, `the managed list \`${name.name}\` is no value`, {
      labels: [{ span: name.span, message: "declared here" }],
      help: `ask whether something is in it: \`x in ${name.name}\``,
    });
  });
}
