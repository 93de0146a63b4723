import type { FastifyInstance } from "fastify";
import { Type, type Static, type TSchema } from "typebox";
import { QUALITY_KEY } from "../../engine/quality.ts";
import type { Rooms } from "../context.ts";
import { JSON_TYPE } from "../media.ts";
import { operation, problemResponse } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { DecisionAnswer, LabelAnswer } from "../schemas.ts";
import { readTime } from "../values.ts";

/** Decisions in one answer at most; each is about a kilobyte. */
export const MAX_PAGE = 500;
const DEFAULT_PAGE = 50;

const Name = Type.Optional(Type.String({ minLength: 1, maxLength: 256 }));
const Query = Type.Object(
  {
    type: Name,
    ruleset: Name,
    outcome: Name,
    rule: Name,
    eventId: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })),
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "The newest label of the event." })),
    version: Name,
    from: Type.Optional(Type.String({ description: "RFC 3339; decisions that were made at that time or later." })),
    to: Type.Optional(Type.String({ description: "RFC 3339; decisions that were made before that time." })),
    limit: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: `From 1 to ${MAX_PAGE}; ${DEFAULT_PAGE} unless given.` })),
    cursor: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,14}$", description: "The `next` of the page before." })),
  },
  { additionalProperties: false },
);
const Params = Type.Object({ id: Type.String() });

const PageAnswer = Type.Object({
  decisions: Type.Array(DecisionAnswer),
  next: Type.Union([Type.String(), Type.Null()], { description: "The `cursor` of the page after it; null at the end." }),
});
const StoredAnswer = Type.Object({
  ...DecisionAnswer.properties,
  read: Type.Record(Type.String(), Type.Unknown(), { description: "The features that the decision read, by name; null for one that was missing." }),
  labels: Type.Array(Type.Omit(LabelAnswer, ["replayed"]), { description: "Oldest first." }),
});

const answers = (of: TSchema): object => ({ 200: { description: "Found.", content: { [JSON_TYPE]: { schema: of } } }, ...problemResponse() });

/** `GET /v1/decisions` and `GET /v1/decisions/{id}`: what the log knows. */
export function addLog(app: FastifyInstance, rooms: Rooms): void {
  app.get<{ Querystring: Static<typeof Query> }>("/v1/decisions", {
    schema: { ...operation("Find decisions", "Decisions of the log, newest first, page by page. Pages stay as they are while decisions are added. A page may hold less than `limit`, and nothing at all: there is more until `next` is null."), querystring: Query, response: answers(PageAnswer) },
    handler: async (request, reply) => {
      const { type = null, ruleset = null, outcome = null, rule = null, eventId = null, label = null, version = null, from, to, limit, cursor } = request.query;
      const count = Number(limit ?? DEFAULT_PAGE);
      if (count > MAX_PAGE) throw new ProblemError("query_invalid", `\`limit\` is over ${MAX_PAGE}`);
      const filter = { type, ruleset, outcome, rule, eventId, label, version, from: timeOf(from, "from"), to: timeOf(to, "to") };
      const page = await search(reader(rooms).decisions(filter, count, cursor === undefined ? null : Number(cursor)));
      // The log holds JSON: it is handed on as it is.
      const text = `{"decisions":[${page.decisions.join(",")}],"next":${page.next === null ? "null" : `"${page.next}"`}}`;
      return reply.header("content-type", "application/json; charset=utf-8").send(text);
    },
  });
  app.get<{ Params: Static<typeof Params> }>("/v1/decisions/:id", {
    schema: { ...operation("A decision", "A decision of the log as it was answered, with `read`, the features that it read, `quality`, how far those are to be trusted that are not whole, and the `labels` put on its event."), params: Params, response: answers(StoredAnswer) },
    handler: async (request) => {
      const found = await search(reader(rooms).decision(request.params.id.toLowerCase()));
      if (found === null) throw new ProblemError("decision_unknown", "the log holds no such decision");
      const { [QUALITY_KEY]: quality = {}, ...read } = found.features === null ? {} : (parse(found.features) as Readonly<Record<string, unknown>>);
      return {
        ...(parse(found.decision) as object),
        read,
        quality,
        labels: found.labels.map(parse),
      };
    },
  });
}

export function reader({ store }: Rooms): NonNullable<Rooms["store"]>["reader"] {
  if (store === null) throw new ProblemError("log_absent", "it was started without a data folder");
  return store.reader;
}

function parse(text: string): unknown {
  return JSON.parse(text) as unknown;
}

async function search<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw new ProblemError("search_failed", error instanceof Error ? error.message : String(error));
  }
}

function timeOf(text: string | undefined, name: string): number | null {
  return text === undefined ? null : readTime(text, name, "query_invalid");
}
