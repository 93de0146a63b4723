import type { FastifyInstance } from "fastify";
import type { Rooms } from "../context.ts";
import { demandType } from "../media.ts";
import { ingestSchema } from "../openapi.ts";
import { ReceiptAnswer } from "../schemas.ts";
import { RequestScanner } from "../scan.ts";
import { type Handle, ingest, INGEST_ROUTE, INGEST_TYPES, refused, rulesAbsent } from "./ingest.ts";

/** `POST /v1/events`: counts events without deciding them. */
export function addEvents(app: FastifyInstance, rooms: Rooms): void {
  const observe: Handle = (_request, event) => {
    const receipt = rooms.desk.observe(event);
    if (receipt.kind === "refused") {
      throw receipt.refusal.code === "rules_absent" ? rulesAbsent(rooms) : refused(receipt.refusal);
    }
    const { type, eventId, version, seq, replayed, degraded } = receipt;
    if (!replayed) rooms.telemetry.instruments.counts.observed(type);
    return { value: { type, eventId, version, seq, replayed, ...(degraded.length === 0 ? {} : { degraded }) }, seq };
  };
  const ingestion = { rooms, scanner: new RequestScanner(rooms.desk), handle: observe };
  app.post("/v1/events", {
    ...INGEST_ROUTE,
    schema: ingestSchema("Count events", "Counts an event in the features without deciding it.", ReceiptAnswer),
    onRequest: (request, _reply, done) => {
      demandType(request.headers, INGEST_TYPES);
      done();
    },
    handler: (request, reply) => ingest(request, reply, ingestion),
  });
}
