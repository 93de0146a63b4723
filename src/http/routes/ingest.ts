import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { DecisionRequest, Refusal } from "../../engine/decision.ts";
import type { RequestTrace } from "../../telemetry/tracing.ts";
import type { Rooms } from "../context.ts";
import { ANSWER_TYPE, type Direct, type Way } from "../direct.ts";
import { admit, commits, demandStore } from "../durable.ts";
import { readEnvelope, readEvent, readLine } from "../envelope.ts";
import { CLOUD_EVENT_TYPE, demandType, JSON_TYPE, mediaType, NDJSON_TYPE } from "../media.ts";
import { answerLines } from "../ndjson.ts";
import { ProblemError } from "../problem.ts";
import { RequestScanner } from "../scan.ts";

/** What a route does with one event: the answer as JSON, and the number of the record it may be given by. Throws a `ProblemError` where it is refused. */
export type Handle = (event: DecisionRequest, trace: RequestTrace) => { readonly text: string; readonly seq: number };

const INGEST_TYPES = [JSON_TYPE, CLOUD_EVENT_TYPE, NDJSON_TYPE];

/** Takes events at a path, in a body of any of the three types: one event, or a stream of them. Nothing is answered before it is durable. */
export function addIngest(app: FastifyInstance, direct: Direct, rooms: Rooms, path: string, schema: object, handle: Handle): void {
  const scanner = new RequestScanner(rooms.desk);
  const settled = commits(rooms);
  const way: Way = {
    path,
    read: (bytes, form, version, traceId) => readEvent(bytes, form, scanner, version, traceId),
    admit: (event) => {
      if (rooms.registry.active() === null) throw rulesAbsent(rooms);
      return admit(rooms, [event]);
    },
    answer: (event, trace) => {
      const { text, seq } = handle(event, trace);
      return { text, settled: settled(seq) };
    },
  };
  direct.add(way);
  app.post(path, {
    schema,
    onRequest: (request, _reply, done) => {
      demandType(request.headers, INGEST_TYPES);
      done();
    },
    handler: (request, reply) => (mediaType(request.headers["content-type"]) === NDJSON_TYPE ? ingestLines(request, reply, rooms, way, scanner) : ingestOne(request, reply, way)),
  });
}

/** One event that came in a way that only the framework takes, such as in chunks. */
async function ingestOne(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<FastifyReply> {
  const form = mediaType(request.headers["content-type"]) === CLOUD_EVENT_TYPE ? "cloudevent" : "event";
  const event = readEnvelope(request.body, form, pinned(request), request.trace.traceId);
  const wait = way.admit(event);
  if (wait !== null) await wait;
  const { text, settled: commit } = way.answer(event, request.trace);
  if (commit !== null) await request.trace.commit(commit);
  return reply.header("content-type", ANSWER_TYPE).send(text);
}

function ingestLines(request: FastifyRequest, reply: FastifyReply, rooms: Rooms, way: Way, scanner: RequestScanner): FastifyReply {
  if (rooms.registry.active() === null) throw rulesAbsent(rooms);
  demandStore(rooms);
  const version = pinned(request);
  const { trace } = request;
  const pieces = answerLines(request.body as Readable, {
    limit: rooms.bodyLimit,
    read: (bytes) => readLine(bytes, scanner, version, trace.traceId),
    ready: (events) => admit(rooms, events),
    answer: (event) => {
      demandStore(rooms);
      return way.answer(event, trace);
    },
    failed: (error) => request.log.error({ err: error }, "line failed"),
  });
  return reply.header("content-type", NDJSON_TYPE).send(Readable.from(pieces, { objectMode: false }));
}

/** The version that the sender pins; a header that is sent twice names none that exists. */
function pinned(request: FastifyRequest): string | null {
  const header = request.headers["sluice-rules-version"];
  return header === undefined ? null : String(header);
}

export function refused(refusal: Refusal): ProblemError {
  return new ProblemError(refusal.code, refusal.message, { remedy: refusal.remedy, violations: refusal.violations });
}

/** Says why nothing is active: what the last attempt to load the rules met first. */
export function rulesAbsent(rooms: Pick<Rooms, "registry">): ProblemError {
  const attempt = rooms.registry.status().lastAttempt;
  if (attempt === null) return new ProblemError("rules_absent", "the rules folder is being loaded");
  const first = attempt.diagnostics.find((each) => each.severity === "error");
  const why = attempt.error ?? (first === undefined ? "it could not be loaded" : `${first.code} in ${first.span.file}: ${first.message}`);
  return new ProblemError("rules_absent", `the rules folder failed at stage \`${attempt.stage ?? "read"}\`: ${why}`);
}
