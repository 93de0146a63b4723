import { CLUSTER_COLUMN, CLUSTER_HEAD, FINDING, FIRST, FOUND_ASK, FOUND_MISSING, FOUND_REST, FOUND_TRUE, FROM_MASK, type MatchTables, PLACE_AT, PLACE_FROM, TO_MASK, UNSURE, WORDS } from "./tables.ts";

/** Tells the classes of the event at hand. */
export interface Classes {
  /** The class in a column; where it has more than one, how many, less than 0. */
  of(column: number): number;
  /** Those of the column asked last, where it has more than one. */
  readonly several: Int32Array;
}

/** The classes that an event has at most in one column. */
export const MOST_CLASSES = 16;

/** Finds the owners whose conditions are not false. Holds memory to work in, in which no event leaves anything. */
export interface Kernel {
  /** Those found last, in order: each owner, and in the `FINDING` lowest bits what is found of it. */
  readonly found: Int32Array;
  /** Yields how many are found. Asks for the class of a column at most once, and of a costly one only where clauses are left that need it. */
  run(): number;
}

export type MakeKernel = (tables: MatchTables, classes: Classes) => Kernel;

/** How many words of bits the marks of 32 owners take: one for each finding. */
export const MARKS = 4;

/** The most columns that a cluster has. */
export function widestOf({ clusters }: MatchTables): number {
  let widest = 1;
  for (let at = 0; at < clusters.length; at += CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at] as number)) widest = Math.max(widest, clusters[at] as number);
  return widest;
}

/** A class that is not known yet. */
export const UNREAD = -1;

/** The classes of an event as kernels look them up: the cheap ones are read at once, a costly one when it is asked for. */
export class EventClasses {
  /** By column. */
  readonly classes: Int32Array;
  /** Of a column in which the event has several classes how many more, then those. */
  readonly others: Int32Array;
  readonly #asked: Classes;
  readonly #cheap: Int32Array;
  readonly #costly: Int32Array;

  constructor({ columns }: MatchTables, asked: Classes, classes: Int32Array = new Int32Array(columns.length), others: Int32Array = new Int32Array(columns.length * MOST_CLASSES)) {
    this.classes = classes;
    this.others = others;
    this.#asked = asked;
    this.#cheap = Int32Array.from(columns.flatMap(({ costly }, i) => (costly ? [] : [i])));
    this.#costly = Int32Array.from(columns.flatMap(({ costly }, i) => (costly ? [i] : [])));
  }

  begin(): void {
    const { classes } = this;
    const cheap = this.#cheap;
    const costly = this.#costly;
    for (let i = 0; i < costly.length; i++) classes[costly[i] as number] = UNREAD;
    for (let i = 0; i < cheap.length; i++) classes[cheap[i] as number] = this.#asked.of(cheap[i] as number);
  }

  /** Reads a costly column; yields its class, where there are several the first. */
  read(column: number): number {
    const told = this.#asked.of(column);
    const { several } = this.#asked;
    const at = column * MOST_CLASSES;
    const others = told < 0 ? -told - 1 : 0;
    this.others[at] = others;
    for (let i = 1; i <= others; i++) this.others[at + i] = several[i] as number;
    const own = told < 0 ? (several[0] as number) : told;
    this.classes[column] = own;
    return own;
  }
}

/** The kernel in plain JavaScript. */
export const scalarKernel: MakeKernel = (tables, classes) => new ScalarKernel(tables, classes);

class ScalarKernel implements Kernel {
  readonly found: Int32Array;
  readonly #tables: MatchTables;
  readonly #event: EventClasses;
  /** For 32 owners at a time a word of bits for each finding. */
  readonly #marks: Int32Array;
  /** A bit for every word of owners of whom something is marked. */
  readonly #touched: Int32Array;
  /** Where the first word of the cluster at hand would stand in the rows of its columns. */
  readonly #begins: Int32Array;
  /** Of its columns that do not say surely, where the places of what is sure stand. */
  readonly #unsure: Int32Array;

  constructor(tables: MatchTables, classes: Classes) {
    const { size } = tables;
    this.#tables = tables;
    this.#event = new EventClasses(tables, classes);
    const words = Math.ceil(size / 32);
    this.found = new Int32Array(size);
    this.#marks = new Int32Array(words * MARKS);
    this.#touched = new Int32Array(Math.ceil(words / 32));
    this.#begins = new Int32Array(widestOf(tables));
    this.#unsure = new Int32Array(widestOf(tables));
  }

  run(): number {
    const { always, clusters } = this.#tables;
    for (let i = 0; i < always.length; i++) this.#mark(always[i] as number, FOUND_ASK);
    this.#event.begin();
    for (let at = 0; at < clusters.length; at += CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at] as number)) this.#runCluster(at);
    return this.#collect();
  }

  #runCluster(at: number): void {
    const { clusters, places, rows } = this.#tables;
    const { classes } = this.#event;
    const begins = this.#begins;
    const cheap = clusters[at + 1] as number;
    const base = clusters[at + 2] as number;
    let lowest = FIRST;
    let unsure = 0;
    let from = 0;
    let to = clusters[at + 3] as number;
    for (let i = 0, entry = at + CLUSTER_HEAD; i < cheap; i++, entry += CLUSTER_COLUMN) {
      const each = classes[clusters[entry] as number] as number;
      const place = places[(clusters[entry + 1] as number) + (FIRST + each) * (clusters[entry + 2] as number)] as number;
      const first = (place >> PLACE_FROM) & FROM_MASK;
      const last = place & TO_MASK;
      if (first > from) from = first;
      if (last < to) to = last;
      if (from >= to) return;
      begins[i] = ((place >>> PLACE_AT) - first) * WORDS;
      if (each >= FIRST) continue;
      this.#unsure[unsure++] = (clusters[entry + 1] as number) + each * (clusters[entry + 2] as number);
      if (each < lowest) lowest = each;
    }
    const isSimple = lowest === FIRST && cheap === clusters[at];
    for (let word = from * WORDS; word < to * WORDS; word++) {
      let left = -1;
      for (let i = 0; i < cheap && left !== 0; i++) left &= rows[(begins[i] as number) + word] as number;
      if (left === 0) continue;
      if (isSimple) this.#takeSure(left, base + word * 32);
      else this.#look(at, word, left, lowest, unsure);
    }
  }

  /** Looks closer at a word: at what is sure of it, and at the costly columns, each only where clauses are left. */
  #look(at: number, word: number, before: number, least: number, unsure: number): void {
    const { clusters } = this.#tables;
    const end = at + CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at] as number);
    let left = before;
    let sure = -1;
    let lowest = least;
    for (let i = 0; i < unsure; i++) sure &= this.#wordOf(this.#unsure[i] as number, word);
    for (let entry = at + CLUSTER_HEAD + CLUSTER_COLUMN * (clusters[at + 1] as number); entry < end; entry += CLUSTER_COLUMN) {
      const column = clusters[entry] as number;
      const places = clusters[entry + 1] as number;
      const stride = clusters[entry + 2] as number;
      const each = this.#classIn(column);
      left &= this.#possible(column, places, stride, each, word);
      if (left === 0) return;
      if (each < FIRST) sure &= this.#wordOf(places + each * stride, word);
      if (each < lowest) lowest = each;
    }
    const base = (clusters[at + 2] as number) + word * 32;
    if (lowest === FIRST) this.#takeSure(left, base);
    else this.#take(left, sure, base, lowest === UNSURE ? FOUND_ASK : FOUND_MISSING);
  }

  #classIn(column: number): number {
    const known = this.#event.classes[column] as number;
    return known === UNREAD ? this.#event.read(column) : known;
  }

  /** The clauses of one word that a class of the event leaves. */
  #possible(column: number, places: number, stride: number, each: number, word: number): number {
    let left = this.#wordOf(places + (FIRST + each) * stride, word);
    const { others } = this.#event;
    const at = column * MOST_CLASSES;
    for (let i = others[at] as number; i > 0; i--) left |= this.#wordOf(places + (FIRST + (others[at + i] as number)) * stride, word);
    return left;
  }

  /** A word of the row whose place stands here. */
  #wordOf(at: number, word: number): number {
    const { places, rows } = this.#tables;
    const place = places[at] as number;
    const vector = Math.floor(word / WORDS);
    const first = (place >> PLACE_FROM) & FROM_MASK;
    return vector >= first && vector < (place & TO_MASK) ? (rows[((place >>> PLACE_AT) - first) * WORDS + word] as number) : 0;
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
