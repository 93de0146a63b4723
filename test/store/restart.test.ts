import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { serialize } from "node:v8";
import { dataFolder, decided, openStore, START, until, write } from "./records.ts";
import { payment, RULES, rulesFolder, run, type Running } from "./service.ts";

const AT = encodeURIComponent("2026-10-21T12:00:00Z");
const FEW = { SLUICE_SNAPSHOT_RECORDS: "100", OTEL_SDK_DISABLED: "false" };
const feature = async (service: Running, name: string, card: string): Promise<unknown> => (await service.get(`/v1/features/${name}?key=${card}&at=${AT}`)).json["value"];

async function lines(service: Running, from: number, to: number): Promise<void> {
  const body = Array.from({ length: to - from }, (_, n) => JSON.stringify(payment(from + n, 1))).join("\n");
  const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
  assert.ok(!(await reply.text()).includes('"error"'));
}

test("a service begins with its last snapshot and knows the ids before it: retries, and other events under their ids", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const first = await run(t, rules, data, {}, FEW);
  const big = (await first.post("/v1/decisions", payment(0, 950))).json;
  await lines(first, 1, 600);
  await until(() => /"snapshot written"/.test(first.logs()), "a snapshot is written beside the events");
  await lines(first, 600, 800);
  await first.post("/v1/events", payment(800, 7));
  const metrics = await (await fetch(`${first.url}/metrics`)).text();
  for (const name of ["tail", "age", "seconds", "bytes"]) assert.match(metrics, new RegExp(`^sluice_snapshot_${name}(_\\w+)?(\\{.*\\})? [0-9.e-]+$`, "m"), name);
  assert.match(metrics, /^sluice_snapshots_total(\{.*\})? [1-9]/m);
  const { snapshot } = (await first.get("/v1/status")).json["store"] as { snapshot: { tail: number; made: number } };
  assert.ok(snapshot.made >= 1 && snapshot.tail < 802);
  const before = await Promise.all(["c0", "c1", "c2", "c3"].map((card) => Promise.all([feature(first, "card_tx", card), feature(first, "card_sum", card)])));
  await first.close();

  const second = await run(t, rules, data, {}, { ...FEW, SLUICE_REPLAY_CAPACITY: "1" });
  const read = /"records":(\d+),"snapshot":(\d+),.*"msg":"log read"/.exec(second.logs());
  assert.deepEqual([Number(read?.[1]), Number(read?.[2])], [0, 801], "the last snapshot was written at the end");
  assert.deepEqual(await Promise.all(["c0", "c1", "c2", "c3"].map((card) => Promise.all([feature(second, "card_tx", card), feature(second, "card_sum", card)]))), before);
  assert.deepEqual((await second.post("/v1/decisions", payment(0, 950))).json, { ...big, replayed: true });
  assert.deepEqual((await second.get("/v1/lists/watched/entries")).json["total"], 1);
  for (const n of [0, 5, 700]) {
    const other = await second.post("/v1/decisions", payment(n, 2));
    assert.deepEqual([other.status, other.json["code"]], [409, "id_conflict"], `p${n}`);
  }
  assert.equal((await second.post("/v1/events", payment(800, 7))).json["replayed"], true);
  assert.equal((await second.post("/v1/decisions", payment(801, 1))).json["replayed"], false);
  assert.equal(await feature(second, "card_tx", "c0"), 201, "retries are not counted");
});

test("a feature that was written while the service was down is filled from the log, others keep their state", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const first = await run(t, rules, data, {}, FEW);
  await lines(first, 0, 400);
  await first.close();
  const more = RULES.replace("ruleset", "feature card_top = max of payment.amount by card over 20d\nfeature cards_at = distinct of payment.card by amount over 30d\nruleset").replace("amount: number", "amount: number @key");
  writeFileSync(join(rules, "cards.risk"), more);
  const second = await run(t, rules, data, {}, FEW);
  assert.match(second.logs(), /"features":\["card_top","cards_at"\],"msg":"features that are new were filled from the log"/);
  assert.deepEqual([await feature(second, "card_tx", "c1"), await feature(second, "card_top", "c1"), await feature(second, "cards_at", "1")], [100, 1, 4]);
});

test("the versions that were active last are kept with their files and features", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, decided(1));
  for (let n = 1; n <= 25; n++) {
    const files = [{ path: "a.risk", text: `rule ${n}` }];
    await store.activated({ version: `v${n}`, seq: store.last, at: START + n, files, features: serialize({ n, bits: 7n }) });
  }
  const [newest, second] = await store.reader.versions(2);
  assert.deepEqual({ ...newest, features: null }, { version: "v25", seq: 1, at: START + 25, files: [{ path: "a.risk", text: "rule 25" }], features: null });
  assert.equal(second?.version, "v24");
  assert.deepEqual(Buffer.from(newest?.features ?? []), serialize({ n: 25, bits: 7n }));
  assert.equal((await store.reader.versions(1_000)).length, 20);
});

test("entries of lists stand in a table: as they were put in, renewed, taken off, and gone when they have expired", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const edits = (n: number, ...list: readonly unknown[]) => ({ ...decided(n), edits: JSON.stringify(list) });
  await write(store, edits(1, ["a", "x", null], ["a", 1, START + 5], ["a", "1", null], ["b", true, null]), edits(2, ["a", "x", START + 9], ["b", true, false], ["a", "y", null]));
  await write(store, { ...decided(3), kind: "list", type: "a", body: JSON.stringify([["a", "z", null]]), decisionId: null, decision: null });
  const entries = async (): Promise<unknown[]> => {
    const found: unknown[] = [];
    for await (const page of store.reader.listEntries()) found.push(...page.map(({ list, key, until: end }) => [list, key, end]));
    return found;
  };
  const all = [["a", "x", START + 9], ["a", 1, START + 5], ["a", "1", null], ["a", "y", null], ["a", "z", null]];
  assert.deepEqual(await entries(), all);
  await store.prune({ before: 0, bytes: Number.MAX_SAFE_INTEGER, now: START + 5 });
  assert.deepEqual(await entries(), all.filter(([, key]) => key !== 1));
  await store.prune({ before: START * 2, bytes: 0, now: START });
  assert.equal((await entries()).length, 4, "they outlive the records that they came from");
});
