import { qualityText } from "../engine/quality.ts";
import type { TraceNode } from "../engine/trace.ts";
import { valuesIn } from "../ir/children.ts";
import type { ExprIr } from "../ir/ir.ts";
import type { Origin } from "../ir/origins.ts";
import type { Span } from "../text/span.ts";
import { jsonValue } from "../types/print.ts";
import { Missing } from "../types/value.ts";
import type { Places } from "./places.ts";
import { causeText, type Reading } from "./reading.ts";
import { MASK, shownValue } from "./show.ts";

/** Nodes of one tree; a condition of more is cut there, since nobody reads on and answers must stay small. */
export const MAX_NODES = 500;

/** The values of a condition and of all its parts. Most conditions have one root. */
export function treeOf(reading: Reading, places: Places): readonly TraceNode[] {
  return new Tree(reading, places).nodes(reading.when);
}

class Tree {
  readonly #reading: Reading;
  readonly #places: Places;
  /** Slots of values that are shown already: a `let` is told once, and by its name after that. */
  readonly #met = new Set<number>();
  #left = MAX_NODES;

  constructor(reading: Reading, places: Places) {
    this.#reading = reading;
    this.#places = places;
  }

  /** The node of a part; what lowering made up gives way to the nodes inside of it, and literals to none. */
  nodes(ir: ExprIr): readonly TraceNode[] {
    if (ir.op === "const" || this.#left <= 0) return [];
    const origin = this.#reading.origin(ir);
    if (origin !== undefined) this.#left--;
    const parts = this.#parts(ir);
    return origin === undefined ? parts : [this.#node(ir, origin, parts)];
  }

  #parts(ir: ExprIr): readonly TraceNode[] {
    if (ir.op === "once") {
      if (this.#met.has(ir.slot)) return [];
      this.#met.add(ir.slot);
    }
    // One name may stand for several nodes, as in `coalesce(x, y)`, which asks `x` twice.
    const seen = new Set<string>();
    return valuesIn(ir).flatMap((each) => this.nodes(each)).filter(({ file, line, column, endLine, endColumn }) => {
      const place = [file, line, column, endLine, endColumn].join(":");
      return !seen.has(place) && seen.add(place);
    });
  }

  #node(ir: ExprIr, origin: Origin, parts: readonly TraceNode[]): TraceNode {
    const node: TraceNode = {
      text: textOf(ir, origin, this.#reading, this.#places),
      ...this.#places.placeOf(origin.span),
      ...this.#seen(ir, origin),
      parts,
    };
    return origin.call === undefined ? node : this.#call(ir, origin.call, node);
  }

  /** The call of a function, with its body below. */
  #call(ir: ExprIr, { call, ...origin }: Origin, body: TraceNode): TraceNode {
    const node: TraceNode = { text: this.#places.textOf(origin.span), ...this.#places.placeOf(origin.span), ...this.#seen(ir, origin), parts: [body] };
    return call === undefined ? node : this.#call(ir, call, node);
  }

  #seen(ir: ExprIr, { type }: Origin): Pick<TraceNode, "value" | "shown" | "missing" | "masked" | "quality"> {
    const value = this.#reading.value(ir);
    if (value instanceof Missing) return { value: null, shown: "missing", missing: causeText(value) };
    if (this.#reading.secret(ir)) return { value: MASK, shown: MASK, masked: true };
    const quality = ir.op === "feature" ? this.#reading.quality(ir.feature) : null;
    if (quality === null) return { value: jsonValue(value, type), shown: shownValue(value, type) };
    return { value: jsonValue(value, type), shown: `${shownValue(value, type)} (${qualityText(quality)})`, quality };
  }
}

/** The text of a part; a cell of a table is told with what its column asks. */
export function textOf(ir: ExprIr, { span }: Pick<Origin, "span">, reading: Reading, places: Places): string {
  const own = places.textOf(span);
  const column = reading.isRow ? columnOf(ir, span, reading) : undefined;
  if (column === undefined) return own;
  const asked = places.textOf(column);
  if (ir.op === "isMissing") return `${asked} is ${ir.negated ? "present" : "missing"}`;
  if (ir.op === "or") return `${asked}: ${own}`;
  if (ir.op === "eq" && !/^[!=]=/.test(own)) return `${asked} == ${own}`;
  return ir.op === "between" ? `${asked} in ${own}` : `${asked} ${own}`;
}

/** Where the column of a cell stands: its first operand, which is not inside of the cell. */
function columnOf(ir: ExprIr, span: Span, reading: Reading): Span | undefined {
  const inner = ir.op === "not" || ir.op === "or" ? valuesIn(ir)[0] : ir;
  if (inner === undefined || !ASKING.has(inner.op)) return undefined;
  for (const part of valuesIn(inner)) {
    const held = part.op === "once" && reading.origin(part) === undefined ? part.value : part;
    const other = reading.origin(held)?.span;
    if (other !== undefined && other.file === span.file && other.end <= span.start && held.op !== "const") return other;
  }
  return undefined;
}

/** What a cell can ask. */
const ASKING: ReadonlySet<ExprIr["op"]> = new Set(["compare", "eq", "between", "inList", "isMissing", "call"]);
