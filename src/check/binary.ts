import type { BinaryExpr, Expr } from "../syntax/ast.ts";
import { isLast, BOOL, ERROR, printType, type Type } from "../types/type.ts";
import { inferArithmetic } from "./arithmetic.ts";
import { fail, isError, requireBool, type Context } from "./context.ts";
import { fit, joinTypes } from "./fit.ts";
import { reportMismatch } from "./mismatch.ts";
import { inferPair } from "./pair.ts";

/** The type of an operator between two operands. */
export function inferBinary(context: Context, expr: BinaryExpr, expected?: Type): Type {
  switch (expr.op) {
    case "and":
    case "or":
      return inferLogic(context, expr);
    case "==":
    case "!=":
      return inferEquality(context, expr);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return inferOrder(context, expr);
    default:
      return inferArithmetic(context, expr, expected);
  }
}

function inferLogic(context: Context, expr: BinaryExpr): Type {
  let good = true;
  for (const operand of [expr.left, expr.right]) {
    const habit = textAlternatives(context, expr, operand);
    if (habit !== undefined) return habit;
    if (operand.kind === "Binary" && (operand.op === "and" || operand.op === "or")) context.infer(operand);
    // Two values around one `and` are one mistake: another operator was meant.
    else if (!good) context.infer(operand, BOOL);
    else good = requireBool(context, operand, `\`${expr.op}\``);
  }
  return BOOL;
}

/** `x == "a" or "b"` compares nothing with "b"; what was meant is `x in ["a", "b"]`. */
function textAlternatives(context: Context, expr: BinaryExpr, operand: Expr): Type | undefined {
  if (operand !== expr.right || !isLiteral(operand)) return undefined;
  const { left } = expr;
  if (left.kind !== "Binary" || (left.op !== "==" && left.op !== "!=") || !isLiteral(left.right)) return undefined;
  const fixes = [
    {
      title: "compare with a list",
      applicability: "maybe" as const,
      edits: [
        { span: left.opSpan, text: left.op === "==" ? "in" : "not in" },
        { span: { ...left.right.span, end: left.right.span.start }, text: "[" },
        { span: { ...expr.opSpan, start: left.right.span.end, end: operand.span.start }, text: ", " },
        { span: { ...operand.span, start: operand.span.end }, text: "]" },
      ],
    },
  ];
  context.infer(left);
  return fail(context, "RSK0218", operand.span, `\`${expr.op}\` needs true or false on both sides, this is a value`, {
    help: "compare with several values as `x in [a, b]`",
    fixes,
  });
}

function isLiteral(expr: Expr): boolean {
  return expr.kind === "StringLit" || expr.kind === "NumberLit" || expr.kind === "MoneyLit";
}

function inferEquality(context: Context, expr: BinaryExpr): Type {
  const [left, right] = inferPair(context, expr.left, expr.right);
  if (isError(left, right)) return BOOL;
  if ((left.kind === "null") !== (right.kind === "null")) return nullComparison(context, expr);
  if (isEvent(left) || isEvent(right)) return fail(context, "RSK0203", expr.opSpan, "events cannot be compared", { help: "compare their fields" });
  if (isNoMember(expr.left, left, right) || isNoMember(expr.right, right, left)) return reportMismatch(context, expr, left, right);
  if (comparable(left, right)) return BOOL;
  return reportMismatch(context, expr, left, right);
}

/** Text beside an enum that is none of its members: inference gives one that is the type of the enum. */
export function isNoMember(expr: Expr, type: Type, other: Type): boolean {
  return expr.kind === "StringLit" && type.kind === "string" && other.kind === "enum";
}

function isEvent(type: Type): boolean {
  return type.kind === "record" && !isLast(type);
}

/** Whether `==` between the two types can ever be true without a conversion. */
function comparable(left: Type, right: Type): boolean {
  return fit(left, right) || fit(right, left) || (sharesMembers(left, right) && joinTypes(left, right) !== undefined);
}

function sharesMembers(left: Type, right: Type): boolean {
  return left.kind === "enum" && right.kind === "enum" && left.members.some((member) => right.members.includes(member));
}

function nullComparison(context: Context, expr: BinaryExpr): Type {
  const [value, isRight] = expr.right.kind === "NullLit" ? [expr.left, true] : [expr.right, false];
  const text = expr.op === "==" ? "is missing" : "is present";
  const edits = isRight
    ? [{ span: { ...expr.span, start: value.span.end }, text: ` ${text}` }]
    : [
        { span: { ...expr.span, end: value.span.start }, text: "" },
        { span: { ...expr.span, start: expr.span.end }, text: ` ${text}` },
      ];
  context.report.add("RSK0217", expr.span, "nothing equals `null` here", {
    help: `ask with \`${text}\``,
    fixes: [{ title: `write \`${text}\``, applicability: "safe", edits }],
  });
  return ERROR;
}

const ORDERED: ReadonlySet<Type["kind"]> = new Set(["number", "money", "timestamp", "duration", "string", "bool"]);

function inferOrder(context: Context, expr: BinaryExpr): Type {
  const [left, right] = inferPair(context, expr.left, expr.right);
  if (isError(left, right)) return BOOL;
  if (!fit(left, right) && !fit(right, left)) return reportMismatch(context, expr, left, right);
  if (ORDERED.has(left.kind)) return BOOL;
  return fail(context, "RSK0202", expr.opSpan, `\`${expr.op}\` does not order ${printType(left)}`, {
    help: "only numbers, amounts, times, durations and text have an order",
  });
}
