import type { IToken } from "chevrotain";
import { habits } from "../../grammar/habits.ts";
import { RuleParser } from "../../grammar/parser.ts";
import { lexer } from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Comment, Decl, Expr, RuleFile } from "./ast.ts";
import { checkDepth, tooNested } from "./depth.ts";
import { reportErrors } from "./errors.ts";
import { placeOf } from "./made.ts";
import { mend } from "./mend.ts";
import { fillTemplate } from "./templates.ts";

/** One parser for all files: building it costs 20 ms, and runs never overlap. */
const parser = new RuleParser(true);

/** A text as tokens, with what stands between them. */
interface Read {
  readonly tokens: IToken[];
  readonly docs: ReadonlyMap<number, string>;
  readonly comments: readonly Comment[];
}

/** Tokens of a text, with what the lexer could not read reported and habits turned into tokens of the language. */
function tokenize(source: SourceFile, report: Report): Read | undefined {
  const result = lexer.tokenize(source.text);
  for (const error of result.errors) {
    const span = { file: source.path, start: error.offset, end: error.offset + Math.max(1, error.length) };
    report.add("RSK0101", span, `\`${source.text.slice(span.start, Math.min(span.end, span.start + 20))}\` is no part of the language`);
  }
  for (const token of result.groups["foreign"] ?? []) habits.foreignMark(report, placeOf(source, token), token.image);
  if (tooNested(result.tokens, source.path, report)) return undefined;
  const tokens = mend(result.tokens, source, report);
  const comments = (result.groups["comments"] ?? []).map(
    (token): Comment => ({ kind: "Comment", text: token.image.slice("//".length).trim(), span: placeOf(source, token) }),
  );
  return { tokens, docs: attachDocs(result.groups["docs"] ?? [], tokens, source.text), comments };
}

/** Documentation comments by the offset of the token below them. */
function attachDocs(comments: readonly IToken[], tokens: readonly IToken[], text: string): ReadonlyMap<number, string> {
  const docs = new Map<number, string>();
  let at = 0;
  let lines: string[] = [];
  comments.forEach((comment, i) => {
    lines.push(comment.image.slice("///".length).trim());
    const end = comment.startOffset + comment.image.length;
    const next = comments[i + 1];
    if (next !== undefined && text.slice(end, next.startOffset).trim() === "") return;
    while (at < tokens.length && (tokens[at]?.startOffset ?? 0) < end) at++;
    const below = tokens[at];
    if (below !== undefined) docs.set(below.startOffset, lines.join("\n"));
    lines = [];
  });
  return docs;
}

/** The holes of every reason, read after the file because the parser cannot be entered twice. */
function fillTemplates(source: SourceFile, report: Report): void {
  for (const { token, parts } of parser.pending.splice(0)) {
    parts.push(...fillTemplate(token, source, report, (tokens) => runExpression(source, tokens, report)));
  }
}

function runExpression(source: SourceFile, tokens: IToken[], report: Report): Expr {
  parser.load(source.path, source.text, tokens, new Map(), report);
  const expr = parser.loneExpression();
  reportErrors(parser.errors, parser.skips, tokens, source, report);
  return expr;
}

/**
 * Reads a rule file. Whatever cannot be read is reported and left out or stands as an error node.
 * INVARIANT: text never makes it throw.
 */
export function parseFile(source: SourceFile, report: Report): RuleFile {
  const span = { file: source.path, start: 0, end: source.text.length };
  const read = tokenize(source, report);
  if (read === undefined) return { kind: "File", path: source.path, decls: [], comments: [], span };
  parser.load(source.path, source.text, read.tokens, read.docs, report);
  const decls: readonly Decl[] = parser.ruleFile() ?? [];
  reportErrors(parser.errors, parser.skips, read.tokens, source, report);
  fillTemplates(source, report);
  return { kind: "File", path: source.path, decls: checkDepth(decls, report), comments: read.comments, span };
}

/** Reads a lone expression, such as the argument of `sluice eval`. */
export function parseExpression(source: SourceFile, report: Report): Expr {
  const nothing: Expr = { kind: "Error", span: { file: source.path, start: 0, end: source.text.length } };
  const read = tokenize(source, report);
  if (read === undefined) return nothing;
  const expr = runExpression(source, read.tokens, report);
  return checkDepth([expr], report)[0] ?? nothing;
}
