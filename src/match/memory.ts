import type { MatchTables } from "./tables.ts";

/*
 * Tables in one memory that WebAssembly can read and threads can share. Views of it stand for the arrays, so that whoever
 * reads them needs to know nothing of it.
 */

const PAGE = 65_536;
/** 2 GiB: the kernel compares addresses as numbers with a sign. */
const MAX_PAGES = 32_768;
/** Arrays begin where a vector may stand. */
const ALIGNMENT = 16;

const ARRAYS = ["clusters", "places", "rows", "clauses", "rests", "always"] as const;

/** The same tables in a memory; as they are where they are in one already, or where none of that size is to be had. */
export function inMemory(tables: MatchTables): MatchTables {
  if (tables.memory !== null) return tables;
  const memory = memoryOf(ARRAYS.reduce((sum, name) => sum + aligned(tables[name].byteLength), 0), true);
  if (memory === null) return tables;
  let at = 0;
  const moved = (name: (typeof ARRAYS)[number]): Int32Array => {
    const view = new Int32Array(memory.buffer, at, tables[name].length);
    view.set(tables[name]);
    at += aligned(view.byteLength);
    return view;
  };
  return { columns: tables.columns, size: tables.size, owners: tables.owners, clusters: moved("clusters"), places: moved("places"), rows: moved("rows"), clauses: moved("clauses"), rests: moved("rests"), always: moved("always"), memory };
}

export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

/** Null where so much is not to be had: each takes some gigabytes of addresses, of which a process may be allowed few. */
export function memoryOf(bytes: number, shared: boolean): WebAssembly.Memory | null {
  const pages = Math.max(1, Math.ceil(bytes / PAGE));
  if (pages > MAX_PAGES) return null;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
