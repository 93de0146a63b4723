import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Writable } from "node:stream";
import { test } from "node:test";
import { run } from "../../src/cli/data.ts";
import { checkFolder } from "../../src/store/integrity.ts";
import { rngOf } from "../random.ts";
import { Engine } from "./engine.ts";
import { dataFolder, openStore } from "./records.ts";

async function tell(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const found = { out: "", err: "" };
  const to = (name: "out" | "err") =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        found[name] += chunk.toString();
        done();
      },
    });
  const code = await run(args, { stdout: to("out"), stderr: to("err") } as never);
  return { code, ...found };
}

test("a folder that is well is told to be, also while it is written to; each damage is named", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  const live = new Engine(store);
  const rng = rngOf(5);
  for (let n = 0; n < 300; n++) {
    await live.feed(rng, n);
    if (n % 20 === 0) await store.committed(store.last);
    if (n === 150) assert.equal(await live.snapshotter(store).run(), true);
  }
  await store.committed(store.last);
  const { records, last, snapshot, segments, faults } = checkFolder(folder);
  assert.deepEqual([records, last, faults], [store.last, store.last, []]);
  assert.ok(segments > 5 && snapshot !== null && snapshot > 100);
  const fine = await tell("check", folder);
  assert.deepEqual([fine.code, fine.err], [0, ""]);
  assert.match(fine.out, /^\d+ records, 1 to \d+, in \d+ segments; a snapshot of record \d+\nnothing is wrong\n$/);
  await store.close();

  const db = new DatabaseSync(join(folder, "sluice.db"));
  const spoil = (sql: string, fault: RegExp): void => {
    db.exec("savepoint before");
    db.exec(sql);
    db.exec("release before");
    const found = checkFolder(folder).faults;
    assert.ok(found.some((each) => fault.test(each)), `${sql}: ${found.join("; ")}`);
  };
  spoil("update pieces set number = number + 1 where number = (select max(number) from pieces)", /pieces of the snapshot of record \d+ are missing/);
  spoil("update segments set bytes = cast(bytes || x'00' as blob) where seq = (select max(seq) from segments)", /the segment of the records \d+ to \d+ is damaged: it is cut off/);
  spoil("delete from segments where seq = (select min(seq) from segments)", /the records 1 to \d+ are in no segment/);
  spoil("delete from segments where seq = (select seq from segments order by seq limit 1 offset 2)", /follows one that ends with/);
  spoil("delete from log where seq = 17", /some between are missing/);
  spoil("delete from segments where seq = (select max(seq) from segments)", /the log ends with record \d+, the segments with/);
  const bad = await tell("check", folder, "--format", "json");
  assert.equal(bad.code, 1);
  assert.ok((JSON.parse(bad.out) as { faults: string[] }).faults.length >= 5);
  spoil("update meta set value = '1' where name = 'format'", /the format is 1, this version reads/);
  db.close();
});

test("what is no data folder is refused, and so is what nobody knows how to do", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-none-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const none = await tell("check", folder);
  assert.deepEqual([none.code, none.err], [1, `sluice data: \`${folder}\` is no data folder: it holds no \`sluice.db\`\n`]);
  assert.equal((await tell("mend", folder)).code, 2);
});
