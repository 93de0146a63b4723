import type { CallExpr, Expr } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { builtins } from "../types/functions/table.ts";
import { compilePattern } from "../types/functions/text.ts";
import type { Builtin } from "../types/functions/signature.ts";
import { parseCidr, parseIp } from "../types/ip.ts";
import { parseDuration, parseTimestamp } from "../types/time.ts";
import { BOOL, ERROR, printType, type Type } from "../types/type.ts";
import type { FunctionInfo } from "./checked.ts";
import { inferConvert } from "./convert.ts";
import { fail, importFix, isError, type Context } from "./context.ts";
import { fit, joinTypes } from "./fit.ts";
import { reportMismatch } from "./mismatch.ts";

/** Receiver and arguments in one row: `a.f(b)` is `f(a, b)`. */
export function argumentsOf(expr: CallExpr): readonly Expr[] {
  return expr.receiver === null ? expr.args : [expr.receiver, ...expr.args];
}

/** A call of a built-in function, of one that the author declared, or of the two that look at missing. */
export function inferCall(context: Context, expr: CallExpr, expected: Type | undefined): Type {
  const { name } = expr.callee;
  const args = argumentsOf(expr);
  if (name === "coalesce") return inferCoalesce(context, expr, args, expected);
  if (name === "has") return inferHas(context, expr, args);
  if (name === "convert") return inferConvert(context, expr, args);
  const declared = context.scope.func(name);
  if (declared !== undefined) return inferDeclared(context, expr, args, declared);
  const builtin = builtins.get(name);
  if (builtin !== undefined) return inferBuiltin(context, expr, args, builtin);
  return unknownFunction(context, expr, args);
}

function unknownFunction(context: Context, expr: CallExpr, args: readonly Expr[]): Type {
  for (const arg of args) context.infer(arg);
  const { name, span } = expr.callee;
  const reach = context.scope.outOfReach(name);
  if (reach !== undefined) {
    const fixes = reach.importFrom === undefined ? [] : [importFix(context.scope.file, name, reach.importFrom)];
    return fail(context, reach.code, span, reach.message, { help: reach.help, fixes });
  }
  const close = closest(name, [...builtins.keys(), "coalesce", "has", "convert", ...context.scope.names()]);
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
  context.tables.callees.set(expr, { kind: "coalesce" });
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
  context.tables.callees.set(expr, { kind: "has" });
  return BOOL;
}

function inferDeclared(context: Context, expr: CallExpr, args: readonly Expr[], info: FunctionInfo): Type {
  context.tables.callees.set(expr, { kind: "function", info });
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
  const first = types[0]?.kind;
  const variant = first !== undefined && builtin.variants?.[first] !== undefined ? `${builtin.name}/${first}` : builtin.name;
  context.tables.callees.set(expr, { kind: "builtin", name: variant });
  return checkConstant(context, builtin.name, args) ?? result;
}

/** What a constant text argument must be for the call to make sense. */
const READERS: ReadonlyMap<string, readonly [position: number, what: string, reads: (text: string) => boolean]> = new Map<
  string,
  readonly [number, string, (text: string) => boolean]
>([
  ["matches", [1, "a regular expression in RE2 syntax", (text) => compilePattern(text) !== undefined]],
  ["cidr", [0, "an address block such as `203.0.113.0/24`", (text) => parseCidr(text) !== undefined]],
  ["ip", [0, "an address such as `203.0.113.7`", (text) => parseIp(text) !== undefined]],
  ["timestamp", [0, "a time such as `2026-01-31T09:30:00Z`", (text) => parseTimestamp(text, false) !== undefined]],
  ["duration", [0, "a duration such as `1h30m`", (text) => parseDuration(text) !== undefined]],
]);

/** A constant that can never be read is a mistake of the author, not a missing value at run time. */
function checkConstant(context: Context, name: string, args: readonly Expr[]): Type | undefined {
  const reader = READERS.get(name);
  const arg = reader === undefined ? undefined : args[reader[0]];
  if (reader === undefined || arg?.kind !== "StringLit" || reader[2](arg.value)) return undefined;
  return fail(context, "RSK0215", arg.span, `this is not ${reader[1]}`);
}
