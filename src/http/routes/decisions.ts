import type { FastifyInstance } from "fastify";
import type { Answer } from "../../engine/decision.ts";
import { decisionText } from "../../engine/text.ts";
import type { Rooms } from "../context.ts";
import type { Direct } from "../direct.ts";
import { ingestSchema } from "../openapi.ts";
import { DecisionAnswer } from "../schemas.ts";
import { addIngest, type Handle, refused, rulesAbsent } from "./ingest.ts";

/** `POST /v1/decisions`: counts events and decides them. */
export function addDecisions(app: FastifyInstance, direct: Direct, rooms: Rooms): void {
  const decide: Handle = (event, trace) => {
    const answer = trace.decide(() => rooms.desk.decide(event), describe);
    if (answer.kind === "decided") return { text: answer.text ?? decisionText(answer.decision), seq: answer.decision.seq };
    throw answer.refusal.code === "rules_absent" ? rulesAbsent(rooms) : refused(answer.refusal);
  };
  const schema = ingestSchema("Decide events", "Counts an event and decides it under every ruleset on its type.", DecisionAnswer);
  addIngest(app, direct, rooms, "/v1/decisions", schema, decide);
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
