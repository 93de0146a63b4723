import type { Layout, Measure } from "./layout.ts";
import type { Contribution, Panes } from "./panes.ts";
import type { Rows } from "./rows.ts";
import { LIMIT } from "./rows.ts";

/** Events of a key and window of which every value is exact. */
export const EXACT_EVENTS = 256;

/** Moves rows into panes where a measure has more than `exact`, and lets go of rows that nobody needs any more. */
export function spill(rows: Rows, panes: Panes, exact: number): void {
  for (const measure of rows.layout.measures) spillMeasure(rows, panes, measure, exact);
  rows.squeeze();
  rows.setHead(LIMIT, Math.max(exact, rows.size) * 2);
}

function spillMeasure(rows: Rows, panes: Panes, measure: Measure, exact: number): void {
  const before = rows.newest - measure.keep;
  if (panes.load(rows, measure) && panes.expire(before)) panes.drop();
  let kept = 0;
  let cut = rows.size;
  while (cut > 0 && kept < exact) if (rows.marked(--cut, measure)) kept++;
  const event: Contribution = { at: 0, number: 0, code: 0, cell: 0 };
  let reached = -Infinity;
  panes.load(rows, measure);
  for (let index = 0; index < cut; index++) {
    if (!rows.marked(index, measure)) continue;
    rows.unmark(index, measure);
    const at = rows.time(index);
    if (at <= before) continue;
    if (reached === -Infinity) panes.reach(at);
    reached = at;
    event.at = at;
    event.number = measure.number < 0 ? 0 : rows.number(index, measure);
    event.code = measure.code < 0 ? 0 : rows.code(index, measure);
    event.cell = measure.cell < 0 ? 0 : rows.cell(index, measure);
    panes.put(event);
  }
  if (reached !== -Infinity) panes.reach(reached);
}

/** Gives back the panes of all measures, and where they are listed. */
export function dropPanes(rows: Rows, panes: Panes, layout: Layout): void {
  if (rows.spill === 0) return;
  for (const measure of layout.measures) if (panes.load(rows, measure)) panes.drop();
  rows.freeSpill();
}
