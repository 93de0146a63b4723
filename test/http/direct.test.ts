import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Direct, MAX_TOGETHER } from "../../src/http/direct.ts";
import { testTelemetry } from "./telemetry.ts";
import { body, raw, start, type Started } from "./harness.ts";

/*
 * A single event is answered without the framework where its body has a length, and by the framework where it comes in
 * chunks. Nobody must be able to tell which it was.
 */

let service: Started;
before(async () => {
  service = await start({ timeouts: { bodyMs: 300 } });
});
after(() => service.close());

const HEAD = "POST /v1/decisions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-request-id: same\r\n";

/** The answers of both ways to an event; each gets one with an id of its own, since the second would be a retry. */
async function both(text: string, headers = "content-type: application/json\r\n"): Promise<readonly [string, string]> {
  const [one, two] = [text.replace("ID", "one"), text.replace("ID", "two")];
  const whole = raw(service.port, `${HEAD}${headers}content-length: ${Buffer.byteLength(one)}\r\n\r\n${one}`, false);
  const chunked = raw(service.port, `${HEAD}${headers}transfer-encoding: chunked\r\n\r\n${Buffer.byteLength(two).toString(16)}\r\n${two}\r\n0\r\n\r\n`, false);
  return [await whole, await chunked];
}

/** Status, headers and body, without what differs from one request to the next. */
function told(answer: string): unknown {
  const [head = "", text = ""] = answer.split("\r\n\r\n");
  const [status, ...headers] = head.split("\r\n");
  const kept = headers.map((line) => line.toLowerCase()).filter((line) => !/^(date|content-length|keep-alive):/.test(line)).toSorted();
  const json = JSON.parse(text) as Record<string, unknown>;
  for (const name of ["id", "seq", "durationUs", "evaluatedAt", "eventId"]) delete json[name];
  assert.ok(headers.some((line) => line.toLowerCase() === `content-length: ${Buffer.byteLength(text)}`), answer);
  return { status, kept, json };
}

const cases: Readonly<Record<string, readonly [text: string, headers?: string]>> = {
  "an event": [body({ id: "ID" })],
  "text beyond ASCII": [body({ id: "é-ID", card: "\u{1f4b3}" })],
  "a CloudEvent": [
    JSON.stringify({ specversion: "1.0", id: "cloud-ID", source: "/s", type: "payment", time: "2026-11-21T02:00:00Z", data: { card: "o", amount: "1.00 USD" } }),
    "content-type: application/cloudevents+json\r\n",
  ],
  "no JSON": ["{"],
  "a name twice": ['{"type":"payment","type":"payment","event":{}}'],
  "another envelope": ['{"type":"payment"}'],
  "another type": ['{"type":"none","event":{}}'],
  "an event that does not fit": ['{"type":"payment","event":{"cards":1}}'],
  "a version that is not there": [body({ id: "v-ID" }), "content-type: application/json\r\nsluice-rules-version: v9\r\n"],
  "a compressed body": [body(), "content-type: application/json\r\ncontent-encoding: gzip\r\n"],
  "no media type": [body(), ""],
};

for (const [what, [text, headers]] of Object.entries(cases)) {
  test(`${what} is answered alike on both ways`, async () => {
    const [whole, chunked] = await both(text, headers);
    assert.deepEqual(told(whole), told(chunked));
  });
}

test("a body that does not come is given up, and the connection with it", async () => {
  const socket = connect(service.port, "127.0.0.1");
  let answer = "";
  socket.on("data", (bytes: Buffer) => (answer += bytes.toString()));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.write(`POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"type":`);
  await closed;
  assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*request_timeout/i);
});

test("a body in pieces is put together", async () => {
  const text = body({ id: "pieces" });
  const socket = connect(service.port, "127.0.0.1");
  let answer = "";
  const told = new Promise((resolve) => socket.on("data", (bytes: Buffer) => resolve((answer += bytes.toString()))));
  socket.write(`POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`);
  for (let at = 0; at < text.length; at += 40) {
    socket.write(text.slice(at, at + 40));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await told;
  socket.destroy();
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*"eventId":"pieces"/);
});

test("what comes one after the other on a connection is answered in order", async () => {
  const requests = Array.from({ length: 5 }, (_, n) => {
    const text = body({ id: `piped-${n}` });
    return `POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n${n === 4 ? "connection: close\r\n" : ""}\r\n${text}`;
  });
  const answer = await raw(service.port, requests.join(""), false);
  assert.deepEqual([...answer.matchAll(/"eventId":"(piped-\d)"/g)].map((match) => match[1]), ["piped-0", "piped-1", "piped-2", "piped-3", "piped-4"]);
});

test("what is there together is decided before any of it is answered, so many at once and no more", async () => {
  const order: string[] = [];
  const direct = new Direct({ rooms: { telemetry: testTelemetry(), bodyLimit: 100 }, requestId: () => "r", failed: () => undefined, closing: () => false });
  const answer = (event: { readonly type: string }): { text: string; settled: null } => {
    order.push("decided");
    if (event.type === "3") throw new Error("a fault of one is no fault of the others");
    return { text: event.type, settled: null };
  };
  direct.add({ path: "/p", read: (bytes) => ({ type: Buffer.from(bytes).toString(), event: null, explain: false, version: null }), admit: () => null, answer });
  const over = Promise.withResolvers<null>();
  const count = MAX_TOGETHER + 3;
  let left = count - 1;
  for (let i = 0; i < count; i++) {
    const request = Object.assign(new EventEmitter(), { method: "POST", url: "/p", headers: { "content-type": "application/json", "content-length": "1" }, httpVersion: "1.1", complete: true });
    const end = (text: string): void => {
      order.push(`sent ${text}`);
      left -= 1;
      if (left === 0) over.resolve(null);
    };
    const response = Object.assign(new EventEmitter(), { statusCode: 200, headersSent: false, writeHead: (status: number) => (status === 200 ? { end } : { end: () => order.push("failed") }) });
    assert.ok(direct.take(request as unknown as IncomingMessage, response as unknown as ServerResponse));
    request.emit("data", Buffer.from(String(i)));
    request.emit("end");
  }
  assert.deepEqual(order, []);
  await over.promise;
  direct.close();
  const sent = Array.from({ length: count }, (_, i) => `sent ${i}`);
  const first = [...Array.from({ length: 4 }, () => "decided"), "failed", ...Array.from({ length: MAX_TOGETHER - 4 }, () => "decided"), ...sent.slice(0, MAX_TOGETHER).toSpliced(3, 1)];
  assert.deepEqual(order, [...first, "decided", "decided", "decided", ...sent.slice(MAX_TOGETHER)]);
});
