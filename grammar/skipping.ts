import type { IToken } from "chevrotain";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";
import { closest } from "../src/text/suggest.ts";

/** Where something was skipped. */
export type Level = "file" | "ruleset" | "rule";

const WORDS: Readonly<Record<Level, readonly string[]>> = {
  file: ["import", "event", "list", "function", "feature", "ruleset"],
  ruleset: ["outcomes", "policy", "default", "thresholds", "let", "rule"],
  rule: ["when", "then", "score", "reason", "tags"],
};

const PLACES: Readonly<Record<Level, string>> = { file: "a rule file", ruleset: "a ruleset", rule: "a rule" };

/** Text that a place cannot hold, skipped whole by the parser. */
export interface Skipped {
  readonly level: Level;
  readonly first: IToken;
  readonly last: IToken;
}

/** Reports skipped text, once for the whole of it. */
export function reportSkipped(report: Report, { level, first, last }: Skipped, file: string, text: string): void {
  const start = first.startOffset;
  const span: Span = { file, start, end: start + Math.max(1, first.image.length) };
  const skipped = { ...span, end: Math.max(span.end, last.startOffset + last.image.length) };
  if (first.image === "}") {
    report.add("RSK0101", span, "this `}` closes nothing", {
      fixes: [{ title: "drop it", applicability: "maybe", edits: [{ span, text: "" }] }],
    });
    return;
  }
  if (continuesExpression(text, skipped)) {
    report.add("RSK0109", span, "a second condition needs `and` or `or` before it", {
      help: "write `and` between the two conditions",
      fixes: [{ title: "join with `and`", applicability: "maybe", edits: [{ span: { ...span, end: start }, text: "and " }] }],
    });
    return;
  }
  const close = closest(first.image, WORDS[level]);
   report.add("RSK0101", span, `\`${first.image}\` begins nothing that ${PLACES[level]} can hold`, {
    ...(close === undefined
      ? { help: `${PLACES[level]} holds ${WORDS[level].map((word) => `\`${word}\``).join(", ")}` }
      : {
          help: `did you mean \`${close}\`?`,
          fixes: [{ title: `write \`${close}\``, applicability: "maybe", edits: [{ span, text: close }] }],
        }),
  });
}

/** Whether skipped text looks like a condition of its own: it has an operator that compares. */
function continuesExpression(text: string, span: Span): boolean {
  return /^[A-Za-z_][\w.]*(?:\([^()]*\))?\s*(?:==|!=|<=?|>=?|\bin\b|\bis\b|\bnot in\b)/.test(text.slice(span.start, span.end));
}
