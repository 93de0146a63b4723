import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { rngOf } from "../random.ts";
import { Engine, FEATURES, rulesWith } from "./engine.ts";
import { dataFolder, openStore } from "./records.ts";

const EVENTS = 1_500;

test("what is recovered from a snapshot and the tail, and from the whole log, is what was left", async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const rng = rngOf(seed);
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  const live = new Engine(store);
  const snapshotter = live.snapshotter(store);
  let making: Promise<boolean> | null = null;
  for (let n = 0; n < EVENTS; n++) {
    await live.feed(rng, n);
    // Events go on while the snapshot is written.
    if (n === 600) making = snapshotter.run();
    if (n % 3 === 0) await nextTurn();
  }
  assert.equal(await making, true);
  await store.committed(store.last);
  const snapshot = await store.reader.snapshot();
  assert.ok(snapshot !== null && snapshot.seq > 500 && snapshot.seq < 601, `snapshot at ${snapshot?.seq}`);
  const expected = live.picture(store, EVENTS);

  const tailed = new Engine(store);
  tailed.now = live.now;
  const recovered = await tailed.recover(store);
  assert.deepEqual([recovered.records, recovered.snapshot, recovered.unusable, recovered.filled, recovered.cold], [store.last - snapshot.seq, snapshot, null, [], []]);
  assert.deepEqual(tailed.picture(store, EVENTS), expected);

  const edit = new DatabaseSync(join(folder, "sluice.db"));
  edit.exec("delete from snapshots");
  const folded = new Engine(store);
  folded.now = live.now;
  assert.deepEqual(await folded.recover(store), { records: store.last, snapshot: null, unusable: null, unknown: 0, filled: [], cold: [] });
  assert.deepEqual(folded.picture(store, EVENTS), expected);
  edit.close();

  // They also go on alike.
  const [later, other] = [rngOf(seed + 1), rngOf(seed + 1)];
  for (let n = 0; n < 200; n++) await live.feed(later, EVENTS + n);
  for (let n = 0; n < 200; n++) await tailed.feed(other, EVENTS + n);
  const { ids: _, ...left } = live.picture(store, EVENTS) as Record<string, unknown>;
  const { ids: __, ...right } = tailed.picture(store, EVENTS) as Record<string, unknown>;
  assert.deepEqual(right, left);
});

test("a snapshot that is damaged is told and passed over", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  const rng = rngOf(7);
  const live = new Engine(store);
  for (let n = 0; n < 300; n++) await live.feed(rng, n);
  assert.equal(await live.snapshotter(store).run(), true);
  for (let n = 300; n < 400; n++) await live.feed(rng, n);
  await store.committed(store.last);
  const expected = live.picture(store, 400);
  const edit = new DatabaseSync(join(folder, "sluice.db"));
  const { bytes } = edit.prepare("select bytes from pieces where part = 'windows'").get() as { bytes: Uint8Array };
  for (const damage of ["changed", "missing"]) {
    if (damage === "missing") edit.exec("delete from pieces where part = 'windows'");
    else edit.prepare("update pieces set bytes = ? where part = 'windows'").run(bytes.map((byte, at) => (at === bytes.length - 30 ? byte ^ 1 : byte)));
    const again = new Engine(store);
    again.now = live.now;
    const recovered = await again.recover(store);
    assert.equal(recovered.records, store.last);
    assert.notEqual(recovered.unusable, null);
    assert.deepEqual(again.picture(store, 400), expected);
  }
  edit.close();
});

test("features that came while the service was down are filled from the log", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  const rng = rngOf(11);
  const before = new Engine(store, rulesWith(FEATURES.filter((each) => !/lands|high|failures/.test(each)).concat("feature failures = count of login by card over 1h")));
  for (let n = 0; n < 900; n++) {
    await before.feed(rng, n);
    if (n === 500) assert.equal(await before.snapshotter(store).run(), true);
  }
  await store.committed(store.last);
  const whole = new Engine(store);
  whole.now = before.now;
  const after = new Engine(store);
  after.now = before.now;
  const recovered = await after.recover(store);
  assert.deepEqual(recovered.filled.toSorted(), ["failures", "high", "lands"]);
  assert.deepEqual(recovered.cold, []);
  assert.ok(recovered.snapshot !== null);
  // An engine that reads the whole log by the new rules.
  const edit = new DatabaseSync(join(folder, "sluice.db"));
  edit.exec("delete from snapshots");
  edit.close();
  assert.equal((await whole.recover(store)).snapshot, null);
  const pick = (engine: Engine): unknown => (engine.picture(store, 900) as Record<string, unknown>)["values"];
  assert.deepEqual(pick(after), pick(whole));
});
