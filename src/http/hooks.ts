import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { RequestTrace } from "../telemetry/tracing.ts";
import type { Rooms } from "./context.ts";
import { BODY_TIMEOUT_MS, MAX_URL_LENGTH } from "./limits.ts";
import { mediaType, NDJSON_TYPE } from "./media.ts";
import { ProblemError } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The server span of this request. */
    trace: RequestTrace;
    bodyTimer: NodeJS.Timeout | null;
  }
}

export interface HookOptions {
  readonly rooms: Rooms;
  /** True once the service is told to stop. */
  readonly closing: () => boolean;
  readonly bodyTimeoutMs?: number;
}

/** What happens around every request: trace, metrics, headers, and the limits that no route sets for itself. */
export function addHooks(app: FastifyInstance, options: HookOptions): void {
  const { instruments, tracing } = options.rooms.telemetry;
  const bodyTimeoutMs = options.bodyTimeoutMs ?? BODY_TIMEOUT_MS;
  app.decorateRequest("bodyTimer", null);
  app.decorateRequest("trace");
  app.addHook("onRequest", (request, reply, done) => {
    const trace = tracing.request({
      method: request.method,
      path: pathOf(request),
      protocol: request.raw.httpVersion,
      headers: request.headers,
    });
    request.trace = trace;
    // `close` also comes when the client goes away, `onResponse` does not.
    reply.raw.once("close", () => {
      stopTimer(request);
      const route = request.is404 ? null : (request.routeOptions.url ?? null);
      instruments.answered(request.method, route, reply.raw.statusCode, reply.elapsedTime / 1_000);
      trace.end(route, reply.raw.statusCode);
    });
    setHeaders(request, reply);
    const refusal = refuse(request, options.closing());
    if (refusal !== null) {
      done(refusal);
      return;
    }
    if (hasBody(request)) startTimer(request, reply, bodyTimeoutMs);
    trace.within(done);
  });
  app.addHook("preValidation", (request, _reply, done) => {
    stopTimer(request);
    done();
  });
}

function pathOf(request: FastifyRequest): string {
  const end = request.url.indexOf("?");
  return end === -1 ? request.url : request.url.slice(0, end);
}

function setHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff").header("cache-control", "no-store");
}

function refuse(request: FastifyRequest, closing: boolean): ProblemError | null {
  if (closing) return new ProblemError("shutting_down", "no new requests are taken");
  if (request.url.length > MAX_URL_LENGTH) return new ProblemError("url_too_long", `the URL has ${request.url.length} characters`);
  return null;
}

/** Streams are let go on as long as something moves; any other body must arrive in time. */
function hasBody(request: FastifyRequest): boolean {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return false;
  return mediaType(headers["content-type"]) !== NDJSON_TYPE;
}

function startTimer(request: FastifyRequest, reply: FastifyReply, timeoutMs: number): void {
  request.bodyTimer = setTimeout(() => {
    if (reply.sent) return;
    reply.send(new ProblemError("request_timeout", "the body did not arrive in time"));
  }, timeoutMs);
}

function stopTimer(request: FastifyRequest): void {
  if (request.bodyTimer !== null) clearTimeout(request.bodyTimer);
  request.bodyTimer = null;
}
