import type { ExprIr } from "../ir/ir.ts";

/*
 * The index of a ruleset as plain data: it can cross threads, and what is large in it can be shared between them.
 *
 * A column is something of an event that conditions ask: a field, a feature, a computed value. An event has one class in
 * each column, a small number that says all that the conditions can tell of its value. A cluster holds the clauses that
 * ask the same columns, and of each column a row of bits for every class: the clauses that this class does not refute.
 * What is left when the rows of an event are and-ed are the clauses that are not false. Most words of a cluster are empty
 * by one column alone: gates, rows of a bit for every block of words, tell which ones need not be looked at.
 */

/** The class of a value that the column cannot tell: the condition itself must be asked. */
export const UNSURE = 0;
/** The class of a value that is missing. */
export const ABSENT = 1;
/** The class of an amount in another currency than the column compares with. */
export const FOREIGN = 2;
/** The class of the number that is none. */
export const NAN = 3;
/** The first class that a value of the column's own kind has. */
export const FIRST = 4;

/**
 * `number`, `money`, `text`: a value against constants. `prefix`: what a text begins with. `truth`: a condition as it
 * is. `presence`: whether there is a value. `above` and `reaches`: `a > b * k` and `a >= b * k` over all `k`.
 */
export type ColumnKind = "number" | "money" | "text" | "prefix" | "truth" | "presence" | "above" | "reaches";

export interface ColumnTable {
  readonly kind: ColumnKind;
  /** What is asked; of `above` and `reaches` both sides, the right one without its factor. */
  readonly sides: readonly ExprIr[];
  /** Of a column over amounts. */
  readonly currency: string | null;
  /** Whether reading it costs more than looking it up, so that it is read only where clauses are left that need it. */
  readonly costly: boolean;
  readonly limits: Limits | null;
  readonly texts: Texts | null;
}

/** Numbers that divide a line, ascending, and where to begin to look among them. */
export interface Limits {
  readonly values: Float64Array;
  /** By the upper half of a number's bits, in buckets of 2 ** `shift` from `low`: the first limit that is not below any of the bucket. */
  readonly starts: Int32Array;
  readonly low: number;
  readonly shift: number;
}

/** Texts by their hash, numbered from 1. */
export interface Texts {
  /** Numbers of texts where their hash puts them, 0 where there is none; as many as a power of 2. */
  readonly buckets: Int32Array;
  /** Where each text begins in `units`, and where the last one ends. */
  readonly starts: Int32Array;
  /** The texts one after the other, in UTF-16. */
  readonly units: Uint16Array;
  /** 1 for every length that one of them has. */
  readonly lengths: Uint8Array;
}

/** How clusters are written in `clusters`: a head, then for each column its number and where its rows are found. */
export const CLUSTER_HEAD = 3;
export const CLUSTER_COLUMN = 2;

/** What is found of an owner. */
export const FOUND_TRUE = 0;
export const FOUND_MISSING = 1;
/** The condition must be asked, unless another clause is true. */
export const FOUND_ASK = 2;
/** Of the condition only those operands must be asked that the clause, which is the only one, does not say. */
export const FOUND_REST = 3;
/** Bits of the finding. */
export const FINDING = 2;

/** How blocks are written in `blocks`: where their cluster stands, their first word and how many they are. */
export const BLOCK = 3;

/** How gates are written in `gates`: a column, the row of the blocks that ask it, and where the rows of its classes are found. */
export const GATE = 3;

/** How owners are written in `owners`: the place of their rule, or of the first row of a whole table, then whether it is a table. */
export const OWNER = 1;
export const WHOLE_TABLE = 1;

export interface MatchTables {
  readonly columns: readonly ColumnTable[];
  /** Who is asked, in that order. */
  readonly owners: Int32Array;
  /** How many rules, rows and tables with a state are told apart, in the order in which they are asked. */
  readonly size: number;
  /** For each cluster: its columns, those among them that are not costly, and where its clauses stand in `clauses`. */
  readonly clusters: Int32Array;
  /**
   * For each column of a cluster the places in `rows` of the clauses that are surely true in the classes before `FIRST`,
   * then of those that are not false, in every class.
   */
  readonly places: Int32Array;
  /** Bits of clauses; the first row is empty and as long as the longest. */
  readonly rows: Int32Array;
  /** Whose clause it is, and in the lowest bits what is found of the owner where it is true: a clause that does not say all of a condition only refutes it. */
  readonly clauses: Int32Array;
  /**
   * For each owner of whom `FOUND_REST` can be found a bit for every operand of its condition, a chain of `and`, that its
   * clause does not say all of; 0 for the others.
   */
  readonly rests: Int32Array;
  /** Parts of clusters, of a few words each. */
  readonly blocks: Int32Array;
  /** Of the columns that are not costly: which blocks are worth a look. Those that leave the fewest come first. */
  readonly gates: Int32Array;
  /** For each class of the column of a gate the place in `gateRows` of the blocks in which it leaves a clause, or that do not ask it. */
  readonly gatePlaces: Int32Array;
  /** Bits of blocks; all of them in the first row. */
  readonly gateRows: Int32Array;
  /** Words in a row of `gateRows`. */
  readonly gateWords: number;
  /** What no clause speaks for and is asked for every event. */
  readonly always: Int32Array;
}
