import { CLUSTER_COLUMN, CLUSTER_HEAD, FIRST, type MatchTables, UNSURE } from "./tables.ts";

/*
 * What is found of an owner of clauses, in the lowest bits of what a kernel yields. An owner without either is missing:
 * no clause of it is surely true, and one is not false.
 */
export const TRUE = 2;
/** The tables do not tell, unless another clause is true: the condition must be asked. */
export const ASK = 1;
/** Bits before the owner. */
export const FINDING = 2;

/** Tells the class of the event at hand in a column. */
export type ClassOf = (column: number) => number;

/** Finds the owners whose conditions are not false. Holds memory to work in, in which no event leaves anything. */
export interface Kernel {
  /** Those found last, in order: each owner, and in the lowest bits what is found of it. */
  readonly found: Int32Array;
  /** Yields how many are found. Asks for the class of a column at most once, and only where clauses are left that need it. */
  run(classOf: ClassOf): number;
}

export type MakeKernel = (tables: MatchTables) => Kernel;

/** How many numbers the marks of 32 owners take: a word of bits for each of what follows, and one that makes them four. */
const MARKS = 4;
const ON_TRUE = 0;
const ON_MISSING = 1;
const ON_ASK = 2;

/** The kernel in plain JavaScript. */
export const scalarKernel: MakeKernel = (tables) => new ScalarKernel(tables);

class ScalarKernel implements Kernel {
  readonly found: Int32Array;
  readonly #clusters: Int32Array;
  readonly #places: Int32Array;
  readonly #rows: Int32Array;
  readonly #clauses: Int32Array;
  readonly #always: Int32Array;
  readonly #classes: Int32Array;
  /** For 32 owners at a time: who is true, who is missing, who must be asked. */
  readonly #marks: Int32Array;
  /** A bit for every word of owners of whom something is marked. */
  readonly #touched: Int32Array;
  /** Where the rows of the columns of the cluster at hand stand: of clauses that are not false, and surely true. */
  readonly #possible: Int32Array;
  readonly #sure: Int32Array;

  constructor({ columns, size, clusters, places, rows, clauses, always }: MatchTables) {
    this.#clusters = clusters;
    this.#places = places;
    this.#rows = rows;
    this.#clauses = clauses;
    this.#always = always;
    const words = Math.ceil(size / 32);
    this.found = new Int32Array(size);
    this.#classes = new Int32Array(columns.length);
    this.#marks = new Int32Array(words * MARKS);
    this.#touched = new Int32Array(Math.ceil(words / 32));
    this.#possible = new Int32Array(columns.length);
    this.#sure = new Int32Array(columns.length);
  }

  run(classOf: ClassOf): number {
    const always = this.#always;
    for (let i = 0; i < always.length; i++) this.#mark(always[i] as number, ON_ASK);
    this.#classes.fill(-1);
    const clusters = this.#clusters;
    const { length } = clusters;
    for (let at = 0; at < length; at += CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at] as number)) this.#runCluster(at, classOf);
    return this.#collect();
  }

  #runCluster(at: number, classOf: ClassOf): void {
    const clusters = this.#clusters;
    const places = this.#places;
    const classes = this.#classes;
    const possible = this.#possible;
    const columns = clusters[at] as number;
    const cheap = clusters[at + 1] as number;
    const words = clusters[at + 2] as number;
    let lowest = FIRST;
    for (let i = 0, entry = at + CLUSTER_HEAD; i < columns; i++, entry += CLUSTER_COLUMN) {
      const column = clusters[entry] as number;
      const place = clusters[entry + 1] as number;
      let each = classes[column] as number;
      if (each < 0) {
        if (i >= cheap && i > 0 && !this.#isLeft(i, words)) return;
        each = classOf(column);
        classes[column] = each;
      }
      const row = places[place + FIRST + each] as number;
      if (row === 0) return;
      possible[i] = row;
      if (each < FIRST) {
        lowest = Math.min(lowest, each);
        this.#sure[i] = places[place + each] as number;
      } else this.#sure[i] = row;
    }
    const base = clusters[at + 3] as number;
    if (lowest === FIRST) this.#joinSure(columns, words, base);
    else this.#join(columns, words, base, lowest === UNSURE ? ON_ASK : ON_MISSING);
  }

  /** Whether the first columns of a cluster leave any clause. */
  #isLeft(columns: number, words: number): boolean {
    for (let word = 0; word < words; word++) if (this.#left(this.#possible, columns, word) !== 0) return true;
    return false;
  }

  /** The clauses of one word that these rows leave. */
  #left(places: Int32Array, columns: number, word: number): number {
    const rows = this.#rows;
    let left = rows[(places[0] as number) + word] as number;
    for (let i = 1; i < columns && left !== 0; i++) left &= rows[(places[i] as number) + word] as number;
    return left;
  }

  /** All columns say surely: what they leave is true, unless the clause does not say all of a condition. */
  #joinSure(columns: number, words: number, base: number): void {
    const rows = this.#rows;
    const places = this.#possible;
    const clauses = this.#clauses;
    const marks = this.#marks;
    const touched = this.#touched;
    const first = places[0] as number;
    const second = columns > 1 ? (places[1] as number) : first;
    const third = columns > 2 ? (places[2] as number) : first;
    for (let word = 0; word < words; word++) {
      let left = (rows[first + word] as number) & (rows[second + word] as number) & (rows[third + word] as number);
      for (let i = 3; i < columns && left !== 0; i++) left &= rows[(places[i] as number) + word] as number;
      for (; left !== 0; left &= left - 1) {
        const clause = clauses[base + word * 32 + 31 - Math.clz32(left & -left)] as number;
        // The same as `#mark`, without a branch for each clause.
        const at = ((clause >> 6) << 2) | ((clause & 1) << 1);
        marks[at] = (marks[at] as number) | (1 << (clause >> 1));
        touched[clause >> 11] = (touched[clause >> 11] as number) | (1 << (clause >> 6));
      }
    }
  }

  #join(columns: number, words: number, base: number, otherwise: number): void {
    for (let word = 0; word < words; word++) {
      const left = this.#left(this.#possible, columns, word);
      if (left !== 0) this.#take(left, this.#left(this.#sure, columns, word), base + word * 32, otherwise);
    }
  }

  #take(left: number, sure: number, base: number, otherwise: number): void {
    for (let rest = left; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      const clause = this.#clauses[base + bit] as number;
      // A clause that does not say all of a condition can only refute it.
      this.#mark(clause >> 1, (clause & 1) === 1 ? ON_ASK : (sure >>> bit) & 1 ? ON_TRUE : otherwise);
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
        const sure = marks[at + ON_TRUE] as number;
        const ask = marks[at + ON_ASK] as number;
        for (let rest = sure | ask | (marks[at + ON_MISSING] as number); rest !== 0; rest &= rest - 1) {
          const bit = 31 - Math.clz32(rest & -rest);
          found[count++] = ((word * 32 + bit) << FINDING) | (((sure >>> bit) & 1) << 1) | ((ask >>> bit) & 1);
        }
        marks[at + ON_TRUE] = 0;
        marks[at + ON_MISSING] = 0;
        marks[at + ON_ASK] = 0;
      }
      touched[i] = 0;
    }
    return count;
  }
}
