import { type IRecognitionException, type IToken, tokenMatcher } from "chevrotain";
import { reportSkipped, type Skipped } from "../../grammar/skipping.ts";
import { CLAUSE_WORDS, Name } from "../../grammar/tokens.ts";
import type { Details } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { Layout } from "./damage.ts";
import { endOf } from "./made.ts";
import { startsOperand } from "./operands.ts";

/** What a production is called in "expected …". */
const WANTED: ReadonlyMap<string, string> = new Map([
  ["name", "a name"],
  ["expression", "a value"],
  ["operation", "a value"],
  ["operand", "a value"],
  ["primary", "a value"],
  ["literal", "a value"],
  ["type", "a type"],
  ["namedType", "a type"],
  ["unit", "a unit"],
  ["names", "a name"],
  ["quantity", "a duration such as `5m`"],
  ["plainText", "text in quotes"],
  ["listSource", "`= […]`, `from \"file\"` or `managed`"],
  ["featureClause", "`by`, `over`, `where`, `ending … ago`, `lateness` or `excluding current`"],
  ["presence", "`missing` or `present`"],
  ["money", "an amount with its currency"],
  ["date", "a date such as `2026-01-31`"],
  ["missingAction", "`no match`, `match` or an outcome"],
  ["effect", "`add`, `remove` or `emit`"],
  ["cellTest", "a value, a comparison or `-`"],
  ["output", "a result or `-`"],
  ["given", "an event, `feature` or `list`"],
  ["expectation", "`outcome`, `score`, `rule`, `reason`, `list` or `emit`"],
  ["expectThing", "`rule`, `reason`, `list` or `emit`"],
  ["expectFeature", "a comparison or `missing`"],
  ["comparison", "a comparison such as `>= 60`"],
  ["atMoment", "a time such as `-50m`"],
  ["threshold", "an outcome and where it begins: `review at 50`"],
]);

const BAR = "`|`";

const TOKENS: ReadonlyMap<string, string> = new Map([
  ["LBrace", "`{`"],
  ["RBrace", "`}`"],
  ["LParen", "`(`"],
  ["RParen", "`)`"],
  ["LBracket", "`[`"],
  ["RBracket", "`]`"],
  ["Colon", "`:`"],
  ["Comma", "`,`"],
  ["Eq", "`=`"],
  ["Dot", "`.`"],
  ["DotDot", "`..`"],
  ["Name", "a name"],
  ["Never", "a name"],
  ["Number", "a number"],
  ["Or1", BAR],
  ["EqGreater", "`=>`"],
  ["Money", "an amount with its currency"],
  ["Timestamp", "a date such as `2026-01-31`"],
  ["Quantity", "a duration such as `5m`"],
  ["Text", "text in quotes"],
  ["EOF", "the end"],
]);

/** How many tokens must be read without a mistake until the next is believed to be one of its own (as in yacc). */
const BELIEVED = 3;

/**
 * Turns what the parser found into reports. What follows closely on a mistake is rarely another: it is left out, as is
 * skipped text that a mistake explains.
 */
export function reportErrors(
  errors: readonly IRecognitionException[],
  skips: readonly Skipped[],
  tokens: readonly IToken[],
  source: SourceFile,
  report: Report,
): void {
  if (errors.length === 0 && skips.length === 0) return;
  const layout = new Layout(tokens, source);
  const lines = new LineMap(source.text);
  const mended = report.told(source.path, MENDED).flatMap((each) => [each.span, ...each.labels.map(({ span }) => span)]).map(({ start }) => layout.indexAt(start));
  const unbalanced = report.told(source.path, ["RSK0112"]).length > 0;
  const found = [
    ...errors.map((error) => ({ error, from: layout.indexOf(error.token), to: resumes(error, layout) })),
    ...skips.map((skip) => ({ skip, from: layout.indexOf(skip.first), to: layout.indexOf(skip.last) + 1 })),
  ].toSorted((a, b) => a.from - b.from || ("error" in a ? -1 : 1));
  let resumed = -BELIEVED;
  let line = 0;
  let damaged = -1;
  for (const each of found) {
    const brace = unbalanced && tokens[each.from]?.image === "{";
    const near = brace || each.from <= damaged || each.from - resumed < BELIEVED || mended.some((at) => Math.abs(each.from - at) < BELIEVED);
    const unclosed = resumed >= 0 && ("error" in each ? each.from >= tokens.length : outside(each.skip));
    const at = "error" in each ? place(each.error, source).start : each.skip.first.startOffset;
    const sameLine = lines.lineOf(at) === line;
    const asHabit = report.told(source.path, ["RSK0102"]).some(({ span }) => span.start === at);
    if (!near && !unclosed && !sameLine && !asHabit) {
      if ("error" in each) reportError(each.error, source, report);
      else reportSkipped(report, each.skip, source.path, source.text);
    }
    line = lines.lineOf(at);
    const explained = report.told(source.path, ["RSK0113"]).some(({ span }) => span.start === at);
    const behind = layout.damage(report, { ...each, nameless: nameless(each), apart: explained });
    // Behind a misspelt keyword it is sure where reading goes on.
    if (explained) continue;
    damaged = Math.max(damaged, behind);
    resumed = Math.max(resumed, each.to);
  }
}

/** Whether a clause stands outside of all blocks: what it belongs to was closed too early by a mistake before. */
function outside({ level, first }: Skipped): boolean {
  return level === "file" && CLAUSE_WORDS.has(first.tokenType);
}

/** Whether the name of a declaration is what is missing. */
function nameless(each: { readonly error: IRecognitionException } | { readonly skip: Skipped }): boolean {
  return "error" in each ? wantedOf(each.error) === "a name" : !tokenMatcher(each.skip.first, Name);
}

/** Mistakes that are mended before the parser comes, and may yet lead it astray. */
const MENDED = ["RSK0112", "RSK0114", "RSK0116", "RSK0121", "RSK0123"] as const;

/** The place of the token with which reading went on. */
function resumes(error: IRecognitionException, layout: Layout): number {
  const last = error.resyncedTokens.at(-1);
  const from = layout.indexOf(error.token);
  return last === undefined ? from : Math.max(from, layout.indexOf(last) + 1);
}

function reportError(error: IRecognitionException, source: SourceFile, report: Report): void {
  const span = place(error, source);
  const found = describe(error.token);
  const wanted = wantedOf(error);
  if (wanted === BAR) return reportOpenRow(error, source, report);
  const message = wanted === undefined ? `${found} has no place here` : `expected ${wanted}, found ${found}`;
  report.add("RSK0101", span, message, remedy(error, wanted, span, source));
}

function reportOpenRow(error: IRecognitionException, source: SourceFile, report: Report): void {
  const end = previousEnd(error, source);
  const span = { file: source.path, start: end, end };
  report.add("RSK0101", span, "the row ends without `|`", { fixes: [{ title: "insert `|`", applicability: "safe", edits: [{ span, text: " |" }] }] });
}

/** Marks that can be put in where they are missing. */
const MARKS: ReadonlySet<string> = new Set(["{", "}", "(", ")", "[", "]", ":", ",", "=", ".", "|", "=>", "of", "at", "on", "from", "ago", "current", "by", "for", "to"]);

function remedy(error: IRecognitionException, wanted: string | undefined, span: Span, source: SourceFile): Details {
  const { image } = error.token;
  if (wanted === "a value" && (image === "missing" || image === "present")) return { help: `ask \`x is ${image}\`` };
  if (wanted === "a value" && image === "not") return { help: "put brackets around what is negated: `(not x)`" };
  const { previousToken: last } = error as IRecognitionException & { previousToken?: IToken };
  if (wanted === "a name" && (last?.image === "reason" || last?.image === "notice") && /^["']/.test(image)) {
    return {
      help: `a ${last.image} begins with its code: \`${last.image} R1 "…"\``,
      fixes: [{ title: "put a code before the text", applicability: "maybe", edits: [{ span: { ...span, end: span.start }, text: "R1 " }] }],
    };
  }
  const mark = /^`(\S+)`$/.exec(wanted ?? "")?.[1];
  if (mark === undefined || !MARKS.has(mark)) return {};
  if (mark === "=" && image === "==") {
    return { help: "a name is given its meaning by `=`", fixes: [{ title: "write `=`", applicability: "safe", edits: [{ span, text: "=" }] }] };
  }
  const before = previousEnd(error, source);
  if ((mark === ")" || mark === "]") && startsOperand(error.token) && !source.text.slice(before, span.start).includes("\n")) {
    const at = { ...span, start: before, end: before };
    return { help: "parts of a list have `,` between them", fixes: [{ title: "insert `,`", applicability: "maybe", edits: [{ span: at, text: "," }] }] };
  }
  const after = /^\w/.test(mark) ? ` ${mark}` : mark === "{" || mark === "=" ? ` ${mark}` : mark;
  const at = { ...span, start: before, end: before };
  return { fixes: [{ title: `insert \`${mark}\``, applicability: "maybe", edits: [{ span: at, text: after }] }] };
}

function previousEnd(error: IRecognitionException, source: SourceFile): number {
  const { previousToken } = error as IRecognitionException & { previousToken?: IToken };
  return previousToken === undefined || !(previousToken.startOffset >= 0) ? source.text.trimEnd().length : endOf(previousToken);
}

function place(error: IRecognitionException, source: SourceFile): Span {
  const { token } = error;
  const at = token.startOffset;
  if (at >= 0) return { file: source.path, start: at, end: Math.max(endOf(token), at) };
  const end = previousEnd(error, source);
  return { file: source.path, start: end, end };
}

function describe(token: IToken): string {
  if (token.tokenType.name === "EOF" || token.image === "") return "the end";
  const image = token.image.split("\n")[0] ?? "";
  return `\`${image.length > 30 ? `${image.slice(0, 30)}…` : image}\``;
}

/** Rules of which a bar is asked for on the line that they began on. */
const BARRED: ReadonlySet<string> = new Set(["header", "tableRow", "caseHeader", "caseRow"]);

function wantedOf(error: IRecognitionException): string | undefined {
  const rule = error.context.ruleStack.at(-1)?.replace(/_~.*$/, "") ?? "";
  if (error.name === "MismatchedTokenException") {
    const name = /TokenType=(.*)$/.exec(error.message)?.[1] ?? "";
    if (name === "Never" && BARRED.has(rule)) return BAR;
    if (name === "Never" && rule === "comparison") return WANTED.get(rule);
    return TOKENS.get(name) ?? (name.startsWith('"') ? `\`${name.slice(1, -1)}\`` : (WANTED.get(rule) ?? undefined));
  }
  if (error.name === "NotAllInputParsedException") return undefined;
  return WANTED.get(rule);
}
