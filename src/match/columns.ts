import { childrenOf } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";
import { ExpressionKeys } from "./keys.ts";
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

/** A column as somebody asked for it: equal sides may keep their values in other slots. */
export interface Asking {
  readonly column: Column;
  readonly sides: readonly ExprIr[];
}

/** The columns of a ruleset: one for what is asked in the same way of the same thing. They outlive an index for that of the next version. */
export class Columns {
  readonly #keys = new ExpressionKeys();
  readonly #byName = new Map<string, Column>();
  readonly #numbers = new Map<Column, readonly number[]>();
  /** A column of each expression that tells whether it has a value. */
  readonly #telling = new Map<number, Column>();
  /** The columns of the index at hand, with the sides of who asked first. */
  readonly #sides = new Map<Column, readonly ExprIr[]>();
  #asked: Asking[] = [];

  /** Begins an index. */
  begin(): void {
    this.#keys.forgetSlots();
    this.#telling.clear();
    this.#sides.clear();
  }

  of(kind: ColumnKind, sides: readonly ExprIr[], currency: string | null = null): Column {
    const numbers = sides.map((side) => this.#keys.of(side));
    const name = `${kind} ${currency ?? ""} ${numbers.join(" ")}`;
    let column = this.#byName.get(name);
    if (column === undefined) {
      column = { kind, sides, currency, costly: kind === "infix" || sides.some((side) => isCostly(side, false)), slow: kind === "infix" || sides.some((side) => isCostly(side, true)) };
      this.#byName.set(name, column);
      this.#numbers.set(column, numbers);
    }
    const asking = { column, sides };
    this.#asked.push(asking);
    this.meet(asking);
    return column;
  }

  /** Takes a column up into the index at hand, as if it were asked for again. */
  meet({ column, sides }: Asking): void {
    if (this.#sides.has(column)) return;
    this.#sides.set(column, sides);
    const [number = 0, ...others] = this.#numbers.get(column) ?? [];
    if (others.length === 0 && column.kind !== "infix" && (column.kind !== "presence" || !this.#telling.has(number))) this.#telling.set(number, column);
  }

  /** What was asked for since it was last called. */
  takeAsked(): readonly Asking[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** A column as the index at hand has it. */
  here(column: Column): Column {
    const sides = this.#sides.get(column) ?? column.sides;
    return sides === column.sides ? column : { ...column, sides };
  }

  /** The column to ask instead: what tells more than whether there is a value tells that too. */
  better(column: Column): Column {
    return column.kind === "presence" ? (this.#telling.get(this.#numbers.get(column)?.[0] ?? 0) ?? column) : column;
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
