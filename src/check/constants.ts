import type { Const } from "../ir/ir.ts";
import type { Expr } from "../syntax/ast.ts";
import { parseCidr, parseIp } from "../types/ip.ts";
import { parseMoney } from "../types/money.ts";
import { printType, type Type } from "../types/type.ts";
import type { Context } from "./context.ts";
import { fail } from "./context.ts";
import { fit } from "./fit.ts";

/** The value of a literal that stands for a declared type (a default, a list entry); undefined when reported. */
export function constant(context: Context, expr: Expr, wanted: Type): Const | undefined {
  if (expr.kind === "StringLit") {
    const value = fromText(expr.value, wanted);
    if (value !== undefined) return value;
  }
  const type = context.infer(expr, wanted);
  if (type.kind === "error" || wanted.kind === "error") return undefined;
  if (!fit(type, wanted)) {
    fail(context, "RSK0216", expr.span, `this is ${printType(type)}, ${printType(wanted)} is declared`);
    return undefined;
  }
  const value = literalValue(context, expr);
  if (value === undefined) {
    fail(context, "RSK0216", expr.span, "only a literal can stand here", { help: "write the value itself" });
  }
  return value;
}

/** What a text stands for where addresses and members are written as text; undefined when it is none. */
export function fromText(text: string, wanted: Type): Const | undefined {
  switch (wanted.kind) {
    case "ip":
      return parseIp(text);
    case "cidr":
      return parseCidr(text);
    case "enum":
      return wanted.members.includes(text) ? text : undefined;
    case "string":
      return text;
    case "number": {
      const value = text.trim() === "" ? Number.NaN : Number(text);
      return Number.isFinite(value) ? value : undefined;
    }
    case "money": {
      const money = parseMoney(text);
      return typeof money === "string" ? undefined : money;
    }
    default:
      return undefined;
  }
}

function literalValue(context: Context, expr: Expr): Const | undefined {
  switch (expr.kind) {
    case "NumberLit":
    case "StringLit":
    case "BoolLit":
      return expr.value;
    case "QuantityLit":
      return context.tables.durations.get(expr) ?? expr.value;
    case "MoneyLit":
    case "TimestampLit":
      return context.tables.literals.get(expr);
    case "Name":
      return context.tables.uses.get(expr)?.kind === "member" ? expr.name : undefined;
    case "Unary":
      return expr.op === "-" ? negated(literalValue(context, expr.operand)) : undefined;
    default:
      return undefined;
  }
}

function negated(value: Const | undefined): Const | undefined {
  if (typeof value === "number") return -value;
  if (typeof value === "object" && value !== null && "minor" in value) return { ...value, minor: -value.minor };
  return undefined;
}
