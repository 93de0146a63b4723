import type { IToken } from "chevrotain";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";
import { closest } from "../src/text/suggest.ts";

/** Where something was skipped. */
export type Level = "file" | "event" | "ruleset" | "rule";

const WORDS: Readonly<Record<Level, readonly string[]>> = {
  file: ["import", "event", "list", "function", "feature", "ruleset"],
  event: [],
  ruleset: ["outcomes", "policy", "default", "thresholds", "let", "rule"],
  rule: ["when", "then", "score", "reason", "tags"],
};

/** Clauses of a feature stand at the level of the file, since nothing closes a feature. */
const FEATURE_WORDS: readonly string[] = ["by", "over", "where", "ending", "excluding"];

/** What the language will hold one day, or holds elsewhere by another name; nothing of it is read here. */
const LATER: Readonly<Record<Level, ReadonlySet<string>>> = {
  file: new Set(["test", "table"]),
  event: new Set(),
  ruleset: new Set(["table", "mode", "owner", "rollout", "active"]),
  rule: new Set(["do", "mode", "owner", "cooldown", "clear", "rollout", "active", "on", "for", "table"]),
};

const PLACES: Readonly<Record<Level, string>> = { file: "a rule file", event: "an event", ruleset: "a ruleset", rule: "a rule" };

/** Text that a place cannot hold, skipped whole by the parser. */
export interface Skipped {
  readonly level: Level;
  readonly first: IToken;
  readonly last: IToken;
  /** What stands before it. */
  readonly before: IToken;
}

/** Whether a word begins a clause or declaration of another version. */
export function isLater(word: string): boolean {
  return LATER.rule.has(word) || LATER.ruleset.has(word) || LATER.file.has(word);
}

/** Whether skipping started with a word whose next word belongs to it: `clear when …` is one clause. */
export function takesNext(first: IToken): boolean {
  return first.image === "clear";
}

interface Place {
  readonly level: Level;
  readonly word: string;
  /** The first word. */
  readonly span: Span;
  /** All that was skipped. */
  readonly skipped: Span;
}

/** Reports skipped text, once for the whole of it. */
export function reportSkipped(report: Report, { level, first, last, before }: Skipped, file: string, text: string): void {
  const start = first.startOffset;
  // A brace that was put in has no text of its own, and may stand at the very end.
  const span: Span = { file, start, end: Math.min(text.length, start + Math.max(1, first.image.length)) };
  const skipped = { ...span, end: Math.max(span.end, last.startOffset + last.image.length) };
  const place: Place = { level, word: first.image, span, skipped };
  if (first.image === "}") reportBrace(report, span);
  else if (first.image === "..") reportRange(report, span);
  else if (LATER[level].has(first.image)) reportLater(report, place);
  else if (!reportElsewhere(report, place) && !reportMisspelt(report, place, text)) {
    const gap = text.slice(before.startOffset + before.image.length, start);
    const sameLine = before.startOffset >= 0 && !gap.includes("\n");
    if (sameLine && VALUE.test(first.image)) report.add("RSK0109", span, "an operator is missing before this");
    else if (continuesExpression(text, skipped, sameLine)) reportMissingAnd(report, span);
    else {
      report.add("RSK0101", span, `\`${first.image}\` begins nothing that ${PLACES[level]} can hold`, {
        help: level === "event" ? "a field is written `name: type`" : `${PLACES[level]} holds ${WORDS[level].map((word) => `\`${word}\``).join(", ")}`,
      });
    }
  }
}

function reportBrace(report: Report, span: Span): void {
  report.add("RSK0116", span, "this `}` closes nothing", {
    fixes: [{ title: "drop it", applicability: "maybe", edits: [{ span, text: "" }] }],
  });
}

function reportRange(report: Report, span: Span): void {
  report.add("RSK0117", span, "a range stands only behind `in`", { help: "ask `x in low..high`" });
}

function reportLater(report: Report, { word, level, span }: Place): void {
  report.add("RSK0115", span, `\`${word}\` is not part of this version of the language`, {
    help: `${PLACES[level]} holds ${WORDS[level].map((each) => `\`${each}\``).join(", ")}`,
  });
}

/** `rule` outside of a ruleset and the like. */
function reportElsewhere(report: Report, { level, word, span }: Place): boolean {
  const home = (["file", "ruleset", "rule"] as const).find((each) => each !== level && WORDS[each].includes(word));
  if (home === undefined) return false;
  report.add("RSK0101", span, `\`${word}\` stands in ${PLACES[home]}, not in ${PLACES[level]}`);
  return true;
}

function reportMisspelt(report: Report, { level, word, span, skipped }: Place, text: string): boolean {
  const close = closest(word, level === "file" ? [...WORDS.file, ...FEATURE_WORDS] : WORDS[level]);
  if (close === undefined || followedByOperator(text, skipped)) return false;
  report.add("RSK0113", span, `\`${word}\` begins nothing that ${PLACES[level]} can hold`, {
    help: `did you mean \`${close}\`?`,
    fixes: [{ title: `write \`${close}\``, applicability: "maybe", edits: [{ span, text: close }] }],
  });
  return true;
}

function reportMissingAnd(report: Report, span: Span): void {
  report.add("RSK0109", span, "a second condition needs `and` or `or` before it", {
    help: "write `and` between the two conditions",
    fixes: [{ title: "join with `and`", applicability: "maybe", edits: [{ span: { ...span, end: span.start }, text: "and " }] }],
  });
}

const OPERAND = String.raw`(?:not\s+|!\s*)*[A-Za-z_][\w.]*(?:\([^()]*\))?`;
/** A number or text right behind an operand. */
const VALUE = /^(?:\d|"|')/;
const CONDITION = new RegExp(String.raw`^${OPERAND}\s*(?:==|!=|<=?|>=?|\+|-|\*|/|\bin\b|\bis\b|\bnot in\b)`);
const WHOLE_OPERAND = new RegExp(String.raw`^${OPERAND}\s*$`);

function followedByOperator(text: string, span: Span): boolean {
  return CONDITION.test(text.slice(span.start, span.end));
}

/** Whether skipped text looks like a condition of its own: it compares, or it stands as a lone operand behind another. */
function continuesExpression(text: string, span: Span, sameLine: boolean): boolean {
  const skipped = text.slice(span.start, span.end);
  return CONDITION.test(skipped) || ((sameLine || /^(?:not\b|!)/.test(skipped)) && WHOLE_OPERAND.test(skipped));
}
