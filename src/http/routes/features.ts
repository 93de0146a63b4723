import type { FastifyInstance } from "fastify";
import { Type, type Static } from "typebox";
import { printTimestamp } from "../../types/time.ts";
import type { Rooms } from "../context.ts";
import { operation } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { readTime } from "../values.ts";
import { rulesAbsent } from "./ingest.ts";

/** The longest name of an entity that is looked up; the URL as a whole is bounded too. */
const Text = Type.String({ maxLength: 1_024 });
const Query = Type.Object(
  {
    key: Type.Union([Text, Type.Array(Text, { maxItems: 16 })], { description: "The entity; repeated for a feature by several keys, in their order." }),
    at: Type.Optional(Type.String({ description: "Event time, RFC 3339; the present unless given." })),
  },
  { additionalProperties: false },
);
const Params = Type.Object({ name: Type.String() });
interface FeatureRequest {
  readonly Querystring: Static<typeof Query>;
  readonly Params: Static<typeof Params>;
}

/** `GET /v1/features/{name}`: a feature of one entity as a decision at that time would see it, without an event. */
export function addFeatures(app: FastifyInstance, rooms: Rooms): void {
  app.get<FeatureRequest>("/v1/features/:name", {
    schema: { ...operation("Read a feature", "The value of a feature for one entity, with its `quality` where it is not exact or not all of its window was seen; null otherwise."), params: Params, querystring: Query },
    handler: (request) => {
      const program = rooms.registry.active();
      if (program === null) throw rulesAbsent(rooms);
      const { name } = request.params;
      const key = [request.query.key].flat();
      const at = request.query.at === undefined ? rooms.clock.now() : readTime(request.query.at, "at", "query_invalid");
      const reading = rooms.readFeature(program, name, key, at);
      switch (reading.kind) {
        case "unknown":
          throw new ProblemError("feature_unknown", "the active version has no such feature");
        case "keys":
          throw new ProblemError("query_invalid", `\`${name}\` is kept by ${reading.keys.join(", ")}: give \`key\` once for each`);
        case "invalid":
          throw new ProblemError("query_invalid", reading.violations[0]?.message ?? "a key does not fit", reading);
        default: {
          const { value, missing, quality } = reading;
          return { name, key, at: printTimestamp(at), value, missing, quality, version: program.version };
        }
      }
    },
  });
}
