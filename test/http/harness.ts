import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { PassThrough, type Writable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { Desk } from "../../src/engine/desk.ts";
import { inspectFeature } from "../../src/engine/inspect.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { explainer } from "../../src/explain/explain.ts";
import { createApp } from "../../src/http/app.ts";
import type { Rooms } from "../../src/http/context.ts";
import type { Program } from "../../src/compile/program.ts";
import type { Telemetry } from "../../src/telemetry/setup.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { paymentProgram } from "./program.ts";
import { testTelemetry } from "./telemetry.ts";

/** The time that the tests live in. */
export const NOW = Date.UTC(2026, 10, 21, 3, 0, 0);

export interface Started {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly port: number;
  readonly telemetry: Telemetry;
  readonly windows: WindowStore;
  /** Log lines so far. */
  readonly logs: () => string;
  /** Makes a program active, or takes it away. */
  activate(program: Program | null): void;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly program?: Program | null;
  readonly rooms?: Partial<Rooms>;
  readonly timeouts?: { readonly bodyMs?: number; readonly idleMs?: number };
}

/** The real app on a free loopback port, over a real desk and real windows; only the program is made by hand. */
export async function start(options: StartOptions = {}): Promise<Started> {
  const clock = { now: () => NOW };
  const windows = new WindowStore();
  const lists = new ManagedLists(clock);
  const telemetry = testTelemetry();
  let active: Program | null = null;
  const activate = (program: Program | null): void => {
    if (program !== null) windows.adopt(program.windows);
    active = program;
  };
  activate(options.program === undefined ? paymentProgram() : options.program);
  const desk = new Desk({
    active: () => active,
    windows,
    lists,
    clock,
    replayCapacity: 1_000,
    explain: explainer(),
    future: "refuse",
    observer: {
      decided: (decision, _program, missing) => telemetry.instruments.decided(decision, missing),
      future: (type, policy) => telemetry.instruments.counts.future(type, policy),
    },
  });
  const rooms: Rooms = {
    desk,
    store: null,
    recovery: () => ({ status: "done", records: 0, total: 0 }),
    snapshots: () => null,
    registry: {
      active: () => active,
      reload: () => Promise.resolve(),
      status: () => ({
        version: active?.version ?? null,
        activeSince: null,
        lastAttempt: null,
        lastSuccess: null,
        attempts: 0,
        successes: 0,
        stale: false,
        reload: { plan: null, warming: null, retry: null, retained: [] },
      }),
    },
    windowStats: () => ({ ...windows.stats, logs: windows.logs }),
    readFeature: (program, name, texts, at) => inspectFeature(program, windows, name, texts, at),
    lists,
    clock,
    telemetry,
    check: () => Promise.resolve([]),
    bodyLimit: 64 * 1024,
    ...options.rooms,
  };
  const lines: string[] = [];
  const app = await createApp({
    rooms,
    logLevel: "info",
    logStream: collect(lines),
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, url, port, telemetry, windows, logs: () => lines.join(""), activate, close: () => app.close() };
}

function collect(lines: string[]): Writable {
  const stream = new PassThrough();
  stream.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  return stream;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Send {
  readonly method?: string;
  readonly type?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** One request; JSON answers are parsed. */
export async function send(url: string, { method = "POST", type = "application/json", headers = {}, body }: Send = {}): Promise<Reply> {
  const sent = { ...(type === null || body === undefined ? {} : { "content-type": type }), ...headers };
  const response = await fetch(url, { method, headers: sent, redirect: "manual", ...(body === undefined ? {} : { body: typeof body === "string" ? Buffer.from(body) : body }) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "") && !/ndjson/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, json: isJson ? (JSON.parse(text) as Reply["json"]) : {} };
}

export const get = (url: string): Promise<Reply> => send(url, { method: "GET" });

/** Writes bytes to a socket as they are and returns what comes back until the other side closes. */
export async function raw(port: number, bytes: string | Uint8Array, end = true): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => resolve());
    socket.on("error", () => resolve());
  });
  if (end) socket.end(bytes);
  else socket.write(bytes);
  await closed;
  return Buffer.concat(chunks).toString();
}

/** Waits until something holds; fails after two seconds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 2_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

let events = 0;

/** A payment with an id of its own, unless the fields name one. */
export const payment = (fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: `e${(events += 1)}`,
  card: "c1",
  amount: "12.00 USD",
  at: "2026-11-21T02:59:00Z",
  ...fields,
});

export const body = (fields: Readonly<Record<string, unknown>> = {}, rest: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ type: "payment", event: payment(fields), ...rest });
