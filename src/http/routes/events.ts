import type { FastifyInstance, FastifyRequest } from "fastify";
import type { DecisionRequest } from "../../engine/decision.ts";
import type { Rooms } from "../context.ts";
import { demandType } from "../media.ts";
import { ingestSchema } from "../openapi.ts";
import { ReceiptAnswer } from "../schemas.ts";
import { ingest, INGEST_TYPES, refused, rulesAbsent } from "./ingest.ts";

/** `POST /v1/events`: counts events without deciding them. */
export function addEvents(app: FastifyInstance, rooms: Rooms): void {
  const observe = (_request: FastifyRequest, event: DecisionRequest): unknown => {
    const receipt = rooms.desk.observe(event);
    if (receipt.kind === "refused") {
      throw receipt.refusal.code === "rules_absent" ? rulesAbsent(rooms) : refused(receipt.refusal);
    }
    const { type, eventId, version, seq, replayed } = receipt;
    if (!replayed) rooms.telemetry.instruments.counts.observed(type);
    return { type, eventId, version, seq, replayed };
  };
  app.post("/v1/events", {
    schema: ingestSchema("Count events", "Counts an event in the features without deciding it.", ReceiptAnswer),
    onRequest: (request, _reply, done) => {
      demandType(request.headers, INGEST_TYPES);
      done();
    },
    handler: (request, reply) => ingest(request, reply, rooms, observe),
  });
}
