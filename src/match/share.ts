import type { ColumnTable, MatchTables } from "./tables.ts";
import { inMemory } from "./memory.ts";

/** The same tables in memory that threads share: posting them copies nothing of it. */
export function sharedTables(tables: MatchTables): MatchTables {
  const { memory, clusters, places, rows, clauses, rests, always } = inMemory(tables);
  // Without such a memory each array has one of its own, which the plain kernel reads as well.
  const arrays = memory === null ? { clusters: sharedInts(clusters), places: sharedInts(places), rows: sharedInts(rows), clauses: sharedInts(clauses), rests: sharedInts(rests), always: sharedInts(always) } : { clusters, places, rows, clauses, rests, always };
  return { columns: tables.columns.map(sharedColumn), size: tables.size, owners: sharedInts(tables.owners), ...arrays, memory };
}

function sharedColumn(column: ColumnTable): ColumnTable {
  const { limits, texts, trie } = column;
  return {
    ...column,
    limits: limits === null ? null : { ...limits, values: sharedDoubles(limits.values), starts: sharedInts(limits.starts) },
    trie: trie === null ? null : { edges: sharedInts(trie.edges), roots: sharedInts(trie.roots), values: sharedInts(trie.values), shorter: sharedInts(trie.shorter), ending: sharedInts(trie.ending) },
    texts: texts === null ? null : { buckets: sharedInts(texts.buckets), starts: sharedInts(texts.starts), units: sharedUnits(texts.units), lengths: sharedBytes(texts.lengths) },
  };
}

function sharedInts(array: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function sharedDoubles(array: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function sharedUnits(array: Uint16Array): Uint16Array {
  const shared = new Uint16Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}

function sharedBytes(array: Uint8Array): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}
