import type { Expr } from "../syntax/ast.ts";
import type { Code } from "../text/codes.ts";
import type { Details, Fix } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import { ERROR, type Type } from "../types/type.ts";
import type { Tables } from "./checked.ts";
import type { Scope } from "./scope.ts";

/** What inference of one expression works with. */
export interface Context {
  readonly report: Report;
  readonly tables: Tables;
  readonly scope: Scope;
}

/** Reports and yields the error type, which fits everything, so that one mistake is told once. */
export function fail(context: Context, code: Code, span: Span, message: string, details?: Details): Type {
  context.report.add(code, span, message, details);
  return ERROR;
}

export function isError(...types: readonly Type[]): boolean {
  return types.some((type) => type.kind === "error");
}

/** A fix that replaces the text of a span. */
export function replace(title: string, span: Span, text: string, applicability: Fix["applicability"] = "maybe"): Fix {
  return { title, applicability, edits: [{ span, text }] };
}

/** A fix that puts text before a span. */
export function insertBefore(title: string, span: Span, text: string): Fix {
  return replace(title, { ...span, end: span.start }, text);
}

/** A fix that puts text behind a span. */
export function insertAfter(title: string, span: Span, text: string): Fix {
  return replace(title, { ...span, start: span.end }, text);
}

/** How a number is written in source: no exponent where none is needed. */
export function numberText(value: number): string {
  return String(value);
}

export function setType(context: Context, expr: Expr, type: Type): Type {
  context.tables.types.set(expr, type);
  return type;
}
