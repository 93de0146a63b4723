import assert from "node:assert/strict";
import { test } from "node:test";
import { KnownIds } from "../../src/engine/known.ts";
import { idHash, typeSeed } from "../../src/store/idhash.ts";

const DAY = 86_400_000;
const hash = (n: number): { low: number; high: number } => idHash(`p${n}`, 7);

test("an id that came is known, for a day at least, and hardly any other", () => {
  const ids = new KnownIds(DAY);
  for (let n = 0; n < 100_000; n++) ids.add(hash(n), n * 500);
  for (let n = 0; n < 100_000; n++) assert.ok(ids.has(hash(n)), `p${n}`);
  let wrong = 0;
  for (let n = 100_000; n < 300_000; n++) if (ids.has(hash(n))) wrong += 1;
  assert.equal(wrong, 0, "one in 200,000 would be a bad hash");
  assert.equal(ids.lostUntil, Number.NEGATIVE_INFINITY);
  assert.equal(ids.stats.ids, 100_000);
  assert.ok(ids.stats.bytes < 100_000 * 12, `${ids.stats.bytes} bytes`);
  for (let n = 99_900; n < 100_000; n++) ids.add(hash(n), 50_000_000);
  assert.equal(ids.stats.ids, 100_000, "one that is there is not counted again");
});

test("ids that are too old go, and what memory has no room for is told", () => {
  const ids = new KnownIds(DAY);
  for (let n = 0; n < 200; n++) ids.add(hash(n), n * 3_600_000);
  assert.ok(!ids.has(hash(0)));
  for (let n = 200 - 24; n < 200; n++) assert.ok(ids.has(hash(n)));
  assert.equal(ids.lostUntil, Number.NEGATIVE_INFINITY, "nothing was lost within a day");
  assert.ok(ids.stats.ids <= 24 + 13);

  const small = new KnownIds(DAY, 256 * 1024);
  for (let n = 0; n < 300_000; n++) small.add(hash(n), n);
  assert.ok(small.stats.bytes <= 256 * 1024);
  assert.ok(small.lostUntil > 0);
  for (let n = small.lostUntil + 1; n < 300_000; n++) assert.ok(small.has(hash(n)));
  assert.ok(!small.has(hash(0)));
});

test("what is restored from pieces is what there was, also where ids come between", () => {
  const ids = new KnownIds(DAY);
  for (let n = 0; n < 400_000; n++) ids.add(hash(n), n);
  ids.lose(-5);
  const again = new KnownIds(DAY);
  let pieces = 0;
  for (const piece of ids.pieces()) {
    assert.ok(piece.length <= 2 ** 20);
    ids.add(hash(400_000 + pieces++), 400_000);
    again.restore(piece);
  }
  assert.ok(pieces > 3);
  for (let n = 0; n < 400_000; n++) assert.ok(again.has(hash(n)), `p${n}`);
  assert.equal(again.lostUntil, -5);
  for (let n = 400_000; n < 400_010; n++) again.add(hash(n), 400_001);
  for (let n = 0; n < 400_010; n++) assert.ok(again.has(hash(n)));
  const last = [...ids.pieces()].at(-1) as Uint8Array;
  assert.throws(() => new KnownIds(DAY).restore(last), RangeError);
});

test("the same id under two types, or in two folders, has two hashes", () => {
  const [a, b] = [typeSeed("payment", 1), typeSeed("login", 1)];
  assert.notDeepEqual(idHash("1", a), idHash("1", b));
  assert.notEqual(typeSeed("payment", 1), typeSeed("payment", 2));
  const seen = new Set<string>();
  for (let n = 0; n < 100_000; n++) seen.add(Object.values(idHash(String(n), a)).join());
  assert.equal(seen.size, 100_000);
});
