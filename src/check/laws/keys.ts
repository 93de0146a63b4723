import type { Expr } from "../../syntax/ast.ts";
import { walkExpr } from "../../syntax/walk.ts";
import { printType } from "../../types/type.ts";
import type { Build } from "../build.ts";
import type { EventInfo, FeatureInfo } from "../checked.ts";

/** Why an event cannot read a feature: the key field that it lacks, or has with another type; undefined when it can. */
export function missingKey(event: EventInfo, feature: FeatureInfo): string | undefined {
  return feature.keys.find((key) => {
    const own = event.schema.fields.find((field) => field.name === key);
    const theirs = feature.source.schema.fields.find((field) => field.name === key);
    return own === undefined || theirs === undefined || printType(own.type) !== printType(theirs.type);
  });
}

/** A feature is looked up by the key fields of the event at hand, so the event must have them. */
export function checkFeatureKeys(build: Build, event: EventInfo, root: Expr): void {
  walkExpr(root, (expr) => {
    const use = build.tables.uses.get(expr);
    if (use?.kind !== "feature") return;
    const key = missingKey(event, use.feature);
    if (key === undefined) return;
    const { name } = use.feature.decl.name;
    build.report.add("RSK0406", expr.span, `\`${name}\` is kept by \`${key}\`, which \`${event.schema.name}\` does not have`, {
      labels: [{ span: use.feature.decl.name.span, message: "declared here" }],
      help: `add a field \`${key}\` of the same type to \`${event.schema.name}\``,
    });
  });
}
