import type { ExprIr, ProgramIr } from "../ir/ir.ts";
import type { Origins } from "../ir/origins.ts";
import type { EventSchema } from "../types/schema.ts";
import type { Type } from "../types/type.ts";
import type { Money } from "../types/value.ts";

/** Operations that may have no result for values that are there. */
const PARTIAL: ReadonlySet<string> = new Set([
  "number.divide",
  "number.remainder",
  "duration.divide",
  "money.divide",
  "money.ratio",
  "list.index",
  "map.index",
]);

/** Aggregates that are 0 or false where there is nothing. */
const TOTAL: ReadonlySet<string> = new Set(["count", "distinct", "sum", "exists"]);

/** What is known of the values that an expression reads. */
export interface Presence {
  readonly ir: ProgramIr;
  readonly schema: EventSchema;
  readonly origins: Origins;
}

/**
 * Whether events of the service can make an expression missing: then a test should show what happens. Built-in functions
 * of values that are there are taken to have a result, so that nothing is asked for that cannot be shown.
 */
export function canBeMissing(ir: ExprIr, presence: Presence): boolean {
  const any = (parts: readonly ExprIr[]): boolean => parts.some((part) => canBeMissing(part, presence));
  switch (ir.op) {
    case "const":
    case "isMissing":
    case "known":
    case "template":
      return false;
    case "missing":
    case "convert":
      return true;
    case "slot":
      return isOptional(ir.slot, presence);
    case "feature":
      return isOpen(ir.feature, presence);
    case "once":
      return canBeMissing(ir.value, presence);
    case "and":
    case "or":
      return any(ir.operands);
    case "not":
      return canBeMissing(ir.operand, presence);
    case "cond":
      return any([ir.condition, ir.whenTrue, ir.whenFalse]);
    case "eq":
    case "compare":
      return any([ir.left, ir.right]) || (ir.domain === "money" && mayDiffer([ir.left, ir.right], presence));
    case "between":
      return any([ir.item, ir.low, ir.high]) || (ir.domain === "money" && mayDiffer([ir.item, ir.low, ir.high], presence));
    case "inList":
      return canBeMissing(ir.item, presence);
    case "macro":
      return canBeMissing(ir.over, presence);
    case "call":
      return any(ir.args) || (PARTIAL.has(ir.name) && !dividesByConstant(ir.args));
    default:
      return false;
  }
}

function isOptional(slot: number, { schema }: Presence): boolean {
  const field = schema.fields[slot];
  return field !== undefined && field.optional && field.default === null;
}

function isOpen(feature: number, presence: Presence): boolean {
  const found = presence.ir.features[feature];
  if (found === undefined) return false;
  const { aggregate, keys, value } = found;
  if (!TOTAL.has(aggregate) && !(aggregate === "rate" && value === null)) return true;
  return keys.some((key) => isOptional(presence.schema.fields.findIndex((field) => field.name === key), presence));
}

function dividesByConstant([, divisor]: readonly ExprIr[]): boolean {
  return divisor?.op === "const" && divisor.value !== 0;
}

/** Whether amounts may have different currencies: then they cannot be compared. */
function mayDiffer(parts: readonly ExprIr[], { origins }: Presence): boolean {
  const currencies = parts.map((part) => (part.op === "const" ? (part.value as Money).currency : currencyOf(origins.get(part)?.type)));
  return currencies.includes(null) || new Set(currencies).size > 1;
}

function currencyOf(type: Type | undefined): string | null {
  return type?.kind === "money" ? type.currency : null;
}
