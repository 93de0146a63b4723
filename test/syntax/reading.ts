import { parseExpression, parseFile } from "../../src/syntax/parse.ts";
import type { Expr, RuleFile } from "../../src/syntax/ast.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import { Report } from "../../src/text/report.ts";

export const PATH = "a.risk";

export interface Read<T> {
  readonly tree: T;
  readonly diagnostics: readonly Diagnostic[];
}

export function readFile(text: string): Read<RuleFile> {
  const report = new Report();
  const tree = parseFile({ path: PATH, text }, report);
  return { tree, diagnostics: report.sorted() };
}

export function readExpression(text: string): Read<Expr> {
  const report = new Report();
  const tree = parseExpression({ path: PATH, text }, report);
  return { tree, diagnostics: report.sorted() };
}

/** What went wrong, short: code, the text under the carets, message. */
export function told(diagnostics: readonly Diagnostic[], text: string): readonly string[] {
  return diagnostics.map(({ code, span, message }) => `${code} [${text.slice(span.start, span.end)}] ${message}`);
}

/** A ruleset around the clauses of one rule. */
export function inRule(clauses: string): string {
  return `ruleset r on e {\n  outcomes a < b\n  policy worst\n  default a\n  rule one {\n    ${clauses}\n  }\n}\n`;
}
