import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, suite, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { body, start, type Started } from "./harness.ts";

/*
 * Requests that are wrong, slow or odd, over bare sockets: once to the path that is answered without the framework, once to
 * the same path with a letter escaped, which only the framework knows. Answers, and what becomes of the connection, are
 * the same.
 */

let service: Started;
before(async () => {
  service = await start({ timeouts: { bodyMs: 300, idleMs: 6_000 } });
});
after(() => service.close());

/** Paths of single events, and the same with a letter escaped. */
const PATHS = [
  ["/v1/decisions", "/v1/%64ecisions"],
  ["/v1/events", "/v1/%65vents"],
] as const;

/** What is sent on one connection, piece by piece, with a pause of so many milliseconds before each; null ends it. */
type Script = readonly (string | Buffer | null | number)[];

interface Told {
  readonly answers: string;
  /** Whether the service has closed the connection by itself. */
  readonly closed: boolean;
}

/**
 * A connection on which nothing comes for so long has told all: longer than the service waits for a body, shorter than it
 * keeps idle connections. Where the two ways differ it is asked again with more patience, since a busy machine may be slow
 * on one of them alone.
 */
const QUIET_MS = [450, 1_500, 4_500];

async function play(script: Script, quietMs: number): Promise<Told> {
  const socket: Socket = connect({ port: service.port, host: "127.0.0.1", allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let closed = false;
  const over = new Promise<void>((resolve) => {
    let timer = setTimeout(resolve, quietMs);
    const wait = (): void => {
      clearTimeout(timer);
      timer = setTimeout(resolve, quietMs);
    };
    socket.on("data", (bytes: Buffer) => {
      chunks.push(bytes);
      wait();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        closed = true;
        clearTimeout(timer);
        resolve();
      });
    }
  });
  for (const step of script) {
    if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
    else if (step === null) socket.end();
    else if (!closed) socket.write(step);
  }
  await over;
  socket.destroy();
  return { answers: Buffer.concat(chunks).toString(), closed };
}

/** Without what differs from one request to the next. */
function common({ answers, closed }: Told): unknown {
  const text = answers
    .replaceAll(/"(?:id|evaluatedAt|eventId)":"[^"]*"/g, '"x":0')
    .replaceAll(/"(?:seq|durationUs)":\d+/g, '"x":0')
    .replaceAll(/^(?:date|content-length|x-request-id): .*$/gim, "")
    .split("\r\n")
    .map((line) => (line.startsWith("{") ? line : line.toLowerCase()))
    .filter((line) => line !== "");
  // The order of headers is nobody's business.
  return { closed, text: text.toSorted() };
}

const JSON_HEAD = "content-type: application/json\r\n";
let numbers = 0;

/** An event with an id and a card of its own. */
const fresh = (): string => body({ id: `h${(numbers += 1)}`, card: `c-${numbers}` });
const post = (path: string, text: string, headers = JSON_HEAD, length: number | string = Buffer.byteLength(text)): string => `POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${length}\r\n\r\n${text}`;
const CLOSE = "connection: close\r\n";

const SCRIPTS: Readonly<Record<string, (path: string) => Script>> = {
  "an event": (path) => [post(path, fresh())],
  "an event, and the connection closed": (path) => [post(path, fresh(), JSON_HEAD + CLOSE)],
  "two events, one after the other": (path) => [post(path, fresh()), 30, post(path, fresh())],
  "pipelined events, some of them wrong": (path) => [[post(path, fresh()), post(path, "{"), post(path, fresh()), post(path, '{"type":"none","event":{}}'), post(path, fresh(), JSON_HEAD + CLOSE)].join("")],
  "an event behind a wrong one": (path) => [post(path, "[1,2"), 30, post(path, fresh())],
  "an event behind one of another media type": (path) => [post(path, fresh(), "content-type: text/plain\r\n"), 60, post(path, fresh())],
  "an event behind a request for another path": (path) => [`GET /v1/none HTTP/1.1\r\nhost: x\r\n\r\n`, 30, post(path, fresh())],
  "a body that never comes": (path) => [post(path, "", JSON_HEAD, 20)],
  "a body that comes in part": (path) => [post(path, '{"type":', JSON_HEAD, 40), 450, post(path, fresh())],
  "a body that ends early": (path) => [post(path, '{"type":', JSON_HEAD, 40), 20, null],
  "a body that ends early, after some time": (path) => [post(path, '{"type":', JSON_HEAD, 40), 60, '"payment"', 20, null],
  "a body of single bytes": (path) => [post(path, "", JSON_HEAD, 9), ...'{"a": 1}\n'.split("").flatMap((byte) => [4, byte])],
  "a body that is longer than it says": (path) => [post(path, fresh(), JSON_HEAD, 10)],
  "a body split within a character": (path) => {
    const bytes = Buffer.from(body({ id: `h${(numbers += 1)}`, card: "\u{1f4b3}" }));
    const at = bytes.indexOf(0xf0) + 2;
    return [`POST ${path} HTTP/1.1\r\nhost: x\r\n${JSON_HEAD}content-length: ${bytes.length}\r\n\r\n`, bytes.subarray(0, at), 20, bytes.subarray(at)];
  },
  "no length": (path) => [`POST ${path} HTTP/1.1\r\nhost: x\r\n${JSON_HEAD}\r\n`],
  "a length of zero": (path) => [post(path, "")],
  "two lengths": (path) => [post(path, fresh(), `${JSON_HEAD}content-length: 3\r\n`)],
  "a length and chunks": (path) => [post(path, fresh(), `${JSON_HEAD}transfer-encoding: chunked\r\n`)],
  "a length that is none": (path) => [post(path, fresh(), JSON_HEAD, "0x10")],
  "a length below zero": (path) => [post(path, fresh(), JSON_HEAD, "-1")],
  "a length beyond the limit": (path) => [post(path, "x".repeat(64), JSON_HEAD, 64 * 1024 + 1), 60, "x".repeat(100)],
  "a body beyond the limit": (path) => [post(path, "x".repeat(64 * 1024 + 1))],
  "a body of the limit": (path) => [post(path, `${fresh()}${" ".repeat(64 * 1024)}`.slice(0, 64 * 1024))],
  "chunks": (path) => {
    const text = fresh();
    return [`POST ${path} HTTP/1.1\r\nhost: x\r\n${JSON_HEAD}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n`, 20, "0\r\n\r\n"];
  },
  "chunks that are none": (path) => [`POST ${path} HTTP/1.1\r\nhost: x\r\n${JSON_HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
  "a body that is waited for with 100": (path) => {
    const text = fresh();
    return [post(path, "", `${JSON_HEAD}expect: 100-continue\r\n`, text.length), 30, text];
  },
  "a wrong body that is waited for with 100": (path) => [post(path, "", `${JSON_HEAD}expect: 100-continue\r\n`, 3), 30, "{{{"],
  "a body that is waited for with 100 and does not come": (path) => [post(path, "", `${JSON_HEAD}expect: 100-continue\r\n`, 3)],
  "another expectation": (path) => [post(path, fresh(), `${JSON_HEAD}expect: 200-ok\r\n`)],
  "GET": (path) => [`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`],
  "GET with a body": (path) => [post(path, fresh()).replace("POST", "GET"), 30, post(path, fresh())],
  "HEAD": (path) => [`HEAD ${path} HTTP/1.1\r\nhost: x\r\n\r\n`, 30, post(path, fresh())],
  "PUT": (path) => [post(path, fresh()).replace("POST", "PUT")],
  "DELETE with a body": (path) => [post(path, fresh()).replace("POST", "DELETE")],
  "OPTIONS": (path) => [`OPTIONS ${path} HTTP/1.1\r\nhost: x\r\n\r\n`],
  "a slash at the end": (path) => [post(`${path}/`, fresh())],
  "a slash more at the beginning": (path) => [post(`/${path}`, fresh())],
  "a query": (path) => [post(`${path}?a=1`, fresh())],
  "an empty query": (path) => [post(`${path}?`, fresh())],
  "a fragment": (path) => [post(`${path}#a`, fresh())],
  "the path in capitals": (path) => [post(path.toUpperCase(), fresh())],
  "gzip": (path) => [post(path, fresh(), `${JSON_HEAD}content-encoding: gzip\r\n`)],
  "identity": (path) => [post(path, fresh(), `${JSON_HEAD}content-encoding: identity\r\n`)],
  "no encoding at all": (path) => [post(path, fresh(), `${JSON_HEAD}content-encoding: \r\n`)],
  "no media type": (path) => [post(path, fresh(), "")],
  "an empty media type": (path) => [post(path, fresh(), "content-type: \r\n")],
  "a media type with utf-8": (path) => [post(path, fresh(), 'content-type: application/json; charset="UTF-8"\r\n')],
  "a media type with another charset": (path) => [post(path, fresh(), "content-type: application/json; charset=latin1\r\n")],
  "a media type with more": (path) => [post(path, fresh(), "content-type: application/json; a=b\r\n")],
  "a media type in capitals": (path) => [post(path, fresh(), "Content-Type: APPLICATION/JSON\r\n")],
  "two media types": (path) => [post(path, fresh(), `content-type: text/plain\r\n${JSON_HEAD}`)],
  "two media types, the other way round": (path) => [post(path, fresh(), `${JSON_HEAD}content-type: text/plain\r\n`)],
  "a version that is there": (path) => [post(path, fresh(), `${JSON_HEAD}sluice-rules-version: v1\r\n`)],
  "an empty version": (path) => [post(path, fresh(), `${JSON_HEAD}sluice-rules-version: \r\n`)],
  "a version twice": (path) => [post(path, fresh(), `${JSON_HEAD}sluice-rules-version: v1\r\nsluice-rules-version: v1\r\n`)],
  "a trace that is none": (path) => [post(path, fresh(), `${JSON_HEAD}traceparent: 00-0-0-01\r\n`)],
  "HTTP/1.0": (path) => [post(path, fresh()).replace("HTTP/1.1", "HTTP/1.0")],
  "HTTP/1.0, kept open": (path) => [post(path, fresh(), `${JSON_HEAD}connection: keep-alive\r\n`).replace("HTTP/1.1", "HTTP/1.0")],
  "HTTP/2.0": (path) => [post(path, fresh()).replace("HTTP/1.1", "HTTP/2.0")],
  "no host": (path) => [post(path, fresh()).replace("host: x\r\n", "")],
  "bytes that are no UTF-8": (path) => [post(path, "{}"), post(path, '"xx"').replace("xx", ""), Buffer.of(0xff, 0xfe)],
  "an upgrade": (path) => [post(path, fresh(), `${JSON_HEAD}connection: upgrade\r\nupgrade: websocket\r\n`)],
  "headers beyond the limit": (path) => [post(path, fresh(), `${JSON_HEAD}x-more: ${"x".repeat(17_000)}\r\n`)],
};

suite("a request is answered alike on both ways", { concurrency: 16 }, () => {
  for (const [what, script] of Object.entries(SCRIPTS)) {
    test(what, async () => {
      await Promise.all(
        PATHS.map(async ([direct, framework]) => {
          for (const quiet of QUIET_MS) {
            const [one, other] = await Promise.all([play(script(direct), quiet), play(script(framework), quiet)]);
            if (quiet !== QUIET_MS.at(-1) && (one.answers === "" || !isDeepStrictEqual(common(one), common(other)))) continue;
            assert.deepEqual(common(one), common(other), direct);
            assert.match(one.answers, /^HTTP\/1\.1 \d\d\d /);
            return;
          }
        }),
      );
    });
  }

  test("an id of the caller's is told again where it is plain", async () => {
    for (const [given, told] of [["a.B-1_", /x-request-id: a\.B-1_\r\n/], ["a b", /x-request-id: [0-9a-f]{8}-\d+\r\n/], ["x".repeat(65), /x-request-id: [0-9a-f]{8}-\d+\r\n/]] as const) {
      for (const path of PATHS.flat()) assert.match((await play([post(path, fresh(), `${JSON_HEAD}${CLOSE}x-request-id: ${given}\r\n`)], QUIET_MS.at(-1) as number)).answers, told, path);
    }
  });
});
