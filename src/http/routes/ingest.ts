import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { DecisionRequest, Refusal } from "../../engine/decision.ts";
import type { Rooms } from "../context.ts";
import { admit, demandStore, settled } from "../durable.ts";
import { readRequest } from "../envelope.ts";
import { CLOUD_EVENT_TYPE, JSON_TYPE, mediaType, NDJSON_TYPE } from "../media.ts";
import { answerLines } from "../ndjson.ts";
import { ProblemError } from "../problem.ts";
import type { RequestScanner } from "../scan.ts";

/** What a route does with one event, and the number of the record it may be answered by; throws a `ProblemError` where it is refused. */
export type Handle = (request: FastifyRequest, event: DecisionRequest) => { readonly value: unknown; readonly seq: number };

export interface Ingestion {
  readonly rooms: Rooms;
  readonly scanner: RequestScanner;
  readonly handle: Handle;
}

/** What routes that take events ask of Fastify: bodies as they came, which are checked where they are read. */
export const INGEST_ROUTE = { config: { bytes: true }, validatorCompiler: () => () => true } as const;

export const INGEST_TYPES = [JSON_TYPE, CLOUD_EVENT_TYPE, NDJSON_TYPE];

/** Answers a body of any of the three types: one event, or a stream of them. Nothing is answered before it is durable. */
export async function ingest(request: FastifyRequest, reply: FastifyReply, { rooms, scanner, handle }: Ingestion): Promise<FastifyReply> {
  const version = pinned(request);
  const { traceId } = request.trace;
  const type = mediaType(request.headers["content-type"]);
  if (type !== NDJSON_TYPE) {
    const form = type === CLOUD_EVENT_TYPE ? "cloudevent" : "event";
    const event = readRequest(request.body as Buffer, form, scanner, version, traceId);
    if (rooms.registry.active() === null) throw rulesAbsent(rooms);
    const wait = admit(rooms, [event]);
    if (wait !== null) await wait;
    const { value, seq } = handle(request, event);
    const commit = settled(rooms, seq);
    if (commit !== null) await request.trace.commit(commit);
    return reply.send(value);
  }
  if (rooms.registry.active() === null) throw rulesAbsent(rooms);
  demandStore(rooms);
  const pieces = answerLines(request.body as Readable, {
    limit: rooms.bodyLimit,
    read: (bytes) => readRequest(bytes, "either", scanner, version, traceId),
    ready: (events) => admit(rooms, events),
    answer: (event) => {
      demandStore(rooms);
      const { value, seq } = handle(request, event);
      return { value, settled: settled(rooms, seq) };
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
