import type { ListIr, ProgramIr, RuleIr, RulesetIr } from "../ir/ir.ts";
import type { Clause } from "./clauses.ts";
import { clusterClauses, type Cluster, type ColumnRows, type OwnedClause } from "./clusters.ts";
import type { Column } from "./columns.ts";
import type { Divided } from "./division.ts";
import { KnownIndex } from "./known.ts";
import type { Read } from "./readings.ts";
import { FINDING, FOUND_ASK, FOUND_REST, FOUND_TRUE, type MatchTables, MAX_VECTORS, OWNER, PLACE_AT, PLACE_FROM, VECTOR, WHOLE_TABLE, WORDS } from "./tables.ts";
import { Words } from "./words.ts";

/**
 * Below this many rules and rows asking each of them in turn is faster: `perf/engine.ts` measures 0.8 to 1.0 × the speed
 * with 12 rules and 1.2 to 1.3 × with 16, whether few or many of them match.
 */
export const INDEXED_FROM = 16;

/**
 * A value that costs more than looking it up is a column where as many clauses ask it. With fewer, what is saved by
 * computing it once is lost by the clusters that it adds; measured by `perf/engine.ts`.
 */
export const SHARED_BY = 16;

/** The same for features, which are kept once they are read, and for values that are computed by a few operations; measured by `perf/replay.ts` too. */
const CHEAPLY_SHARED_BY = 4;

/** Where the index begins; a test may have it begin earlier. */
export interface Thresholds {
  readonly indexedFrom?: number;
  readonly sharedBy?: number;
  readonly maxVectors?: number;
}

/**
 * The same program with an index for each ruleset that is large enough to gain by it.
 * @param known gives what is known of the index of a ruleset, whose lists are as they were; taken from and added to
 */
export function withMatching(ir: ProgramIr, thresholds: Thresholds = {}, known = (_ruleset: string): KnownIndex => new KnownIndex()): ProgramIr {
  const { indexedFrom = INDEXED_FROM } = thresholds;
  const rulesets = ir.rulesets.map((ruleset) => ({ ...ruleset, matching: ruleset.rules.length < indexedFrom ? null : buildTables(ruleset, ir.lists, thresholds, known(ruleset.name)) }));
  return { ...ir, rulesets };
}

/** Of whom clauses speak: a rule, the row of a table, or all of a table whose guard has a state. */
interface Owner {
  /** Of a whole table its first row. */
  readonly rule: RuleIr;
  /** Where the rule stands in its ruleset. */
  readonly place: number;
  readonly whole: boolean;
}

/** The owners of the clauses of a ruleset, in the order in which they are asked. */
function* ownersOf({ rules, tables }: RulesetIr): Generator<Owner, void> {
  let last: number | null = null;
  for (const [place, rule] of rules.entries()) {
    if (rule.mode === "off") continue;
    const guarded = rule.table !== null && tables[rule.table]?.guard !== null;
    if (!guarded || rule.table !== last) yield { rule, place, whole: guarded };
    last = rule.table;
  }
}

/** Builds the index of a ruleset, of plain data; null where it would be too large. */
function buildTables(ruleset: RulesetIr, lists: readonly ListIr[], { sharedBy = SHARED_BY, maxVectors = MAX_VECTORS }: Thresholds, known: KnownIndex): MatchTables | null {
  const owners = [...ownersOf(ruleset)];
  const read = known.conditions.read(owners.map(({ rule, whole }) => (whole || rule.hold !== null ? null : (rule.cells ?? rule.when))), lists);
  const rare = rareColumns(read.flatMap(({ clauses }) => clauses.map(({ tests }) => tests)), sharedBy);
  const kept = read.map(({ clauses }) => clauses.map((clause) => without(rare, clause)));
  const rests = new Int32Array(owners.length);
  const always: number[] = [];
  const clauses: OwnedClause[] = [];
  kept.forEach((alternatives, owner) => {
    if (alternatives.some(({ tests }) => tests.size === 0)) {
      always.push(owner);
      return;
    }
    const [only] = alternatives;
    if (alternatives.length === 1 && only?.whole === false) {
      rests[owner] = untold((read[owner] as Read).operands().map((clauses) => clauses.map((clause) => without(rare, clause))));
    }
    clauses.push(...alternatives.map(({ tests, whole }) => ({ owner, tests, finding: whole ? FOUND_TRUE : rests[owner] === 0 ? FOUND_ASK : FOUND_REST })));
  });
  const tables = assemble(clauses, maxVectors, known);
  return tables === null ? null : { ...tables, size: owners.length, owners: Int32Array.from(owners, ({ place, whole }) => (place << OWNER) | (whole ? WHOLE_TABLE : 0)), always: Int32Array.from(always), rests, memory: null };
}

/** What is left of a clause when it does not ask these columns. */
function without(columns: ReadonlySet<Column>, clause: Clause): Clause {
  const { tests, whole } = clause;
  let asks = false;
  for (const column of tests.keys()) asks ||= columns.has(column);
  if (!asks) return clause;
  const left = new Map([...tests].filter(([column]) => !columns.has(column)));
  return { tests: left, whole: whole && left.size === tests.size };
}

/** The operands of a chain of `and` of which their clauses do not say all, as bits. */
function untold(operands: readonly (readonly Clause[])[]): number {
  // Of several parts of one text a clause asks only one.
  const parts = operands.flatMap(([only]) => [...(only?.tests.keys() ?? [])].filter(({ kind }) => kind === "infix"));
  const isTold = ([only, ...others]: readonly Clause[]): boolean =>
    only?.whole === true && others.length === 0 && [...only.tests.keys()].every((column) => parts.indexOf(column) === parts.lastIndexOf(column));
  return operands.reduce((bits, each, i) => (isTold(each) ? bits : bits | (1 << i)), 0);
}

/** Computed values that too few clauses ask. */
function rareColumns(asked: readonly ReadonlyMap<Column, unknown>[], sharedBy: number): ReadonlySet<Column> {
  const counts = new Map<Column, number>();
  for (const tests of asked) for (const column of tests.keys()) counts.set(column, (counts.get(column) ?? 0) + 1);
  const isRare = (column: Column, count: number): boolean => count < (column.slow ? sharedBy : Math.min(sharedBy, CHEAPLY_SHARED_BY));
  return new Set([...counts].filter(([column, count]) => column.sides.some((side) => side.op !== "slot") && isRare(column, count)).map(([column]) => column));
}

function assemble(clauses: readonly OwnedClause[], maxVectors: number, known: KnownIndex): Pick<MatchTables, "columns" | "clusters" | "places" | "rows" | "clauses"> | null {
  const constants = new Map<Column, Set<string | number>>();
  for (const { tests } of clauses) {
    for (const [column, test] of tests) {
      let named = constants.get(column);
      if (named === undefined) constants.set(column, (named = new Set()));
      for (const constant of known.constantsOf(test)) named.add(constant);
    }
  }
  const numbers = new Map([...constants.keys()].map((column, i) => [column, i]));
  const divided = new Map([...constants].map(([column, named]) => [column, known.divide(column, named)]));
  const writer = new TableWriter(numbers, divided, known);
  const clusters = clusterClauses(clauses, (column) => numbers.get(column) ?? -1, (column) => divided.get(column) as Divided, known.truthsOf);
  for (const cluster of clusters) {
    writer.add(cluster);
    if (writer.vectors > maxVectors) return null;
  }
  return { columns: [...divided.values()].map(({ table }) => table), ...writer.finish() };
}

/** Writes clusters one after the other. */
class TableWriter {
  readonly #numbers: ReadonlyMap<Column, number>;
  readonly #divided: ReadonlyMap<Column, Divided>;
  readonly #known: KnownIndex;
  readonly #clusters: number[] = [];
  /** By column what clusters have for its classes, and where in `#clusters` it is to be told where that stands. */
  readonly #places = new Map<Column, { readonly of: Int32Array[]; readonly told: number[] }>();
  readonly #rows = new Words();
  readonly #clauses = new Words();

  constructor(numbers: ReadonlyMap<Column, number>, divided: ReadonlyMap<Column, Divided>, known: KnownIndex) {
    this.#numbers = numbers;
    this.#divided = divided;
    this.#known = known;
    // What the place of a row without bits tells to read.
    this.#rows.push(new Int32Array(WORDS));
  }

  add(cluster: Cluster): void {
    const vectors = Math.ceil(cluster.clauses.length / VECTOR);
    const columns = cluster.columns.map((column) => ({ column, ...this.#known.rowsOf(cluster, column, this.#divided.get(column) as Divided, vectors * WORDS) }));
    columns.sort((a, b) => Number(a.column.costly) - Number(b.column.costly) || a.density - b.density);
    this.#clusters.push(columns.length, columns.filter(({ column }) => !column.costly).length, this.#clauses.length, vectors);
    for (const each of columns) this.#place(each);
    this.#clauses.push(Int32Array.from(cluster.clauses, ({ owner, finding }) => (owner << FINDING) | finding));
    // Bits behind the last clause are never set.
    this.#clauses.push(new Int32Array(vectors * VECTOR - cluster.clauses.length));
  }

  /** Writes the rows of a column of a cluster. */
  #place({ column, rows, sure, possible }: ColumnRows & { readonly column: Column }): void {
    const at = rows.map((row) => this.#row(row));
    const known = this.#places.get(column) ?? { of: [], told: [] };
    known.of.push(Int32Array.from([...sure, ...possible], (row) => at[row] as number));
    this.#clusters.push(this.#numbers.get(column) ?? -1);
    known.told.push(this.#clusters.length);
    this.#clusters.push(0, 0);
    this.#places.set(column, known);
  }

  /** Writes what has bits of a row; yields its place. */
  #row(row: Int32Array): number {
    const first = row.findIndex((word) => word !== 0);
    if (first < 0) return 0;
    const from = Math.floor(first / WORDS);
    const to = Math.floor(row.findLastIndex((word) => word !== 0) / WORDS) + 1;
    const at = this.#rows.push(row.subarray(from * WORDS, to * WORDS)) / WORDS;
    return (at << PLACE_AT) | (from << PLACE_FROM) | to;
  }

  get vectors(): number {
    return this.#rows.length / WORDS;
  }

  finish(): Pick<MatchTables, "clusters" | "places" | "rows" | "clauses"> {
    const clusters = Int32Array.from(this.#clusters);
    const places = new Words();
    for (const { of, told } of this.#places.values()) {
      const at = places.push(interleaved(of));
      told.forEach((entry, i) => clusters.set([at + i, of.length], entry));
    }
    return { clusters, places: places.finish(), rows: this.#rows.finish(), clauses: this.#clauses.finish() };
  }
}

/** Arrays of one length: the first of each, then the second of each, and so on. */
function interleaved(arrays: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(arrays.length * (arrays[0]?.length ?? 0));
  arrays.forEach((array, i) => array.forEach((value, j) => (all[j * arrays.length + i] = value)));
  return all;
}
