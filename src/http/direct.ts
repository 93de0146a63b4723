import type { IncomingMessage, ServerResponse } from "node:http";
import type { DecisionRequest } from "../engine/decision.ts";
import type { RequestTrace } from "../telemetry/tracing.ts";
import type { Rooms } from "./context.ts";
import type { EnvelopeForm } from "./envelope.ts";
import { problemOf } from "./errors.ts";
import { BODY_TIMEOUT_MS } from "./limits.ts";
import { CLOUD_EVENT_TYPE, JSON_TYPE, mediaType } from "./media.ts";
import { PROBLEM_TYPE, ProblemError, retryAfter } from "./problem.ts";

/** How a route works on one event. */
export interface Way {
  /** Its path, which is matched as it stands. */
  readonly path: string;
  /** Reads the body. Throws a `ProblemError`. */
  readonly read: (bytes: Uint8Array, form: EnvelopeForm, version: string | null, traceId: string | null) => DecisionRequest;
  /** Throws where nothing can be promised of an event now. Null for nothing to wait for. */
  readonly admit: (event: DecisionRequest) => Promise<void> | null;
  /** The answer as JSON, and the wait for what it tells to be durable. */
  readonly answer: (event: DecisionRequest, trace: RequestTrace) => { readonly text: string; readonly settled: Promise<void> | null };
}

export interface DirectOptions {
  readonly rooms: Pick<Rooms, "telemetry" | "bodyLimit">;
  readonly requestId: (request: IncomingMessage) => string;
  /** Told of faults of the service. */
  readonly failed: (error: unknown, requestId: string) => void;
  /** True once the service is told to stop. */
  readonly closing: () => boolean;
  readonly bodyTimeoutMs?: number;
}

/**
 * Requests that are decided together at most, before any of them is answered. Half of the time of a decision behind HTTP
 * is caches that parsing and writing have emptied, and readers that every write wakes anew; with so many at once little of
 * both is left, and the first of them waits a millisecond or two for the last.
 */
export const MAX_TOGETHER = 32;

/** Bodies that do not come are looked for this often within the time they have. */
const SWEEPS = 10;

/**
 * Answers single events without the framework, which costs more than deciding them. It takes only requests that nothing
 * can be wrong with before their body is there: everything else goes the way of all other routes. Whoever sends a request
 * meets the same answers on both.
 */
export class Direct {
  readonly #options: DirectOptions;
  readonly #ways = new Map<string, Way>();
  /** Requests whose body is still to come, the oldest first. */
  readonly #receiving = new Set<Exchange>();
  /** Requests whose body is there. */
  #ready: Exchange[] = [];
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: DirectOptions) {
    this.#options = options;
    const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
    this.#sweeper = setInterval(() => this.#sweep(performance.now() - bodyTimeoutMs), Math.ceil(bodyTimeoutMs / SWEEPS)).unref();
  }

  add(way: Way): void {
    this.#ways.set(way.path, way);
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  /** Works on a request; yields false for one that is not for this way. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== "POST") return false;
    const way = this.#ways.get(request.url ?? "");
    if (way === undefined || this.#options.closing()) return false;
    const { headers } = request;
    const type = mediaType(headers["content-type"]);
    if ((type !== JSON_TYPE && type !== CLOUD_EVENT_TYPE) || headers["content-encoding"] !== undefined) return false;
    // What comes in chunks says no length.
    const length = Number(headers["content-length"]);
    if (!(length > 0 && length <= this.#options.rooms.bodyLimit)) return false;
    const exchange = new Exchange(request, response, way, type === JSON_TYPE ? "event" : "cloudevent", this.#options);
    this.#receiving.add(exchange);
    request.on("end", () => {
      this.#receiving.delete(exchange);
      if (!response.headersSent) this.#add(exchange);
    });
    // Also comes when the sender goes away.
    response.on("close", () => {
      this.#receiving.delete(exchange);
      exchange.end();
    });
    return true;
  }

  /** What the connections brought since the loop last asked them is decided together, then answered together. */
  #add(exchange: Exchange): void {
    if (this.#ready.push(exchange) === 1) setImmediate(() => this.#work());
  }

  #work(): void {
    const together = this.#ready.slice(0, MAX_TOGETHER);
    this.#ready = this.#ready.slice(MAX_TOGETHER);
    if (this.#ready.length > 0) setImmediate(() => this.#work());
    for (const exchange of together) exchange.decide();
    for (const exchange of together) exchange.send();
  }

  #sweep(before: number): void {
    for (const exchange of this.#receiving) {
      if (exchange.began > before) return;
      exchange.timeOut();
    }
  }
}

/** One request and its answer. */
class Exchange {
  /** In milliseconds of `performance.now`. */
  readonly began = performance.now();
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #way: Way;
  readonly #form: EnvelopeForm;
  readonly #options: DirectOptions;
  readonly #trace: RequestTrace;
  readonly #id: string;
  #bytes: Buffer | null = null;
  #more: Buffer[] | null = null;
  /** An answer that waits to be sent. */
  #text: string | null = null;

  constructor(request: IncomingMessage, response: ServerResponse, way: Way, form: EnvelopeForm, options: DirectOptions) {
    this.#request = request;
    this.#response = response;
    this.#way = way;
    this.#form = form;
    this.#options = options;
    this.#id = options.requestId(request);
    this.#trace = options.rooms.telemetry.tracing.request({ method: "POST", path: way.path, protocol: request.httpVersion, headers: request.headers });
    request.on("data", (bytes: Buffer) => this.#add(bytes));
  }

  end(): void {
    const { path } = this.#way;
    const { statusCode } = this.#response;
    this.#options.rooms.telemetry.instruments.answered("POST", path, statusCode, (performance.now() - this.began) / 1_000);
    this.#trace.end(path, statusCode);
  }

  /** The body did not come. */
  timeOut(): void {
    if (!this.#response.headersSent) this.#fail(new ProblemError("request_timeout", "the body did not arrive in time"));
  }

  #add(bytes: Buffer): void {
    if (this.#bytes === null) this.#bytes = bytes;
    else (this.#more ??= [this.#bytes]).push(bytes);
  }

  /** Decides the event. An answer that has to wait for nothing more is sent by `send`. */
  decide(): void {
    try {
      const bytes = this.#more === null ? (this.#bytes ?? NOTHING) : Buffer.concat(this.#more);
      const pinned = this.#request.headers["sluice-rules-version"];
      const event = this.#way.read(bytes, this.#form, pinned === undefined ? null : String(pinned), this.#trace.traceId);
      const wait = this.#way.admit(event);
      if (wait === null) this.#answer(event);
      else wait.then(() => this.#answerAlone(event)).catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
    }
  }

  send(): void {
    if (this.#text === null) return;
    this.#send(200, ANSWER_TYPE, this.#text);
    this.#text = null;
  }

  #answerAlone(event: DecisionRequest): void {
    this.#answer(event);
    this.send();
  }

  #answer(event: DecisionRequest): void {
    const { text, settled } = this.#way.answer(event, this.#trace);
    if (settled === null) {
      this.#text = text;
      return;
    }
    this.#trace.commit(settled).then(
      () => this.#send(200, ANSWER_TYPE, text),
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    const answer = problemOf(error);
    if (answer.code === "internal_error") this.#trace.within(() => this.#options.failed(error, this.#id));
    const more: string[] = [];
    // What is left of the body would have to be read to its end before the connection can be used again.
    if (!this.#request.complete) more.push("connection", "close");
    const seconds = retryAfter(answer.code);
    if (seconds !== null) more.push("retry-after", String(seconds));
    this.#send(answer.status, PROBLEM_TYPE, JSON.stringify(answer), more);
  }

  #send(status: number, type: string, text: string, more: readonly string[] = NO_HEADERS): void {
    const bytes = Buffer.byteLength(text);
    const head = ["content-type", type, "content-length", String(bytes), "x-request-id", this.#id, "x-content-type-options", "nosniff", "cache-control", "no-store", ...more];
    // A text of one byte a character is copied, any other has to be encoded.
    this.#response.writeHead(status, head).end(text, bytes === text.length ? "latin1" : "utf8");
  }
}

export const ANSWER_TYPE = "application/json; charset=utf-8";
const NO_HEADERS: readonly string[] = [];
const NOTHING = new Uint8Array(0);
