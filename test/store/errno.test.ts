import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { StoreFailed } from "../../src/store/refusal.ts";
import { rngOf } from "../random.ts";
import { compare, tollOf } from "./crash/rounds.ts";
import { KEEPING } from "./crash/rules.ts";
import { Sender } from "./crash/sender.ts";
import { dataFolder, decided, numbers, openStore, until, write } from "./records.ts";
import { type Running, rulesFolder, run } from "./service.ts";
import type { Errno } from "./workers/errno.ts";

const WRITER = new URL("workers/errno.ts", import.meta.url);
const SENDERS = 3;

const FULL = { code: 13, message: "database or disk is full" } as const;
const BROKEN = { code: 10, message: "disk I/O error" } as const;

function plant(folder: string, errno: Errno): void {
  writeFileSync(join(folder, "errno.new"), JSON.stringify(errno));
  renameSync(join(folder, "errno.new"), join(folder, "errno"));
}

const left = (folder: string): number => (JSON.parse(readFileSync(join(folder, "errno"), "utf8")) as Errno).times;

/** Statements of a commit, and how each fails. */
const STATEMENTS: readonly (readonly [statement: string, fault: typeof FULL | typeof BROKEN, when: Errno["when"]])[] = [
  ["begin", FULL, "before"],
  ["begin", BROKEN, "after"],
  ["insert into log", FULL, "before"],
  ["insert or ignore into marks", FULL, "before"],
  ["insert into segments", BROKEN, "before"],
  ["insert into list_entries", FULL, "before"],
  ["commit", FULL, "before"],
  ["commit", BROKEN, "after"],
];

/** Senders that have begun, in a service that works. */
interface Scene {
  readonly service: Running;
  readonly senders: readonly Sender[];
  readonly seed: number;
}

async function begin(t: TestContext, rules: string, data: string): Promise<Scene> {
  const service = await run(t, rules, data, { storeWriter: WRITER }, { OTEL_SDK_DISABLED: "false" });
  const seed = Math.floor(Math.random() * 2 ** 31);
  return { service, senders: Array.from({ length: SENDERS }, (_, n) => new Sender(`s${n}`, rngOf(seed + n), Date.now() - 10 * 86_400_000)), seed };
}

/** Sends until everybody is refused; `fail` is called once all have been answered. */
async function sendUntilRefused({ service, senders }: Scene, fail: () => void): Promise<void> {
  const over = new AbortController();
  const running = senders.map((sender) => sender.run(service.url, over.signal));
  await until(() => senders.every(({ acknowledged }) => acknowledged.size > 20), "all send");
  fail();
  await until(() => senders.every(({ refused }) => refused.length > 0), "everybody is refused");
  over.abort();
  await Promise.all(running);
  for (const { refused } of senders) assert.match(refused.splice(0).join(), /"code":"store_failed"/);
}

/** Everything that tells whether the store can write tells the same. */
async function compareTold(service: Running, reason: RegExp): Promise<void> {
  const ready = await service.get("/readyz");
  assert.deepEqual([ready.status, ready.json["code"], ready.headers.get("retry-after")], [503, "store_failed", "1"]);
  assert.equal((await service.get("/livez")).status, 200);
  const { store } = (await service.get("/v1/status")).json as { store: { status: string; reason: string } };
  assert.equal(store.status, "failed");
  assert.match(store.reason, reason);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  assert.match(metrics, /^sluice_store_failed(\{.*\})? 1$/m);
  assert.match(metrics, /^sluice_store_failures_total(\{.*\})? [1-9]/m);
}

/** Nothing is lost or counted twice, now and after another start. */
async function compareAfter(t: TestContext, { service, senders, seed }: Scene, rules: string, data: string): Promise<void> {
  await until(async () => (await service.get("/readyz")).status === 200, "it is ready again");
  assert.match(await (await fetch(`${service.url}/metrics`)).text(), /^sluice_store_failed(\{.*\})? 0$/m);
  const toll = tollOf();
  await compare(service.url, senders, toll);
  await service.close();
  const again = await run(t, rules, data);
  await compare(again.url, senders, toll);
  assert.deepEqual([toll.lost, toll.wrong], [[], []], `seed ${seed}`);
}

for (const [statement, fault, when] of STATEMENTS) {
  test(`\`${fault.message}\` ${when} \`${statement}\`: nothing false is told, and all is as if it had not been`, async (t) => {
    const [rules, data] = [rulesFolder(t, KEEPING[0]?.text), dataFolder(t)];
    const scene = await begin(t, rules, data);
    // What was committed although it did not seem so is not committed again.
    await sendUntilRefused(scene, () => plant(data, { statement, ...fault, when, times: statement === "commit" && when === "after" ? 1 : 3 }));
    if (left(data) > 0) await compareTold(scene.service, new RegExp(fault.message));
    await compareAfter(t, scene, rules, data);
    assert.equal(left(data), 0);
  });
}

test("a service over a full disk refuses and says why, and goes on when there is room", async (t) => {
  const rules = rulesFolder(t, KEEPING[0]?.text);
  const data = mkdtempSync(join(tmpdir(), "sluice-full-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=200m", "tmpfs", data]).status === 0;
  t.after(() => {
    if (mounted) spawnSync("umount", ["-l", data]);
    rmSync(data, { recursive: true, force: true });
  });
  if (!mounted) t.diagnostic("no tmpfs can be mounted here: the fault is injected instead");
  const scene = await begin(t, rules, data);
  // The writer goes on meanwhile: a size that is already exceeded when it is asked for is refused, and asked for anew.
  const shrink = (): boolean => {
    const { blocks, bfree, bsize } = statfsSync(data);
    return spawnSync("mount", ["-o", `remount,size=${(blocks - bfree) * bsize + 128 * 1024}`, data]).status === 0;
  };
  const fill = (): void => assert.ok(Array.from({ length: 20 }).some(shrink), "the folder could not be made smaller");
  await sendUntilRefused(scene, () => (mounted ? fill() : plant(data, { statement: "insert into log", ...FULL, when: "before", times: 4 })));
  await compareTold(scene.service, /full|I\/O/);
  if (mounted) assert.equal(spawnSync("mount", ["-o", "remount,size=200m", data]).status, 0);
  await compareAfter(t, scene, rules, data);
});

test("a folder that cannot be opened for a while is opened when it can", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder, { writer: WRITER });
  await write(store, decided(1));
  for (const statement of ["pragma journal_mode", "pragma synchronous", "insert or replace into meta"]) {
    plant(folder, { statement: "commit", ...BROKEN, when: "before", times: 1 });
    store.append(decided(store.last + 1));
    await assert.rejects(Promise.resolve(store.committed(store.last)), StoreFailed);
    plant(folder, { statement, ...BROKEN, when: "before", times: 2 });
    await until(() => store.state.status === "ok", "the store has recovered");
    assert.equal(left(folder), 0, statement);
  }
  assert.deepEqual(await numbers(store), [1, 2, 3, 4]);
});

for (const statement of ["begin", "delete from log", "delete from marks", "commit", "pragma incremental_vacuum"]) {
  test(`forgetting that fails at \`${statement}\` is told, and loses nothing that was to stay`, async (t) => {
    const folder = dataFolder(t);
    const store = await openStore(t, folder, { writer: WRITER });
    await write(store, ...Array.from({ length: 50 }, (_, n) => decided(n + 1, { received: n + 1 })));
    plant(folder, { statement, ...BROKEN, when: "before", times: 1 });
    const pruned = store.prune({ before: 31, bytes: Number.MAX_SAFE_INTEGER });
    store.append(decided(51, { received: 51 }));
    const wait = Promise.resolve(store.committed(51)).then(() => true, () => false);
    await assert.rejects(pruned, StoreFailed);
    assert.equal(await wait, false, "what comes after a fault waits for the folder to be opened again");
    await until(() => store.state.status === "ok", "the store has recovered");
    await store.prune({ before: 31, bytes: Number.MAX_SAFE_INTEGER });
    assert.deepEqual(await numbers(store), Array.from({ length: 21 }, (_, n) => 31 + n));
  });
}
