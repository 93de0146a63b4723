import type { Value } from "../types/value.ts";
import type { Measure, Rows } from "./state.ts";

/** The number that the event at a position brought. */
export function numberAt(measure: Measure, rows: Rows, position: number): number {
  return rows.numbers[(position - rows.base) * rows.layout.stride + measure.number] as number;
}

/** What stands in its cell: the value, its key, or the currency of its number. */
export function cellAt(measure: Measure, rows: Rows, position: number): Value {
  return rows.cells[(position - rows.base) * rows.layout.width + measure.cell] as Value;
}

/** Whether the event at a position counts. */
export function marked({ mask, bit }: Measure, rows: Rows, position: number): boolean {
  return ((rows.numbers[(position - rows.base) * rows.layout.stride + mask] as number) & bit) !== 0;
}

/** Position of the oldest event that counts, from `from` on; there is one. */
export function oldest(measure: Measure, rows: Rows, from: number): number {
  let position = from;
  while (!marked(measure, rows, position)) position++;
  return position;
}

export function timeAt(rows: Rows, position: number): number {
  return rows.numbers[(position - rows.base) * rows.layout.stride] as number;
}

/** The value at a position with its time. */
export function momentAt(measure: Measure, rows: Rows, position: number): Value {
  const at = timeAt(rows, position);
  if (measure.number >= 0) return { value: numberAt(measure, rows, position), at };
  return { value: measure.cell < 0 ? null : cellAt(measure, rows, position), at };
}
