import type { Expr, RangeExpr } from "../../src/syntax/ast.ts";

/** A tree as brackets, operator first, to compare by eye: `(and a (not (== b 1)))`. */
export function shape(expr: Expr | RangeExpr): string {
  switch (expr.kind) {
    case "NumberLit":
      return String(expr.value);
    case "QuantityLit":
      return `${expr.value}:${expr.unit}`;
    case "MoneyLit":
      return `${expr.amount}:${expr.currency}`;
    case "TimestampLit":
      return `@${expr.text}`;
    case "StringLit":
      return JSON.stringify(expr.value);
    case "BoolLit":
      return String(expr.value);
    case "NullLit":
      return "null";
    case "Name":
      return expr.name;
    case "Member":
      return `(. ${shape(expr.object)} ${expr.member.name})`;
    case "Index":
      return `([] ${shape(expr.object)} ${shape(expr.index)})`;
    case "Call":
      return `(${[expr.receiver === null ? expr.callee.name : `${shape(expr.receiver)}.${expr.callee.name}`, ...expr.args.map(shape)].join(" ")})`;
    case "Unary":
      return `(${expr.op === "-" ? "neg" : "not"} ${shape(expr.operand)})`;
    case "Binary":
      return `(${expr.op} ${shape(expr.left)} ${shape(expr.right)})`;
    case "In":
      return `(${expr.negated ? "not-in" : "in"} ${shape(expr.item)} ${shape(expr.container)})`;
    case "Range":
      return `(.. ${shape(expr.low)} ${shape(expr.high)})`;
    case "IsMissing":
      return `(${expr.negated ? "present" : "missing"} ${shape(expr.operand)})`;
    case "Conditional":
      return `(? ${shape(expr.condition)} ${shape(expr.whenTrue)} ${shape(expr.whenFalse)})`;
    case "ListLit":
      return `[${expr.items.map(shape).join(" ")}]`;
    case "MapLit":
      return `{${expr.entries.map(({ key, value }) => `${shape(key)}:${shape(value)}`).join(" ")}}`;
    case "Error":
      return "<error>";
  }
}
