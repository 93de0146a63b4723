import { childrenOf } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";
import type { ExpressionKeys } from "./keys.ts";
import type { ColumnKind } from "./tables.ts";

/** Something that conditions ask, while the index is built. */
export interface Column {
  readonly kind: ColumnKind;
  readonly sides: readonly ExprIr[];
  readonly currency: string | null;
  readonly costly: boolean;
  /** Whether it costs more than fields, features and a few operations: what a feature came to is kept for who asks next. */
  readonly slow: boolean;
}

/** The columns of a ruleset: one for what is asked in the same way of the same thing. */
export class Columns {
  readonly #keys: ExpressionKeys;
  readonly #byName = new Map<string, Column>();
  /** A column of each expression that tells whether it has a value. */
  readonly #telling = new Map<number, Column>();

  constructor(keys: ExpressionKeys) {
    this.#keys = keys;
  }

  of(kind: ColumnKind, sides: readonly ExprIr[], currency: string | null = null): Column {
    const numbers = sides.map((side) => this.#keys.of(side));
    const name = `${kind} ${currency ?? ""} ${numbers.join(" ")}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const column: Column = { kind, sides, currency, costly: kind === "infix" || sides.some((side) => isCostly(side, false)), slow: kind === "infix" || sides.some((side) => isCostly(side, true)) };
    this.#byName.set(name, column);
    const [number = 0] = numbers;
    if (numbers.length === 1 && kind !== "infix" && (kind !== "presence" || !this.#telling.has(number))) this.#telling.set(number, column);
    return column;
  }

  /** The column to ask instead: what tells more than whether there is a value tells that too. */
  better(column: Column): Column {
    return column.kind === "presence" ? (this.#telling.get(this.#keys.of(column.sides[0] as ExprIr)) ?? column) : column;
  }
}

/** Operations that take no longer than looking their result up. */
const CHEAP: ReadonlySet<string> = new Set([
  "number.add", "number.subtract", "number.multiply", "number.divide", "number.negate", "number.convert",
  "time.add", "time.subtract", "money.scale", "money.add", "money.subtract", "money.ratio",
]);

function isCostly(ir: ExprIr, featuresAreCheap: boolean): boolean {
  const isPartCostly = (part: ExprIr): boolean => isCostly(part, featuresAreCheap);
  switch (ir.op) {
    case "slot":
    case "const":
      return false;
    case "feature":
      return !featuresAreCheap;
    case "call":
      return !CHEAP.has(ir.name) || ir.args.some(isPartCostly);
    case "once":
    case "compare":
    case "eq":
    case "not":
    case "isMissing":
      return childrenOf(ir).some(isPartCostly);
    default:
      return true;
  }
}
