import type { Decision } from "./decision.ts";

/** A decision as JSON, as answers and the log have it. */
export function decisionText(decision: Decision): string {
  return JSON.stringify(decision);
}
