import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Pending } from "../../src/store/pending.ts";
import { StoreFailed } from "../../src/store/refusal.ts";
import { Store } from "../../src/store/store.ts";
import { dataFolder, decided, FAULTY, numbers, openStore, plant, until, write } from "./records.ts";

/** How many of the planted faults have not come yet. */
const left = (folder: string): number => (JSON.parse(readFileSync(join(folder, "fault"), "utf8")) as { times: number }).times;

test("a store that is closed while its writing fails lets go of the folder and does not come back to it", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  await write(store, decided(1));
  plant(folder, "commit", "disk I/O error");
  store.append(decided(2));
  const wait = Promise.resolve(store.committed(2));
  const closed = store.close();
  await assert.rejects(wait, StoreFailed);
  assert.equal(await closed, false, "not everything was written");
  plant(folder, "open", "disk I/O error", 5);
  await sleep(400);
  assert.equal(left(folder), 5, "nobody opens the folder any more");
  plant(folder, "open", "none", 0);
  const next = await openStore(t, folder);
  assert.deepEqual(await numbers(next), [1], "what was not promised is gone, and nothing else");
});

test("a store that is closed while it opens the folder again waits for that, and then lets go of it", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  plant(folder, "append", "disk I/O error");
  store.append(decided(1));
  await assert.rejects(Promise.resolve(store.committed(1)), StoreFailed);
  plant(folder, "open", "300 ms");
  await until(() => left(folder) === 0, "the folder is being opened");
  await store.close();
  plant(folder, "open", "disk I/O error", 5);
  const next = await openStore(t, folder);
  await write(next, decided(2));
  await sleep(300);
  assert.equal(left(folder), 5);
  assert.equal(next.state.status, "ok");
});

test("what comes while the store closes is refused and not left waiting", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  plant(folder, "commit", "100 ms");
  store.append(decided(1));
  const first = Promise.resolve(store.committed(1));
  const closed = store.close();
  assert.equal(store.state.status, "closed");
  store.append(decided(2));
  await assert.rejects(Promise.resolve(store.committed(2)), StoreFailed);
  await assert.rejects(Promise.resolve(store.room()), StoreFailed);
  await first;
  assert.equal(await closed, true);
  assert.ok((await numbers(await openStore(t, folder))).includes(1));
});

test("records that are being written are found by their events too", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  plant(folder, "commit", "100 ms");
  store.append(decided(1));
  assert.equal((await store.event("payment", "e1"))?.seq, 1);
  plant(folder, "commit", "disk I/O error");
  store.append(decided(2));
  await assert.rejects(store.event("payment", "e2"), StoreFailed);
  await assert.rejects(store.event("payment", "e1"), StoreFailed, "while writing fails nobody is told anything");
});

test("a batch that may be in the file already does not grow", () => {
  const pending = new Pending(0);
  pending.add(1, decided(1));
  assert.equal(pending.take()?.records.length, 1);
  pending.fail("the thread ended");
  pending.add(2, decided(2));
  pending.done(1);
  assert.equal(pending.committed, 1);
  const batch = pending.take();
  assert.deepEqual([batch?.seq, batch?.records.length], [2, 1]);
});

test("a record that names a mark twice is written like any other", async (t) => {
  const store = await Store.open(dataFolder(t));
  const record = decided(1);
  await write(store, { ...record, marks: [...record.marks, ...record.marks] });
  assert.equal(store.state.status, "ok");
  await store.close();
});
