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
      limits: limits === null ? null : { ...limits, values: store.doubles(limits.values), starts: store.ints(limits.starts) },
      trie: trie === null ? null : { edges: store.ints(trie.edges), roots: store.ints(trie.roots), values: store.ints(trie.values), shorter: store.ints(trie.shorter), ending: store.ints(trie.ending) },
      texts: texts === null ? null : { buckets: store.ints(texts.buckets), starts: store.ints(texts.starts), units: store.units(texts.units), lengths: store.bytes(texts.lengths) },
    };
  });
}

function arraysOf({ limits, texts, trie }: ColumnTable): readonly { readonly byteLength: number }[] {
  return [limits, texts, trie].flatMap((part) => (part === null ? [] : Object.values(part).filter((each) => ArrayBuffer.isView(each))));
}

/** Memory that threads share, filled from its beginning. */
class Store {
  readonly #buffer: SharedArrayBuffer;
  #at = 0;

  constructor(bytes: number) {
    this.#buffer = new SharedArrayBuffer(bytes);
  }

  ints(array: Int32Array): Int32Array {
    const view = new Int32Array(this.#buffer, this.#take(array), array.length);
    view.set(array);
    return view;
  }

  doubles(array: Float64Array): Float64Array {
    const view = new Float64Array(this.#buffer, this.#take(array), array.length);
    view.set(array);
    return view;
  }

  units(array: Uint16Array): Uint16Array {
    const view = new Uint16Array(this.#buffer, this.#take(array), array.length);
    view.set(array);
    return view;
  }

  bytes(array: Uint8Array): Uint8Array {
    const view = new Uint8Array(this.#buffer, this.#take(array), array.length);
    view.set(array);
    return view;
  }

  #take({ byteLength }: { readonly byteLength: number }): number {
    const at = this.#at;
    this.#at += aligned(byteLength);
    return at;
  }
}

function sharedInts(array: Int32Array): Int32Array {
  const shared = new Int32Array(new SharedArrayBuffer(array.byteLength));
  shared.set(array);
  return shared;
}
