import type { CallExpr, Expr } from "../syntax/ast.ts";
import { walkExpr } from "../syntax/walk.ts";
import type { Details } from "../text/diagnostic.ts";
import { BOOL, printType, type Type } from "../types/type.ts";
import { fail, isError, replace, type Context } from "./context.ts";

/** `known(f)`: whether all of the window of a feature was seen. Only a feature by its name has a window. */
export function inferKnown(context: Context, expr: CallExpr, arg: Expr): Type {
  const type = context.infer(arg);
  const use = context.tables.uses.get(arg);
  if (use?.kind === "feature") context.tables.callees.set(expr, { kind: "known", feature: arg });
  else if (!isError(type)) fail(context, "RSK0220", arg.span, `\`known\` asks for a feature, this is ${whatIsNoFeature(context, arg)}`, remedyFor(context, expr, arg));
  return BOOL;
}

function whatIsNoFeature(context: Context, arg: Expr): string {
  const use = context.tables.uses.get(arg);
  if (use === undefined) return printType(context.tables.typeOf(arg));
  const words: Partial<Record<typeof use.kind, string>> = { field: "a field", event: "an event", let: "a `let`", param: "a parameter", item: "a variable", list: "a list" };
  return words[use.kind] ?? printType(use.type);
}

/** `known(last_login.at)`, `known(amount)`, `known(a / b)`: what was meant by it. */
function remedyFor(context: Context, expr: CallExpr, arg: Expr): Details {
  const { uses } = context.tables;
  if (arg.kind === "Member" && uses.get(arg.object)?.kind === "feature" && arg.object.kind === "Name") {
    const { name } = arg.object;
    return { help: `ask for the whole of it: \`known(${name})\``, fixes: [replace(`write \`${name}\``, arg.span, name, "safe")] };
  }
  const features = new Set<string>();
  walkExpr(arg, (part) => {
    if (part.kind === "Name" && uses.get(part)?.kind === "feature") features.add(part.name);
  });
  if (features.size > 0) {
    const text = [...features].map((name) => `known(${name})`).join(" and ");
    return { help: `ask for each feature: \`${text}\``, fixes: [replace(`write \`${text}\``, expr.span, features.size > 1 ? `(${text})` : text)] };
  }
  const kind = uses.get(arg)?.kind;
  if (kind === "let") return { help: "ask for the features that it is made of" };
  if (kind === "param") return { help: "ask where the function is called: a parameter is a value" };
  return { help: "a value that an event brings is there or not: ask `x is present`" };
}
