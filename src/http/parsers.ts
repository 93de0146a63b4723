import type { FastifyInstance } from "fastify";
import { parseJson } from "./body.ts";
import { CLOUD_EVENT_TYPE, JSON_TYPE, NDJSON_TYPE } from "./media.ts";
import { ProblemError } from "./problem.ts";

/** Exactly three content types are read: two as JSON out of bytes, one handed on as a stream. */
export function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>([JSON_TYPE, CLOUD_EVENT_TYPE], { parseAs: "buffer" }, (_request, body, done) => {
    const parsed = parseJson(body);
    if (parsed.ok) done(null, parsed.value);
    else done(new ProblemError(parsed.problem.code, parsed.problem.detail));
  });
  app.addContentTypeParser(NDJSON_TYPE, (_request, payload, done) => done(null, payload));
}
