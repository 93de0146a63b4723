import type { CallExpr, Expr } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { forms } from "../types/functions/forms.ts";
import type { Builtin } from "../types/functions/signature.ts";
import { builtins, bySpelling, spaces, spellings } from "../types/functions/table.ts";
import { BOOL, ERROR, printType, type Type } from "../types/type.ts";
import type { FunctionInfo } from "./checked.ts";
import { inferConvert } from "./convert.ts";
import { fail, importFix, isError, type Context } from "./context.ts";
import { fit, joinTypes } from "./fit.ts";
import { inferKnown } from "./known.ts";
import { inferMacro, isMacro } from "./macros.ts";
import { reportMismatch } from "./mismatch.ts";

/** Receiver and arguments in one row: `a.f(b)` is `f(a, b)`. */
function argumentsOf(expr: CallExpr): readonly Expr[] {
  return expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
}

/** A call of a built-in function, of one that the author declared, of the two that look at missing, or a macro. */
export function inferCall(context: Context, expr: CallExpr, expected: Type | undefined): Type {
  const { name } = expr.callee;
  const spaced = inSpace(context, expr);
  if (spaced !== undefined) return spaced;
  const args = argumentsOf(expr);
  if (name === "coalesce") return inferCoalesce(context, expr, args, expected);
  if (name === "has") return inferHas(context, expr, args);
  if (name === "convert") return inferConvert(context, expr, args);
  const declared = context.scope.func(name);
  if (name === "known" && declared === undefined) return args.length === 1 ? inferKnown(context, expr, args[0] as Expr) : inferHas(context, expr, args);
  if (declared === undefined && isMacro(expr)) return inferMacro(context, expr);
  if (declared !== undefined) return inferDeclared(context, expr, args, declared);
  const builtin = builtins.get(name);
  if (builtin !== undefined) return inferBuiltin(context, expr, args, builtin);
  return unknownFunction(context, expr, args);
}

/** `math.ceil(x)`, unless `math` is a value here: a field of that name is what is meant then. */
function inSpace(context: Context, expr: CallExpr): Type | undefined {
  const { receiver, callee, args } = expr;
  if (receiver?.kind !== "Name" || !spaces.has(receiver.name) || context.scope.value(receiver.name) !== undefined) return undefined;
  const builtin = bySpelling(`${receiver.name}.${callee.name}`);
  if (builtin !== undefined) return inferBuiltin(context, expr, args, builtin);
  for (const arg of args) context.infer(arg);
  const close = closest(callee.name, spellings(receiver.name));
  return fail(context, "RSK0303", callee.span, `\`${receiver.name}\` has no function \`${callee.name}\``, didYouMean(close, callee.span, "the reference lists the functions"));
}

function unknownFunction(context: Context, expr: CallExpr, args: readonly Expr[]): Type {
  for (const arg of args) context.infer(arg);
  const { name, span } = expr.callee;
  const reach = context.scope.outOfReach(name);
  if (reach !== undefined) {
    const fixes = reach.importFrom === undefined ? [] : [importFix(context.scope.file, name, reach.importFrom)];
    return fail(context, reach.code, span, reach.message, { help: reach.help, fixes });
  }
  const close = closest(name, [...builtins.keys(), ...forms.map((form) => form.name), ...context.scope.names()]);
  return fail(context, "RSK0303", span, `there is no function \`${name}\``, didYouMean(close, span, "the reference lists the functions"));
}

function wrongCount(context: Context, expr: CallExpr, found: number, wanted: string): Type {
  return fail(context, "RSK0212", expr.callee.span, `\`${expr.callee.name}\` takes ${wanted}, ${found === 0 ? "none is" : `${found} are`} given`);
}

function count(least: number, most: number): string {
  const range = least === most ? String(least) : `${least} to ${most}`;
  return `${range} argument${range === "1" ? "" : "s"}`;
}

function inferCoalesce(context: Context, expr: CallExpr, args: readonly Expr[], expected: Type | undefined): Type {
  if (args.length < 2) {
    for (const arg of args) context.infer(arg);
    return wrongCount(context, expr, args.length, "at least 2 arguments");
  }
  context.tables.callees.set(expr, { kind: "coalesce", args });
  let type = context.infer(args[0] as Expr, expected);
  for (const arg of args.slice(1)) {
    const next = context.infer(arg, type);
    const joined = joinTypes(type, next);
    if (joined === undefined) {
      return reportMismatch(context, { left: args[0] as Expr, right: arg, opSpan: expr.callee.span, op: "coalesce" }, type, next);
    }
    type = joined;
  }
  return type;
}

function inferHas(context: Context, expr: CallExpr, args: readonly Expr[]): Type {
  for (const arg of args) context.infer(arg);
  if (args.length !== 1) return wrongCount(context, expr, args.length, "1 argument");
  context.tables.callees.set(expr, { kind: "has", args });
  return BOOL;
}

function inferDeclared(context: Context, expr: CallExpr, args: readonly Expr[], info: FunctionInfo): Type {
  context.tables.callees.set(expr, { kind: "function", info, args });
  const types = args.map((arg, i) => context.infer(arg, info.params[i]?.type));
  if (args.length !== info.params.length) {
    wrongCount(context, expr, args.length, count(info.params.length, info.params.length));
    return info.returns;
  }
  info.params.forEach((param, i) => {
    const arg = args[i] as Expr;
    const type = types[i] as Type;
    if (fit(type, param.type)) return;
    fail(context, "RSK0211", arg.span, `\`${param.name}\` of \`${info.decl.name.name}\` is ${printType(param.type)}, this is ${printType(type)}`, {
      labels: [{ span: info.decl.params[i]?.span ?? info.decl.span, message: "declared here" }],
    });
  });
  return info.returns;
}

function inferBuiltin(context: Context, expr: CallExpr, args: readonly Expr[], builtin: Builtin): Type {
  const types: Type[] = [];
  for (const arg of args) types.push(context.infer(arg, types[0]));
  const [least, most] = builtin.arity;
  if (args.length < least || args.length > most) return wrongCount(context, expr, args.length, count(least, most));
  const result = builtin.result(types);
  if (result === undefined) {
    if (isError(...types)) return ERROR;
    return fail(context, "RSK0211", expr.callee.span, `\`${builtin.name}\` does not take ${types.map(printType).join(" and ")}`, {
      labels: args.map((arg, i) => ({ span: arg.span, message: printType(types[i] as Type) })),
      help: `it is \`${builtin.signature}\``,
    });
  }
  const kind = builtin.variantBy === undefined ? types[0]?.kind : builtin.variantBy(types);
  const variant = kind !== undefined && builtin.variants?.[kind] !== undefined ? `${builtin.name}/${kind}` : builtin.name;
  context.tables.callees.set(expr, { kind: "builtin", name: variant, args });
  return checkLiteral(context, builtin, args) ?? result;
}

/** A literal that can never be read is a mistake of the author, not a missing value at run time. */
function checkLiteral(context: Context, { literal }: Builtin, args: readonly Expr[]): Type | undefined {
  const arg = literal === undefined ? undefined : args[literal.at];
  if (literal === undefined || arg?.kind !== "StringLit" || literal.reads(arg.value)) return undefined;
  return fail(context, "RSK0215", arg.span, `this is not ${literal.what}`);
}
