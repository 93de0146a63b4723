import type { CallExpr, Expr, NameExpr } from "../syntax/ast.ts";
import { walkExpr } from "../syntax/walk.ts";
import { MAX_STEPS } from "../types/functions/limits.ts";
import { BOOL, ERROR, printType, type Type } from "../types/type.ts";
import type { MacroName } from "../ir/ir.ts";
import type { Macro } from "./checked.ts";
import { fail, isError, replace, requireBool, type Context } from "./context.ts";
import type { Scope } from "./scope.ts";

/** The macros of CEL, written `list.exists(x, condition)`. */
const MACRO_NAMES: readonly MacroName[] = ["exists", "all", "exists_one", "filter", "map"];

/** Whether a call is written as a macro; the name alone may be a function of the author. */
export function isMacro(expr: CallExpr): boolean {
  return expr.receiver !== null && macroName(expr) !== undefined;
}

function macroName({ callee }: CallExpr): MacroName | undefined {
  return MACRO_NAMES.find((name) => name === callee.name);
}

/** `list.map(x, e)`, `list.map(x, condition, e)` and the others, over the items of a list or the keys of a map. */
export function inferMacro(context: Context, expr: CallExpr): Type {
  const name = macroName(expr) as MacroName;
  const over = expr.receiver as Expr;
  const held = context.infer(over);
  const [variable, ...parts] = expr.args;
  const most = name === "map" ? 2 : 1;
  if (variable?.kind !== "Name" || parts.length < 1 || parts.length > most) return wrongForm(context, expr, name);
  const element = elementOf(held);
  if (element === undefined) {
    return fail(context, "RSK0211", expr.callee.span, `\`${name}\` goes through a list or the keys of a map, this is ${printType(held)}`, {
      labels: [{ span: over.span, message: printType(held) }],
    });
  }
  checkName(context, variable, parts);
  checkLength(context, over);
  const body = parts.at(-1) as Expr;
  const where = parts.length === 2 ? (parts[0] as Expr) : null;
  const inside = context.within(itemScope(context.scope, variable.name, element));
  inside.infer(variable);
  const macro: Macro = { name, over, variable: variable.name, where, body };
  context.tables.callees.set(expr, { kind: "macro", macro });
  return resultOf(inside, macro, held, element);
}

/** A declared list that is longer than a macro may go would be missing at every event. */
function checkLength(context: Context, over: Expr): void {
  const use = context.tables.uses.get(over);
  if (use?.kind !== "list" || use.list.entries.length <= MAX_STEPS) return;
  context.report.add("RSK0415", over.span, `a macro visits at most ${MAX_STEPS} elements, \`${use.list.decl.name.name}\` has ${use.list.entries.length}`, {
    help: "ask whether something is in it: `x in list`",
  });
}

/** What the macro yields; also infers its parts. */
function resultOf(inside: Context, { name, where, body }: Macro, held: Type, element: Type): Type {
  if (where !== null) requireBool(inside, where, "the condition of `map`");
  if (name === "map") return { kind: "list", element: inside.infer(body) };
  requireBool(inside, body, `the condition of \`${name}\``);
  if (name !== "filter") return BOOL;
  return isError(held) ? ERROR : { kind: "list", element };
}

function elementOf(held: Type): Type | undefined {
  if (held.kind === "list") return held.element;
  if (held.kind === "map") return held.key;
  return held.kind === "error" ? ERROR : undefined;
}

/** The names of the place and one more. */
function itemScope(outer: Scope, name: string, type: Type): Scope {
  return {
    ...outer,
    value: (wanted) => (wanted === name ? { kind: "item", name, type } : outer.value(wanted)),
    names: () => [name, ...outer.names()],
  };
}

function wrongForm(context: Context, expr: CallExpr, name: MacroName): Type {
  const form = name === "map" ? "list.map(x, value)` or `list.map(x, condition, value)" : `list.${name}(x, condition)`;
  return fail(context, "RSK0212", expr.callee.span, `\`${name}\` needs the name of a variable and what is asked of it`, { help: `write \`${form}\`` });
}

/** Names never shadow: what stands in the macro must mean there what it means outside of it. */
function checkName(context: Context, { name, span }: NameExpr, parts: readonly Expr[]): void {
  const { scope } = context;
  const reach = scope.value(name) === undefined ? scope.outOfReach(name) : undefined;
  if (scope.value(name) === undefined && (reach === undefined || reach.code === "RSK0302")) return;
  const other = freeName(scope, name);
  const places = [span];
  for (const part of parts) {
    walkExpr(part, (each) => {
      if (each.kind === "Name" && each.name === name) places.push(each.span);
    });
  }
  const { title, applicability } = replace(`rename it to \`${other}\``, span, other);
  context.report.add("RSK0310", span, `\`${name}\` already has a meaning here`, {
    help: "names never shadow; give the variable of the macro another name",
    fixes: [{ title, applicability, edits: places.map((place) => ({ span: place, text: other })) }],
  });
}

function freeName(scope: Scope, name: string): string {
  let other = `${name}_item`;
  while (scope.value(other) !== undefined) other = `${other}_`;
  return other;
}
