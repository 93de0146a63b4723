import type { Expr, StringLit } from "../src/syntax/ast.ts";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";
import { habits } from "./habits.ts";

interface Placed {
  readonly expr: Expr;
  /** Brackets included. */
  readonly span: Span;
}

/** A comparison of SQL, `item not like low` or `item between low and high`. */
export interface SqlComparison {
  readonly item: Placed;
  readonly low: Placed;
  /** Null for `like`, and for a `between` without its `and`. */
  readonly high: Placed | null;
  readonly negated: boolean;
  /** `like`, `not between`. */
  readonly opSpan: Span;
  readonly span: Span;
}

interface Pattern {
  readonly method: "startsWith" | "endsWith" | "contains" | "matches";
  readonly value: string;
}

/** What a LIKE pattern asks for. */
function readPattern(pattern: string): Pattern {
  const inner = pattern.replaceAll(/^%|%$/g, "");
  if (!/[%_]/.test(inner)) {
    if (pattern.length > 1 && pattern.startsWith("%") && pattern.endsWith("%")) return { method: "contains", value: inner };
    if (pattern.endsWith("%")) return { method: "startsWith", value: inner };
    if (pattern.startsWith("%")) return { method: "endsWith", value: inner };
  }
  const regex = pattern
    .replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return { method: "matches", value: `^${regex}$` };
}

/** `x like "a%"`, read as `x.startsWith("a")` and reported. */
export function likeCall(report: Report, text: string, like: SqlComparison): Expr {
  const { item, negated, opSpan, span } = like;
  const low = like.low.expr;
  const literal: StringLit | null = low.kind === "StringLit" ? low : null;
  const pattern = literal === null ? null : readPattern(literal.value);
  const written = text.slice(item.span.start, item.span.end);
  const subject = /^[\w.]+$/.test(written) || written.startsWith("(") ? written : `(${written})`;
  const call = pattern === null ? undefined : `${subject}.${pattern.method}(${JSON.stringify(pattern.value)})`;
  habits.like(report, opSpan, span, call === undefined ? undefined : `${negated ? "not " : ""}${call}`);
  const expr: Expr = {
    kind: "Call",
    receiver: item.expr,
    callee: { kind: "Ident", name: pattern?.method ?? "matches", span: opSpan },
    args: [literal === null || pattern === null ? low : { ...literal, value: pattern.value }],
    span,
  };
  return negated ? { kind: "Unary", op: "not", opSpan, operand: expr, span } : expr;
}

/** `x between 1 and 5`, read as `x in 1..5` and reported. */
export function betweenRange(report: Report, text: string, between: SqlComparison): Expr {
  const { item, low, high, negated, opSpan, span } = between;
  const rest = { ...span, start: opSpan.start };
  if (high === null) {
    habits.between(report, opSpan, rest, undefined);
    return { kind: "Error", span };
  }
  const written = text.slice(high.span.start, span.end);
  habits.between(report, opSpan, rest, `${negated ? "not in" : "in"} ${text.slice(low.span.start, low.span.end)}..${written}`);
  const container = { kind: "Range", low: low.expr, high: high.expr, span: { ...span, start: low.span.start } } as const;
  return { kind: "In", negated, item: item.expr, container, opSpan, span };
}
