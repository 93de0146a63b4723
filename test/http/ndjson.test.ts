import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { answerLines, SLICE_MS, splitLines } from "../../src/http/ndjson.ts";
import { ProblemError } from "../../src/http/problem.ts";
import { body, get, raw, send, start, until, type Started } from "./harness.ts";

let service: Started;
before(async () => {
  service = await start({ timeouts: { idleMs: 1_000 } });
});
after(() => service.close());

const NDJSON = "application/x-ndjson";
const stream = async (text: string, path = "/v1/decisions"): Promise<Record<string, unknown>[]> => {
  const reply = await send(`${service.url}${path}`, { type: NDJSON, body: text });
  assert.equal(reply.status, 200);
  assert.equal(reply.headers.get("content-type"), NDJSON);
  assert.ok(reply.text === "" || reply.text.endsWith("\n"));
  return reply.text.split("\n").slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
};

test("answers come one a line, in order, with both forms of events", async () => {
  const events = Array.from({ length: 1_000 }, (_, n) => body({ id: `order-${n}`, card: `o${n % 7}` }));
  events[10] = JSON.stringify({ specversion: "1.0", id: "order-10", source: "/s", type: "payment", time: "2026-11-21T02:00:00Z", data: { card: "o", amount: "1.00 USD" } });
  const answers = await stream(events.join("\n"));
  assert.deepEqual(answers.map((each) => each["eventId"]), events.map((_, n) => `order-${n}`));
});

test("a bad line is answered in its place with its number, and nothing else is lost", async () => {
  const lines = [body({ id: "n1" }), "{bad", "", "  \r", body({ id: "n5" }), '{"type":"none","event":{}}', "x".repeat(65 * 1024), `${body({ id: "n8" })}\r`, body({ id: "n9" }).slice(0, -3)];
  const answers = await stream(lines.join("\n"));
  const shown = answers.map((each) => ("error" in each ? [each["line"], (each["error"] as { code: string }).code] : each["eventId"]));
  assert.deepEqual(shown, ["n1", [2, "json_invalid"], "n5", [6, "event_type_unknown"], [7, "line_too_long"], "n8", [9, "json_invalid"]]);
});

test("an empty stream has an empty answer", async () => {
  assert.deepEqual(await stream("\n"), []);
});

test("events are counted line by line", async () => {
  const answers = await stream(`${body({ card: "lines" })}\n${body({ card: "lines" })}\nnull\n`, "/v1/events");
  assert.equal(answers.length, 3);
  const feature = await get(`${service.url}/v1/features/card_tx_1h?key=lines`);
  assert.equal(feature.json["value"], 2);
});

test("lines are found wherever the chunks are cut", async () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "\n", " ", "\r", "{"), maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(60), { maxLength: 6 }), fc.integer({ min: 1, max: 8 }), async (whole, cuts, limit) => {
      const bytes = Buffer.from(whole);
      const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((end, n) => bytes.subarray(places[n], end));
      const found: [number, string | null][] = [];
      for await (const lines of splitLines(from(chunks), limit)) {
        for (const { number, bytes: line } of lines) found.push([number, line === null ? null : Buffer.from(line).toString()]);
      }
      const expected = whole
        .split("\n")
        .map((line, n): [number, string | null] => [n + 1, Buffer.byteLength(line) > limit ? null : line])
        .filter(([, line]) => line === null || line.trim() !== "");
      assert.deepEqual(found, expected);
    }),
    { numRuns: 500 },
  );
});

test("between two slices of work others get their turn", async () => {
  const lines = 100;
  const state = { turns: 0, done: false };
  const turn = (): void => {
    state.turns += 1;
    if (!state.done) setImmediate(turn);
  };
  setImmediate(turn);
  const work = {
    limit: 10,
    failed: () => assert.fail(),
    read: () => null,
    ready: () => null,
    answer: () => {
      const until = performance.now() + SLICE_MS;
      while (performance.now() < until);
      return { text: "1", settled: null };
    },
  };
  let answered = 0;
  for await (const piece of answerLines(from([Buffer.from("1\n".repeat(lines))]), work)) answered += piece.length / 2;
  state.done = true;
  assert.equal(answered, lines);
  assert.ok(state.turns >= lines / 2, `only ${state.turns} turns in ${lines} slices`);
});

test("lines are worked on while those before them wait, and what was refused afterwards is told in its place", async () => {
  const lines = 10;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let answered = 0;
  const work = {
    limit: 10,
    failed: () => assert.fail(),
    read: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
    ready: () => null,
    answer: (text: string) => {
      const until = performance.now() + SLICE_MS;
      while (performance.now() < until);
      answered += 1;
      // The answers so far are of several pieces, none of which may go before this.
      if (answered === lines) reject(new ProblemError("store_failed", "it is full"));
      return { text, settled: answered % 3 === 0 ? null : promise };
    },
  };
  void promise.then(resolve, () => undefined);
  let told = "";
  for await (const piece of answerLines(from([Buffer.from(Array.from({ length: lines }, (_, i) => `l${i + 1}`).join("\n"))]), work)) told += piece.toString();
  const shown = told.trimEnd().split("\n").map((each) => (each.startsWith("{") ? (JSON.parse(each) as { line: number }).line : each));
  assert.deepEqual(shown, [1, 2, "l3", 4, 5, "l6", 7, 8, "l9", 10]);
});

async function* from(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

const HEAD = `POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: ${NDJSON}\r\ntransfer-encoding: chunked\r\n\r\n`;
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const decided = async (): Promise<number> => Number(/^sluice_events_total\{event="payment",use="decided"\} (\d+)$/m.exec(await service.telemetry.scrape())?.[1] ?? 0);

test("a sender that goes away ends the work: its unfinished line is not decided", async () => {
  const before = await decided();
  const socket = connect(service.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(HEAD + chunk(`${body()}\n${body()}`));
  await until(async () => (await decided()) === before + 1, "the first line is decided");
  socket.destroy();
  await until(() => openRequests() === 0, "the request is over");
  assert.equal(await decided(), before + 1);
  assert.ok(!service.logs().includes('"level":50'), service.logs());
});

function openRequests(): number {
  let count = 0;
  service.app.server.getConnections((_error, connections) => (count = connections));
  return count;
}

test("a reader that does not read stops the work, and nothing piles up", async () => {
  const line = `${body({ id: "same", card: "slow" })}\n`;
  const socket = connect(service.port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(HEAD);
  const piece = chunk(line.repeat(2_000));
  const sent = { pieces: 0 };
  const pump = (): void => {
    while (sent.pieces < 200) {
      sent.pieces += 1;
      if (!socket.write(piece)) return;
    }
  };
  socket.on("drain", pump);
  pump();
  // Buffers between the two fill first, which takes as long as the machine is busy; a service that is not held back takes all.
  let seen = -1;
  while (seen !== sent.pieces) {
    seen = sent.pieces;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  assert.ok(sent.pieces < 200, `the service took all ${sent.pieces} pieces while nobody read the answers`);
  // Meanwhile others are served, and the idle connection is given up in the end.
  assert.equal((await send(`${service.url}/v1/decisions`, { body: body() })).status, 200);
  await until(() => socket.destroyed || socket.readableEnded || socket.closed || openRequests() <= 1, "the idle connection is closed");
  socket.destroy();
});

test("other requests are answered while a long stream is worked on", async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => body({ id: `long-${n}`, card: `l${n}` })).join("\n");
  const state = { done: false };
  const long = stream(lines).finally(() => (state.done = true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  let answered = 0;
  while (!state.done && answered < 20) {
    assert.equal((await get(`${service.url}/livez`)).status, 200);
    if (!state.done) answered += 1;
  }
  assert.equal((await long).length, 20_000);
  assert.ok(answered >= 3, `only ${answered} requests were answered during the stream`);
});

test("without rules a stream is refused whole", async () => {
  service.activate(null);
  const answer = await raw(service.port, HEAD.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n") + chunk(body()) + "0\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*rules_absent/);
});
