import { type ClassSet, MISSING, TRUE, type Truth, type Truths } from "./classes.ts";
import type { Column } from "./columns.ts";
import type { Divided } from "./division.ts";
import { CLUSTERED_AT_MOST, FIRST, VECTOR } from "./tables.ts";
import type { Division, Test } from "./tests.ts";

/** A clause of one of the rules, rows and tables with a state. */
export interface OwnedClause {
  readonly owner: number;
  readonly tests: ReadonlyMap<Column, Test>;
  /** What is found of the owner where the clause is true. */
  readonly finding: number;
}

/** Clauses that ask some of the same columns, and all of those among them that are costly. */
export interface Cluster {
  readonly columns: readonly Column[];
  readonly clauses: readonly OwnedClause[];
}

/** What a test comes to in every class of a division; kept for who asks again. */
export type TruthsOf = (test: Test, division: Division) => Truths;

/*
 * What an event costs in a cluster: so much at least, so much for each of its columns, and for each of those so much for
 * every vector of clauses. In nanoseconds, of which only the ratios count; measured by `perf/engine.ts`.
 */
const CLUSTER_COST = 12;
const COLUMN_COST = 4;
const VECTOR_COST = 0.6;

/** Groups clauses by the columns that they ask, together with others where that costs less; those that ask for near classes stand together. */
export function clusterClauses(clauses: readonly OwnedClause[], numberOf: (column: Column) => number, dividedOf: (column: Column) => Divided, truthsOf: TruthsOf): readonly Cluster[] {
  const groups = new Map<string, OwnedClause[]>();
  for (const clause of clauses) {
    const name = [...clause.tests.keys()].map(numberOf).sort((a, b) => a - b).join(" ");
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [clause]);
    else group.push(clause);
  }
  const clusters = [...groups.values()].flatMap((group) => {
    const columns = [...(group[0] as OwnedClause).tests.keys()];
    return chunks(sorted(group, columns, dividedOf, truthsOf)).map((clauses) => ({ columns, clauses }));
  });
  return merged(clusters, numberOf);
}

function costOf(columns: number, clauses: number): number {
  return CLUSTER_COST + columns * (COLUMN_COST + Math.ceil(clauses / VECTOR) * VECTOR_COST);
}

/**
 * Puts clusters together where asking one of more columns and clauses costs less than asking both: clusters of a few
 * clauses fill no vector. A costly column is asked where any clause of its cluster is left, so that all of them must ask it.
 */
function merged(clusters: readonly Cluster[], numberOf: (column: Column) => number): readonly Cluster[] {
  const bins = new Map<string, Bin[]>();
  // The widest first: others join them without a column more.
  for (const cluster of clusters.toSorted((a, b) => b.columns.length - a.columns.length)) {
    const costly = cluster.columns.filter((column) => column.costly).map(numberOf).sort((a, b) => a - b).join(" ");
    const alike = bins.get(costly) ?? [];
    bins.set(costly, alike);
    const best = bestOf(alike, cluster);
    if (best === null) {
      alike.push({ columns: new Set(cluster.columns), clauses: [...cluster.clauses] });
      continue;
    }
    for (const column of cluster.columns) best.columns.add(column);
    best.clauses.push(...cluster.clauses);
  }
  return [...bins.values()].flat().map(({ columns, clauses }) => ({ columns: [...columns], clauses }));
}

interface Bin {
  readonly columns: Set<Column>;
  readonly clauses: OwnedClause[];
}

/** The bin that a cluster joins at the least cost; null where it costs less alone. */
function bestOf(bins: readonly Bin[], { columns, clauses }: Cluster): Bin | null {
  let best: Bin | null = null;
  let least = costOf(columns.length, clauses.length);
  for (const bin of bins) {
    const count = bin.clauses.length + clauses.length;
    if (count > CLUSTERED_AT_MOST) continue;
    const more = columns.reduce((sum, column) => sum + (bin.columns.has(column) ? 0 : 1), 0);
    const cost = costOf(bin.columns.size + more, count) - costOf(bin.columns.size, bin.clauses.length);
    if (cost >= least) continue;
    least = cost;
    best = bin;
  }
  return best;
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

/** A clause of a cluster that asks a column, and what that comes to. */
interface Asking {
  readonly clause: number;
  readonly truths: Truths;
}

/** @param words in a row */
export function columnRows({ clauses }: Cluster, column: Column, { division }: Divided, words: number, truthsOf: TruthsOf): ColumnRows {
  const known = new RowSet();
  const asking: Asking[] = [];
  /** Clauses that do not ask it are true in every class. */
  const unasked = new Int32Array(words);
  clauses.forEach(({ tests }, clause) => {
    const test = tests.get(column);
    if (test === undefined) flip(unasked, clause);
    else asking.push({ clause, truths: truthsOf(test, division) });
  });
  const row = (bits: (truths: Truths) => boolean): number => {
    const made = unasked.slice();
    for (const { clause, truths } of asking) if (bits(truths)) flip(made, clause);
    return known.numberOf(made);
  };
  const special = (least: Truth): readonly number[] => [row(({ absent }) => absent >= least), row(({ foreign }) => foreign >= least), row(({ nan }) => nan >= least)];
  const sure = Int32Array.from([row(() => false), ...special(TRUE)]);
  const possible = new Int32Array(FIRST + division.count);
  possible.set([row(() => true), ...special(MISSING)]);
  fill(possible.subarray(FIRST), asking, unasked.slice(), known);
  return { rows: known.rows, sure, possible, density: densityOf(possible.subarray(FIRST), known.rows, clauses.length) };
}

/**
 * Walks over the classes and turns the bits of the clauses whose sets begin or end there.
 * @param now the row of the first class but for the clauses that ask
 */
function fill(possible: Int32Array, asking: readonly Asking[], now: Int32Array, known: RowSet): void {
  const turns: { readonly at: number; readonly clause: number }[] = [];
  for (const { clause, truths } of asking) {
    if (truths.set.first) flip(now, clause);
    for (const at of truths.set.turns) if (at < possible.length) turns.push({ at, clause });
  }
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
