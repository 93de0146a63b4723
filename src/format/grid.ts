import type { Expr, Ident } from "../syntax/ast.ts";
import type { Span } from "../text/span.ts";
import { type Cursor, Misread } from "./cursor.ts";
import { type Doc, flat } from "./doc.ts";
import { widthOf } from "./print.ts";

interface Row {
  /** Filled when the widths of all columns are known. */
  readonly line: Doc[];
  readonly cells: readonly string[];
  readonly header: boolean;
  readonly end: Doc;
}

/** Numbers and amounts, which are read from their last digit. */
const NUMERIC = /^-?\.?\d[\d_.]*(?:[eE][+-]?\d+)?(?: ?[A-Z]{3}|%|[A-Za-z]+(?:[/*][A-Za-z]+)*)?$/;

/** Rows of cells, `| a | b => c |`: each on one line, columns as wide as their widest cell, columns of numbers to the right. */
export class Grid {
  readonly #cursor: Cursor;
  /** How many columns stand before the arrow. */
  readonly #inputs: number;
  readonly #rows: Row[] = [];

  constructor(cursor: Cursor, inputs: number) {
    this.#cursor = cursor;
    this.#inputs = inputs;
  }

  /** Reads a row; a comment or a line break inside of it leaves it as it is. */
  row(parts: readonly (() => Doc)[], header = false): Doc {
    const c = this.#cursor;
    const cells = parts.map((part, i) => {
      const mark = flat(c.want(i > 0 && i === this.#inputs ? "=>" : "|"));
      const cell = mark === null ? null : flat(part());
      if (cell === null) throw new Misread();
      return cell;
    });
    const line: Doc[] = [];
    this.#rows.push({ line, cells, header, end: c.want("|") });
    return line;
  }

  /** Lays out the rows read so far; to be called once. */
  align(): void {
    const count = Math.max(0, ...this.#rows.map(({ cells }) => cells.length));
    const columns = Array.from({ length: count }, (_, i) => {
      const cells = this.#rows.filter(({ header }) => !header).map((row) => row.cells[i] ?? "");
      const right = cells.some((cell) => NUMERIC.test(cell)) && cells.every((cell) => cell === "-" || NUMERIC.test(cell));
      return { width: Math.max(...this.#rows.map((row) => widthOf(row.cells[i] ?? ""))), right };
    });
    for (const { line, cells, end } of this.#rows) {
      const padded = cells.map((cell, i) => {
        const { width = 0, right = false } = columns[i] ?? {};
        const gap = " ".repeat(Math.max(0, width - widthOf(cell)));
        const mark = i === 0 ? "" : i === this.#inputs ? " => " : " | ";
        return mark + (right ? gap + cell : cell + gap);
      });
      line.push(`| ${padded.join("")} `, end);
    }
  }
}

/** The row that names the columns, which the tree does not hold as such: it begins with the bar before its first column. */
export function headerOf(c: Cursor, inputs: readonly (Expr | Ident)[], outputs: readonly Ident[]): { readonly kind: "Header"; readonly span: Span } {
  const first = inputs[0] ?? outputs[0];
  const last = outputs.at(-1) ?? inputs.at(-1);
  if (first === undefined || last === undefined) throw new Misread();
  let bar = c.indexOf(first.span.start);
  while (bar > c.at && c.piece(bar).text !== "|") bar--;
  return { kind: "Header", span: { ...first.span, start: c.piece(bar).start, end: last.span.end } };
}
