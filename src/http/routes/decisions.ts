import type { FastifyInstance } from "fastify";
import type { Answer } from "../../engine/decision.ts";
import type { Rooms } from "../context.ts";
import { demandType } from "../media.ts";
import { ingestSchema } from "../openapi.ts";
import { DecisionAnswer } from "../schemas.ts";
import { RequestScanner } from "../scan.ts";
import { type Handle, ingest, INGEST_ROUTE, INGEST_TYPES, refused, rulesAbsent } from "./ingest.ts";

/** `POST /v1/decisions`: counts events and decides them. */
export function addDecisions(app: FastifyInstance, rooms: Rooms): void {
  const decide: Handle = (request, event) => {
    const answer = request.trace.decide(() => rooms.desk.decide(event), describe);
    if (answer.kind === "decided") return { value: answer.decision, seq: answer.decision.seq };
    throw answer.refusal.code === "rules_absent" ? rulesAbsent(rooms) : refused(answer.refusal);
  };
  const ingestion = { rooms, scanner: new RequestScanner(rooms.desk), handle: decide };
  app.post("/v1/decisions", {
    ...INGEST_ROUTE,
    schema: ingestSchema("Decide events", "Counts an event and decides it under every ruleset on its type.", DecisionAnswer),
    onRequest: (request, _reply, done) => {
      demandType(request.headers, INGEST_TYPES);
      done();
    },
    handler: (request, reply) => ingest(request, reply, ingestion),
  });
}

/** What a span tells of a decision: names out of rule files only, never a value out of the event. */
function describe(answer: Answer): Record<string, string | number | boolean> {
  if (answer.kind === "refused") return { "sluice.refusal": answer.refusal.code };
  const { type, version, decisions, replayed } = answer.decision;
  const attributes: Record<string, string | number | boolean> = {
    "sluice.event.type": type,
    "sluice.version": version,
    "sluice.replayed": replayed,
  };
  let matched = 0;
  for (const [ruleset, { outcome, rules }] of Object.entries(decisions)) {
    attributes[`sluice.outcome.${ruleset}`] = outcome;
    matched += rules.length;
  }
  attributes["sluice.rules.matched"] = matched;
  return attributes;
}
