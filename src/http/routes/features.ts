import type { FastifyInstance } from "fastify";
import { Type, type Static } from "typebox";
import { entityKey } from "../../compile/link.ts";
import type { Program } from "../../compile/program.ts";
import { keyOf } from "../../types/equality.ts";
import { jsonValue } from "../../types/print.ts";
import { parseTimestamp, printTimestamp } from "../../types/time.ts";
import type { Type as ValueType } from "../../types/type.ts";
import { Missing } from "../../types/value.ts";
import type { WindowSpec } from "../../windows/spec.ts";
import type { Rooms } from "../context.ts";
import { operation } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { decodeValue, jsonOfText } from "../values.ts";
import { rulesAbsent } from "./ingest.ts";

const Text = Type.String({ maxLength: 1_024 });
const Query = Type.Object(
  {
    key: Type.Union([Text, Type.Array(Text, { maxItems: 16 })], { description: "The entity; repeated for a feature by several keys, in their order." }),
    at: Type.Optional(Type.String({ description: "Event time, RFC 3339; now unless given." })),
  },
  { additionalProperties: false },
);
const Params = Type.Object({ name: Type.String() });
type FeatureRequest = { Querystring: Static<typeof Query>; Params: Static<typeof Params> };

/** `GET /v1/features/{name}`: a feature of one entity as a decision at that time would see it, without an event. */
export function addFeatures(app: FastifyInstance, rooms: Rooms): void {
  app.get<FeatureRequest>("/v1/features/:name", {
    schema: { ...operation("Read a feature", "The value of a feature for one entity."), params: Params, querystring: Query },
    handler: (request) => {
      const program = rooms.registry.active();
      if (program === null) throw rulesAbsent(rooms);
      const found = find(program, request.params.name);
      const key = [request.query.key].flat();
      const at = readTime(request.query.at, rooms.clock.now());
      const value = rooms.windows.inspect(found.number, entityOf(program, found.spec, key), at);
      const missing = value instanceof Missing ? value.cause : null;
      return {
        name: found.spec.name,
        key,
        at: printTimestamp(at),
        value: value instanceof Missing ? null : jsonValue(value, found.type),
        missing,
        version: program.version,
      };
    },
  });
}

interface Found {
  readonly number: number;
  readonly spec: WindowSpec;
  readonly type: ValueType;
}

function find(program: Program, name: string): Found {
  const number = program.windows.features.findIndex((spec) => spec.name === name);
  const spec = program.windows.features[number];
  const seen = spec === undefined ? undefined : program.events.get(spec.source)?.features.find((each) => each.name === name);
  if (spec === undefined || seen === undefined) throw new ProblemError("feature_unknown", "the active version has no such feature");
  return { number, spec, type: seen.type };
}

function entityOf(program: Program, spec: WindowSpec, texts: readonly string[]): string {
  if (texts.length !== spec.keys.length) {
    throw new ProblemError("query_invalid", `\`${spec.name}\` is kept by ${spec.keys.join(", ")}: give \`key\` ${spec.keys.length} times`);
  }
  const fields = program.events.get(spec.source)?.schema.fields ?? [];
  const parts = spec.keys.map((key, n) => {
    const field = fields.find((each) => each.name === key);
    if (field === undefined) throw new Error(`feature \`${spec.name}\` is kept by a field that its event lacks`);
    return String(keyOf(decodeValue(jsonOfText(texts[n] ?? "", field.type), field.type, `/key/${n}`, "query_invalid")));
  });
  return entityKey(parts);
}

function readTime(text: string | undefined, now: number): number {
  if (text === undefined) return now;
  const at = parseTimestamp(text, false);
  if (at === undefined) throw new ProblemError("query_invalid", "`at` is no RFC 3339 time with a zone, such as 2026-01-31T09:30:00Z");
  return at;
}
