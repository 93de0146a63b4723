import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { problems } from "../../src/http/problem.ts";
import { Checker } from "../../src/rulesets/checker.ts";
import { body, get, NOW, send, start, type Started } from "./harness.ts";

let service: Started;
const checker = new Checker();
before(async () => {
  service = await start({ rooms: { check: (files, data) => checker.check(files, data) } });
});
after(() => Promise.all([service.close(), checker.close()]));

const entries = (name: string): string => `${service.url}/v1/lists/${name}/entries`;
const put = (name: string, value: unknown): ReturnType<typeof send> => send(entries(name), { method: "PUT", body: JSON.stringify(value) });

test("rules tell what is active, with hits and missing a rule", async () => {
  await send(`${service.url}/v1/decisions`, { body: body({ card: "hits", amount: "500.00 USD" }) });
  const { json, status } = await get(`${service.url}/v1/rules`);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["version", "files", "events", "features", "lists", "rates", "rulesets"]);
  assert.deepEqual(json["files"], ["payments.risk"]);
  assert.deepEqual(json["features"], [
    { name: "card_tx_1h", type: "number", aggregate: "count", argument: null, source: "payment", keys: ["card"], over: "1h", ending: null, lateness: null, excludingCurrent: false },
  ]);
  assert.deepEqual(json["rates"], [{ name: "ecb", source: "file", editions: 2, first: "2016-12-30T00:00:00Z", newest: "2017-12-29T00:00:00Z" }]);
  const [event] = json["events"] as { fields: Record<string, unknown>[] }[];
  assert.deepEqual(event?.fields.map(({ name, range }) => [name, range]).filter(([, range]) => range !== null), [["risk", { low: -1e6, high: 1e6 }]]);
  const [ruleset] = json["rulesets"] as { name: string; rules: Record<string, unknown>[] }[];
  assert.equal(ruleset?.name, "card_payments");
  assert.deepEqual(ruleset?.rules[0], {
    id: "large",
    row: null,
    title: "Large",
    outcome: "review",
    reason: "R1",
    notice: null,
    tags: ["amount"],
    mode: "live",
    owner: null,
    was: [],
    reviewBy: null,
    rollout: null,
    active: null,
    effects: [],
    file: "payments.risk",
    start: 10,
    end: 20,
    line: 2,
    endLine: 3,
    hits: 1,
    missing: 0,
  });
  assert.equal(ruleset?.rules.find(({ id }) => id === "abroad")?.["missing"], 1);
});

test("an entry put on a managed list decides the next event, until it is removed or has expired", async () => {
  const outcome = async (): Promise<unknown> => {
    const { json } = await send(`${service.url}/v1/decisions`, { body: body({ card: "listed", country: "US" }) });
    return (json["decisions"] as Record<string, { outcome: string }>)["card_payments"]?.outcome;
  };
  assert.equal(await outcome(), "allow");
  const added = await put("blocked_cards", { value: "listed" });
  assert.deepEqual(added.json, { value: "listed", expiresAt: "2026-11-22T03:00:00Z" });
  assert.equal(await outcome(), "decline");
  assert.deepEqual((await get(entries("blocked_cards"))).json, { name: "blocked_cards", total: 1, entries: [{ value: "listed", expiresAt: "2026-11-22T03:00:00Z" }] });
  const removed = await send(`${entries("blocked_cards")}?value=listed`, { method: "DELETE" });
  assert.equal(removed.status, 204);
  assert.equal(await outcome(), "allow");
  assert.equal((await send(`${entries("blocked_cards")}?value=listed`, { method: "DELETE" })).status, 204);
});

test("entries have the type of their list, and an end that is to come", async () => {
  assert.deepEqual((await put("scores", { value: 7.5 })).json, { value: 7.5, expiresAt: null });
  assert.deepEqual((await put("scores", { value: 8, expiresAt: "2026-11-21T04:00:00Z" })).json, { value: 8, expiresAt: "2026-11-21T04:00:00Z" });
  assert.equal((await send(`${entries("scores")}?value=7.5`, { method: "DELETE" })).status, 204);
  assert.equal((await get(entries("scores"))).json["total"], 1);
  for (const wrong of [{ value: "7" }, { value: null }, { value: 7, expiresAt: "tomorrow" }, { value: 7, expiresAt: new Date(NOW).toISOString() }]) {
    assert.equal((await put("scores", wrong)).json["code"], "list_entry_invalid", JSON.stringify(wrong));
  }
  assert.equal((await put("scores", { vale: 7 })).json["code"], "request_invalid");
  assert.equal((await send(`${entries("scores")}?value=seven`, { method: "DELETE" })).json["code"], "list_entry_invalid");
});

test("a feature is asked with its keys and a time", async () => {
  const url = `${service.url}/v1/features/card_tx_1h`;
  for (const query of ["", "?key=a&key=b", "?key=a&at=now", "?key=a&at=2026-11-21T03:00:00", "?key=a&colour=red", "?at=2026-11-21T03:00:00Z"]) {
    const reply = await get(url + query);
    assert.equal(reply.status, 400, query);
    assert.equal(reply.json["code"], "query_invalid");
  }
  assert.equal((await get(`${url}?key=nobody`)).json["value"], 0);
});

test("sources are checked without being kept", async () => {
  const check = (files: unknown): ReturnType<typeof send> => send(`${service.url}/v1/check`, { body: JSON.stringify({ files }) });
  const text = 'event e {\n  id: string @id\n}\nlist bad: string from "bad.txt"\nruleset r on e {\n  outcomes a < b\n  policy worst\n  default a\n  rule x {\n    when id in bad\n    then b\n  }\n}\n';
  const good = await check([{ path: "e.risk", text }, { path: "bad.txt", text: "one\ntwo\n" }]);
  assert.deepEqual(good.json, { ok: true, diagnostics: [] }, good.text);
  const bad = await check([{ path: "e.risk", text: text.replace("id in bad", "id in worse") }, { path: "bad.txt", text: "one\n" }]);
  assert.equal(bad.status, 200);
  assert.equal(bad.json["ok"], false);
  const [first] = bad.json["diagnostics"] as { code: string; span: { file: string } }[];
  assert.match(first?.code ?? "", /^RSK\d{4}$/);
  assert.equal(first?.span.file, "e.risk");
  assert.equal((await check([])).json["code"], "request_invalid");
  assert.equal((await get(`${service.url}/v1/rules`)).json["version"], "v1");
});

test("live always, ready with a program", async () => {
  assert.deepEqual((await get(`${service.url}/livez`)).json, { status: "live" });
  assert.deepEqual((await get(`${service.url}/readyz`)).json, { status: "ready", version: "v1", stale: false });
});

test("the description names every route and every problem", async () => {
  const { json } = await get(`${service.url}/openapi.json`);
  assert.equal(json["openapi"], "3.1.0");
  assert.deepEqual(Object.keys(json["paths"] as object).toSorted(), [
    "/livez",
    "/metrics",
    "/readyz",
    "/v1/check",
    "/v1/decisions",
    "/v1/decisions/{id}",
    "/v1/events",
    "/v1/features/{name}",
    "/v1/labels",
    "/v1/lists/{name}/entries",
    "/v1/reload",
    "/v1/rules",
    "/v1/status",
  ]);
  const { description } = json["info"] as { description: string };
  for (const [code, { status }] of Object.entries(problems)) assert.ok(description.includes(`| \`${code}\` | ${status} |`), code);
  const { post } = (json["paths"] as Record<string, { post: { requestBody: { content: object }; responses: object } }>)["/v1/decisions"] ?? {};
  assert.deepEqual(Object.keys(post?.requestBody.content ?? {}), ["application/json", "application/cloudevents+json", "application/x-ndjson"]);
  assert.ok("default" in (post?.responses ?? {}));
});

test("the page for people loads nothing from elsewhere", async () => {
  const moved = await get(`${service.url}/docs`);
  assert.equal(moved.status, 301);
  assert.equal(moved.headers.get("location"), "/docs/");
  const page = await get(`${service.url}/docs/`);
  assert.equal(page.status, 200);
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(sources, ["js/scalar.js"]);
  assert.match(page.headers.get("content-security-policy") ?? "", /^default-src 'self'; /);
  assert.ok(!/https?:/.test(page.headers.get("content-security-policy") ?? ""));
  const script = await get(`${service.url}/docs/js/scalar.js`);
  assert.equal(script.status, 200);
  assert.ok(script.text.length > 1_000_000);
});
