import type { Expr, QuantityLit } from "../syntax/ast.ts";
import { closest, didYouMean } from "../text/suggest.ts";
import { DURATION, type Type } from "../types/type.ts";
import { deltaOf, durationUnit, isDelta, isPoint, parseUnit, UNIT_NAMES, type Unit } from "../types/unit.ts";
import { fail, type Context } from "./context.ts";

/**
 * A number with a unit: a duration for time units, unless the place counts in a unit of time itself (`number[ms]`). A
 * temperature is a difference where the place wants one.
 */
export function inferQuantity(context: Context, expr: QuantityLit, expected: Type | undefined): Type {
  const ms = durationUnit(expr.unit);
  const unit = ms === undefined ? parseUnit(expr.unit) : timeUnit(expr.unit);
  if (ms !== undefined && !(unit !== undefined && countsTime(expected))) {
    context.tables.durations.set(expr, Math.round(expr.value * ms));
    return DURATION;
  }
  if (unit === undefined) return unknownUnit(context, expr);
  return { kind: "number", unit: expected?.kind === "number" && isDelta(expected.unit) ? deltaOf(unit) : unit };
}

function timeUnit(text: string): Unit | undefined {
  return parseUnit(text === "m" ? "min" : text);
}

function countsTime(type: Type | undefined): boolean {
  if (type?.kind !== "number" || type.unit === null) return false;
  const { dimensions } = type.unit;
  return dimensions["time"] === 1 && Object.keys(dimensions).length === 1;
}

function unknownUnit(context: Context, expr: QuantityLit): Type {
  const close = closest(expr.unit, UNIT_NAMES);
  const at = { ...expr.span, start: expr.span.end - expr.unit.length };
  return fail(context, "RSK0206", expr.span, `\`${expr.unit}\` is not a known unit`, didYouMean(close, at, "the reference lists the units"));
}

/** An expression whose type depends on the other side of an operator. */
export function isFlexible(expr: Expr): boolean {
  if (expr.kind === "ListLit") return expr.items.every(isFlexible);
  return expr.kind === "StringLit" || isQuantity(expr) || isTemperatureSum(expr);
}

/** A quantity as written, with a sign perhaps. */
export function isQuantity(expr: Expr): boolean {
  return expr.kind === "QuantityLit" || (expr.kind === "Unary" && expr.op === "-" && expr.operand.kind === "QuantityLit");
}

/** Whether a quantity as written can be a point on a scale. */
export function isPointLiteral(expr: Expr): boolean {
  const literal = expr.kind === "Unary" ? expr.operand : expr;
  return isQuantity(expr) && literal.kind === "QuantityLit" && isPoint(parseUnit(literal.unit) ?? null);
}

/** `temperature - 20degC` is a temperature or a difference, as the place asks. */
function isTemperatureSum(expr: Expr): boolean {
  return expr.kind === "Binary" && expr.op === "-" && isPointLiteral(expr.right);
}
