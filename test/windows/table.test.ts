import assert from "node:assert/strict";
import { test } from "node:test";
import { Slabs } from "../../src/windows/slabs.ts";
import { Table } from "../../src/windows/table.ts";

const HEAD_WORDS = 3;
const SEED = 0x1234abcd;

/** HalfSipHash-1-3 byte by byte, with the words of the last state that it leaves out: see `Table`. */
function halfSipHash(bytes: Uint8Array): readonly [low: number, high: number] {
  let [v0, v1] = [SEED, Math.imul(SEED, 0x9e3779b1)];
  let [v2, v3] = [v0 ^ 0x6c796765, v1 ^ 0x74656462];
  const turn = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  const round = (): void => {
    v0 = (v0 + v1) | 0;
    v1 = turn(v1, 5) ^ v0;
    v0 = turn(v0, 16);
    v2 = (v2 + v3) | 0;
    v3 = turn(v3, 8) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = turn(v3, 7) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = turn(v1, 13) ^ v2;
    v2 = turn(v2, 16);
  };
  const padded = [...bytes, ...Array.from({ length: 3 - (bytes.length % 4) }, () => 0), bytes.length & 0xff];
  for (let at = 0; at < padded.length; at += 4) {
    const word = [0, 1, 2, 3].reduce((all, byte) => all | ((padded[at + byte] as number) << (byte * 8)), 0);
    v3 ^= word;
    round();
    v0 ^= word;
  }
  v2 ^= 0xff;
  for (let last = 0; last < 3; last++) round();
  return [(v1 ^ v3) >>> 0, (v0 ^ v2) >>> 0];
}

function keyOf(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + salt * 17 + length) & 0xff);
}

function room(slabs: Slabs, length: number): number {
  return slabs.allocate(HEAD_WORDS + ((length + 7) >>> 3));
}

test("keys of every length are found whatever stands behind them, and told from those that differ in one byte", () => {
  const slabs = new Slabs();
  const table = new Table(slabs, HEAD_WORDS * 8, SEED);
  // As a writer has it: one place for all keys, with what was written before behind the one at hand.
  const place = new Uint8Array(64);
  const write = (key: Uint8Array, behind: number): number => {
    place.fill(behind);
    place.set(key);
    return key.length;
  };
  const blocks = new Map<number, number>();
  for (let length = 0; length <= 40; length++) {
    assert.equal(table.find(place, write(keyOf(length, 1), 0xee)), 0);
    assert.deepEqual([table.low, table.high], halfSipHash(keyOf(length, 1)), `hash of ${length} bytes`);
    const block = room(slabs, length);
    table.add(block, place, length);
    blocks.set(length, block);
  }
  for (const [length, block] of blocks) {
    assert.equal(table.find(place, write(keyOf(length, 1), 0x11)), block);
    assert.deepEqual([...table.key(block)], [...keyOf(length, 1)]);
    const alone = keyOf(length, 1);
    assert.equal(table.find(alone, length), block);
    const within = new Uint8Array(length + 5);
    within.set(alone, 3);
    assert.equal(table.find(within.subarray(3, 3 + length), length), block);
    for (let at = 0; at < length; at++) {
      const other = keyOf(length, 1);
      other[at] = (other[at] as number) ^ 0x80;
      assert.equal(table.find(other, length), 0, `${length} bytes, another at ${at}`);
    }
  }
});
