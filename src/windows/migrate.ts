import type { Layout, Measure } from "./layout.ts";
import type { Rows } from "./rows.ts";
import { CAPACITY, LAYOUT, ROWS, SIZE, spillWords } from "./rows.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { Panes } from "./panes.ts";

/** A row of another layout is copied by what both have in common: for each measure, the one there that was the same. */
export interface Passage {
  readonly layout: Layout;
  /** By place; undefined where the measure counts no event so far. */
  readonly sources: readonly (Measure | undefined)[];
}

export function passage(from: Layout, to: Layout): Passage {
  return { layout: to, sources: to.measures.map(({ serial }) => from.measures.find((each) => each.serial === serial)) };
}

/** Moves the entity that `rows` is turned to to another layout, whose number is `number`. Gives how many rows are gone. */
export function migrate(rows: Rows, panes: Panes, { layout, sources }: Passage, number: number): number {
  movePanes(rows, panes, layout, sources);
  rows.dropCursors();
  const { entity, f64, u32, start, stride, size } = rows;
  const old = rows.head(ROWS);
  const capacity = rows.head(CAPACITY);
  const { layout: before } = rows;
  rows.setHead(LAYOUT, number);
  rows.setHead(ROWS, 0);
  rows.setHead(CAPACITY, 0);
  rows.setHead(SIZE, 0);
  rows.load(entity, layout);
  if (size > 0) rows.allocate(size);
  let kept = 0;
  for (let index = 0; index < size; index++) if (copyRow(rows, kept, { f64, u32, word: start + index * stride }, sources)) kept++;
  rows.setHead(SIZE, kept);
  for (let index = 0; index < size; index++) {
    for (const integer of before.cells) {
      const cell = u32[(start + index * stride) * 2 + integer] as number;
      if (cell !== 0) rows.values.release(cell);
    }
  }
  if (old !== 0) rows.slabs.free(old, capacity * stride);
  rows.load(entity, layout);
  return size - kept;
}

interface Source {
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
  readonly word: number;
}

/** Whether any measure counts it. */
function copyRow(rows: Rows, index: number, from: Source, sources: readonly (Measure | undefined)[]): boolean {
  const { layout, f64, u32 } = rows;
  const word = rows.start + index * layout.stride;
  const integers = word * 2;
  f64.fill(0, word, word + layout.stride);
  f64[word] = from.f64[from.word] as number;
  let any = false;
  for (const { place, mask, bit, number, code, cell } of layout.measures) {
    const source = sources[place];
    if (source === undefined || ((from.u32[from.word * 2 + source.mask] as number) & source.bit) === 0) continue;
    any = true;
    u32[integers + mask] = (u32[integers + mask] as number) | bit;
    if (number >= 0) f64[word + number] = from.f64[from.word + source.number] as number;
    if (code >= 0) u32[integers + code] = from.u32[from.word * 2 + source.code] as number;
    if (cell < 0 || u32[integers + cell] !== 0) continue;
    const held = from.u32[from.word * 2 + source.cell] as number;
    rows.values.retain(held);
    u32[integers + cell] = held;
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
