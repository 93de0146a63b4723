import type { Expr, Template } from "../../syntax/ast.ts";
import { children } from "../../syntax/walk.ts";
import type { Build } from "../build.ts";
import type { Use } from "../checked.ts";
import { replace } from "../context.ts";

/** Aggregates whose value is one of the values folded. */
const REVEALING: ReadonlySet<string> = new Set(["last", "min", "max"]);

/**
 * Reasons are stored, shown and sent on, so a field marked `@pii` must not be printed by one unless `mask()` hides it.
 * Truth values and counts that were computed from such a field tell nothing of it.
 */
export function checkPrivacy(build: Build, template: Template): void {
  for (const part of template.parts) if (typeof part !== "string") checkShown(build, part, "the reason prints");
}

/** Reports a value that leaves the service and shows a private field. */
export function checkShown(build: Build, expr: Expr, what: string): void {
  const name = revealed(build, expr);
  if (name === undefined) return;
  const text = expr.kind === "Name" && build.tables.typeOf(expr).kind === "string" ? `mask(${expr.name})` : undefined;
  build.report.add("RSK0417", expr.span, `${what} \`${name}\`, which is marked \`@pii\``, {
    help: "print `mask(…)` of it, or leave it out",
    fixes: text === undefined ? [] : [replace("mask it", expr.span, text, "safe")],
  });
}

/** The private field whose value an expression can show, or undefined. */
export function revealed(build: Build, expr: Expr): string | undefined {
  if (build.tables.typeOf(expr).kind === "bool") return undefined;
  if (expr.kind === "Call" && expr.callee.name === "mask") return undefined;
  const own = revealedByName(build, build.tables.uses.get(expr));
  if (own !== undefined) return own;
  const callee = build.tables.callees.get(expr);
  const parts = callee?.kind === "function" ? [...children(expr), callee.info.decl.body] : children(expr);
  for (const part of parts) {
    const name = revealed(build, part);
    if (name !== undefined) return name;
  }
  return expr.kind === "Member" ? revealedMember(build, expr) : undefined;
}

function revealedByName(build: Build, use: Use | undefined): string | undefined {
  if (use?.kind === "field") {
    const field = use.event.schema.fields[use.index];
    return field?.pii === true ? field.name : undefined;
  }
  if (use?.kind === "let") return revealed(build, use.info.decl.value);
  if (use?.kind !== "feature" || use.feature.field === null || !REVEALING.has(use.feature.aggregate)) return undefined;
  const field = use.feature.source.schema.fields[use.feature.field];
  return field?.pii === true ? field.name : undefined;
}

/** `payment.card`: the field of an event that is named in full. */
function revealedMember(build: Build, expr: Extract<Expr, { kind: "Member" }>): string | undefined {
  const use = build.tables.uses.get(expr.object);
  if (use?.kind !== "event" && use?.kind !== "param") return undefined;
  const event = use.kind === "event" ? use.event : build.events.get(use.type.kind === "record" ? use.type.name : "");
  const field = event?.schema.fields.find((each) => each.name === expr.member.name);
  return field?.pii === true ? field.name : undefined;
}
