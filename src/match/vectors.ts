import { EventClasses, MARKS, MOST_CLASSES, widestOf, type Classes, type Kernel } from "./kernel.ts";
import { aligned, inMemory, memoryOf } from "./memory.ts";
import { GIVEN, kernelModule } from "./simd.ts";
import type { MatchTables } from "./tables.ts";
import type { CompiledModule } from "./webassembly.ts";

/** A module as this machine takes it; null where it has no vectors, or not more than one memory. */
export function compiledKernel(bytes: Uint8Array): CompiledModule | null {
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
}

const KERNEL = compiledKernel(kernelModule());

/** The kernel in WebAssembly; null where there is none, or no memory for it. */
export function vectorKernel(tables: MatchTables, classes: Classes, module: CompiledModule | null = KERNEL): Kernel | null {
  if (module === null) return null;
  const moved = inMemory(tables);
  const layout = layoutOf(moved);
  const scratch = memoryOf(layout.size, false);
  return moved.memory === null || scratch === null ? null : new VectorKernel(module, moved, moved.memory, scratch, layout, classes);
}

/** What is worked with, one behind the other, in bytes from the beginning. */
function layoutOf(tables: MatchTables) {
  const { columns, size } = tables;
  const owners = Math.ceil(size / 32);
  let end = 0;
  const room = (words: number): number => {
    const at = end;
    end += aligned(words * Int32Array.BYTES_PER_ELEMENT);
    return at;
  };
  const marks = room(owners * MARKS);
  const touchedWords = Math.ceil(owners / 32);
  const [classes, others, begins, unsure] = [room(columns.length), room(columns.length * MOST_CLASSES), room(widestOf(tables)), room(widestOf(tables))];
  const [touched, found] = [room(touchedWords), room(size)];
  return { classes, others, begins, unsure, marks, touched, touchedWords, found, size: end };
}

class VectorKernel implements Kernel {
  readonly found: Int32Array;
  readonly #event: EventClasses;
  readonly #run: () => number;

  constructor(module: CompiledModule, tables: MatchTables, memory: WebAssembly.Memory, scratch: WebAssembly.Memory, layout: ReturnType<typeof layoutOf>, asked: Classes) {
    const count = tables.columns.length;
    this.found = new Int32Array(scratch.buffer, layout.found, tables.size);
    this.#event = new EventClasses(tables, asked, new Int32Array(scratch.buffer, layout.classes, count), new Int32Array(scratch.buffer, layout.others, count * MOST_CLASSES));
    const { clusters, places, rows, clauses, always } = tables;
    const given: Readonly<Record<(typeof GIVEN)[number], number>> = {
      ...layout,
      clusters: clusters.byteOffset,
      clustersEnd: clusters.byteOffset + clusters.byteLength,
      places: places.byteOffset,
      rows: rows.byteOffset,
      clauses: clauses.byteOffset,
      always: always.byteOffset,
      alwaysEnd: always.byteOffset + always.byteLength,
    };
    const numbers = Object.fromEntries(GIVEN.map((name) => [name, given[name]]));
    const { exports } = new WebAssembly.Instance(module, { env: { tables: memory, scratch, ...numbers, classIn: (column: number) => this.#event.read(column) } });
    this.#run = exports["run"] as () => number;
  }

  run(): number {
    this.#event.begin();
    const run = this.#run;
    return run();
  }
}
