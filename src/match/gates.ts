import { RowSet } from "./clusters.ts";
import type { Column } from "./columns.ts";
import { BLOCK, FIRST, type MatchTables } from "./tables.ts";
import { Words } from "./words.ts";

/** Words of one bit in a gate, at least: more make gates smaller and leave more words to look at. */
const WORDS_A_BLOCK = 1;
/** Blocks in all, about: rows of gates longer than that cost more than they spare. */
const BLOCKS = 512;

/** The rows of one column of a cluster by class, for its gate. */
export interface Gated {
  readonly column: Column;
  readonly rows: readonly Int32Array[];
  /** For each class, those before `FIRST` included, a row. */
  readonly possible: Int32Array;
}

/** A cluster as it is written, with its columns that are not costly. */
export interface WrittenCluster {
  /** Where it stands in `clusters`. */
  readonly at: number;
  readonly words: number;
  readonly gated: readonly Gated[];
}

interface Part {
  readonly firstBlock: number;
  readonly blocks: number;
  readonly gated: Gated;
}

/** Cuts clusters into blocks and makes the gates of their columns. */
export function makeGates(clusters: readonly WrittenCluster[], numberOf: (column: Column) => number): Pick<MatchTables, "blocks" | "gates" | "gatePlaces" | "gateRows" | "gateWords"> {
  const words = Math.max(WORDS_A_BLOCK, Math.ceil(clusters.reduce((sum, cluster) => sum + cluster.words, 0) / BLOCKS));
  const blocks: number[] = [];
  const parts = new Map<Column, Part[]>();
  for (const { at, words: all, gated } of clusters) {
    const firstBlock = blocks.length / BLOCK;
    for (let word = 0; word < all; word += words) blocks.push(at, word, Math.min(words, all - word));
    for (const each of gated) {
      const of = parts.get(each.column) ?? [];
      of.push({ firstBlock, blocks: blocks.length / BLOCK - firstBlock, gated: each });
      parts.set(each.column, of);
    }
  }
  const writer = new GateWriter(blocks.length / BLOCK, words);
  const gates = [...parts].map(([column, of]) => ({ column, ...writer.gate(of) })).sort((a, b) => b.spared - a.spared);
  return {
    blocks: Int32Array.from(blocks),
    gates: Int32Array.from(gates.flatMap(({ column, asking, at }) => [numberOf(column), asking, at])),
    ...writer.finish(),
  };
}

class GateWriter {
  readonly #count: number;
  readonly #words: number;
  readonly #blockWords: number;
  readonly #known = new RowSet();
  readonly #places = new Words();

  /** @param blockWords words of a block */
  constructor(count: number, blockWords: number) {
    this.#count = count;
    this.#words = Math.max(1, Math.ceil(count / 32));
    this.#blockWords = blockWords;
    this.#row(this.#all());
  }

  /** Writes the gate of a column. `spared` tells how many blocks it shuts on average. */
  gate(parts: readonly Part[]): { readonly asking: number; readonly at: number; readonly spared: number } {
    const asking = new Int32Array(this.#words);
    for (const { firstBlock, blocks } of parts) for (let i = 0; i < blocks; i++) set(asking, firstBlock + i);
    const shut = parts.map(({ blocks, gated }) => gated.rows.map((row) => this.#emptyBlocks(row, blocks)));
    const classes = (parts[0] as Part).gated.possible.length;
    const places = new Int32Array(classes);
    let spared = 0;
    for (let each = 0; each < classes; each++) {
      const row = this.#all();
      parts.forEach(({ firstBlock, gated }, i) => {
        for (const block of shut[i]?.[gated.possible[each] as number] ?? []) {
          clear(row, firstBlock + block);
          if (each >= FIRST) spared++;
        }
      });
      places[each] = this.#row(row);
    }
    return { asking: this.#row(asking), at: this.#places.push(places), spared: spared / (classes - FIRST) };
  }

  finish(): Pick<MatchTables, "gatePlaces" | "gateRows" | "gateWords"> {
    const rows = new Words();
    for (const row of this.#known.rows) rows.push(row);
    return { gatePlaces: this.#places.finish(), gateRows: rows.finish(), gateWords: this.#words };
  }

  #all(): Int32Array {
    const row = new Int32Array(this.#words);
    for (let block = 0; block < this.#count; block++) set(row, block);
    return row;
  }

  #row(row: Int32Array): number {
    return this.#known.numberOf(row) * this.#words;
  }

  #emptyBlocks(row: Int32Array, blocks: number): readonly number[] {
    const empty: number[] = [];
    for (let block = 0; block < blocks; block++) {
      const at = block * this.#blockWords;
      if (row.subarray(at, at + this.#blockWords).every((word) => word === 0)) empty.push(block);
    }
    return empty;
  }
}

function set(row: Int32Array, bit: number): void {
  row[bit >> 5] = (row[bit >> 5] as number) | (1 << bit);
}

function clear(row: Int32Array, bit: number): void {
  row[bit >> 5] = (row[bit >> 5] as number) & ~(1 << bit);
}
