import type { Const } from "../ir/ir.ts";
import type { Expr } from "../syntax/ast.ts";
import { walkExpr } from "../syntax/walk.ts";
import { printType, type Type } from "../types/type.ts";
import { suffix } from "../types/unit.ts";
import type { Build } from "./build.ts";
import type { Written } from "./checked.ts";
import { fromText } from "./constants.ts";
import { fail, type Context } from "./context.ts";
import type { Testing } from "./entries.ts";
import { fit } from "./fit.ts";
import { inference } from "./infer.ts";
import type { Scope } from "./scope.ts";
import { bareScope } from "./scopes.ts";

/** Inference for a value of a test: functions and literals, no names and no rates of exchange. */
function contextOf(build: Build, file: string, expr: Expr): Context {
  const bare = bareScope(build, file);
  const called = new Set<string>();
  walkExpr(expr, (part) => {
    if (part.kind === "Call") called.add(part.callee.name);
  });
  const scope: Scope = {
    file: bare.file,
    func: bare.func,
    value: () => undefined,
    names: () => [],
    outOfReach: (name) => {
      if (called.has(name)) return bare.outOfReach(name);
      const help = "a test writes its values out; text stands in quotes, members of an enum stand bare";
      return { code: "RSK0807", message: `\`${name}\` is no constant`, help };
    },
  };
  return inference(build.report, build.tables, scope);
}

function callOf(expr: Expr, name: string): Expr | undefined {
  let found: Expr | undefined;
  walkExpr(expr, (part) => {
    if (part.kind === "Call" && part.callee.name === name) found ??= part;
  });
  return found;
}

/** Types whose values are written as text where one is wanted. */
const AS_TEXT: ReadonlySet<Type["kind"]> = new Set(["ip", "cidr", "enum"]);

/** A value that fits a type; undefined when it does not, which is reported. `what` begins the message: "`amount`". */
export function written({ build, home }: Testing, expr: Expr, wanted: Type, what: string): Written | undefined {
  const text = textual(expr, wanted);
  if (text !== undefined) return { kind: "const", value: text };
  const context = contextOf(build, home, expr);
  const type = context.infer(expr, wanted);
  const converted = callOf(expr, "convert");
  if (converted !== undefined) fail(context, "RSK0807", converted.span, "what `convert` yields depends on rates", { help: "write the amount itself" });
  if (type.kind === "error" || wanted.kind === "error") return undefined;
  if (fit(type, wanted)) return { kind: "expr", expr };
  fail(context, "RSK0806", expr.span, `${what} is ${printType(wanted)}, this is ${printType(type)}`, remedy(wanted));
  return undefined;
}

function textual(expr: Expr, wanted: Type): Const | undefined {
  if (expr.kind === "StringLit" && AS_TEXT.has(wanted.kind)) return fromText(expr.value, wanted);
  if (expr.kind !== "ListLit" || wanted.kind !== "list" || !AS_TEXT.has(wanted.element.kind)) return undefined;
  const items = expr.items.map((item) => textual(item, wanted.element));
  return items.every((item) => item !== undefined) ? items : undefined;
}

function remedy(wanted: Type): { readonly help?: string } {
  switch (wanted.kind) {
    case "geo":
      return { help: "write a place as `geo(52.5, 13.4)`: latitude, longitude" };
    case "ip":
      return { help: 'write an address as text: `"203.0.113.7"`' };
    case "cidr":
      return { help: 'write a block as text: `"203.0.113.0/24"`' };
    case "timestamp":
      return { help: "write a time with its zone: `2026-01-31T09:30:00Z`" };
    case "duration":
      return { help: "write a duration with its unit: `90s`" };
    case "money":
      return { help: `write an amount with its currency: \`12.30 ${wanted.currency ?? "EUR"}\`` };
    case "number":
      return wanted.unit === null ? {} : { help: `write it with its unit: \`10${suffix(wanted.unit)}\`` };
    default:
      return {};
  }
}
