import type { Expr } from "../syntax/ast.ts";
import type { Code } from "../text/codes.ts";
import type { Details, Fix } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import { BOOL, ERROR, printType, type Type } from "../types/type.ts";
import type { Tables } from "./checked.ts";
import type { Scope } from "./scope.ts";

/** What inference of one expression works with. */
export interface Context {
  readonly report: Report;
  readonly tables: Tables;
  readonly scope: Scope;
  /**
   * The type of a part of the expression; also fills the side tables that lowering reads. `expected` is what the place
   * would like: it gives bare enum members and time quantities their meaning, and never rejects by itself.
   */
  readonly infer: (expr: Expr, expected?: Type) => Type;
  /** The same inference with other names in reach, as inside of a macro. */
  readonly within: (scope: Scope) => Context;
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

/** A fix that puts an import at the top of a file. */
export function importFix(file: string, name: string, from: string): Fix {
  return replace(`import \`${name}\``, { file, start: 0, end: 0 }, `import ${name} from "${from}"\n`);
}

/** Infers an operand that must be true or false; whether it is. */
export function requireBool(context: Context, expr: Expr, place: string): boolean {
  const type = context.infer(expr, BOOL);
  if (type.kind === "bool" || isError(type)) return true;
  fail(context, "RSK0201", expr.span, `${place} needs true or false, this is ${printType(type)}`, {
    help: type.kind === "string" || type.kind === "enum" ? "compare it: `x == \"…\"`" : "compare it with something: `x > 0`",
  });
  return false;
}
