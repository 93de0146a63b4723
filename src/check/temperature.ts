import type { BinaryExpr, Expr } from "../syntax/ast.ts";
import { ERROR, printType, type Type } from "../types/type.ts";
import { deltaOf, isDelta, isPoint, parseUnit, sameUnit, type Unit } from "../types/unit.ts";
import { fail, type Context } from "./context.ts";
import { reportMismatch } from "./mismatch.ts";
import { isPointLiteral } from "./quantities.ts";

/*
 * Temperatures in degC and degF are points on a scale whose zero is a convention. Two points have a difference and no sum;
 * a point moved by a difference is a point; only differences have multiples. `15degC` as written is either, as its place
 * asks: where both would do, the literal is the difference, unless the place wants the difference as the result.
 */

function isPointType(type: Type | undefined): boolean {
  return type?.kind === "number" && isPoint(type.unit);
}

function isDeltaType(type: Type | undefined): boolean {
  return type?.kind === "number" && isDelta(type.unit);
}

function delta(unit: Unit): Type {
  return { kind: "number", unit: deltaOf(unit) };
}

/** Whether a sum has a temperature as written in it, whose meaning hangs on the other side. */
export function takesTemperatures(expr: BinaryExpr): boolean {
  return isPointLiteral(expr.left) || isPointLiteral(expr.right);
}

/** The operands of a sum of which at least one is a temperature as written. */
export function inferTemperatureSum(
  context: Context,
  expr: BinaryExpr,
  op: "+" | "-",
  expected: Type | undefined,
): readonly [Type, Type] {
  if (!isPointLiteral(expr.right)) {
    const right = context.infer(expr.right);
    return [context.infer(expr.left, leftWanted(op, right, expected)), right];
  }
  const left = context.infer(expr.left, isDeltaType(expected) && op === "+" ? expected : undefined);
  return [left, context.infer(expr.right, rightWanted(op, left, expected))];
}

/** What a literal before the operator is: undefined for a point. */
function leftWanted(op: "+" | "-", right: Type, expected: Type | undefined): Type | undefined {
  if (isPointType(right)) return op === "+" && right.kind === "number" && right.unit !== null ? delta(right.unit) : undefined;
  return isPointType(expected) ? undefined : right;
}

function rightWanted(op: "+" | "-", left: Type, expected: Type | undefined): Type | undefined {
  if (isPointType(left)) return (op === "-" && isDeltaType(expected)) || left.kind !== "number" || left.unit === null ? undefined : delta(left.unit);
  return op === "+" && isPointType(expected) ? undefined : left;
}

/** The type of a sum or difference of two numbers. */
export function sumOfUnits(context: Context, expr: BinaryExpr, op: "+" | "-", left: Type, right: Type): Type {
  if (left.kind !== "number" || right.kind !== "number") return ERROR;
  const [a, b] = [left.unit, right.unit];
  if (isPoint(a) && isPoint(b) && sameUnit(a, b)) return op === "-" ? delta(a) : noSum(context, expr, a);
  if (isPoint(a) && sameUnit(deltaOf(a), b)) return left;
  if (isPoint(b) && sameUnit(a, deltaOf(b))) return op === "+" ? right : notFromDifference(context, expr, b);
  return sameUnit(a, b) ? left : reportMismatch(context, expr, left, right);
}

function noSum(context: Context, expr: BinaryExpr, unit: Unit): Type {
  return fail(context, "RSK0230", expr.opSpan, `two temperatures in ${unit.text} have no sum`, {
    labels: [
      { span: expr.left.span, message: "a temperature" },
      { span: expr.right.span, message: "a temperature" },
    ],
    help: `add a difference, which is declared as \`number[${deltaOf(unit).text}]\`; \`a - b\` of two temperatures is one`,
  });
}

function notFromDifference(context: Context, expr: BinaryExpr, unit: Unit): Type {
  return fail(context, "RSK0230", expr.opSpan, `a temperature in ${unit.text} cannot be taken from a difference of temperatures`, {
    labels: [
      { span: expr.left.span, message: "a difference" },
      { span: expr.right.span, message: "a temperature" },
    ],
    help: "turn the two round, or declare the right side as a difference",
  });
}

const VERBS = { "*": "multiplied", "/": "divided", "%": "divided", "-": "negated" } as const;

/** Reports an operand of `* / %`, or of `-` in front, that is a point. */
export function pointOperand(context: Context, operand: Expr, unit: Unit, op: keyof typeof VERBS): Type {
  const why = op === "-" ? "its zero is a convention" : `its zero is a convention, so 40${unit.text} is not twice 20${unit.text}`;
  return fail(context, "RSK0230", operand.span, `a temperature in ${unit.text} cannot be ${VERBS[op]}: ${why}`, {
    label: printType({ kind: "number", unit }),
    help: `take a difference first, such as \`${operand.kind === "Name" ? operand.name : "x"} - 20${unit.text}\`, or measure in kelvin`,
  });
}

/** What a factor wants of an operand that is written so that it may be a difference. */
export function differenceWanted(operand: Expr): Type | undefined {
  const literal = operand.kind === "Binary" && operand.op === "-" ? operand.right : operand;
  if (!isPointLiteral(literal)) return undefined;
  const quantity = literal.kind === "Unary" ? literal.operand : literal;
  const unit = quantity.kind === "QuantityLit" ? parseUnit(quantity.unit) : undefined;
  return unit === undefined ? undefined : delta(unit);
}
