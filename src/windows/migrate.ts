import type { Layout, Measure } from "./layout.ts";
import { CAPACITY, draft, LAYOUT, Rows, ROWS, SIZE, spillWords } from "./rows.ts";
import type { Draft } from "./rows.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { Panes } from "./panes.ts";

/** A row of another layout is copied by what both have in common: for each measure, the one there that was the same. */
export interface Passage {
  readonly layout: Layout;
  /** By place; undefined where the measure counts no event so far. */
  readonly sources: readonly (Measure | undefined)[];
  /** A row on its way. */
  readonly draft: Draft;
}

export function passage(from: Layout, to: Layout): Passage {
  return { layout: to, sources: to.measures.map(({ serial }) => from.measures.find((each) => each.serial === serial)), draft: draft(to) };
}

/** Moves the entity that `rows` is turned to to another layout, whose number is `number`. Gives how many rows are gone. */
export function migrate(rows: Rows, panes: Panes, passage: Passage, number: number): number {
  const { layout, sources } = passage;
  movePanes(rows, panes, layout, sources);
  rows.dropCursors();
  const old = new Rows(rows.slabs, rows.values, rows.layout);
  old.load(rows.entity, rows.layout);
  const { size } = old;
  const block = rows.head(ROWS);
  const { words } = rows;
  rows.setHead(LAYOUT, number);
  rows.setHead(ROWS, 0);
  rows.setHead(CAPACITY, 0);
  rows.setHead(SIZE, 0);
  rows.load(rows.entity, layout);
  if (size > 0) rows.allocate(size, old.wide);
  let kept = 0;
  for (let index = 0; index < size; index++) if (translate(old, index, passage)) rows.write(kept++, passage.draft);
  for (let index = 0; index < size; index++) old.release(index);
  if (block !== 0) rows.slabs.free(block, words);
  rows.resize(kept);
  return size - kept;
}

/** Makes a draft of a row; whether any measure counts it. */
function translate(old: Rows, index: number, { layout, sources, draft: row }: Passage): boolean {
  const { integers, numbers } = row;
  integers.fill(0);
  numbers.fill(0);
  row.at = old.time(index);
  let any = false;
  for (const { place, mask, bit, number, code, shift, cell } of layout.measures) {
    const source = sources[place];
    if (source === undefined || !old.marked(index, source)) continue;
    any = true;
    integers[mask] = (integers[mask] as number) | bit;
    if (number >= 0) numbers[number] = old.number(index, source);
    if (code >= 0) integers[code] = (integers[code] as number) | (old.code(index, source) << shift);
    if (cell < 0 || integers[cell] !== 0) continue;
    const held = old.cell(index, source);
    old.values.retain(held);
    integers[cell] = held;
  }
  return any;
}

function movePanes(rows: Rows, panes: Panes, layout: Layout, sources: readonly (Measure | undefined)[]): void {
  if (rows.spill === 0) return;
  const before = rows.layout.measures;
  const kept = new Set(sources);
  for (const measure of before) if (!kept.has(measure) && panes.load(rows, measure)) panes.drop();
  const { slabs } = rows;
  const old = rows.spill;
  const held = (slabs.u32[pageOf(old)] as Uint32Array).slice(wordOf(old) * 2, wordOf(old) * 2 + before.length);
  slabs.free(old, spillWords(before.length));
  if (!held.some((address) => address !== 0)) {
    rows.setSpill(0);
    return;
  }
  const words = spillWords(layout.measures.length);
  rows.setSpill(slabs.allocate(words));
  (slabs.f64[pageOf(rows.spill)] as Float64Array).fill(0, wordOf(rows.spill), wordOf(rows.spill) + words);
  const integers = slabs.u32[pageOf(rows.spill)] as Uint32Array;
  for (const { place } of layout.measures) integers[wordOf(rows.spill) * 2 + place] = held[sources[place]?.place ?? before.length] ?? 0;
}
