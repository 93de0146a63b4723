import type { FastifyInstance, HTTPMethods } from "fastify";
import { ProblemError } from "./problem.ts";

const METHODS: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** Remembers the methods of every route that is added from here on. */
export function collectMethods(app: FastifyInstance): ReadonlyMap<string, ReadonlySet<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = methods.get(url) ?? new Set<string>();
    for (const each of [method].flat()) known.add(each);
    methods.set(url, known);
  });
  return methods;
}

/** Answers 405 with `allow` for all other methods of the collected paths: to a client, 404 says the path is wrong. */
export function refuseOtherMethods(app: FastifyInstance, collected: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of new Map(collected)) {
    const allow = [...taken].toSorted().join(", ");
    const others = METHODS.filter((method) => !taken.has(method));
    app.route({
      url,
      method: [...others],
      schema: { hide: true },
      onRequest: (request, reply, done) => {
        reply.header("allow", allow);
        done(new ProblemError("method_not_allowed", `\`${request.method}\` is not taken here; these are: ${allow}`));
      },
      handler: (_request, reply) => reply.callNotFound(),
    });
  }
}
