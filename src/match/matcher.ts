import { MOST_CLASSES, scalarKernel, type Classes, type Kernel, type MakeKernel } from "./kernel.ts";
import { vectorKernel } from "./vectors.ts";
import { classOf, columnReader, type ColumnReader, type Side, type Slots } from "./reader.ts";
import type { MatchTables } from "./tables.ts";
import type { ExprIr } from "../ir/ir.ts";

/** The index of a ruleset, ready to run. */
export interface Matcher<R> {
  /** See `Kernel.found`. */
  readonly found: Int32Array;
  /** Finds what an event does not refute; yields how many. */
  run(frame: Slots, run: R): number;
}

/** The kernel that is faster: with vectors where the machine has them. */
const fastestKernel: MakeKernel = (tables, classes) => vectorKernel(tables, classes) ?? scalarKernel(tables, classes);

/** @param compile makes the closures of what columns ask; there are few of them */
export function linkMatcher<R>(tables: MatchTables, compile: (side: ExprIr) => Side<R>, make: MakeKernel = fastestKernel): Matcher<R> {
  return new TableMatcher(tables, tables.columns.map((column) => columnReader(column, column.sides.map(compile))), make);
}

const NO_EVENT: Slots = [];

class TableMatcher<R> implements Matcher<R>, Classes {
  readonly found: Int32Array;
  readonly several = new Int32Array(MOST_CLASSES);
  readonly #columns: readonly ColumnReader<R>[];
  readonly #kernel: Kernel;
  /** The event at hand. */
  #frame: Slots = NO_EVENT;
  #run: R | undefined;

  constructor(tables: MatchTables, columns: readonly ColumnReader<R>[], make: MakeKernel) {
    this.#columns = columns;
    this.#kernel = make(tables, this);
    this.found = this.#kernel.found;
  }

  of(column: number): number {
    return classOf(this.#columns[column] as ColumnReader<R>, this.#frame, this.#run as R, this.several);
  }

  run(frame: Slots, run: R): number {
    this.#frame = frame;
    this.#run = run;
    const count = this.#kernel.run();
    // What an event brought must not outlive it.
    this.#frame = NO_EVENT;
    this.#run = undefined;
    return count;
  }
}
