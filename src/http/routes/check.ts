import type { FastifyInstance } from "fastify";
import type { Rooms } from "../context.ts";
import { CHECK_BODY_LIMIT } from "../limits.ts";
import { demandType, JSON_TYPE } from "../media.ts";
import { CHECK_RESPONSE, operation } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { CheckRequest } from "../schemas.ts";

/** `POST /v1/check`: what a rules folder of these sources would be told. Nothing is kept. */
export function addCheck(app: FastifyInstance, rooms: Rooms): void {
  app.post<{ Body: CheckRequest }>("/v1/check", {
    bodyLimit: CHECK_BODY_LIMIT,
    schema: {
      ...operation("Check sources", "Parses and checks rule files as one folder, without activating them."),
      body: CheckRequest,
      response: { 200: CHECK_RESPONSE },
    },
    onRequest: (request, _reply, done) => {
      demandType(request.headers, [JSON_TYPE]);
      done();
    },
    handler: async (request) => {
      const { files } = request.body;
      const rules = files.filter(({ path }) => path.endsWith(".risk"));
      const data = new Map(files.filter(({ path }) => !path.endsWith(".risk")).map(({ path, text }) => [path, text]));
      const diagnostics = await rooms.check(rules, data);
      if (diagnostics === null) throw new ProblemError("check_unavailable", "the sources took too long, or others are being checked");
      return { ok: !diagnostics.some((each) => each.severity === "error"), diagnostics };
    },
  });
}
