import swagger from "@fastify/swagger";
import apiReference from "@scalar/fastify-api-reference";
import type { FastifyInstance } from "fastify";
import { problemTable } from "./openapi.ts";
import { ProblemError } from "./problem.ts";

/** The page runs its own script and style and may fetch nothing but from this service. */
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "frame-ancestors 'none'",
].join("; ");

/** `/openapi.json` and, for people, `/docs`. Must be added before the routes that it describes. */
export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Sluice",
        version: "1",
        description: `Decides events by rule files.\n\nEvery error is an \`application/problem+json\` with a stable \`code\`:\n\n${problemTable()}`,
      },
    },
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  await app.register(apiReference, {
    routePrefix: "/docs",
    configuration: { url: "/openapi.json", withDefaultFonts: false, telemetry: false, hideClientButton: true },
    hooks: {
      onRequest: (request, reply, done) => {
        reply.header("content-security-policy", PAGE_POLICY);
        // The page is told its own address by this header, and fails where it is none.
        if (URL.canParse(`http://${request.host}/`)) done();
        else done(new ProblemError("http_malformed", "the header `host` is no host"));
      },
    },
  });
}
