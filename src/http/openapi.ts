import { Type, type TSchema } from "typebox";
import { CLOUD_EVENT_TYPE, JSON_TYPE, NDJSON_TYPE } from "./media.ts";
import { problems, type ProblemCode } from "./problem.ts";
import { CloudEvent, EventRequest, problemSchema } from "./schemas.ts";

const CODES = Object.keys(problems) as ProblemCode[];

/** Every code with its meaning, as a table that the description shows. */
export function problemTable(): string {
  const rows = CODES.map((code) => `| \`${code}\` | ${problems[code].status} | ${problems[code].title} | ${problems[code].remedy} |`);
  return ["| code | status | meaning | remedy |", "|---|---|---|---|", ...rows].join("\n");
}

/** The parts of a description that every route has. */
export function operation(summary: string, description: string): { readonly summary: string; readonly description: string } {
  return { summary, description };
}

const STREAM = Type.Unknown({ description: "One event or CloudEvent a line; answered line by line, in order." });
const PROBLEM = { "application/problem+json": { schema: problemSchema(CODES) } };

/** What every route answers beside what it is for. */
export function problemResponse(): object {
  return { default: { description: "A problem.", content: PROBLEM } };
}

/** The description of a route that takes events in any of the three forms. */
export function ingestSchema(summary: string, description: string, answer: TSchema): object {
  return {
    ...operation(summary, description),
    headers: Type.Object({
      "sluice-rules-version": Type.Optional(Type.String({ description: "Pins a version; 409 when it is not available." })),
    }),
    body: {
      content: {
        [JSON_TYPE]: { schema: EventRequest },
        [CLOUD_EVENT_TYPE]: { schema: CloudEvent },
        [NDJSON_TYPE]: { schema: STREAM },
      },
    },
    response: {
      200: {
        description: "The answer; for a stream one line each, with `{ \"error\": problem, \"line\": n }` for a line that is refused.",
        content: { [JSON_TYPE]: { schema: answer }, [NDJSON_TYPE]: { schema: answer } },
      },
      ...problemResponse(),
    },
  };
}

export const CHECK_RESPONSE = Type.Object({
  ok: Type.Boolean({ description: "True when no diagnostic is an error." }),
  diagnostics: Type.Array(Type.Unknown()),
});
