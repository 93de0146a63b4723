import type { ExprIr } from "../ir/ir.ts";

/*
 * The index of a ruleset as plain data: it can cross threads, and what is large in it can be shared between them.
 *
 * A column is something of an event that conditions ask: a field, a feature, a computed value. An event has one class in
 * each column, a small number that says all that the conditions can tell of its value; only in a column of parts of a text
 * it has one for every part that it holds. A cluster holds the clauses that ask the same columns, and of each column a row
 * of bits for every class: the clauses that this class does not refute. What is left when the rows of an event are and-ed
 * are the clauses that are not false. Most classes leave few clauses, which stand together: of a row only those vectors
 * are written from the first to the last that has a bit, and where the rows of an event do not overlap nothing is read.
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
 * `number`, `money`, `text`: a value against constants. `prefix`, `suffix` and `infix`: what a text begins with, ends with
 * and holds. `truth`: a condition as it is. `presence`: whether there is a value. `above` and `reaches`: `a > b * k` and
 * `a >= b * k` over all `k`.
 */
export type ColumnKind = "number" | "money" | "text" | "prefix" | "suffix" | "infix" | "truth" | "presence" | "above" | "reaches";

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
  readonly trie: Trie | null;
}

/** Numbers that divide a line, ascending, and where to begin to look among them. */
export interface Limits {
  readonly values: Float64Array;
  /** By the upper half of a number's bits, in buckets of 2 ** `shift` from `low`: the first limit that is not below any of the bucket. */
  readonly starts: Int32Array;
  readonly low: number;
  readonly shift: number;
}

/** Texts as a tree of their units, numbered from 1; of a column of suffixes from their last unit to their first. See `trie.ts`. */
export interface Trie {
  /** The node below each node by a unit, where the hash of both puts it. The root is 0. */
  readonly edges: Int32Array;
  /** The nodes below the root by the first 128 units. */
  readonly roots: Int32Array;
  /** For each node the number of the text that ends there, or 0. */
  readonly values: Int32Array;
  /** For each node that of the longest text beside its own that it ends with. */
  readonly shorter: Int32Array;
  /** The next one of those at which a text ends, or 0. */
  readonly ending: Int32Array;
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

/** Bits of a vector, the least that is read of a row. */
export const VECTOR = 128;
/** Words of 32 bits in it. */
export const WORDS = VECTOR / 32;

/**
 * How clusters are written in `clusters`: a head, then for each column its number, where its first place stands in `places`
 * and how far it is from there to the place of the next class.
 */
export const CLUSTER_HEAD = 4;
export const CLUSTER_COLUMN = 3;

/**
 * Clauses in one cluster, so that a place has room for where a row begins and ends; and with more of them, rows of columns
 * with many limits would take room by their square.
 */
export const CLUSTERED_AT_MOST = 16 * VECTOR;

/**
 * A place tells where a row stands in `rows`, in vectors, and in its lowest bits which vectors of the cluster are written:
 * from one up to and without another. That of a row without bits is 0, and so are the bits of the first vector of `rows`.
 */
export const PLACE_FROM = 5;
export const PLACE_AT = 9;
export const TO_MASK = 2 ** PLACE_FROM - 1;
export const FROM_MASK = 2 ** (PLACE_AT - PLACE_FROM) - 1;
/** Vectors that places can tell apart, 128 MiB: a ruleset that takes more is asked rule by rule. */
export const MAX_VECTORS = 2 ** (32 - PLACE_AT);

/** What is found of an owner. */
export const FOUND_TRUE = 0;
export const FOUND_MISSING = 1;
/** The condition must be asked, unless another clause is true. */
export const FOUND_ASK = 2;
/** Of the condition only those operands must be asked that the clause, which is the only one, does not say. */
export const FOUND_REST = 3;
/** Bits of the finding. */
export const FINDING = 2;

/** How owners are written in `owners`: the place of their rule, or of the first row of a whole table, then whether it is a table. */
export const OWNER = 1;
export const WHOLE_TABLE = 1;

export interface MatchTables {
  readonly columns: readonly ColumnTable[];
  /** Who is asked, in that order. */
  readonly owners: Int32Array;
  /** How many rules, rows and tables with a state are told apart, in the order in which they are asked. */
  readonly size: number;
  /** For each cluster: its columns, those among them that are not costly, where its clauses stand in `clauses`, and its vectors. */
  readonly clusters: Int32Array;
  /**
   * For each column of a cluster the places of the rows of clauses that are surely true in the classes before `FIRST`,
   * then of those that are not false, in every class. What clusters have for one class of a column stands together, so
   * that an event finds its places in little memory.
   */
  readonly places: Int32Array;
  /** Bits of clauses. */
  readonly rows: Int32Array;
  /** Whose clause it is, and in the lowest bits what is found of the owner where it is true: a clause that does not say all of a condition only refutes it. */
  readonly clauses: Int32Array;
  /**
   * For each owner of whom `FOUND_REST` can be found a bit for every operand of its condition, a chain of `and`, that its
   * clause does not say all of; 0 for the others.
   */
  readonly rests: Int32Array;
  /** What no clause speaks for and is asked for every event. */
  readonly always: Int32Array;
  /** The memory that all of these arrays stand in, where they were put into one that WebAssembly can read. */
  readonly memory: WebAssembly.Memory | null;
}
