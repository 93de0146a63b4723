import type { Decisive } from "../engine/trace.ts";
import { childrenOf } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";
import type { Origin } from "../ir/origins.ts";
import { subtractMoney } from "../types/money.ts";
import { BOOL, DURATION, NUMBER, type Type } from "../types/type.ts";
import { Missing, type Money, type Value } from "../types/value.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { MASK, shownValue } from "./show.ts";
import { textOf } from "./tree.ts";

/** The first part of a condition because of which it is not true; null where it is, or is not written anywhere. */
export function decisiveOf(reading: Reading, places: Places): Decisive | null {
  if (reading.value(reading.when) === true) return null;
  let [at, origin] = [reading.when, reading.origin(reading.when)];
  for (let next: ExprIr | undefined = at; next !== undefined; next = failingIn(next, reading)) {
    at = next;
    origin = reading.origin(next) ?? origin;
  }
  if (origin === undefined) return null;
  return { text: textOf(at, origin, reading, places), ...places.placeOf(origin.span), ...comparisonIn(at, reading) };
}

/** The first operand of an `and` that is what the `and` is, false or missing. */
function failingIn(ir: ExprIr, reading: Reading): ExprIr | undefined {
  // A name that stands for no `and` says more than what it stands for; what has no name says nothing.
  if (ir.op === "once") return reading.origin(ir) !== undefined && failingIn(ir.value, reading) === undefined ? undefined : ir.value;
  if (ir.op !== "and") return undefined;
  const missing = reading.value(ir) instanceof Missing;
  return ir.operands.find((operand) => {
    const value = reading.value(operand);
    return missing ? value instanceof Missing : value === false;
  });
}

type Told = Pick<Decisive, "value" | "limit" | "distance">;

const NOTHING: Told = { value: null, limit: null, distance: null };

/** What a part compares: a value against a limit, both in the unit in which they are compared. */
function comparisonIn(ir: ExprIr, reading: Reading): Told {
  switch (ir.op) {
    case "once":
      return comparisonIn(ir.value, reading);
    case "not":
      return comparisonIn(ir.operand, reading);
    case "compare":
    case "eq":
      return ir.left.op === "const" ? told(ir.right, ir.left, reading) : told(ir.left, ir.right, reading);
    case "between": {
      const item = reading.value(ir.item);
      const [low, high] = [ir.low, ir.high].map((end) => distance(item, reading.value(end), BOOL));
      return told(ir.item, (high?.size ?? Infinity) < (low?.size ?? Infinity) ? ir.high : ir.low, reading);
    }
    case "inList":
      return { ...NOTHING, value: shown(ir.item, reading, typeOf(ir.item, reading)) };
    default:
      return NOTHING;
  }
}

function told(item: ExprIr, limit: ExprIr, reading: Reading): Told {
  const type = comparedAs(item, limit, reading);
  const far = reading.secret(item) || reading.secret(limit) ? undefined : distance(reading.value(item), reading.value(limit), type);
  return { value: shown(item, reading, type), limit: shown(limit, reading, type), distance: far?.text ?? null };
}

function shown(part: ExprIr, reading: Reading, type: Type): string | null {
  const value = reading.value(part);
  if (value instanceof Missing) return null;
  return reading.secret(part) ? MASK : shownValue(value, typeof value === "boolean" ? BOOL : type);
}

/** A conversion has no origin: the side that is not converted says in which unit both are. */
function comparedAs(item: ExprIr, limit: ExprIr, reading: Reading): Type {
  const [a, b] = [reading.origin(item), reading.origin(limit)].map((origin) => outermost(origin)?.type);
  if (isConverted(item)) return b ?? NUMBER;
  return isConverted(limit) ? (a ?? NUMBER) : typeOf(item, reading, typeOf(limit, reading));
}

function isConverted(part: ExprIr): boolean {
  return part.op === "call" && part.name === "number.convert";
}

function outermost(origin: Origin | undefined): Origin | undefined {
  return origin?.call === undefined ? origin : outermost(origin.call);
}

/** The type of a part; what lowering made up has that of what it is about. */
function typeOf(part: ExprIr, reading: Reading, otherwise: Type = NUMBER): Type {
  const own = outermost(reading.origin(part))?.type;
  if (own !== undefined && own.kind !== "error") return own;
  const inner = part.op === "once" ? childrenOf(part)[0] : undefined;
  return inner === undefined ? otherwise : typeOf(inner, reading, otherwise);
}

interface Distance {
  readonly size: number;
  readonly text: string;
}

/** How far two values are apart; undefined where that has no meaning. */
function distance(a: Value | Missing, b: Value | Missing, type: Type): Distance | undefined {
  if (typeof a === "number" && typeof b === "number") {
    const size = Math.abs(a - b);
    return Number.isFinite(size) ? { size, text: shownNumber(size, type) } : undefined;
  }
  if (!isMoney(a) || !isMoney(b)) return undefined;
  const difference = subtractMoney(a, b);
  if (difference instanceof Missing) return undefined;
  const size = Math.abs(difference.minor);
  return { size, text: shownValue({ ...difference, minor: size }, { kind: "money", currency: null }) };
}

function shownNumber(size: number, type: Type): string {
  if (type.kind === "timestamp" || type.kind === "duration") return shownValue(size, DURATION);
  return shownValue(size, type.kind === "number" ? type : NUMBER);
}

function isMoney(value: Value | Missing): value is Money {
  return typeof value === "object" && value !== null && "minor" in value;
}
