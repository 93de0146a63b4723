import { randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { Writable } from "node:stream";
import fastify, { LogController, type FastifyInstance } from "fastify";
import type { Rooms } from "./context.ts";
import { Direct } from "./direct.ts";
import { addDocs } from "./docs.ts";
import { sendClientError, sendError } from "./errors.ts";
import { addHooks } from "./hooks.ts";
import { IDLE_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from "./limits.ts";
import { collectMethods, refuseOtherMethods } from "./methods.ts";
import { addParsers } from "./parsers.ts";
import { ProblemError } from "./problem.ts";
import { addCheck } from "./routes/check.ts";
import { addDecisions } from "./routes/decisions.ts";
import { addEvents } from "./routes/events.ts";
import { addFeatures } from "./routes/features.ts";
import { addHealth } from "./routes/health.ts";
import { addLabels } from "./routes/labels.ts";
import { addLists } from "./routes/lists.ts";
import { addLog } from "./routes/log.ts";
import { addRules } from "./routes/rules.ts";
import { checker } from "./validate.ts";

export interface AppOptions {
  readonly rooms: Rooms;
  readonly logLevel: string;
  /** Where log lines go; standard output unless given. */
  readonly logStream?: Writable;
  /** For tests that meet the limits; see `limits.ts`. */
  readonly timeouts?: { readonly bodyMs?: number; readonly idleMs?: number };
}

/** The HTTP face of the service. Not listening yet. */
export async function createApp({ rooms, logLevel, logStream, timeouts = {} }: AppOptions): Promise<FastifyInstance> {
  const requestId = requestIds();
  const app: FastifyInstance = fastify({
    logger: { level: logLevel, ...(logStream === undefined ? {} : { stream: logStream }) },
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: rooms.bodyLimit,
    serverFactory: (framework) => listener((request, response) => void (direct.take(request, response) || framework(request, response)), timeouts.idleMs ?? IDLE_TIMEOUT_MS),
    forceCloseConnections: "idle",
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: requestId,
    clientErrorHandler: sendClientError,
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
    routerOptions: { maxParamLength: 256 },
  });
  const closing = watchClosing(app);
  const bodyTimeout = timeouts.bodyMs === undefined ? {} : { bodyTimeoutMs: timeouts.bodyMs };
  const direct = new Direct({ rooms, requestId, closing, failed: (err, reqId) => app.log.error({ reqId, err }, "request failed"), ...bodyTimeout });
  app.addHook("onClose", () => direct.close());
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(() => {
    throw new ProblemError("route_unknown", "no route has this path");
  });
  app.setValidatorCompiler(({ schema, httpPart }) => {
    const check = checker(schema as never, httpPart === "body" ? "request_invalid" : "query_invalid");
    return (value: unknown) => ({ value: check(value) });
  });
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  addParsers(app);
  addHooks(app, { rooms, closing, ...bodyTimeout });
  const methods = collectMethods(app);
  await addDocs(app);
  addDecisions(app, direct, rooms);
  addEvents(app, direct, rooms);
  addCheck(app, rooms);
  addRules(app, rooms);
  addFeatures(app, rooms);
  addLists(app, rooms);
  addLog(app, rooms);
  addLabels(app, rooms);
  addHealth(app, rooms);
  refuseOtherMethods(app, methods);
  return app;
}

/** The server of Node as Fastify would make it, with what is answered without the framework before it. */
function listener(answer: RequestListener, idleMs: number): Server {
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, answer);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.requestTimeout = 0;
  return server.setTimeout(idleMs);
}

/** Connections that become idle while others are still worked on are closed this soon. */
const SWEEP_MS = 50;

/**
 * Tells whether the service was told to stop. From then on every connection is closed as soon as its answer is sent:
 * Node only closes those that are idle at that moment, and the others would stay for their whole keep-alive time.
 */
function watchClosing(app: FastifyInstance): () => boolean {
  let closing = false;
  app.addHook("preClose", (done) => {
    closing = true;
    const sweep = setInterval(() => app.server.closeIdleConnections(), SWEEP_MS).unref();
    app.server.once("close", () => clearInterval(sweep));
    done();
  });
  return () => closing;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** A caller's `x-request-id` where it is plain, else a number of our own behind a prefix of this process. */
function requestIds(): (request: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }) => string {
  const prefix = randomBytes(4).toString("hex");
  let count = 0;
  return ({ headers }) => {
    const given = headers["x-request-id"];
    return typeof given === "string" && REQUEST_ID.test(given) ? given : `${prefix}-${(count += 1)}`;
  };
}
