import type { Report } from "../../text/report.ts";
import type { Span } from "../../text/span.ts";

interface Clause {
  readonly kind: string;
  readonly span: Span;
}

/** Clauses by kind; one that is given twice is reported and only the first counts. */
export function once<C extends Clause>(
  report: Report,
  clauses: readonly C[],
  word: (clause: C) => string,
): ReadonlyMap<C["kind"], C> {
  const found = new Map<C["kind"], C>();
  for (const clause of clauses) {
    const first = found.get(clause.kind);
    if (first === undefined) found.set(clause.kind, clause);
    else {
      report.add("RSK0404", clause.span, `\`${word(clause)}\` is given twice`, {
        labels: [{ span: first.span, message: "first here" }],
        help: "keep one of them",
      });
    }
  }
  return found;
}
