import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dataFolder, FAULTY, plant, until } from "./records.ts";
import { payment, RULES, type Running, rulesFolder, run } from "./service.ts";

const AT = encodeURIComponent("2026-10-21T12:00:00Z");
const feature = async (service: Running, name: string, card: string): Promise<unknown> => (await service.get(`/v1/features/${name}?key=${card}&at=${AT}`)).json["value"];

test("a service that starts again goes on: decisions, features, lists, cooldowns, ids, numbers", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const first = await run(t, rules, data);
  const decided = [];
  for (let n = 1; n <= 40; n++) decided.push((await first.post("/v1/decisions", payment(n, n === 8 ? 950 : n))).json);
  await first.post("/v1/events", { ...payment(41) });
  await fetch(`${first.url}/v1/lists/watched/entries`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"value":"by hand"}' });
  await fetch(`${first.url}/v1/lists/watched/entries`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"value":"gone"}' });
  await fetch(`${first.url}/v1/lists/watched/entries?value=gone`, { method: "DELETE" });
  const before = await Promise.all(["c0", "c1", "c2", "c3"].map((card) => Promise.all([feature(first, "card_tx", card), feature(first, "card_sum", card)])));
  assert.deepEqual(before.map(([count]) => count), [10, 11, 10, 10]);
  assert.equal(await first.close(), true);

  const second = await run(t, rules, data);
  assert.match(second.logs(), /"records":44,.*"msg":"log read"/);
  assert.deepEqual(await Promise.all(["c0", "c1", "c2", "c3"].map((card) => Promise.all([feature(second, "card_tx", card), feature(second, "card_sum", card)]))), before);
  const entries = (await second.get("/v1/lists/watched/entries")).json["entries"] as { value: string }[];
  assert.deepEqual(entries.map((entry) => entry.value).toSorted(), ["by hand", "c0"]);
  for (const each of decided) {
    const { read, quality, labels, ...found } = (await second.get(`/v1/decisions/${String(each["id"])}`)).json;
    assert.deepEqual(found, each);
    assert.deepEqual(labels, []);
    assert.ok("card_tx" in (read as object), "the features that were read stand beside it");
    assert.deepEqual(Object.keys(quality as object), Object.keys(read as object), "and that counting had only begun");
  }
  const again = await second.post("/v1/decisions", payment(8, 950));
  assert.deepEqual(again.json, { ...decided[7], replayed: true });
  assert.equal((await second.post("/v1/decisions", payment(8, 951))).json["code"], "id_conflict");
  assert.equal((await second.post("/v1/events", payment(41))).json["replayed"], true);
  assert.equal(await feature(second, "card_tx", "c0"), 10, "retries are not counted");
  const next = (await second.post("/v1/decisions", payment(44, 700))).json;
  assert.ok((next["seq"] as number) > 44);
  const rules44 = (next["decisions"] as { cards: { rules: { id: string }[] } }).cards.rules.map((rule) => rule.id);
  assert.deepEqual(rules44, ["known"], "the card is watched, and the cooldown of `first` began before");
});

test("requests that come while the same event is being written wait for it, and it is counted once", async (t) => {
  const service = await run(t, rulesFolder(t), dataFolder(t));
  const answers = await Promise.all(Array.from({ length: 20 }, () => service.post("/v1/decisions", payment(1))));
  assert.deepEqual(answers.map((each) => each.status), Array.from({ length: 20 }, () => 200));
  assert.equal(new Set(answers.map((each) => each.json["id"])).size, 1);
  assert.equal(answers.filter((each) => each.json["replayed"] === false).length, 1);
  assert.equal(await feature(service, "card_tx", "c1"), 1);
});

test("ids that memory had no room for are looked up in the log", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const service = await run(t, rules, data);
  // Twice the records that may wait, as the service keeps at least, and some more.
  const lines = Array.from({ length: 33_500 }, (_, n) => JSON.stringify(payment(n, 1))).join("\n");
  const reply = await fetch(`${service.url}/v1/events`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: lines });
  assert.equal((await reply.text()).split("\n").length, 33_501);
  await service.close();
  const again = await run(t, rules, data, {}, { SLUICE_REPLAY_CAPACITY: "1" });
  assert.equal((await again.post("/v1/events", payment(0, 1))).json["replayed"], true);
  assert.equal((await again.post("/v1/events", payment(0, 2))).json["code"], "id_conflict");
  assert.equal((await again.post("/v1/events", payment(40_000, 1))).json["replayed"], false);
});

test("while the store cannot write nothing is acknowledged, all say so, and after it everything goes on", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const service = await run(t, rules, data, { storeWriter: FAULTY });
  assert.equal((await service.post("/v1/decisions", payment(1))).status, 200);
  plant(data, "commit", "disk I/O error", 3);
  const refused = await service.post("/v1/decisions", payment(5));
  assert.deepEqual([refused.status, refused.json["code"], refused.headers.get("retry-after")], [503, "store_failed", "1"]);
  assert.equal((await service.post("/v1/events", payment(9))).json["code"], "store_failed");
  assert.equal((await service.get("/readyz")).json["code"], "store_failed");
  const { store } = (await service.get("/v1/status")).json as { store: { status: string; reason: string } };
  assert.deepEqual([store.status, store.reason], ["failed", "disk I/O error"]);
  const lines = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: JSON.stringify(payment(13)) });
  assert.equal(lines.status, 503);
  await until(async () => (await service.get("/readyz")).status === 200, "it is ready again");
  const retried = await service.post("/v1/decisions", payment(5));
  assert.deepEqual([retried.status, retried.json["replayed"]], [200, true]);
  assert.equal((await service.post("/v1/decisions", payment(9))).json["replayed"], false);
  assert.equal(await feature(service, "card_tx", "c1"), 3, "each is counted once");
  assert.match(service.logs(), /the store cannot write[\s\S]*the store writes again/);
  await service.close();
  const again = await run(t, rules, data);
  assert.equal(await feature(again, "card_tx", "c1"), 3);
});

test("lines of a stream that could not be written are answered by errors in their place", async (t) => {
  const data = dataFolder(t);
  const service = await run(t, rulesFolder(t), data, { storeWriter: FAULTY });
  plant(data, "commit", "disk I/O error", 1);
  const lines = [1, 2, 3].map((n) => JSON.stringify(payment(n))).join("\n");
  const ask = async (): Promise<Record<string, unknown>[]> => {
    const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: lines });
    return (await reply.text()).trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  assert.deepEqual((await ask()).map((each) => [each["line"], (each["error"] as { code: string }).code]), [[1, "store_failed"], [2, "store_failed"], [3, "store_failed"]]);
  await until(async () => (await service.get("/readyz")).status === 200, "it is ready again");
  assert.deepEqual((await ask()).map((each) => [each["eventId"], each["replayed"]]), [["p1", true], ["p2", true], ["p3", true]]);
});

test("decisions are found by what they are, and labels come with them", async (t) => {
  const service = await run(t, rulesFolder(t), dataFolder(t));
  for (let n = 1; n <= 12; n++) await service.post("/v1/decisions", payment(n, n === 4 ? 950 : 10));
  const ids = async (query: string): Promise<unknown[]> => ((await service.get(`/v1/decisions?${query}`)).json["decisions"] as { eventId: string }[]).map((each) => each.eventId);
  assert.deepEqual(await ids("limit=3"), ["p12", "p11", "p10"]);
  assert.deepEqual(await ids("type=payment&ruleset=cards&outcome=decline"), ["p12", "p8"]);
  assert.deepEqual(await ids("rule=big"), ["p4"]);
  assert.deepEqual(await ids("eventId=p7"), ["p7"]);
  assert.deepEqual(await ids("from=2126-01-01T00:00:00Z"), []);
  const page = (await service.get("/v1/decisions?limit=10")).json;
  assert.deepEqual(await ids(`limit=10&cursor=${String(page["next"])}`), ["p2", "p1"]);
  for (const wrong of ["limit=0", "limit=501", "from=yesterday", "cursor=x", "unknown=1"]) {
    assert.equal((await service.get(`/v1/decisions?${wrong}`)).json["code"], "query_invalid", wrong);
  }
  const [{ id, version }] = (await service.get("/v1/decisions?eventId=p4")).json["decisions"] as [{ id: string; version: string }];
  assert.equal((await ids(`version=${version}`)).length, 12);
  assert.deepEqual(await ids("version=another"), []);
  assert.deepEqual((await service.get(`/v1/decisions/${id.toUpperCase()}`)).json["id"], id);
});

test("labels are kept, the newest counts, and one that is there already is not added again", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const service = await run(t, rules, data);
  for (let n = 1; n <= 4; n++) await service.post("/v1/decisions", payment(n, 10));
  const ids = async (query: string, of = service): Promise<unknown[]> => ((await of.get(`/v1/decisions?${query}`)).json["decisions"] as { eventId: string }[]).map((each) => each.eventId);
  const at = "2026-11-22T00:00:00Z";
  const label = await service.post("/v1/labels", { eventId: "p4", label: "fraud", at });
  const put = { eventId: "p4", type: "payment", label: "fraud", at };
  assert.deepEqual([label.status, label.json], [200, { ...put, replayed: false }]);
  assert.deepEqual((await service.post("/v1/labels", { eventId: "p4", label: "fraud", at })).json, { ...put, replayed: true });
  assert.deepEqual((await service.post("/v1/labels", { eventId: "p4", type: "payment", label: "fraud" })).json, { ...put, replayed: true });
  const [{ id }] = (await service.get("/v1/decisions?eventId=p4")).json["decisions"] as [{ id: string }];
  assert.deepEqual((await service.get(`/v1/decisions/${id}`)).json["labels"], [put]);
  assert.deepEqual(await ids("label=fraud"), ["p4"]);
  await service.post("/v1/labels", { eventId: "p4", label: "genuine" });
  assert.deepEqual([await ids("label=fraud"), await ids("label=genuine")], [[], ["p4"]]);
  assert.deepEqual(((await service.get(`/v1/decisions/${id}`)).json["labels"] as { label: string }[]).map((each) => each.label), ["fraud", "genuine"]);
  const same = await Promise.all(Array.from({ length: 10 }, () => service.post("/v1/labels", { eventId: "p3", label: "paid" })));
  assert.equal(same.filter((each) => each.json["replayed"] === false).length, 1, "also where they come together");
  for (const [wrong, code] of [
    [{ eventId: "p4" }, "request_invalid"],
    [{ eventId: "p4", label: "fraud", at: "yesterday" }, "request_invalid"],
    [{ eventId: "p5", label: "fraud" }, "event_unknown"],
    [{ eventId: "p4", type: "login", label: "fraud" }, "event_unknown"],
  ] as const) {
    assert.equal((await service.post("/v1/labels", wrong)).json["code"], code, JSON.stringify(wrong));
  }
  const lines = [{ eventId: "p1", label: "paid" }, { eventId: "p9", label: "paid" }, { eventId: "p1", label: "paid" }, "{", { eventId: "p2", label: "fraud" }];
  const body = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const reply = await fetch(`${service.url}/v1/labels`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
  const answers = (await reply.text()).trim().split("\n").map((line) => JSON.parse(line) as { replayed?: boolean; error?: { code: string } });
  assert.deepEqual(answers.map(({ replayed, error }) => replayed ?? error?.code), [false, "event_unknown", true, "json_invalid", false]);
  await service.close();
  const again = await run(t, rules, data);
  assert.deepEqual([await ids("label=fraud", again), await ids("label=paid&type=payment", again), await ids("label=none", again)], [["p2"], ["p3", "p1"], []]);
  assert.equal((await again.post("/v1/labels", { eventId: "p2", label: "fraud" })).json["replayed"], true);
});

test("pages go on where they ended while decisions are added", async (t) => {
  const service = await run(t, rulesFolder(t), dataFolder(t));
  const found: string[] = [];
  for (let n = 1; n <= 20; n++) await service.post("/v1/decisions", payment(n, 10));
  let next: string | null = null;
  let sent = 20;
  do {
    const page = (await service.get(`/v1/decisions?limit=3&type=payment${next === null ? "" : `&cursor=${next}`}`)).json as { decisions: { eventId: string }[]; next: string | null };
    found.push(...page.decisions.map((each) => each.eventId));
    next = page.next;
    await service.post("/v1/decisions", payment((sent += 1), 10));
  } while (next !== null);
  assert.deepEqual(found, Array.from({ length: 20 }, (_, n) => `p${20 - n}`));
});

test("a service over a broken rules folder reads its log once the folder is mended", async (t) => {
  const [rules, data] = [rulesFolder(t), dataFolder(t)];
  const first = await run(t, rules, data);
  await first.post("/v1/decisions", payment(1));
  await first.close();
  writeFileSync(join(rules, "cards.risk"), "event payment {");
  const second = await run(t, rules, data);
  assert.equal((await second.get("/readyz")).json["code"], "rules_absent");
  writeFileSync(join(rules, "cards.risk"), RULES);
  await until(async () => (await second.get("/readyz")).status === 200, "it is ready");
  assert.equal(await feature(second, "card_tx", "c1"), 1);
});

test("values of private fields are in the log as events and in nothing that it answers", async (t) => {
  const rules = rulesFolder(t, `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  mail: string @pii
}
feature mail_before = first of payment.mail by card over 1d
ruleset cards on payment {
  outcomes allow < review
  rule same { when mail_before.value == "" then review }
}
`);
  const service = await run(t, rules, dataFolder(t));
  const secret = "alice.liddell@example.com";
  const of = (id: string, explain: boolean): object => ({ type: "payment", event: { id, at: "2026-11-21T00:00:00Z", card: "c1", mail: secret }, explain });
  await service.post("/v1/decisions", of("p1", true));
  const explained = await service.post("/v1/decisions", of("p2", true));
  assert.equal(explained.status, 200, JSON.stringify(explained.json));
  const stored = await service.get(`/v1/decisions/${String(explained.json["id"])}`);
  assert.match((stored.json["read"] as { mail_before: string }).mail_before, /^\*{4}/, "the feature stands there, masked");
  for (const { json } of [explained, stored, await service.get("/v1/decisions")]) assert.ok(!JSON.stringify(json).includes("alice"), JSON.stringify(json));
  assert.ok(!service.logs().includes("alice"));
});
