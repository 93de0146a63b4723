import type { Value } from "../types/value.ts";
import { Reader, Writer } from "./bytes.ts";
import { pageOf, wordOf } from "./slabs.ts";
import type { Slabs } from "./slabs.ts";
import { HASH_HIGH, HASH_LOW, LENGTH, Table } from "./table.ts";

/** Integer of an entry that counts who refers to it. */
const USES = 4;
/** Words before the bytes of the value. */
const HEAD = 3;

/** Values that rows refer to, each once: a cell holds the address of its entry. Equal values have one address. */
export class Values {
  readonly #slabs: Slabs;
  readonly #table: Table;
  readonly #writer = new Writer();
  /** Currency codes by number; the empty code, which fits every currency, has number 0. */
  readonly #codes: string[] = [""];
  readonly #numbers = new Map<string, number>([["", 0]]);
  /** The currency that was last asked for: most are the same. */
  #last = "";
  #lastNumber = 0;

  constructor(slabs: Slabs, seed: number) {
    this.#slabs = slabs;
    this.#table = new Table(slabs, HEAD * 8, seed);
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  /** The cell of a value, which has one use more. */
  hold(value: Value): number {
    this.#writer.length = 0;
    this.#writer.value(value);
    return this.#hold(this.#writer.bytes, this.#writer.length);
  }

  /** The cell of a key of `distinct`, which has one use more. */
  holdKey(key: string | number): number {
    this.#writer.length = 0;
    this.#writer.key(key);
    return this.#hold(this.#writer.bytes, this.#writer.length);
  }

  /** The cell of a value as it was written, which has one use more. */
  holdBytes(bytes: Uint8Array): number {
    return this.#hold(bytes, bytes.length);
  }

  /** A value as it was written; good until the cell is released. */
  bytesOf(cell: number): Uint8Array {
    return this.#table.key(cell);
  }

  retain(cell: number): void {
    const integers = this.#slabs.u32[pageOf(cell)] as Uint32Array;
    const at = wordOf(cell) * 2 + USES;
    integers[at] = (integers[at] as number) + 1;
  }

  release(cell: number): void {
    const integers = this.#slabs.u32[pageOf(cell)] as Uint32Array;
    const at = wordOf(cell) * 2;
    const uses = (integers[at + USES] as number) - 1;
    integers[at + USES] = uses;
    if (uses > 0) return;
    const length = integers[at + LENGTH] as number;
    this.#table.remove(cell);
    this.#slabs.free(cell, wordsOf(length));
  }

  value(cell: number): Value {
    return new Reader(this.#table.key(cell)).value();
  }

  low(cell: number): number {
    return (this.#slabs.u32[pageOf(cell)] as Uint32Array)[wordOf(cell) * 2 + HASH_LOW] as number;
  }

  high(cell: number): number {
    return (this.#slabs.u32[pageOf(cell)] as Uint32Array)[wordOf(cell) * 2 + HASH_HIGH] as number;
  }

  /** The number of a currency. There are as many as the standard has, so none is ever let go of. */
  currency(code: string): number {
    if (code === this.#last) return this.#lastNumber;
    let number = this.#numbers.get(code);
    if (number === undefined) {
      number = this.#codes.push(code) - 1;
      this.#numbers.set(code, number);
    }
    this.#last = code;
    this.#lastNumber = number;
    return number;
  }

  /** The currencies by number. */
  get codes(): readonly string[] {
    return this.#codes;
  }

  /** Takes another seed; false where there are values already. */
  reseed(seed: number): boolean {
    return this.#table.reseed(seed);
  }

  code(number: number): string {
    return this.#codes[number] as string;
  }

  #hold(bytes: Uint8Array, length: number): number {
    const found = this.#table.find(bytes, length);
    if (found !== 0) {
      this.retain(found);
      return found;
    }
    const cell = this.#slabs.allocate(wordsOf(length));
    this.#table.add(cell, bytes, length);
    (this.#slabs.u32[pageOf(cell)] as Uint32Array)[wordOf(cell) * 2 + USES] = 1;
    return cell;
  }
}

function wordsOf(length: number): number {
  return HEAD + ((length + 7) >>> 3);
}
