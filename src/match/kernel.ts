import { BLOCK, CLUSTER_COLUMN, CLUSTER_HEAD, FINDING, FIRST, FOUND_ASK, FOUND_MISSING, FOUND_REST, FOUND_TRUE, GATE, type MatchTables, UNSURE } from "./tables.ts";

/** Tells the class of the event at hand in a column. */
export type ClassOf = (column: number) => number;

/** Finds the owners whose conditions are not false. Holds memory to work in, in which no event leaves anything. */
export interface Kernel {
  /** Those found last, in order: each owner, and in the `FINDING` lowest bits what is found of it. */
  readonly found: Int32Array;
  /** Yields how many are found. Asks for the class of a column at most once, and only where clauses are left that need it. */
  run(classOf: ClassOf): number;
}

export type MakeKernel = (tables: MatchTables) => Kernel;

/** How many words of bits the marks of 32 owners take: one for each finding. */
const MARKS = 4;

/** The kernel in plain JavaScript. */
export const scalarKernel: MakeKernel = (tables) => new ScalarKernel(tables);

class ScalarKernel implements Kernel {
  readonly found: Int32Array;
  readonly #tables: MatchTables;
  readonly #classes: Int32Array;
  /** The blocks that no gate has shut. */
  readonly #open: Int32Array;
  /** For 32 owners at a time a word of bits for each finding. */
  readonly #marks: Int32Array;
  /** A bit for every word of owners of whom something is marked. */
  readonly #touched: Int32Array;
  /** Where the rows of the columns of the cluster at hand stand: of clauses that are not false, and surely true. */
  readonly #possible: Int32Array;
  readonly #sure: Int32Array;

  constructor(tables: MatchTables) {
    const { columns, size, gateWords } = tables;
    this.#tables = tables;
    const words = Math.ceil(size / 32);
    this.found = new Int32Array(size);
    this.#classes = new Int32Array(columns.length);
    this.#open = new Int32Array(gateWords);
    this.#marks = new Int32Array(words * MARKS);
    this.#touched = new Int32Array(Math.ceil(words / 32));
    this.#possible = new Int32Array(columns.length);
    this.#sure = new Int32Array(columns.length);
  }

  run(classOf: ClassOf): number {
    const { always } = this.#tables;
    for (let i = 0; i < always.length; i++) this.#mark(always[i] as number, FOUND_ASK);
    this.#classes.fill(-1);
    this.#shut(classOf);
    const open = this.#open;
    for (let i = 0; i < open.length; i++) {
      for (let blocks = open[i] as number; blocks !== 0; blocks &= blocks - 1) {
        this.#runBlock((i * 32 + 31 - Math.clz32(blocks & -blocks)) * BLOCK, classOf);
      }
    }
    return this.#collect();
  }

  /** Asks the columns of the gates, as far as blocks are open that ask them. */
  #shut(classOf: ClassOf): void {
    const { gates, gatePlaces, gateRows, gateWords } = this.#tables;
    const open = this.#open;
    const classes = this.#classes;
    for (let i = 0; i < gateWords; i++) open[i] = gateRows[i] as number;
    for (let gate = 0; gate < gates.length; gate += GATE) {
      const asking = gates[gate + 1] as number;
      let any = 0;
      for (let i = 0; i < gateWords && any === 0; i++) any = (open[i] as number) & (gateRows[asking + i] as number);
      if (any === 0) continue;
      const column = gates[gate] as number;
      const each = classOf(column);
      classes[column] = each;
      const row = gatePlaces[(gates[gate + 2] as number) + each] as number;
      for (let i = 0; i < gateWords; i++) open[i] = (open[i] as number) & (gateRows[row + i] as number);
    }
  }

  #runBlock(block: number, classOf: ClassOf): void {
    const { blocks, clusters, places, rows } = this.#tables;
    const possible = this.#possible;
    const at = blocks[block] as number;
    const columns = clusters[at] as number;
    const cheap = clusters[at + 1] as number;
    const base = clusters[at + 2] as number;
    let lowest = FIRST;
    for (let i = 0, entry = at + CLUSTER_HEAD; i < cheap; i++, entry += CLUSTER_COLUMN) {
      const each = this.#classes[clusters[entry] as number] as number;
      const place = clusters[entry + 1] as number;
      const row = places[place + FIRST + each] as number;
      possible[i] = row;
      this.#sure[i] = each < FIRST ? (places[place + each] as number) : row;
      if (each < lowest) lowest = each;
    }
    const first = blocks[block + 1] as number;
    const end = first + (blocks[block + 2] as number);
    for (let word = first; word < end; word++) {
      let left = -1;
      for (let i = 0; i < cheap && left !== 0; i++) left &= rows[(possible[i] as number) + word] as number;
      if (left === 0) continue;
      if (columns > cheap) this.#askCostly(at, word, left, lowest, classOf);
      else if (lowest === FIRST) this.#takeSure(left, base + word * 32);
      else this.#take(left, this.#left(this.#sure, columns, word), base + word * 32, lowest === UNSURE ? FOUND_ASK : FOUND_MISSING);
    }
  }

  /** Goes on with the costly columns, each only where clauses are left. */
  #askCostly(at: number, word: number, before: number, least: number, classOf: ClassOf): void {
    const { clusters, places, rows } = this.#tables;
    const columns = clusters[at] as number;
    let left = before;
    let lowest = least;
    for (let i = clusters[at + 1] as number; i < columns; i++) {
      const entry = at + CLUSTER_HEAD + i * CLUSTER_COLUMN;
      const column = clusters[entry] as number;
      let each = this.#classes[column] as number;
      if (each < 0) {
        each = classOf(column);
        this.#classes[column] = each;
      }
      const place = clusters[entry + 1] as number;
      const row = places[place + FIRST + each] as number;
      left &= rows[row + word] as number;
      if (left === 0) return;
      this.#sure[i] = each < FIRST ? (places[place + each] as number) : row;
      if (each < lowest) lowest = each;
    }
    const base = (clusters[at + 2] as number) + word * 32;
    if (lowest === FIRST) this.#takeSure(left, base);
    else this.#take(left, this.#left(this.#sure, columns, word), base, lowest === UNSURE ? FOUND_ASK : FOUND_MISSING);
  }

  /** The clauses of one word that these rows leave. */
  #left(places: Int32Array, columns: number, word: number): number {
    const { rows } = this.#tables;
    let left = rows[(places[0] as number) + word] as number;
    for (let i = 1; i < columns && left !== 0; i++) left &= rows[(places[i] as number) + word] as number;
    return left;
  }

  /** All columns say surely: of what they leave is found what the clause says. */
  #takeSure(all: number, base: number): void {
    const { clauses } = this.#tables;
    const marks = this.#marks;
    const touched = this.#touched;
    for (let left = all; left !== 0; left &= left - 1) {
      const clause = clauses[base + 31 - Math.clz32(left & -left)] as number;
      const owner = clause >> FINDING;
      // The same as `#mark`, without a branch for each clause.
      const at = ((owner >> 5) << 2) | (clause & 3);
      marks[at] = (marks[at] as number) | (1 << owner);
      touched[owner >> 10] = (touched[owner >> 10] as number) | (1 << (owner >> 5));
    }
  }

  #take(left: number, sure: number, base: number, otherwise: number): void {
    for (let rest = left; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      const clause = this.#tables.clauses[base + bit] as number;
      const finding = clause & 3;
      this.#mark(clause >> FINDING, (sure >>> bit) & 1 ? finding : finding === FOUND_TRUE ? otherwise : FOUND_ASK);
    }
  }

  #mark(owner: number, finding: number): void {
    const word = owner >> 5;
    const at = word * MARKS + finding;
    this.#marks[at] = (this.#marks[at] as number) | (1 << owner);
    this.#touched[word >> 5] = (this.#touched[word >> 5] as number) | (1 << word);
  }

  /** Reads the marks in the order of the owners, and takes them away. */
  #collect(): number {
    const touched = this.#touched;
    const marks = this.#marks;
    const { found } = this;
    let count = 0;
    for (let i = 0; i < touched.length; i++) {
      for (let words = touched[i] as number; words !== 0; words &= words - 1) {
        const word = i * 32 + 31 - Math.clz32(words & -words);
        const at = word * MARKS;
        const sure = marks[at + FOUND_TRUE] as number;
        const rest = marks[at + FOUND_REST] as number;
        // One clause that is true is enough, and one that must be asked more than one that is missing.
        const asked = ~sure & ((marks[at + FOUND_ASK] as number) | rest);
        const missing = ~(sure | asked) & (marks[at + FOUND_MISSING] as number);
        for (let left = sure | asked | missing; left !== 0; left &= left - 1) {
          const bit = 31 - Math.clz32(left & -left);
          found[count++] = ((word * 32 + bit) << FINDING) | (((asked >>> bit) & 1) << 1) | (((missing | rest) >>> bit) & 1);
        }
        // A call of `fill` takes longer than the four.
        marks[at + FOUND_TRUE] = 0;
        marks[at + FOUND_MISSING] = 0;
        marks[at + FOUND_ASK] = 0;
        marks[at + FOUND_REST] = 0;
      }
      touched[i] = 0;
    }
    return count;
  }
}
