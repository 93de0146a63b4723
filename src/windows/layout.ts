import { Missing } from "../types/value.ts";
import type { Value } from "../types/value.ts";
import { LATENESS_MS, type WindowSpec } from "./spec.ts";

/** Measures to a mask: the bits of an integer that bit operators take without a sign. */
export const MASK_BITS = 31;

/** A window is cut into this many panes where its events are too many to be kept … */
const PANES = 60;
/** … and the whole of what is kept, an `ending … ago` included, into at most this many. */
export const MAX_PANES = 480;

/** One distinct definition over a log. Features of equal identity share it, whatever their names. */
export interface Measure {
  readonly spec: WindowSpec;
  /** Stays the same across reloads for as long as the state does, and is never used again. */
  readonly serial: number;
  /** Index among the measures of the log. */
  readonly place: number;
  /** Where an event is marked as counted: which integer of its row, which bit of that. */
  readonly mask: number;
  readonly bit: number;
  /** Which number of the row is folded: a number, or the minor units of money. -1 for none. */
  readonly number: number;
  /** Which integer of the row holds the currency of money. -1 for none. */
  readonly code: number;
  /** Which integer of the row holds the cell of any other value, or of its key for `distinct`. -1 for none. */
  readonly cell: number;
  /**
   * Events this many milliseconds older than the newest of their entity are not seen. Taken from the measure alone and
   * not from its log, so that a value never depends on what other features there are.
   */
  readonly keep: number;
  readonly lateness: number;
  /** Milliseconds of a pane. */
  readonly pane: number;
}

/** How the rows of a log are laid out; an entity holds the one it was last written with. */
export interface Layout {
  readonly measures: readonly Measure[];
  /** Words of a row: the time, then masks, currencies and cells by twos, then numbers. */
  readonly stride: number;
  readonly masks: number;
  /** Integers of the row that hold cells. */
  readonly cells: readonly number[];
  /** The longest keep of the measures. */
  readonly keep: number;
  /** The longest lateness that is allowed. */
  readonly lateness: number;
}

/** A feature as it is read: a measure and the answers that carry its name. */
export interface Feature {
  readonly name: string;
  readonly measure: Measure;
  /** What the aggregate of no event is. */
  readonly empty: Value | Missing;
  readonly keyMissing: Missing;
  readonly mixed: Missing;
  readonly few: Missing;
  readonly still: Missing;
}

/** Integers before the first mask: those of the time. */
const TIME_INTEGERS = 2;

/** Milliseconds that are kept behind the newest event of an entity: the whole window of one that is late as allowed. */
export function kept(spec: WindowSpec): number {
  return spec.over + spec.delay + (spec.lateness ?? LATENESS_MS);
}

/** The layout for these specs, in the order given; `serials` has one for each. */
export function layout(specs: readonly WindowSpec[], serials: readonly number[]): Layout {
  const masks = Math.ceil(specs.length / MASK_BITS);
  let integers = TIME_INTEGERS + masks;
  const columns = new Map<string, number>();
  const integer = (spec: WindowSpec, kind: string): number => {
    const id = columnId(spec, kind);
    if (!columns.has(id)) columns.set(id, integers++);
    return columns.get(id) as number;
  };
  const parts = specs.map((spec) => ({
    code: folds(spec) && spec.domain === "money" && spec.aggregate !== "distinct" ? integer(spec, "code") : -1,
    cell: folds(spec) && !numeric(spec) ? integer(spec, spec.aggregate === "distinct" ? "key" : "value") : -1,
  }));
  let stride = Math.ceil(integers / 2);
  const number = (spec: WindowSpec): number => {
    const id = columnId(spec, "number");
    if (!columns.has(id)) columns.set(id, stride++);
    return columns.get(id) as number;
  };
  const measures = specs.map((spec, place): Measure => ({
    spec, place, ...(parts[place] as { code: number; cell: number }),
    serial: serials[place] as number,
    mask: TIME_INTEGERS + Math.floor(place / MASK_BITS),
    bit: 1 << (place % MASK_BITS),
    number: folds(spec) && numeric(spec) ? number(spec) : -1,
    keep: kept(spec),
    lateness: spec.lateness ?? LATENESS_MS,
    pane: Math.ceil(Math.max(spec.over / PANES, kept(spec) / MAX_PANES)),
  }));
  return {
    measures, stride, masks,
    cells: [...new Set(measures.map((each) => each.cell).filter((cell) => cell >= 0))],
    keep: measures.reduce((most, each) => Math.max(most, each.keep), 0),
    lateness: measures.reduce((most, each) => Math.max(most, each.lateness), 0),
  };
}

/** Measures of one serial follow each other in the same order, so that layouts of equal serials are equal but for closures. */
export function sameLayout(a: Layout, b: Layout): boolean {
  return (
    a.measures.length === b.measures.length &&
    a.measures.every((each, place) => {
      const other = b.measures[place] as Measure;
      return each.serial === other.serial && each.number === other.number && each.code === other.code && each.cell === other.cell;
    })
  );
}

export function feature(name: string, measure: Measure): Feature {
  return {
    name,
    measure,
    empty: empty(name, measure.spec),
    keyMissing: new Missing(`key of ${name} is missing`),
    mixed: new Missing(`mixed currencies in ${name}`),
    few: new Missing(`fewer than two values in ${name}`),
    still: new Missing(`no time between the values in ${name}`),
  };
}

/** A column that is not named belongs to the one identity. */
function columnId(spec: WindowSpec, kind: string): string {
  return JSON.stringify([kind, spec.column ?? null, spec.column === undefined ? spec.identity : spec.domain]);
}

function folds({ value, aggregate }: WindowSpec): boolean {
  return value !== null && aggregate !== "count" && aggregate !== "exists";
}

/** Whether a number of the row holds what is folded. */
function numeric({ aggregate, domain }: WindowSpec): boolean {
  return aggregate !== "distinct" && (domain === "number" || domain === "money");
}

function empty(name: string, { aggregate, domain, value }: WindowSpec): Value | Missing {
  if (aggregate === "count" || aggregate === "distinct" || (aggregate === "rate" && value === null)) return 0;
  if (aggregate === "exists") return false;
  if (aggregate === "sum") return domain === "money" ? Object.freeze({ minor: 0, currency: "" }) : 0;
  return new Missing(`empty window ${name}`);
}
