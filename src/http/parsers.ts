import type { FastifyInstance } from "fastify";
import { parseJson } from "./body.ts";
import { CLOUD_EVENT_TYPE, JSON_TYPE, NDJSON_TYPE } from "./media.ts";
import { ProblemError } from "./problem.ts";

/** Exactly three content types are read: two as JSON out of bytes, one handed on as a stream. */
export function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>([JSON_TYPE, CLOUD_EVENT_TYPE], { parseAs: "buffer" }, (_request, body, done) => {
    const parsed = parseJson(body);
    done(null, parsed.ok ? parsed.value : new ProblemError(parsed.problem.code, parsed.problem.detail));
  });
  // Of an error of a parser Fastify would make the end of the connection, though all of the body is there.
  app.addHook("preValidation", (request, _reply, done) => done(request.body instanceof ProblemError ? request.body : undefined));
  app.addContentTypeParser(NDJSON_TYPE, (_request, payload, done) => done(null, payload));
}
