import { type ClassSet, MISSING, TRUE, type Truth, type Truths } from "./classes.ts";
import type { Column } from "./columns.ts";
import type { Divided } from "./division.ts";
import { CLUSTERED_AT_MOST, FIRST } from "./tables.ts";
import type { Division, Test } from "./tests.ts";

/** A clause of one of the rules, rows and tables with a state. */
export interface OwnedClause {
  readonly owner: number;
  readonly tests: ReadonlyMap<Column, Test>;
  /** What is found of the owner where the clause is true. */
  readonly finding: number;
}

/** Clauses that ask the same columns. */
export interface Cluster {
  /** Those that cost little first, and of them those that leave the fewest clauses. */
  readonly columns: readonly Column[];
  readonly clauses: readonly OwnedClause[];
}

/** What a test comes to in every class of a division; kept for who asks again. */
export type TruthsOf = (test: Test, division: Division) => Truths;

/** Groups clauses by the columns that they ask; those that ask for near classes stand together. */
export function clusterClauses(clauses: readonly OwnedClause[], numberOf: (column: Column) => number, dividedOf: (column: Column) => Divided, truthsOf: TruthsOf): readonly Cluster[] {
  const groups = new Map<string, OwnedClause[]>();
  for (const clause of clauses) {
    const name = [...clause.tests.keys()].map(numberOf).sort((a, b) => a - b).join(" ");
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [clause]);
    else group.push(clause);
  }
  return [...groups.values()].flatMap((group) => {
    const columns = [...(group[0] as OwnedClause).tests.keys()];
    return chunks(sorted(group, columns, dividedOf, truthsOf)).map((clauses) => ({ columns, clauses }));
  });
}

/** By where the classes that they ask for begin, in the column where they are fewest: so an event leaves few words of a cluster. */
function sorted(group: readonly OwnedClause[], columns: readonly Column[], dividedOf: (column: Column) => Divided, truthsOf: TruthsOf): readonly OwnedClause[] {
  const placed = columns
    .map((column) => {
      const { division } = dividedOf(column);
      const sets = group.map((clause) => truthsOf(clause.tests.get(column) as Test, division).set);
      const width = sets.reduce((sum, set) => sum + widthOf(set, division.count), 0) / division.count;
      return { costly: column.costly, width, begins: sets.map(({ first, turns }) => (first ? 0 : (turns[0] ?? division.count)) / division.count) };
    })
    .sort((a, b) => Number(a.costly) - Number(b.costly) || a.width - b.width);
  const order = group.map((_, i) => i);
  order.sort((a, b) => {
    for (const { begins } of placed) if (begins[a] !== begins[b]) return (begins[a] as number) - (begins[b] as number);
    return a - b;
  });
  return order.map((i) => group[i] as OwnedClause);
}

/** How many classes a set has. */
function widthOf({ first, turns }: ClassSet, count: number): number {
  let width = first ? count : 0;
  turns.forEach((at, i) => (width += (i % 2 === 0) === first ? at - count : count - at));
  return width;
}

function chunks(group: readonly OwnedClause[]): readonly (readonly OwnedClause[])[] {
  const parts: OwnedClause[][] = [];
  for (let at = 0; at < group.length; at += CLUSTERED_AT_MOST) parts.push(group.slice(at, at + CLUSTERED_AT_MOST));
  return parts;
}

/** The rows of one column of a cluster, each once. */
export interface ColumnRows {
  readonly rows: readonly Int32Array[];
  /** For each class before `FIRST` the row of the clauses that are surely true. */
  readonly sure: Int32Array;
  /** For each class the row of the clauses that are not false. */
  readonly possible: Int32Array;
  /** Part of the clauses that a class leaves on average. */
  readonly density: number;
}

/** @param words in a row */
export function columnRows(cluster: Cluster, column: Column, { division }: Divided, words: number, truthsOf: TruthsOf): ColumnRows {
  const known = new RowSet();
  const truths = cluster.clauses.map((clause) => truthsOf(clause.tests.get(column) as Test, division));
  const row = (bits: (truths: Truths) => boolean): number => {
    const made = new Int32Array(words);
    truths.forEach((each, i) => {
      if (bits(each)) flip(made, i);
    });
    return known.numberOf(made);
  };
  const special = (least: Truth): readonly number[] => [row(({ absent }) => absent >= least), row(({ foreign }) => foreign >= least), row(({ nan }) => nan >= least)];
  const sure = Int32Array.from([row(() => false), ...special(TRUE)]);
  const possible = new Int32Array(FIRST + division.count);
  possible.set([row(() => true), ...special(MISSING)]);
  fill(possible.subarray(FIRST), truths, known, words);
  return { rows: known.rows, sure, possible, density: densityOf(possible.subarray(FIRST), known.rows, truths.length) };
}

/** Walks over the classes and turns the bits of the clauses whose sets begin or end there. */
function fill(possible: Int32Array, truths: readonly Truths[], known: RowSet, words: number): void {
  const now = new Int32Array(words);
  const turns: { readonly at: number; readonly clause: number }[] = [];
  truths.forEach(({ set }, clause) => {
    if (set.first) flip(now, clause);
    for (const at of set.turns) if (at < possible.length) turns.push({ at, clause });
  });
  turns.sort((a, b) => a.at - b.at);
  let from = 0;
  let next = 0;
  while (from < possible.length) {
    for (let turn = turns[next]; turn?.at === from; turn = turns[++next]) flip(now, turn.clause);
    const to = turns[next]?.at ?? possible.length;
    possible.fill(known.numberOf(now), from, to);
    from = to;
  }
}

function flip(row: Int32Array, clause: number): void {
  row[clause >> 5] = (row[clause >> 5] as number) ^ (1 << (clause & 31));
}

/** Different rows, numbered as they come. */
class RowSet {
  readonly rows: Int32Array[] = [];
  readonly #byHash = new Map<number, number[]>();

  /** Copies what is new. */
  numberOf(row: Int32Array): number {
    let hash = 0;
    for (const word of row) hash = Math.imul(hash ^ word, 0x01000193) ^ (word >>> 15);
    const alike = this.#byHash.get(hash) ?? [];
    const found = alike.find((each) => isSame(this.rows[each] as Int32Array, row));
    if (found !== undefined) return found;
    const number = this.rows.push(row.slice()) - 1;
    this.#byHash.set(hash, [...alike, number]);
    return number;
  }
}

function isSame(a: Int32Array, b: Int32Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function densityOf(possible: Int32Array, rows: readonly Int32Array[], clauses: number): number {
  const sizes = rows.map(bitsIn);
  let sum = 0;
  for (const row of possible) sum += sizes[row] ?? 0;
  return sum / possible.length / clauses;
}

function bitsIn(row: Int32Array): number {
  let count = 0;
  for (let word of row) for (; word !== 0; word &= word - 1) count++;
  return count;
}
