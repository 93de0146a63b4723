import type { BinaryExpr, Expr } from "../syntax/ast.ts";
import { DURATION, ERROR, NUMBER, TIMESTAMP, printType, type Type } from "../types/type.ts";
import { combine, isDimensionless, isPercent, isPoint, ONE, sameUnit, SECOND, type Unit } from "../types/unit.ts";
import type { Conversion } from "./checked.ts";
import { fail, isError, type Context } from "./context.ts";
import { fit } from "./fit.ts";
import { reportMismatch } from "./mismatch.ts";
import { inferPair } from "./pair.ts";
import { differenceWanted, inferTemperatureSum, pointOperand, sumOfUnits, takesTemperatures } from "./temperature.ts";

const NAMES = { "+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "remainder" } as const;

/** Dividing is exact where a factor of 0.01 is not: `35%` is 0.35 and not a hair more. */
const PERCENT: Conversion = { factor: 1, divisor: 100, shift: 0 };
const SECONDS: Conversion = { factor: 1, divisor: 1_000, shift: 0 };

type ArithmeticOp = keyof typeof NAMES;

/** `+ - * / %` over numbers with units, money, times, text and lists. */
export function inferArithmetic(context: Context, expr: BinaryExpr, expected: Type | undefined): Type {
  const op = expr.op as ArithmeticOp;
  return op === "+" || op === "-" ? inferSum(context, expr, op, expected) : inferProduct(context, expr, op);
}

function inferSum(context: Context, expr: BinaryExpr, op: "+" | "-", expected: Type | undefined): Type {
  const [left, right] = takesTemperatures(expr) ? inferTemperatureSum(context, expr, op, expected) : inferPair(context, expr.left, expr.right);
  if (isError(left, right)) return likeEither(isError(left) ? right : left);
  const pair = `${left.kind} ${op} ${right.kind}`;
  const choose = (name: string, type: Type): Type => {
    context.tables.operators.set(expr, name);
    return type;
  };
  switch (pair) {
    case "number + number":
    case "number - number":
      return choose(`number.${NAMES[op]}`, sumOfUnits(context, expr, op, left, right));
    case "money + money":
    case "money - money":
      if (!fit(left, right)) return reportMismatch(context, expr, left, right);
      return choose(`money.${NAMES[op]}`, left.kind === "money" && left.currency === null ? right : left);
    case "timestamp - timestamp":
    case "duration + duration":
    case "duration - duration":
      return choose(`duration.${NAMES[op]}`, DURATION);
    case "timestamp + duration":
    case "timestamp - duration":
    case "duration + timestamp":
      return choose(`time.${NAMES[op]}`, TIMESTAMP);
    case "string + string":
      return choose("string.add", left);
    case "list + list":
      return fit(left, right) ? choose("list.add", left) : reportMismatch(context, expr, left, right);
    default:
      return reportMismatch(context, expr, left, right);
  }
}

/** The type of a sum of which one operand is erroneous: a time may be moved by a duration, other sums are of one type. */
function likeEither(known: Type): Type {
  return known.kind === "timestamp" || known.kind === "duration" ? ERROR : known;
}

function inferProduct(context: Context, expr: BinaryExpr, op: "*" | "/" | "%"): Type {
  const left = context.infer(expr.left, differenceWanted(expr.left));
  const right = context.infer(expr.right, differenceWanted(expr.right));
  if (isError(left, right)) return ERROR;
  for (const [operand, type] of [[expr.left, left], [expr.right, right]] as const) {
    if (type.kind === "number" && isPoint(type.unit)) return pointOperand(context, operand, type.unit, op);
  }
  if (left.kind === "money" && right.kind === "money" && op === "/" && !fit(left, right)) return reportMismatch(context, expr, left, right);
  const type = op === "%" ? remainder(context, expr, left, right) : product(context, expr, op, left, right);
  if (type !== undefined) return type;
  return fail(context, "RSK0202", expr.opSpan, `\`${op}\` does not work between ${printType(left)} and ${printType(right)}`, {
    labels: [
      { span: expr.left.span, message: printType(left) },
      { span: expr.right.span, message: printType(right) },
    ],
  });
}

function remainder(context: Context, expr: BinaryExpr, left: Type, right: Type): Type | undefined {
  const numbers = left.kind === "number" && right.kind === "number" && sameUnit(left.unit, right.unit);
  if (!numbers && !(left.kind === "duration" && right.kind === "duration")) return undefined;
  context.tables.operators.set(expr, "number.remainder");
  return left;
}

function product(context: Context, expr: BinaryExpr, op: "*" | "/", left: Type, right: Type): Type | undefined {
  const choose = (name: string, type: Type): Type => {
    context.tables.operators.set(expr, name);
    return type;
  };
  const pair = `${left.kind} ${op} ${right.kind}`;
  switch (pair) {
    case "money / money":
      return fit(left, right) ? choose("money.ratio", NUMBER) : undefined;
    case "money * number":
    case "money / number":
      return plain(context, expr.right, right) ? choose(op === "*" ? "money.scale" : "money.divide", left) : undefined;
    case "number * money":
      return plain(context, expr.left, left) ? choose("money.scale", right) : undefined;
    case "duration / duration":
      return choose("number.divide", NUMBER);
    default:
      return quotient(context, expr, op, left, right, choose);
  }
}

/** Whether an operand is a factor without a unit; a percentage becomes one: `amount * 20%`. */
function plain(context: Context, operand: Expr, type: Type): boolean {
  if (type.kind !== "number") return false;
  if (isPercent(type.unit)) context.tables.conversions.set(operand, PERCENT);
  return type.unit === null || isPercent(type.unit);
}

/** Products and quotients of numbers with units, where a duration counts as a number of seconds. */
function quotient(
  context: Context,
  expr: BinaryExpr,
  op: "*" | "/",
  left: Type,
  right: Type,
  choose: (name: string, type: Type) => Type,
): Type | undefined {
  if (left.kind === "duration" && right.kind === "number" && plain(context, expr.right, right)) {
    return choose(op === "*" ? "duration.scale" : "duration.divide", DURATION);
  }
  if (op === "*" && right.kind === "duration" && left.kind === "number" && plain(context, expr.left, left)) {
    return choose("duration.scale", DURATION);
  }
  const a = factor(context, expr.left, left);
  const b = factor(context, expr.right, right);
  if (a === undefined || b === undefined) return undefined;
  return choose(op === "*" ? "number.multiply" : "number.divide", { kind: "number", unit: resultUnit(context, expr, op, a, b) });
}

/** The unit an operand enters a product with; null without one, undefined when it cannot enter. */
function factor(context: Context, operand: Expr, type: Type): Unit | null | undefined {
  if (type.kind === "duration") {
    context.tables.conversions.set(operand, SECONDS);
    return SECOND;
  }
  if (type.kind !== "number") return undefined;
  if (!isPercent(type.unit)) return type.unit;
  context.tables.conversions.set(operand, PERCENT);
  return null;
}

function resultUnit(context: Context, expr: BinaryExpr, op: "*" | "/", a: Unit | null, b: Unit | null): Unit | null {
  if (b === null) return a;
  if (a === null && op === "*") return b;
  const unit = combine(a ?? ONE, b, op === "*" ? 1 : -1);
  if (!isDimensionless(unit)) return unit;
  // Metres by kilometres is a plain number, but a thousandth of the quotient of the two figures.
  if (unit.scale !== 1) context.tables.conversions.set(expr, { factor: unit.scale, divisor: 1, shift: 0 });
  return null;
}
