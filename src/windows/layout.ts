import { Missing } from "../types/value.ts";
import type { Value } from "../types/value.ts";
import { type Aggregate, LATENESS_MS, type WindowSpec } from "./spec.ts";

/** Bits of the second integer of a row that belong to its time: 49 in all, from before year 1 to after year 9999. */
export const HIGH_BITS = 17;
/** Bits of the number of a currency; the standard has some 180. */
const CODE_BITS = 8;
export const CODE_MASK = 2 ** CODE_BITS - 1;
const INTEGER_BITS = 32;

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
  /** Which integer of the row holds the currency of money, from which bit on. -1 for none. */
  readonly code: number;
  readonly shift: number;
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
  /** Whether no more than how many events count is known of a window as it moves along. */
  readonly plain: boolean;
}

/** How the rows of a log are laid out; an entity holds the one it was last written with. */
export interface Layout {
  readonly measures: readonly Measure[];
  /** Integers of a row before its numbers: the time with marks and currencies, more of those where they do not fit, cells. */
  readonly integers: number;
  /** Numbers of a row. */
  readonly numbers: number;
  /** Integers with marks in them, and their bits. */
  readonly masks: readonly { readonly integer: number; readonly bits: number }[];
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
  /** Of an event that is older than all that is kept for its window. */
  readonly tooLate: Missing;
  /** Of a window all of which may have been evicted, and nothing has come since. */
  readonly evicted: Missing;
  readonly mixed: Missing;
  readonly few: Missing;
  readonly still: Missing;
}

/** Milliseconds that are kept behind the newest event of an entity: the whole window of one that is late as allowed. */
export function kept(spec: WindowSpec): number {
  return spec.over + spec.delay + (spec.lateness ?? LATENESS_MS);
}

/** The layout for these specs, in the order given; `serials` has one for each. */
export function layout(specs: readonly WindowSpec[], serials: readonly number[]): Layout {
  const bits = new Bits();
  const places = new Map<string, Place>();
  const numbers = new Map<string, number>();
  const once = (id: string, make: () => Place): Place => {
    if (!places.has(id)) places.set(id, make());
    return places.get(id) as Place;
  };
  const marks = specs.map(() => bits.take(1));
  const codes = specs.map((spec) => (hasCode(spec) ? once(columnId(spec, "code"), () => bits.take(CODE_BITS)) : NOWHERE));
  const cells = specs.map((spec) =>
    folds(spec) && !numeric(spec) ? once(columnId(spec, spec.aggregate === "distinct" ? "key" : "value"), () => bits.take(INTEGER_BITS)) : NOWHERE,
  );
  const measures = specs.map((spec, place): Measure => {
    const mark = marks[place] as Place;
    const code = codes[place] as Place;
    const number = columnId(spec, "number");
    const isNumber = folds(spec) && numeric(spec);
    if (isNumber && !numbers.has(number)) numbers.set(number, numbers.size);
    return {
      spec, place,
      serial: serials[place] as number,
      mask: mark.integer,
      bit: 1 << mark.shift,
      number: isNumber ? (numbers.get(number) as number) : -1,
      code: code.integer,
      shift: code.shift,
      cell: (cells[place] as Place).integer,
      keep: kept(spec),
      lateness: spec.lateness ?? LATENESS_MS,
      pane: Math.ceil(Math.max(spec.over / PANES, kept(spec) / MAX_PANES)),
      plain: isPlain(spec.aggregate, code.integer),
    };
  });
  const masks = [...new Set(measures.map((each) => each.mask))];
  return {
    measures, integers: bits.integers, numbers: numbers.size,
    masks: masks.map((integer) => ({ integer, bits: measures.reduce((all, each) => (each.mask === integer ? all | each.bit : all), 0) })),
    cells: [...new Set(measures.map((each) => each.cell).filter((cell) => cell >= 0))],
    keep: measures.reduce((most, each) => Math.max(most, each.keep), 0),
    lateness: measures.reduce((most, each) => Math.max(most, each.lateness), 0),
  };
}

/** An integer of a row, and the bit of it that something begins at. */
interface Place {
  readonly integer: number;
  readonly shift: number;
}

const NOWHERE: Place = { integer: -1, shift: 0 };

/** Gives out bits of a row, each integer from its lowest on, after those of the time. */
class Bits {
  integers = 2;
  #used = HIGH_BITS;

  take(bits: number): Place {
    if (this.#used + bits > INTEGER_BITS) {
      this.integers++;
      this.#used = 0;
    }
    const place = { integer: this.integers - 1, shift: this.#used };
    this.#used += bits;
    return place;
  }
}

/** Measures of one serial follow each other in the same order, so that layouts of equal serials are equal but for closures. */
export function sameLayout(a: Layout, b: Layout): boolean {
  return (
    a.measures.length === b.measures.length &&
    a.measures.every((each, place) => {
      const other = b.measures[place] as Measure;
      return each.serial === other.serial && each.number === other.number && each.code === other.code && each.shift === other.shift && each.cell === other.cell;
    })
  );
}

export function feature(name: string, measure: Measure): Feature {
  return {
    name,
    measure,
    empty: empty(name, measure.spec),
    keyMissing: new Missing(`key of ${name} is missing`),
    tooLate: new Missing(`event too late for ${name}`),
    evicted: new Missing(`evicted window ${name}`),
    mixed: new Missing(`mixed currencies in ${name}`),
    few: new Missing(`fewer than two values in ${name}`),
    still: new Missing(`no time between the values in ${name}`),
  };
}

/** Aggregates of which more than a count is moved along with a window. */
const MOVED: ReadonlySet<Aggregate> = new Set(["sum", "average", "min", "max", "distinct"]);

/** See `Measure.plain`. */
export function isPlain(aggregate: Aggregate, code: number): boolean {
  return code < 0 && !MOVED.has(aggregate);
}

/** A column that is not named belongs to the one identity. */
function columnId(spec: WindowSpec, kind: string): string {
  return JSON.stringify([kind, spec.column ?? null, spec.column === undefined ? spec.identity : spec.domain]);
}

function folds({ value, aggregate }: WindowSpec): boolean {
  return value !== null && aggregate !== "count" && aggregate !== "exists";
}

/** Whether what is folded has a currency. */
function hasCode(spec: WindowSpec): boolean {
  return folds(spec) && spec.domain === "money" && spec.aggregate !== "distinct";
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
