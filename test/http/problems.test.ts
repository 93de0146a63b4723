import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { MAX_DEPTH, MAX_MEMBERS } from "../../src/http/body.ts";
import type { Rooms } from "../../src/http/context.ts";
import { MAX_HEADER_BYTES, MAX_URL_LENGTH } from "../../src/http/limits.ts";
import { problems, type ProblemCode } from "../../src/http/problem.ts";
import { body, get, payment, raw, send, start, type Reply, type Started } from "./harness.ts";

let service: Started;
let empty: Started;
let slow: Started;
let failing: Started;
before(async () => {
  const lists = { entries: () => [], put: () => false, remove: () => false };
  const fail = (): never => {
    throw new Error("a fault of the service: secret");
  };
  [service, empty, slow, failing] = await Promise.all([
    start({ rooms: { check: () => Promise.resolve(null) } }),
    start({ program: null }),
    start({ timeouts: { bodyMs: 50 } }),
    start({ rooms: { desk: { decide: fail, observe: fail, recall: () => null, scan: () => null }, lists } }),
  ]);
});
after(() => Promise.all([service, empty, slow, failing].map((each) => each.close())));

/** The answer in bytes as a reply. */
function parse(answer: string): Reply {
  const end = answer.indexOf("\r\n\r\n");
  const text = answer.slice(end + 4);
  const lines = answer.slice(0, end).split("\r\n");
  const headers = new Headers(lines.slice(1).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  return { status: Number(answer.slice(9, 12)), headers, text, json: JSON.parse(text) as Reply["json"] };
}

const decide = (text: string | Uint8Array<ArrayBuffer>, type = "application/json", headers: Record<string, string> = {}): Promise<Reply> =>
  send(`${service.url}/v1/decisions`, { type, headers, body: text });
const event = (text: string): string => `{"type":"payment","event":${text}}`;
const entries = (name: string): string => `${service.url}/v1/lists/${name}/entries`;
const put = (url: string, value: unknown): Promise<Reply> => send(url, { method: "PUT", body: JSON.stringify(value) });

/** One error line of a stream, as a reply. */
async function line(text: string): Promise<Reply> {
  const reply = await send(`${service.url}/v1/decisions`, { type: "application/x-ndjson", body: text });
  assert.equal(reply.status, 200);
  const { error } = JSON.parse(reply.text) as { error: Reply["json"] };
  return { ...reply, status: Number(error["status"]), headers: new Headers({ "content-type": "application/problem+json; charset=utf-8" }), json: error };
}

/** How each code is met from outside. The type makes a code without a way to it a compile error. */
const ways: Readonly<Record<ProblemCode, () => Promise<Reply>>> = {
  body_empty: () => decide(""),
  body_truncated: async () => parse(await raw(service.port, "POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")),
  body_encoding: () => decide(Uint8Array.of(0x22, 0xff, 0x22)),
  body_byte_order_mark: () => decide(`\u{feff}${body()}`),
  json_invalid: () => decide(event('{"amount":NaN}')),
  json_too_deep: () => decide(event("[".repeat(MAX_DEPTH) + "]".repeat(MAX_DEPTH))),
  json_too_many_members: () => decide(`{${Array.from({ length: MAX_MEMBERS + 1 }, (_, n) => `"${n}":0`).join()}}`),
  json_forbidden_name: () => decide(event('{"__proto__":{"admin":true}}')),
  json_duplicate_name: () => decide(event('{"card":"a","card":"b"}')),
  json_number_range: () => decide(event('{"risk":1e400}')),
  json_lone_surrogate: () => decide(event(String.raw`{"card":"\ud800"}`)),
  query_invalid: () => get(`${service.url}/v1/features/card_tx_1h`),
  http_malformed: async () => parse(await raw(service.port, "HELO there\r\n\r\n")),
  url_malformed: () => get(`${service.url}/v1/features/%E0%A4%A`),
  route_unknown: () => get(`${service.url}/v2`),
  feature_unknown: () => get(`${service.url}/v1/features/__proto__?key=x`),
  list_unknown: () => get(entries("constructor")),
  method_not_allowed: () => send(`${service.url}/v1/events`, { method: "GET" }),
  request_timeout: async () => parse(await raw(slow.port, "POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{", false)),
  version_unknown: () => decide(body(), "application/json", { "sluice-rules-version": "v0" }),
  id_conflict: async () => {
    await decide(body({ id: "twice" }));
    return decide(body({ id: "twice", amount: "1.00 USD" }));
  },
  list_not_managed: () => get(entries("countries")),
  list_full: () => put(`${failing.url}/v1/lists/blocked_cards/entries`, { value: "x" }),
  body_too_large: () => decide(" ".repeat(64 * 1024 + 1)),
  line_too_long: () => line(" ".repeat(64 * 1024 + 1)),
  url_too_long: () => get(`${service.url}/${"x".repeat(MAX_URL_LENGTH)}`),
  media_type_unsupported: () => decide(body(), "text/json"),
  content_encoding_unsupported: () => decide(body(), "application/json", { "content-encoding": "gzip" }),
  request_invalid: () => decide("{}"),
  event_type_unknown: () => decide('{"type":"__proto__","event":{}}'),
  event_invalid: () => decide(event("{}")),
  event_future: () => decide(body({ at: "2999-01-01T00:00:00Z" })),
  list_entry_invalid: () => put(entries("blocked_cards"), { value: 7 }),
  headers_too_large: async () => parse(await raw(service.port, `GET /livez HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(MAX_HEADER_BYTES)}\r\n\r\n`)),
  internal_error: () => send(`${failing.url}/v1/decisions`, { body: body() }),
  rules_absent: () => send(`${empty.url}/v1/decisions`, { body: body() }),
  decision_unknown: () => withStore({}, (url) => get(`${url}/v1/decisions/0198f2c0`)),
  event_unknown: () => withStore({}, (url) => send(`${url}/v1/labels`, { body: '{"eventId":"none","label":"fraud"}' })),
  log_absent: () => get(`${service.url}/v1/decisions`),
  recovering: () => withStore({ recovery: () => ({ status: "reading", records: 1, total: 2 }) }, (url) => send(`${url}/v1/decisions`, { body: body() })),
  store_failed: () => withStore({}, (url) => send(`${url}/v1/decisions`, { body: body() }), "failed"),
  search_failed: () => withStore({}, (url) => get(`${url}/v1/decisions`)),
  check_unavailable: () => send(`${service.url}/v1/check`, { body: '{"files":[{"path":"a.risk","text":""}]}' }),
  shutting_down: stopping,
};

/** What a service answers whose store holds nothing and cannot be searched. */
async function withStore(rooms: Partial<Rooms>, ask: (url: string) => Promise<Reply>, status: "ok" | "failed" = "ok"): Promise<Reply> {
  const reader = { decision: () => Promise.resolve(null), decisions: () => Promise.reject(new Error("reading took over 10000 ms")) };
  const stats = { last: 0, committed: 0, commits: 0, commitSeconds: 0, failures: 0, bytes: 0, held: false };
  const store = {
    reader,
    stats,
    last: 0,
    received: 0,
    state: { status, reason: "database or disk is full", since: 0 },
    append: () => undefined,
    committed: () => null,
    room: () => null,
    labelled: () => Promise.resolve([null]),
  };
  const other = await start({ rooms: { store, ...rooms } });
  try {
    return await ask(other.url);
  } finally {
    await other.close();
  }
}

/** A request whose head is completed only after the service was told to stop, while another one is still worked on. */
async function stopping(): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const asked = Promise.withResolvers<void>();
  const check = (): Promise<null> => {
    asked.resolve();
    return promise;
  };
  const stopped = await start({ rooms: { check } });
  const socket = connect(stopped.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.write("GET /livez HTTP/1.1\r\nhost: x\r\n");
  await once(socket, "connect");
  // What came on a connection before is read before this one is asked.
  const held = send(`${stopped.url}/v1/check`, { body: '{"files":[{"path":"a.risk","text":""}]}' });
  await asked.promise;
  const closed = stopped.close();
  await new Promise((go) => setTimeout(go, 20));
  socket.write("\r\n");
  await once(socket, "close");
  resolve(null);
  assert.equal((await held).status, 503);
  await closed;
  return parse(Buffer.concat(chunks).toString());
}

for (const [code, way] of Object.entries(ways) as [ProblemCode, () => Promise<Reply>][]) {
  test(`${code} is met with ${problems[code].status}`, async () => {
    const reply = await way();
    assert.equal(reply.json["code"], code, JSON.stringify(reply.json));
    assert.equal(reply.status, problems[code].status);
    assert.equal(reply.headers.get("content-type"), "application/problem+json; charset=utf-8");
    const { type, title, status, detail, remedy, violations, ...rest } = reply.json;
    assert.deepEqual(rest, { code });
    assert.equal(type, `urn:sluice:problem:${code}`);
    assert.equal(title, problems[code].title);
    assert.equal(status, problems[code].status);
    assert.ok(typeof detail === "string" && detail.length > 0);
    assert.ok(typeof remedy === "string" && remedy.length > 0);
    assert.ok(Array.isArray(violations));
  });
}

test("a fault of the service is logged with its cause, and the answer does not tell it", async () => {
  const reply = await send(`${failing.url}/v1/decisions`, { headers: { "x-request-id": "r-1" }, body: body() });
  assert.ok(!reply.text.includes("secret"));
  const logged = failing.logs().split("\n").find((each) => each.includes('"r-1"'));
  assert.match(logged ?? "", /secret/);
});

test("405 names the methods that are taken", async () => {
  const reply = await send(`${service.url}/v1/lists/scores/entries`, { method: "POST", type: "text/plain", body: "x" });
  assert.equal(reply.status, 405);
  assert.equal(reply.headers.get("allow"), "DELETE, GET, HEAD, PUT");
});

const types: readonly (readonly [string | null, number])[] = [
  ["application/json", 200],
  ["application/json; charset=utf-8", 200],
  ['Application/JSON;charset="UTF-8"', 200],
  ["application/json; charset=utf-16", 415],
  ["application/json; charset=latin1", 415],
  ["application/json; boundary=x", 415],
  ["application/json, text/plain", 415],
  ["application/json\t; charset=utf-8; charset=utf-8", 415],
  ["application/jsonx", 415],
  ["application/json+ld", 415],
  ["application/problem+json", 415],
  ["application/x-www-form-urlencoded", 415],
  ["multipart/form-data; boundary=x", 415],
  ["text/plain", 415],
  ["application/*", 415],
  ["json", 415],
  [";", 415],
];
for (const [type, status] of types) {
  test(`content-type ${type}: ${status}`, async () => {
    const reply = await send(`${service.url}/v1/decisions`, { type, body: body() });
    assert.equal(reply.status, status);
    if (status === 415) assert.equal(reply.json["code"], "media_type_unsupported");
  });
}

test("a host that is none is the sender's fault", async () => {
  for (const host of ["", "a b", "[", "x>"]) {
    const reply = parse(await raw(service.port, `GET /docs/ HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
    assert.equal(reply.json["code"], "http_malformed");
  }
});

test("no content-type at all: 415", async () => {
  const text = body();
  const bytes = `POST /v1/decisions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  assert.equal(parse(await raw(service.port, bytes)).json["code"], "media_type_unsupported");
});

test("a body of exactly 64 KiB is read, chunked or not; one byte more is not", async () => {
  const text = body({ card: "full" });
  const full = text + " ".repeat(64 * 1024 - Buffer.byteLength(text));
  assert.equal((await decide(full)).status, 200);
  const chunked = (bytes: string): string =>
    `POST /v1/decisions HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${bytes.length.toString(16)}\r\n${bytes}\r\n0\r\n\r\n`;
  assert.match(await raw(service.port, chunked(full)), /^HTTP\/1\.1 200 /);
  assert.match(await raw(service.port, chunked(`${full} `)), /^HTTP\/1\.1 413 /);
});

test("names that mean something to JavaScript are plain text as values", async () => {
  for (const card of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    const reply = await decide(JSON.stringify({ type: "payment", event: payment({ card }) }));
    assert.equal(reply.status, 200);
    const feature = await get(`${service.url}/v1/features/card_tx_1h?key=${card}`);
    assert.equal(feature.json["value"], 1);
  }
  assert.equal(({} as Record<string, unknown>)["admin"], undefined);
});

test("70,000 members and 200,000 levels are refused fast", async () => {
  const wide = `{${Array.from({ length: 70_000 }, (_, n) => `"k${n}":1`).join()}}`;
  const deep = "[".repeat(200_000);
  const began = performance.now();
  assert.equal((await decide(wide)).status, 413);
  assert.equal((await decide(deep)).status, 413);
  assert.equal((await decide(deep.slice(0, 60_000))).json["code"], "json_too_deep");
  assert.ok(performance.now() - began < 1_000);
});
