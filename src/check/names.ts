import type { NameExpr } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { ERROR, type Type } from "../types/type.ts";
import { fail, importFix, type Context } from "./context.ts";
import type { Use } from "./checked.ts";

/** A bare name: a variable of the scope, or a member of the enum that the place wants. */
export function inferName(context: Context, expr: NameExpr, expected: Type | undefined): Type {
  const use = lookUp(context, expr.name, expected);
  if (use === undefined) return unknownName(context, expr, expected);
  context.tables.uses.set(expr, use);
  return use.type;
}

/**
 * Where an enum is wanted its members come first, unless the name is a variable that is itself an enum or text: then
 * `channel == usual_channel` means the variable.
 */
function lookUp(context: Context, name: string, expected: Type | undefined): Use | undefined {
  const use = context.scope.value(name);
  const isMember = expected?.kind === "enum" && expected.members.includes(name);
  if (!isMember) return use;
  if (use !== undefined && (use.type.kind === "enum" || use.type.kind === "string")) return use;
  return { kind: "member", type: { kind: "enum", members: expected.members } };
}

/** Whether a name can only be an enum member, so that the other side must be known first. */
export function needsExpected(context: Context, name: string): boolean {
  return context.scope.value(name) === undefined;
}

function unknownName(context: Context, expr: NameExpr, expected: Type | undefined): Type {
  const { name, span } = expr;
  // Beside something broken a bare name may well be the member of an enum.
  if (expected?.kind === "error") return ERROR;
  if (expected?.kind === "enum") return unknownEnumMember(context, expr, expected.members);
  const reach = context.scope.outOfReach(name);
  if (reach !== undefined) {
    const fixes = reach.importFrom === undefined ? [] : [importFix(context.scope.file, name, reach.importFrom)];
    return fail(context, reach.code, span, reach.message, { help: reach.help, fixes });
  }
  const close = closest(name, context.scope.names());
  return fail(context, "RSK0301", span, `\`${name}\` is not known here`, didYouMean(close, span, "text stands in quotes; fields, features and lists must be declared"));
}

function unknownEnumMember(context: Context, expr: NameExpr, members: readonly string[]): Type {
  const close = closest(expr.name, members);
  fail(context, "RSK0209", expr.span, `\`${expr.name}\` is neither a known name nor one of ${list(members)}`, didYouMean(close, expr.span));
  return ERROR;
}

/** `a`, `b` or `c` */
export function list(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
