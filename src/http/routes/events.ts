import type { FastifyInstance } from "fastify";
import type { Rooms } from "../context.ts";
import type { Direct } from "../direct.ts";
import { ingestSchema } from "../openapi.ts";
import { ReceiptAnswer } from "../schemas.ts";
import { addIngest, type Handle, refused, rulesAbsent } from "./ingest.ts";

/** `POST /v1/events`: counts events without deciding them. */
export function addEvents(app: FastifyInstance, direct: Direct, rooms: Rooms): void {
  const observe: Handle = (event) => {
    const receipt = rooms.desk.observe(event);
    if (receipt.kind === "refused") {
      throw receipt.refusal.code === "rules_absent" ? rulesAbsent(rooms) : refused(receipt.refusal);
    }
    const { type, eventId, version, seq, replayed, degraded } = receipt;
    if (!replayed) rooms.telemetry.instruments.counts.observed(type);
    return { text: JSON.stringify({ type, eventId, version, seq, replayed, ...(degraded.length === 0 ? {} : { degraded }) }), seq };
  };
  addIngest(app, direct, rooms, "/v1/events", ingestSchema("Count events", "Counts an event in the features without deciding it.", ReceiptAnswer), observe);
}
