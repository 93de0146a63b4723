import type { IToken } from "chevrotain";
import { habits } from "../../grammar/habits.ts";
import { RuleParser } from "../../grammar/parser.ts";
import { lexer } from "../../grammar/tokens.ts";
import { Report } from "../text/report.ts";
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
  return read(result.tokens, result.groups, source, report);
}

function read(found: readonly IToken[], groups: Readonly<Record<string, readonly IToken[]>>, source: SourceFile, report: Report): Read | undefined {
  if (tooNested(found, source.path, report)) return undefined;
  const tokens = mend(found, source, report);
  const comments = (groups["comments"] ?? []).map(
    (token): Comment => ({ kind: "Comment", text: token.image.slice("//".length).trim(), span: placeOf(source, token) }),
  );
  return { tokens, docs: attachDocs(groups["docs"] ?? [], tokens, source.text), comments };
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
  const found = tokenize(source, report);
  if (found === undefined) return { kind: "File", path: source.path, decls: [], comments: [], span };
  return { kind: "File", path: source.path, ...parseTokens(found, source, report), span };
}

function parseTokens(read: Read, source: SourceFile, report: Report): Pick<RuleFile, "decls" | "comments"> {
  parser.load(source.path, source.text, read.tokens, read.docs, report);
  const decls: readonly Decl[] = parser.ruleFile() ?? [];
  reportErrors(parser.errors, parser.skips, read.tokens, source, report);
  fillTemplates(source, report);
  return { decls: checkDepth(decls, report), comments: read.comments };
}

/** A part of a text, by offsets. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads stretches of a text as if nothing stood between them; the nodes have the places of the whole text. Null where
 * there is anything to find.
 */
export function parseStretches(source: SourceFile, stretches: readonly Stretch[]): Pick<RuleFile, "decls" | "comments"> | null {
  const tokens: IToken[] = [];
  const groups: Record<string, IToken[]> = { comments: [], docs: [] };
  for (const { start, end } of stretches) {
    const result = lexer.tokenize(source.text.slice(start, end));
    if (result.errors.length > 0 || (result.groups["foreign"]?.length ?? 0) > 0) return null;
    tokens.push(...moved(result.tokens, start));
    for (const [name, group] of Object.entries(groups)) group.push(...moved(result.groups[name] ?? [], start));
  }
  const report = new Report();
  const found = read(tokens, groups, source, report);
  const parsed = found === undefined ? null : parseTokens(found, source, report);
  return report.size > 0 ? null : parsed;
}

function moved(tokens: readonly IToken[], by: number): readonly IToken[] {
  for (const token of tokens) {
    token.startOffset += by;
    if (token.endOffset !== undefined) token.endOffset += by;
  }
  return tokens;
}

/** Reads a lone expression, such as the argument of `sluice eval`. */
export function parseExpression(source: SourceFile, report: Report): Expr {
  const nothing: Expr = { kind: "Error", span: { file: source.path, start: 0, end: source.text.length } };
  const found = tokenize(source, report);
  if (found === undefined) return nothing;
  const expr = runExpression(source, found.tokens, report);
  return checkDepth([expr], report)[0] ?? nothing;
}
