import type { IToken } from "chevrotain";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";
import { closest } from "../src/text/suggest.ts";

/** Where something was skipped. */
export type Level = "file" | "event" | "ruleset" | "rule" | "table" | "test";

const RULE_WORDS: readonly string[] = [
  "when", "then", "score", "reason", "notice", "tags", "do", "clear", "cooldown", "on", "mode", "rollout", "active", "owner", "review", "was",
];

const WORDS: Readonly<Record<Level, readonly string[]>> = {
  file: ["import", "event", "list", "rates", "function", "feature", "ruleset", "test"],
  event: [],
  ruleset: ["outcomes", "policy", "default", "thresholds", "let", "rule", "table", "owner"],
  rule: RULE_WORDS,
  table: [...RULE_WORDS, "|"],
  test: ["given", "clock", "when", "expect", "cases"],
};

/** Clauses of a feature stand at the level of the file, since nothing closes a feature. */
const FEATURE_WORDS: readonly string[] = ["by", "over", "where", "ending", "lateness", "excluding"];

/** Words of other languages for those of a place; what is to be dropped is empty. */
const FOREIGN: Readonly<Record<Level, ReadonlyMap<string, string>>> = {
  file: new Map([
    ["within", "over"], ["last", "over"], ["during", "over"], ["group", ""], ["filter", "where"], ["having", "where"], ["per", "by"], ["grace", "lateness"], ["watermark", "lateness"], ["late", "lateness"],
    ["def", "function"], ["fn", "function"], ["func", "function"], ["type", "event"], ["struct", "event"], ["rules", "ruleset"], ["include", "import"],
  ]),
  event: new Map(),
  ruleset: new Map([["var", "let"], ["const", "let"], ["set", "let"], ["else", "default"], ["otherwise", "default"], ["actions", "outcomes"]]),
  rule: new Map([
    ["if", "when"], ["where", "when"], ["condition", "when"], ["return", "then"], ["outcome", "then"], ["decision", "then"], ["action", "then"],
    ["points", "score"], ["weight", "score"], ["message", "reason"], ["because", "reason"], ["label", "tags"], ["labels", "tags"],
  ]),
  table: new Map(),
  test: new Map([["assert", "expect"], ["should", "expect"], ["then", "expect"], ["setup", "given"]]),
};

const PLACES: Readonly<Record<Level, string>> = { file: "a rule file", event: "an event", ruleset: "a ruleset", rule: "a rule", table: "a table", test: "a test" };

/** Text that a place cannot hold, skipped whole by the parser. */
export interface Skipped {
  readonly level: Level;
  readonly first: IToken;
  readonly last: IToken;
  /** What stands before it. */
  readonly before: IToken;
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

/** `rule` outside of a ruleset and the like. */
function reportElsewhere(report: Report, { level, word, span }: Place): boolean {
  const home = (["file", "ruleset", "rule", "test"] as const).find((each) => each !== level && WORDS[each].includes(word));
  if (home === undefined) return false;
  report.add("RSK0101", span, `\`${word}\` stands in ${PLACES[home]}, not in ${PLACES[level]}`);
  return true;
}

function reportMisspelt(report: Report, { level, word, span, skipped }: Place, text: string): boolean {
  const foreign = FOREIGN[level].get(word.toLowerCase());
  if (foreign !== undefined) {
    const title = foreign === "" ? `drop \`${word}\`` : `write \`${foreign}\``;
    const gap = foreign === "" ? (/^\s*/.exec(text.slice(span.end))?.[0].length ?? 0) : 0;
    report.add("RSK0113", span, `there is no \`${word}\` here`, {
      help: title,
      fixes: [{ title, applicability: "maybe", edits: [{ span: { ...span, end: span.end + gap }, text: foreign }] }],
    });
    return true;
  }
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
