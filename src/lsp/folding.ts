import { FoldingRangeKind, type FoldingRange, type Position, type SelectionRange } from "vscode-languageserver/node";
import { lexer } from "../../grammar/tokens.ts";
import type { Expr } from "../syntax/ast.ts";
import { children } from "../syntax/walk.ts";
import type { Document } from "./document.ts";
import { expressionsOf } from "./expressions.ts";
import { placeIn } from "./items.ts";

/** What can be folded: blocks between braces and brackets, runs of comments, runs of imports. */
export function foldingRanges(document: Document): FoldingRange[] {
  if (document.oversized) return [];
  const { text } = document;
  const lineOf = (offset: number): number => document.range({ start: offset, end: offset }).start.line;
  const { tokens, groups } = lexer.tokenize(text);
  const ranges: FoldingRange[] = [];
  const open: number[] = [];
  for (const { image, startOffset } of tokens) {
    if (image === "{" || image === "[" || image === "(") open.push(startOffset);
    else if (image === "}" || image === "]" || image === ")") {
      const start = open.pop();
      if (start === undefined) continue;
      const [from, to] = [lineOf(start), lineOf(startOffset)];
      if (to > from) ranges.push({ startLine: from, endLine: Math.max(from, to - 1) });
    }
  }
  const comments = [...(groups["comments"] ?? []), ...(groups["docs"] ?? [])].map((each) => lineOf(each.startOffset)).toSorted((a, b) => a - b);
  ranges.push(...runs(comments, FoldingRangeKind.Comment));
  const imports = document.items.filter((item) => item.node?.kind === "Import").map((item) => lineOf(item.at));
  return [...ranges, ...runs(imports, FoldingRangeKind.Imports)];
}

/** Neighbouring lines as one range. */
function runs(lines: readonly number[], kind: FoldingRangeKind): FoldingRange[] {
  const ranges: FoldingRange[] = [];
  let start: number | undefined;
  lines.forEach((line, i) => {
    start ??= line;
    const next = lines[i + 1];
    if (next === line + 1) return;
    if (line > start) ranges.push({ startLine: start, endLine: line, kind });
    start = undefined;
  });
  return ranges;
}

/** For each position the expressions around it, then its item, then the file: from the inside out. */
export function selectionRanges(document: Document, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => {
    const offset = document.offsetAt(position);
    const spans = around(document, offset);
    let range: SelectionRange = { range: document.range({ start: 0, end: document.text.length }) };
    for (const span of spans) range = { range: document.range(span), parent: range };
    return range;
  });
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** Outer first, each inside of the one before it. */
function around(document: Document, offset: number): readonly Place[] {
  const item = document.itemAt(offset);
  if (item === undefined) return [];
  const at = offset - item.at + item.origin;
  const holds = (expr: Expr): boolean => expr.span.start <= at && at <= expr.span.end;
  const spans: Place[] = [{ start: item.at, end: item.at + item.length }];
  const clause = "clauses" in (item.node ?? {}) ? (item.node as { clauses: readonly { span: Expr["span"] }[] }).clauses.find(({ span }) => span.start <= at && at <= span.end) : undefined;
  if (clause !== undefined) spans.push(placeIn(item, clause.span));
  for (let expr = expressionsOf(item).find(holds); expr !== undefined; expr = children(expr).find(holds)) spans.push(placeIn(item, expr.span));
  return spans.filter((span, i) => {
    const outer = spans[i - 1];
    return outer === undefined || (span.start >= outer.start && span.end <= outer.end && (span.start > outer.start || span.end < outer.end));
  });
}
