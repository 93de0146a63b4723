import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { MAX_BATCH_RECORDS, MAX_PENDING_RECORDS, Pending } from "../../src/store/pending.ts";
import { StoreFailed, StoreRefused } from "../../src/store/refusal.ts";
import { FORMAT, versionFault } from "../../src/store/schema.ts";
import { Store } from "../../src/store/store.ts";
import { dataFolder, decided, FAULTY, idOf, numbers, openStore, plant, START, until, write } from "./records.ts";

const refusedAs = (code: string, text: RegExp) => (error: unknown) => {
  assert.ok(error instanceof StoreRefused, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, text);
  return true;
};

test("what was committed is there after the folder is opened again, in order and whole", async (t) => {
  const folder = dataFolder(t);
  const records = Array.from({ length: 3_000 }, (_, n) => decided(n + 1));
  const store = await openStore(t, folder);
  await write(store, ...records);
  assert.equal(store.committed(store.last), null, "there is nothing left to wait for");
  assert.equal(await store.close(), true);
  const again = await openStore(t, folder);
  assert.equal(again.last, 3_000);
  assert.equal(again.received, START + 3_000);
  const found = [];
  for await (const page of again.reader.tail(0)) found.push(...page);
  assert.deepEqual(found.map((record, index) => ({ ...record, marks: records[index]?.marks })), records.map((record, index) => ({ ...record, seq: index + 1 })));
  assert.deepEqual(await again.reader.check(), []);
  await write(again, decided(3_001));
  assert.equal((await again.reader.event("payment", "e3001"))?.seq, 3_001);
});

test("records that come together share commits", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const each = Array.from({ length: 2_000 }, (_, n) => {
    store.append(decided(n + 1));
    return Promise.resolve(store.committed(store.last));
  });
  await Promise.all(each);
  assert.ok(store.stats.commits <= 3, `${store.stats.commits} commits`);
});

test("a folder has one process at a time", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  await assert.rejects(Store.open(folder), refusedAs("locked", /another process uses the data folder/));
  const script = `import { Store } from ${JSON.stringify(new URL("../../src/store/store.ts", import.meta.url).href)};
    await Store.open(${JSON.stringify(folder)}).then(() => console.log("open"), (error) => console.log(error.code));`;
  const other = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  assert.equal(other.stdout.trim(), "locked", other.stderr);
  await store.close();
  const next = await openStore(t, folder);
  assert.equal(next.state.status, "ok");
});

test("a folder of another format is refused and stays as it is", async (t) => {
  const folder = dataFolder(t);
  await (await Store.open(folder)).close();
  const file = join(folder, "sluice.db");
  const set = (format: number): void => {
    const db = new DatabaseSync(file);
    db.prepare("update meta set value = ? where name = 'format'").run(String(format));
    db.close();
  };
  set(FORMAT + 1);
  await assert.rejects(Store.open(folder), refusedAs("format", /written by a later version/));
  set(FORMAT);
  await openStore(t, folder);
});

test("a file that is no database, and a folder that is a file, are refused", async (t) => {
  const folder = dataFolder(t);
  writeFileSync(join(folder, "sluice.db"), "no database at all, but long enough to be looked at as one".repeat(20));
  await assert.rejects(Store.open(folder), refusedAs("unusable", /not a database/));
  const file = join(dataFolder(t), "file");
  writeFileSync(file, "");
  await assert.rejects(Store.open(join(file, "data")), refusedAs("unusable", /cannot be made/));
});

test("versions of SQLite that can damage a write-ahead log are refused", () => {
  // As the makers document it: since 3.7.0, mended in 3.51.3 and, for older lines, in 3.50.7 and 3.44.6.
  for (const bad of ["3.7.0", "3.44.5", "3.45.1", "3.50.6", "3.51.2", "3.52.0", "3.6.23", "4.0.0"]) assert.notEqual(versionFault(bad), null, bad);
  for (const good of ["3.44.6", "3.50.7", "3.51.3", "3.53.0", "3.53.4"]) assert.equal(versionFault(good), null, good);
});

for (const [step, message] of [
  ["append", "database or disk is full"],
  ["commit", "disk I/O error"],
  ["commit", "exit"],
] as const) {
  test(`a fault at \`${step}\` (${message}) is told to all who wait, and what was counted is written later, once`, async (t) => {
    const folder = dataFolder(t);
    const changes: string[] = [];
    const store = await openStore(t, folder, { writer: FAULTY, onChange: ({ status }) => changes.push(status) });
    await write(store, decided(1));
    plant(folder, step, message, 2);
    for (const n of [2, 3, 4]) store.append(decided(n));
    const waits = [2, 3, 4].map((seq) => store.committed(seq));
    for (const wait of waits) await assert.rejects(Promise.resolve(wait), StoreFailed);
    assert.equal(store.state.status, "failed");
    await assert.rejects(Promise.resolve(store.committed(2)), StoreFailed, "still nothing is promised");
    await assert.rejects(Promise.resolve(store.room()), StoreFailed);
    assert.equal(store.committed(1), null, "what was durable stays so");
    await until(() => store.state.status === "ok", "the store has recovered");
    assert.equal(store.committed(4), null);
    await write(store, decided(5));
    assert.deepEqual(await numbers(store), [1, 2, 3, 4, 5]);
    assert.deepEqual(changes, ["failed", "ok"]);
    assert.ok(store.stats.failures >= 2);
  });
}

test("records that were written although the thread ended before it said so are not written twice", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  plant(folder, "committed", "exit");
  store.append(decided(1));
  store.append(decided(2));
  await assert.rejects(Promise.resolve(store.committed(2)), StoreFailed);
  await until(() => store.state.status === "ok", "the store has recovered");
  assert.equal(store.committed(2), null);
  await write(store, decided(3));
  assert.deepEqual(await numbers(store), [1, 2, 3]);
});

test("a full disk stops acknowledging and loses nothing that was acknowledged; room brings it back", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-full-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]).status === 0;
  if (!mounted) {
    t.diagnostic("no tmpfs can be mounted here: ENOSPC is injected instead");
    rmSync(folder, { recursive: true });
  }
  const place = mounted ? folder : dataFolder(t);
  if (mounted) t.after(() => (spawnSync("umount", ["-l", folder]), rmSync(folder, { recursive: true, force: true })));
  const store = await openStore(t, place, { writer: FAULTY });
  const acknowledged: number[] = [];
  for (let n = 1; n <= 400 && store.state.status === "ok"; n++) {
    if (!mounted && n === 100) plant(place, "append", "database or disk is full", 3);
    store.append(decided(n, { padding: 20_000 }));
    await store.committed(store.last)?.then(() => acknowledged.push(n), () => undefined);
  }
  assert.equal(store.state.status, "failed");
  assert.match(store.state.reason ?? "", /full|I\/O/);
  assert.ok(acknowledged.length > 10, `${acknowledged.length} acknowledged`);
  assert.deepEqual((await numbers(store)).slice(0, acknowledged.length), acknowledged);
  if (mounted) assert.equal(spawnSync("mount", ["-o", "remount,size=40m", folder]).status, 0);
  await until(() => store.state.status === "ok", "the store has recovered");
  await write(store, decided(1_000));
  assert.deepEqual(await numbers(store), Array.from({ length: store.last }, (_, n) => n + 1));
  assert.deepEqual(await store.reader.check(), []);
});

test("a folder that was exchanged meanwhile is not written to", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  await write(store, decided(1), decided(2));
  plant(folder, "append", "disk I/O error");
  store.append(decided(3));
  await assert.rejects(Promise.resolve(store.committed(3)), StoreFailed);
  for (const name of ["sluice.db", "sluice.db-wal", "sluice.db-shm"]) rmSync(join(folder, name), { force: true });
  await until(() => /not what was written/.test(store.state.reason ?? ""), "it is noticed");
  assert.equal(store.state.status, "failed");
});

test("without durability nobody waits, and a fault is told all the same", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY, durability: "none" });
  store.append(decided(1));
  assert.equal(store.committed(1), null);
  await until(() => store.stats.committed === 1, "it is written all the same");
  plant(folder, "append", "disk I/O error");
  store.append(decided(2));
  await until(() => store.state.status === "failed", "the fault is told");
  await until(() => store.state.status === "ok", "the store has recovered");
  assert.equal(store.stats.committed, 2);
});

test("whoever brings more than the writer can take has to wait", async (t) => {
  const store = await openStore(t, dataFolder(t));
  for (let n = 1; n < MAX_PENDING_RECORDS; n++) store.append(decided(n));
  assert.equal(store.room(), null);
  store.append(decided(MAX_PENDING_RECORDS));
  const room = store.room();
  assert.notEqual(room, null);
  await room;
  assert.equal(store.room(), null);
});

test("batches are bounded, and one that is being written does not grow", () => {
  const pending = new Pending(0);
  pending.add(1, decided(1));
  assert.equal(pending.take()?.records.length, 1);
  for (let seq = 2; seq <= MAX_BATCH_RECORDS + 3; seq++) pending.add(seq, decided(seq));
  assert.equal(pending.take(), null, "one at a time");
  pending.done(1);
  assert.deepEqual([pending.take()].map((batch) => [batch?.seq, batch?.records.length]), [[2, MAX_BATCH_RECORDS]]);
  pending.done(MAX_BATCH_RECORDS + 1);
  assert.equal(pending.take()?.records.length, 2);
});

test("retention forgets the oldest by age and by size, and numbers go on", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  await write(store, ...Array.from({ length: 6_000 }, (_, n) => decided(n + 1, { padding: 200 })));
  assert.equal(await store.prune({ before: START + 4_501, bytes: Number.MAX_SAFE_INTEGER }), 4_500);
  assert.deepEqual(await numbers(store), Array.from({ length: 1_500 }, (_, n) => 4_501 + n));
  assert.equal(await store.reader.decision(idOf(4_500)), null);
  assert.deepEqual((await store.reader.decisions({ type: "payment", ruleset: null, outcome: null, rule: null, eventId: null, label: null, version: null, from: null, to: null }, 2_000, null)).decisions.length, 1_500);
  assert.ok((await store.prune({ before: 0, bytes: 100_000 })) > 0);
  assert.ok(store.stats.bytes <= 200_000, `${store.stats.bytes} bytes`);
  await store.prune({ before: START + 1e9, bytes: 0 });
  assert.deepEqual(await numbers(store), []);
  await store.close();
  const again = await openStore(t, folder);
  assert.equal(again.last, 6_000, "a number is never given twice");
});

test("the newest whole snapshot is kept, one that was cut off never", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: FAULTY });
  const piecesOf = async (of: Store): Promise<string[]> => {
    const snapshot = await of.reader.snapshot();
    const found: string[] = [];
    if (snapshot !== null) for await (const { part, bytes } of of.reader.pieces(snapshot)) found.push(`${snapshot.seq}:${part}:${Buffer.from(bytes).toString()}`);
    return found;
  };
  const save = async (...pieces: readonly string[]): Promise<void> => {
    const snapshot = store.beginSnapshot();
    for (const piece of pieces) await snapshot.keep("windows", Buffer.from(piece));
    await snapshot.end();
  };
  assert.deepEqual(await piecesOf(store), []);
  await write(store, ...[1, 2, 3].map((n) => decided(n)));
  await save("a", "b");
  assert.deepEqual(await piecesOf(store), ["3:windows:a", "3:windows:b"]);
  assert.equal((await store.reader.snapshot())?.bytes, 2);
  await write(store, decided(4));
  await save("c");
  assert.deepEqual(await piecesOf(store), ["4:windows:c"]);
  await write(store, decided(5));
  const given = store.beginSnapshot();
  await given.keep("windows", Buffer.from("given up"));
  await write(store, decided(6));
  const cut = store.beginSnapshot();
  await cut.keep("windows", Buffer.from("d"));
  plant(folder, "piece", "disk I/O error");
  await assert.rejects(cut.keep("windows", Buffer.from("e")), StoreFailed);
  assert.deepEqual(await piecesOf(store), ["4:windows:c"]);
  await store.close();
  assert.deepEqual(await piecesOf(await openStore(t, folder)), ["4:windows:c"]);
});
