import type { ColumnTable, MatchTables } from "./tables.ts";
import { aligned, inMemory } from "./memory.ts";

/** The same tables in memory that threads share: posting them copies nothing of it. */
export function sharedTables(tables: MatchTables): MatchTables {
  const { memory, clusters, places, rows, clauses, rests, always } = inMemory(tables);
  // Without such a memory each array has one of its own, which the plain kernel reads as well.
  const arrays = memory === null ? { clusters: sharedInts(clusters), places: sharedInts(places), rows: sharedInts(rows), clauses: sharedInts(clauses), rests: sharedInts(rests), always: sharedInts(always) } : { clusters, places, rows, clauses, rests, always };
  return { columns: sharedColumns(tables.columns), size: tables.size, owners: sharedInts(tables.owners), ...arrays, memory };
}

/** All in one memory: handing over a memory costs as much as many views of it. */
function sharedColumns(columns: readonly ColumnTable[]): readonly ColumnTable[] {
  const store = new Store(columns.flatMap(arraysOf).reduce((sum, array) => sum + aligned(array.byteLength), 0));
  return columns.map((column) => {
    const { limits, texts, trie } = column;
    return {
      ...column,
      limits: limits === null ? null : { ...limits, values: store.put(limits.values), starts: store.put(limits.starts) },
      trie: trie === null ? null : { edges: store.put(trie.edges), roots: store.put(trie.roots), values: store.put(trie.values), shorter: store.put(trie.shorter), ending: store.put(trie.ending) },
      texts: texts === null ? null : { buckets: store.put(texts.buckets), starts: store.put(texts.starts), units: store.put(texts.units), lengths: store.put(texts.lengths) },
    };
  });
}

function arraysOf({ limits, texts, trie }: ColumnTable): readonly { readonly byteLength: number }[] {
  return [limits, texts, trie].flatMap((part) => (part === null ? [] : Object.values(part).filter((each) => ArrayBuffer.isView(each))));
}

type Arrays = Int32Array | Float64Array | Uint16Array | Uint8Array;

/** Memory that threads share, filled from its beginning. */
class Store {
  readonly #buffer: SharedArrayBuffer;
  #at = 0;

  constructor(bytes: number) {
    this.#buffer = new SharedArrayBuffer(bytes);
  }

  put<A extends Arrays>(array: A): A {
    const { constructor } = array as { readonly constructor: unknown };
    const view = new (constructor as new (buffer: SharedArrayBuffer, at: number, length: number) => A)(this.#buffer, this.#at, array.length);
    view.set(array);
    this.#at += aligned(array.byteLength);
    return view;
  }
}

function sharedInts(array: Int32Array): Int32Array {
  return new Store(array.byteLength).put(array);
}
