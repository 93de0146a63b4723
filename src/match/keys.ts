import type { ExprIr } from "../ir/ir.ts";
import { childrenOf } from "../ir/children.ts";

/**
 * Numbers expressions so that equal ones have equal numbers, whatever slots their values are kept in. What it does not
 * know to compare has a number of its own.
 */
export class ExpressionKeys {
  readonly #numbers = new Map<string, number>();
  readonly #kept = new Map<number, number>();

  of(ir: ExprIr): number {
    if (ir.op === "once") {
      const known = this.#kept.get(ir.slot) ?? this.of(ir.value);
      this.#kept.set(ir.slot, known);
      return known;
    }
    const head = headOf(ir);
    if (head === undefined) return this.#number(`alone ${this.#numbers.size}`);
    return this.#number(`${head} ${childrenOf(ir).map((child) => this.of(child)).join(" ")}`);
  }

  /** What slots keep is another thing in another program. */
  forgetSlots(): void {
    this.#kept.clear();
  }

  #number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

/** All that an expression is beside its parts; undefined for one that is not compared. */
function headOf(ir: ExprIr): string | undefined {
  switch (ir.op) {
    case "slot":
      return `slot ${ir.slot}`;
    case "feature":
      return `feature ${ir.feature}`;
    case "const":
      return `const ${text(ir.value)}`;
    case "and":
    case "or":
    case "not":
    case "cond":
      return ir.op;
    case "isMissing":
      return `${ir.op} ${ir.negated}`;
    case "eq":
      return `${ir.op} ${ir.domain} ${ir.negated}`;
    case "compare":
      return `${ir.op} ${ir.domain} ${ir.how}`;
    case "between":
      return `${ir.op} ${ir.domain}`;
    case "call":
      return `${ir.op} ${ir.name}`;
    case "inList":
      return `${ir.op} ${ir.list}`;
    case "convert":
      return `${ir.op} ${ir.rates} ${ir.currency} ${ir.time}`;
    default:
      return undefined;
  }
}

function text(value: unknown): string {
  // JSON has neither large whole numbers nor numbers that are not finite.
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" || (typeof each === "number" && !Number.isFinite(each)) ? `${typeof each} ${each}` : each));
}
