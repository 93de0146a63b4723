import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { DATABASE } from "../../src/store/schema.ts";
import { Store } from "../../src/store/store.ts";
import { dataFolder, numbers, until } from "./records.ts";
import { payment, type Running, RULES, rulesFolder, run } from "./service.ts";

const AT = encodeURIComponent("2026-10-21T12:00:00Z");
const count = async (service: Running, card: string): Promise<unknown> => (await service.get(`/v1/features/card_tx?key=${card}&at=${AT}`)).json["value"];

for (const boundary of [2 ** 31, 2 ** 32]) {
  test(`the numbers of records go on over ${boundary}, and a start after it finds all`, async (t) => {
    const [rules, data] = [rulesFolder(t), dataFolder(t)];
    await (await Store.open(data)).close();
    const db = new DatabaseSync(join(data, DATABASE));
    db.prepare("insert into meta (name, value) values ('last', ?)").run(String(boundary - 5));
    db.close();
    const first = await run(t, rules, data);
    const seqs = [];
    for (let n = 0; n < 10; n++) seqs.push((await first.post("/v1/decisions", payment(4 * n, 600))).json["seq"]);
    assert.deepEqual(seqs, Array.from({ length: 10 }, (_, n) => boundary - 4 + n));
    const page = (await first.get("/v1/decisions?limit=4")).json;
    assert.equal(((await first.get(`/v1/decisions?cursor=${String(page["next"])}`)).json["decisions"] as unknown[]).length, 6);
    assert.equal(await first.close(), true);
    const second = await run(t, rules, data);
    assert.equal(await count(second, "c0"), 10);
    assert.equal((await second.post("/v1/decisions", payment(36, 600))).json["replayed"], true);
    assert.equal((await second.post("/v1/decisions", payment(40, 600))).json["seq"], boundary + 6);
    await second.close();
    const store = await Store.open(data);
    assert.deepEqual(await numbers(store), Array.from({ length: 11 }, (_, n) => boundary - 4 + n));
    await store.close();
  });
}

test("a clock that is set back neither makes retries new nor takes the order out of the log", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  let now = Date.UTC(2026, 10, 21, 12);
  const clock = { now: () => now };
  const first = await run(t, rules, data, { clock });
  await first.post("/v1/decisions", payment(4, 600));
  now -= 7_200_000;
  await first.post("/v1/decisions", payment(8, 10));
  now -= 7_200_000;
  const label = (await first.post("/v1/labels", { eventId: "p8", label: "fraud" })).json;
  assert.equal(label["at"], "2026-11-21T08:00:00Z");
  await first.post("/v1/decisions", payment(12, 10));
  for (const open of [() => first, () => run(t, rules, data, { clock })]) {
    const service = await open();
    assert.equal(await count(service, "c0"), 3);
    for (const [n, amount] of [[4, 600], [8, 10], [12, 10]] as const) assert.equal((await service.post("/v1/decisions", payment(n, amount))).json["replayed"], true, `p${n}`);
    const found = async (query: string): Promise<unknown[]> => ((await service.get(`/v1/decisions?${query}`)).json["decisions"] as { eventId: string }[]).map((each) => each.eventId);
    assert.deepEqual(await found("from=2026-11-21T12:00:00Z"), ["p12", "p8", "p4"], "what came later stands later");
    assert.deepEqual(await found("to=2026-11-21T12:00:00Z"), []);
    await (service === first ? first.close() : undefined);
    if (service === first) continue;
    now += 86_400_000 + 14_400_000;
    assert.equal((await service.post("/v1/decisions", payment(8, 11))).json["replayed"], false, "after a day it is another event");
  }
});

test("an event as large as a body may be is kept, read again and known", async (t) => {
  const rules = rulesFolder(t, RULES.replace("amount: number\n", "amount: number\n  note: string = \"\"\n"));
  const data = dataFolder(t);
  const env = { SLUICE_BODY_LIMIT: "1000000" };
  const large = (n: number): object => {
    const { type, event } = payment(n, 600) as { type: string; event: object };
    return { type, event: { ...event, note: "é".repeat(450_000) } };
  };
  const first = await run(t, rules, data, {}, env);
  for (const n of [4, 8, 12]) assert.equal((await first.post("/v1/decisions", large(n))).status, 200);
  await first.post("/v1/decisions", payment(16, 1));
  await first.close();
  const second = await run(t, rules, data, {}, env);
  assert.equal(await count(second, "c0"), 4);
  assert.equal((await second.post("/v1/decisions", large(8))).json["replayed"], true);
  assert.equal((await second.post("/v1/decisions", payment(8, 600))).json["code"], "id_conflict");
});

test("ids with any character are found again", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const ids = ["a\u0000b", "a", "", "%", "' or 1 = 1 --", "\u{1F4B3}", "é", "e\u0301", " ", "\n"].filter((id) => id !== "");
  const of = (id: string): object => ({ type: "payment", event: { id, at: "2026-10-21T00:00:00Z", card: id, amount: 1 } });
  const first = await run(t, rules, data);
  for (const id of ids) assert.equal((await first.post("/v1/decisions", of(id))).json["replayed"], false, JSON.stringify(id));
  for (const open of [() => first, () => run(t, rules, data)]) {
    const service = await open();
    for (const id of ids) {
      assert.equal((await service.post("/v1/decisions", of(id))).json["replayed"], true, JSON.stringify(id));
      const { decisions } = (await service.get(`/v1/decisions?eventId=${encodeURIComponent(id)}`)).json as { decisions: { eventId: string }[] };
      assert.deepEqual(decisions.map((each) => each.eventId), [id]);
      assert.equal((await service.get(`/v1/features/card_tx?key=${encodeURIComponent(id)}&at=${AT}`)).json["value"], 1, JSON.stringify(id));
    }
    await service.close();
  }
});

test("a log that cannot be read at the start is read again until it can be, and nothing is counted twice", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const first = await run(t, rules, data);
  for (let n = 0; n < 20; n++) await first.post("/v1/decisions", payment(4 * n, 600));
  await first.close();
  const change = (sql: string): void => {
    const db = new DatabaseSync(join(data, DATABASE));
    db.exec(sql);
    db.close();
  };
  // The last of them, so that all before it are read and must be forgotten again.
  const last = "where seq = (select max(seq) from segments)";
  change(`create table aside as select seq, bytes from segments ${last}; update segments set bytes = zeroblob(length(bytes)) ${last}`);
  const second = await run(t, rules, data);
  const ready = await second.get("/readyz");
  assert.deepEqual([ready.status, ready.json["code"]], [503, "store_failed"]);
  assert.equal((await second.post("/v1/decisions", payment(80, 600))).json["code"], "store_failed");
  assert.match(second.logs(), /the segment of the records .* is damaged/);
  change(`update segments set bytes = (select bytes from aside) ${last}`);
  await until(async () => (await second.get("/readyz")).status === 200, "it is ready");
  assert.equal(await count(second, "c0"), 20);
  assert.equal((await second.post("/v1/decisions", payment(76, 600))).json["replayed"], true);
  const next = (await second.post("/v1/decisions", payment(80, 600))).json["decisions"] as { cards: { rules: { id: string }[] } };
  assert.deepEqual(next.cards.rules.map(({ id }) => id), [], "the cooldown goes on");
});
