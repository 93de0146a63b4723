import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compile } from "../oracle/pipeline.ts";
import { body, get, payment, send, start, type Started } from "./harness.ts";
import { paymentProgram } from "./program.ts";

let service: Started;
before(async () => {
  service = await start();
});
after(() => service.close());

test("an event is decided, with every member of the contract", async () => {
  const reply = await send(`${service.url}/v1/decisions`, { body: body({ id: "p-1", card: "first", amount: "500.00 USD", country: "US" }) });
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get("content-type"), "application/json; charset=utf-8");
  const { id, durationUs, ...rest } = reply.json;
  assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.ok(typeof durationUs === "number" && durationUs >= 0);
  assert.deepEqual(rest, {
    type: "payment",
    eventId: "p-1",
    version: "v1",
    seq: 1,
    evaluatedAt: "2026-11-21T03:00:00.000Z",
    decisions: {
      card_payments: {
        outcome: "review",
        score: 30,
        rules: [{ id: "large", row: null, outcome: "review", score: 30, reason: { code: "R1", text: "large amount" }, notice: null, tags: ["amount"], mode: "live" }],
      },
    },
    effects: [],
    degraded: [],
    replayed: false,
    traceId: null,
  });
});

test("tables, shadow, notices, several outcomes and effects go over the wire whole", async () => {
  const program = compile(`event payment { card: string @key @pii amount: money }
    list blocked: string managed ttl 1d
    ruleset checks on payment { outcomes allow < review < decline policy unique
      table t all { | amount => then | notice | score |
        | > 5 USD => review | N1 "call us" | 1 |
        | > 9 USD => decline | - | - | }
      rule u { when amount > 9 USD then review score 1 USD / 0 USD }
      rule s { when true then decline mode shadow }
      rule e { when amount > 99 USD do add card to blocked do remove card from blocked do emit x { a: amount, b: mask(card) } } }
    ruleset all on payment { outcomes allow < review < decline policy all
      rule a { when amount > 5 USD then review } rule b { when amount > 9 USD then decline } }`);
  const own = await start({ program });
  try {
    const { json } = await send(`${own.url}/v1/decisions`, { body: JSON.stringify({ type: "payment", event: { card: "card-4711", amount: "100 USD" } }) });
    const { decisions, effects, degraded } = json;
    const live = { reason: null, tags: [], mode: "live" };
    assert.deepEqual(decisions, {
      checks: {
        outcome: "decline",
        score: 1,
        rules: [
          { id: "t", row: 1, outcome: "review", score: 1, notice: { code: "N1", text: "call us" }, ...live },
          { id: "t", row: 2, outcome: "decline", score: 0, notice: null, ...live },
          { id: "u", row: null, outcome: "review", score: 0, notice: null, ...live },
          { id: "s", row: null, outcome: "decline", score: 0, notice: null, ...live, mode: "shadow" },
          { id: "e", row: null, outcome: null, score: 0, notice: null, ...live },
        ],
      },
      all: {
        outcome: "decline",
        outcomes: ["decline", "review"],
        score: 0,
        rules: [
          { id: "a", row: null, outcome: "review", score: 0, notice: null, ...live },
          { id: "b", row: null, outcome: "decline", score: 0, notice: null, ...live },
        ],
      },
    });
    const by = { ruleset: "checks", rule: "e", row: null };
    assert.deepEqual(effects, [
      { do: "add", ...by, list: "blocked", value: "****4711", expiresAt: "2026-11-22T03:00:00Z" },
      { do: "remove", ...by, list: "blocked", value: "****4711" },
      { do: "emit", ...by, name: "x", fields: { a: { amount: "100.00", currency: "USD" }, b: "****4711" } },
    ]);
    assert.deepEqual(degraded, [
      { ruleset: "checks", rule: "u", row: null, part: "score", missing: "division by zero" },
      { ruleset: "checks", rule: "t", row: null, part: "policy", missing: "the rules t, u, e matched together" },
    ]);
    const rules = (await get(`${own.url}/v1/rules`)).json["rulesets"] as { tables: unknown; rules: { id: string; row: unknown; mode: unknown; notice: unknown; effects: unknown }[] }[];
    assert.deepEqual(rules[0]?.tables, [{ id: "t", policy: "all", rows: 2 }]);
    assert.deepEqual(rules[0].rules.map(({ id, row, mode, notice }) => [id, row, mode, notice]), [
      ["t", 1, "live", "N1"], ["t", 2, "live", null], ["u", null, "live", null], ["s", null, "shadow", null], ["e", null, "live", null],
    ]);
    assert.deepEqual(rules[0].rules[4]?.effects, [{ do: "add", list: "blocked" }, { do: "remove", list: "blocked" }, { do: "emit", name: "x" }]);
  } finally {
    await own.close();
  }
});

test("explain adds the features", async () => {
  const reply = await send(`${service.url}/v1/decisions`, { body: body({ card: "explained" }, { explain: true }) });
  assert.deepEqual(reply.json["features"], { card_tx_1h: 1 });
});

test("a retry of the same event gets the stored decision and is counted once", async () => {
  const text = body({ id: "retry", card: "retried" });
  const first = await send(`${service.url}/v1/decisions`, { body: text });
  const again = await send(`${service.url}/v1/decisions`, { body: text });
  assert.deepEqual(again.json, { ...first.json, replayed: true });
  const feature = await get(`${service.url}/v1/features/card_tx_1h?key=retried`);
  assert.equal(feature.json["value"], 1);
  const other = await send(`${service.url}/v1/decisions`, { body: body({ id: "retry", card: "another" }) });
  assert.equal(other.status, 409);
  assert.equal(other.json["code"], "id_conflict");
});

test("a CloudEvent fills id and time from its envelope", async () => {
  const { at: _at, id: _id, ...data } = payment({ card: "cloud" });
  const event = { specversion: "1.0", id: "ce-1", source: "/shop", type: "payment", time: "2026-11-21T02:00:00Z", extension: 1, data };
  const reply = await send(`${service.url}/v1/decisions`, { type: "application/cloudevents+json; charset=UTF-8", body: JSON.stringify(event) });
  assert.equal(reply.status, 200, reply.text);
  assert.equal(reply.json["eventId"], "ce-1");
  const early = await get(`${service.url}/v1/features/card_tx_1h?key=cloud&at=2026-11-21T02:00:00Z`);
  assert.equal(early.json["value"], 1);
  const late = await get(`${service.url}/v1/features/card_tx_1h?key=cloud&at=2026-11-21T03:00:00Z`);
  assert.equal(late.json["value"], 0);
});

test("an event is counted without a decision, once", async () => {
  const text = body({ id: "seen", card: "observed" });
  const reply = await send(`${service.url}/v1/events`, { body: text });
  assert.equal(reply.status, 200);
  assert.deepEqual(Object.keys(reply.json), ["type", "eventId", "version", "seq", "replayed"]);
  const again = await send(`${service.url}/v1/events`, { body: text });
  assert.equal(again.json["replayed"], true);
  const feature = await get(`${service.url}/v1/features/card_tx_1h?key=observed`);
  assert.deepEqual(feature.json, { name: "card_tx_1h", key: ["observed"], at: "2026-11-21T03:00:00Z", value: 1, missing: null, quality: { coverage: 0.0166, since: "2026-11-21T02:59:00Z", approx: false, late: false, evicted: false }, version: "v1" });
  const metrics = await get(`${service.url}/metrics`);
  assert.match(metrics.text, /^sluice_events_total\{event="payment",use="observed"\} 1$/m);
});

test("the header pins a version", async () => {
  const pinned = (version: string): ReturnType<typeof send> =>
    send(`${service.url}/v1/decisions`, { headers: { "sluice-rules-version": version }, body: body({ card: "pinned" }) });
  assert.equal((await pinned("v1")).status, 200);
  const unknown = await pinned("v0");
  assert.equal(unknown.status, 409);
  assert.equal(unknown.json["code"], "version_unknown");
});

test("an invalid event is told everything that is wrong with it, with paths", async () => {
  const reply = await send(`${service.url}/v1/decisions`, {
    body: JSON.stringify({ type: "payment", event: { id: "x", card: 7, amount: { amount: 1, currency: "USD" }, at: "yesterday", colour: "red" } }),
  });
  assert.equal(reply.status, 422);
  assert.equal(reply.json["code"], "event_invalid");
  const paths = (reply.json["violations"] as { path: string }[]).map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), ["/amount", "/at", "/card", "/colour"]);
});

test("an envelope that does not fit is told every member", async () => {
  const reply = await send(`${service.url}/v1/decisions`, { body: JSON.stringify({ type: 5, explain: "yes", extra: 1 }) });
  assert.equal(reply.status, 422);
  assert.equal(reply.json["code"], "request_invalid");
  const paths = (reply.json["violations"] as { path: string }[]).map(({ path }) => path);
  assert.deepEqual(paths.toSorted(), ["/event", "/explain", "/extra", "/type"]);
  for (const wrong of ["[]", "null", '"x"', "7"]) {
    assert.equal((await send(`${service.url}/v1/decisions`, { body: wrong })).json["code"], "request_invalid", wrong);
  }
});

test("a type is looked up among the declared ones only", async () => {
  for (const type of ["__proto__", "constructor", "toString", "login"]) {
    const reply = await send(`${service.url}/v1/decisions`, { body: JSON.stringify({ type, event: payment() }) });
    assert.equal(reply.status, 422);
    assert.equal(reply.json["code"], "event_type_unknown");
  }
});

test("an event sees exactly the version that is active when it is decided", async () => {
  service.activate(paymentProgram("v2"));
  const reply = await send(`${service.url}/v1/decisions`, { body: body({ card: "swapped" }) });
  assert.equal(reply.json["version"], "v2");
  service.activate(paymentProgram("v1"));
});

test("one connection serves many requests", async () => {
  const { raw } = await import("./harness.ts");
  const request = (extra: string): string => {
    const text = body({ card: "kept" });
    return `POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${extra}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const bad = request("").replace("application/json", "text/plain");
  const answer = await raw(service.port, request("") + bad + request("") + request("connection: close\r\n"));
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
  assert.ok(statuses.length === 4 || statuses.at(-1) === "415", answer);
  assert.deepEqual(statuses.slice(0, 2), ["200", "415"]);
});

test("answers are marked against caching and sniffing and carry the request's id", async () => {
  const reply = await send(`${service.url}/v1/decisions`, { headers: { "x-request-id": "abc-1" }, body: body() });
  assert.equal(reply.headers.get("cache-control"), "no-store");
  assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
  assert.equal(reply.headers.get("x-request-id"), "abc-1");
  const odd = await send(`${service.url}/v1/decisions`, { headers: { "x-request-id": "a b\tc" }, body: body() });
  assert.match(odd.headers.get("x-request-id") ?? "", /^[0-9a-f]{8}-\d+$/);
});

test("no request leaves a log line unless the service fails", () => {
  assert.deepEqual(service.logs().split("\n").filter((line) => line !== "" && !line.includes("listening")), []);
});

test("an event ahead of the clock is refused in every form, decided or counted", async () => {
  const at = "2026-11-21T03:00:05.001Z";
  const { at: _at, id: _id, ...data } = payment({ card: "ahead" });
  const cloud = JSON.stringify({ specversion: "1.0", id: "ce-ahead", source: "/shop", type: "payment", time: at, data });
  const replies = await Promise.all([
    send(`${service.url}/v1/decisions`, { body: body({ at, card: "ahead" }) }),
    send(`${service.url}/v1/events`, { body: body({ at, card: "ahead" }) }),
    send(`${service.url}/v1/decisions`, { type: "application/cloudevents+json", body: cloud }),
  ]);
  for (const { status, json } of replies) {
    assert.deepEqual([status, json["code"], (json["violations"] as { path: string }[])[0]?.path], [422, "event_future", "/at"]);
  }
  const stream = await send(`${service.url}/v1/decisions`, { type: "application/x-ndjson", body: `${body({ at, card: "ahead" })}\n${cloud}\n` });
  assert.equal(stream.text.match(/"event_future"/g)?.length, 2);
  const feature = await get(`${service.url}/v1/features/card_tx_1h?key=ahead`);
  assert.equal(feature.json["value"], 0);
  const metrics = await get(`${service.url}/metrics`);
  assert.match(metrics.text, /^sluice_events_future_total\{event="payment",result="refused"\} 5$/m);
});
