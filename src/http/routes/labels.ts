import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { LRUCache } from "lru-cache";
import { Type } from "typebox";
import type { Labelled } from "../../store/queries.ts";
import { printTimestamp } from "../../types/time.ts";
import { parseJson } from "../body.ts";
import type { Rooms } from "../context.ts";
import { ANSWER_TYPE } from "../direct.ts";
import { demandStore, storeFailed, writeDown } from "../durable.ts";
import { demandType, JSON_TYPE, mediaType, NDJSON_TYPE } from "../media.ts";
import { answerLines, type Outcome } from "../ndjson.ts";
import { operation, problemResponse } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { LabelAnswer, LabelRequest } from "../schemas.ts";
import { checker } from "../validate.ts";
import { readTime } from "../values.ts";
import { reader } from "./log.ts";

const TYPES = [JSON_TYPE, NDJSON_TYPE];
/** Labels that were put a moment ago and may not have been in the log when it was asked: more than can wait to be written. */
const MAX_RECENT = 50_000;

type Kept = Omit<LabelAnswer, "replayed">;

/** A label that somebody wants to put, and the event it is for once that is known. */
interface Wanted {
  readonly request: LabelRequest;
  readonly at: number | null;
  found: Labelled | null;
}

const check = checker(LabelRequest, "request_invalid");

function read(body: unknown): Wanted {
  const request = check(body);
  return { request, at: request.at === undefined ? null : readTime(request.at, "/at", "request_invalid"), found: null };
}

function readLine(bytes: Uint8Array): Wanted {
  const parsed = parseJson(bytes);
  if (!parsed.ok) throw new ProblemError(parsed.problem.code, parsed.problem.detail);
  return read(parsed.value);
}

/** `POST /v1/labels`: what became of events. */
export function addLabels(app: FastifyInstance, rooms: Rooms): void {
  const recent = new LRUCache<number, readonly Kept[]>({ max: MAX_RECENT });
  const ready = (wanted: readonly Wanted[]): Promise<void> | null => {
    reader(rooms);
    demandStore(rooms);
    return rooms.store === null ? null : find(rooms.store, wanted);
  };
  const answer = (wanted: Wanted): Outcome => {
    demandStore(rooms);
    return put(rooms, wanted, recent);
  };
  app.post("/v1/labels", {
    schema: {
      ...operation("Label an event", "Says what became of an event, such as `fraud`. Every label is kept, the newest counts; one that the event has already is not added again."),
      body: { content: { [JSON_TYPE]: { schema: LabelRequest }, [NDJSON_TYPE]: { schema: Type.Unknown({ description: "One label a line." }) } } },
      response: { 200: { description: "The label as it is kept; for a stream one line each.", content: { [JSON_TYPE]: { schema: LabelAnswer }, [NDJSON_TYPE]: { schema: LabelAnswer } } }, ...problemResponse() },
    },
    onRequest: (request, _reply, done) => {
      demandType(request.headers, TYPES);
      done();
    },
    handler: async (request, reply) => {
      if (mediaType(request.headers["content-type"]) !== NDJSON_TYPE) {
        const wanted = read(request.body);
        await ready([wanted]);
        const { text, settled } = answer(wanted);
        await settled;
        return reply.header("content-type", ANSWER_TYPE).send(text);
      }
      reader(rooms);
      demandStore(rooms);
      const failed = (error: unknown): void => request.log.error({ err: error }, "line failed");
      const pieces = answerLines(request.body as Readable, { limit: rooms.bodyLimit, read: readLine, ready, answer, failed });
      return reply.header("content-type", NDJSON_TYPE).send(Readable.from(pieces, { objectMode: false }));
    },
  });
}

async function find(store: NonNullable<Rooms["store"]>, wanted: readonly Wanted[]): Promise<void> {
  try {
    const found = await store.labelled(wanted.map(({ request }) => ({ eventId: request.eventId, type: request.type ?? null })));
    wanted.forEach((each, index) => (each.found = found[index] ?? null));
  } catch (error) {
    throw storeFailed(error);
  }
}

function put(rooms: Rooms, { request, at, found }: Wanted, recent: LRUCache<number, readonly Kept[]>): Outcome {
  const { eventId, label } = request;
  if (found === null) throw new ProblemError("event_unknown", `no event ${request.type === undefined ? "" : `of this type `}has the id that \`/eventId\` names`);
  const { seq, type } = found;
  const late = recent.get(seq) ?? [];
  const known = [...found.labels.map((text) => JSON.parse(text) as Kept), ...late];
  // Without a time the newest label is meant, with a time any that was put.
  const same = at === null ? known.slice(-1).find((each) => each.label === label) : known.find((each) => each.label === label && each.at === printTimestamp(at));
  // It may still be on its way, with everything that came before this.
  if (same !== undefined) return { text: JSON.stringify({ ...same, replayed: true }), settled: rooms.store?.committed(rooms.store.last) ?? null };
  const time = at ?? rooms.clock.now();
  const kept: Kept = { eventId, type, label, at: printTimestamp(time) };
  recent.set(seq, [...late, kept]);
  const settled = writeDown(rooms, { kind: "label", type, eventId, at: time, body: JSON.stringify(kept), label: { text: label, seq } });
  return { text: JSON.stringify({ ...kept, replayed: false }), settled };
}
