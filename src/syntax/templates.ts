import type { IToken } from "chevrotain";
import { isRaw, quotes, readText, unescape } from "../../grammar/literals.ts";
import { lexer } from "../../grammar/tokens.ts";
import type { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import type { Expr } from "./ast.ts";
import { tooNested } from "./depth.ts";

type Parse = (tokens: IToken[]) => Expr;

/**
 * Splits the text of a reason into text and holes. `{{` and `}}` stand for braces. Spans of a hole point into the text
 * where the author wrote it.
 */
export function fillTemplate(token: IToken, source: SourceFile, report: Report, parse: Parse): (string | Expr)[] {
  const span = { file: source.path, start: token.startOffset, end: token.startOffset + token.image.length };
  if (token.tokenType.name !== "Text") readText(report, token, span);
  const [start, end] = quotes(token);
  const body = token.image.slice(start, end === 0 ? undefined : -end);
  const at = token.startOffset + start;
  const parts: (string | Expr)[] = [];
  let text = "";
  let textStart = 0;
  const flush = (): void => {
    if (text !== "") parts.push(isRaw(token) ? text : unescape(report, text, { ...span, start: at + textStart }));
    text = "";
  };
  for (let i = 0; i < body.length; ) {
    const two = body.slice(i, i + 2);
    if (text === "") textStart = i;
    if (two === "{{" || two === "}}") {
      text += two[0];
      i += 2;
    } else if (body[i] === "\\" && !isRaw(token)) {
      text += two;
      i += 2;
    } else if (body[i] === "{") {
      flush();
      const close = holeEnd(body, i);
      parts.push(hole({ file: source.path, start: at + i, end: at + close }, source, report, parse));
      i = close + 1;
    } else {
      if (body[i] === "}") looseBrace({ file: source.path, start: at + i, end: at + i + 1 }, report);
      text += body[i];
      i++;
    }
  }
  flush();
  return parts;
}

function looseBrace(span: Span, report: Report): void {
  report.add("RSK0111", span, "this `}` closes no value", {
    help: "write `}}` for a brace",
    fixes: [{ title: "write a brace", applicability: "maybe", edits: [{ span, text: "}}" }] }],
  });
}

/** Index of the `}` that closes the hole opened at `open`; the end of the text when there is none. */
function holeEnd(body: string, open: number): number {
  let depth = 0;
  let quote = "";
  for (let i = open; i < body.length; i++) {
    const char = body[i] as string;
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return i;
  }
  return body.length;
}

/** `span` reaches from the `{` to its `}`. */
function hole(span: Span, source: SourceFile, report: Report, parse: Parse): Expr {
  const inside = source.text.slice(span.start + 1, span.end);
  const broken: Expr = { kind: "Error", span };
  if (source.text[span.end] !== "}") {
    report.add("RSK0111", { ...span, end: span.start + 1 }, "this `{` opens a value and is not closed", {
      help: "close it with `}`, or write `{{` for a brace",
      fixes: [{ title: "write a brace", applicability: "maybe", edits: [{ span: { ...span, end: span.start + 1 }, text: "{{" }] }],
    });
    return broken;
  }
  if (inside.trim() === "") {
    report.add("RSK0111", { ...span, end: span.end + 1 }, "there is no value between the braces", { help: "write `{{}}` for two braces" });
    return broken;
  }
  const { tokens, errors } = lexer.tokenize(inside);
  const [error] = errors;
  if (error !== undefined) {
    const start = span.start + 1 + error.offset;
    report.add("RSK0101", { ...span, start, end: start + 1 }, `\`${inside[error.offset] ?? ""}\` is no part of the language`);
    return broken;
  }
  for (const token of tokens) {
    token.startOffset += span.start + 1;
    if (token.endOffset !== undefined) token.endOffset += span.start + 1;
  }
  return tooNested(tokens, source.path, report) ? broken : parse(tokens);
}
