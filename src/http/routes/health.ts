import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Rooms } from "../context.ts";
import { demandStore } from "../durable.ts";
import { operation } from "../openapi.ts";
import { rulesAbsent } from "./ingest.ts";

const Live = Type.Object({ status: Type.Literal("live") });
const Ready = Type.Object({ status: Type.Literal("ready"), version: Type.String(), stale: Type.Boolean() });

/** Probes and metrics. Ready means that a rule set is active, also when the folder holds a newer one that is broken, and that events can be kept. */
export function addHealth(app: FastifyInstance, rooms: Rooms): void {
  app.get("/livez", { schema: { ...operation("Live", "Answers while the process runs."), response: { 200: Live } } }, () => ({
    status: "live",
  }));
  app.get("/readyz", { schema: { ...operation("Ready", "Answers 200 once a rule set is active and the log is read, 503 before and while the store cannot write."), response: { 200: Ready } } }, () => {
    const { version, stale } = rooms.registry.status();
    if (version === null) throw rulesAbsent(rooms);
    demandStore(rooms);
    return { status: "ready", version, stale };
  });
  app.get("/metrics", { schema: operation("Metrics", "All series in the Prometheus text format.") }, async (_request, reply) => {
    const text = await rooms.telemetry.scrape();
    return reply.header("content-type", "text/plain; version=0.0.4; charset=utf-8").send(text);
  });
}
