import type { IToken } from "chevrotain";
import type { QuantityLit } from "../src/syntax/ast.ts";
import type { Report } from "../src/text/report.ts";
import type { Span } from "../src/text/span.ts";

/** The value of a number as written, reported when it is beyond what numbers can hold. */
export function readFinite(report: Report, image: string, span: Span): number {
  const value = readNumber(image);
  if (Number.isFinite(value)) return value;
  report.add("RSK0118", span, "this number is too large", { help: "the largest number is about `1.8e308`" });
  return Number.MAX_VALUE;
}

/** The value of a number as written: underscores, exponents and hexadecimal. */
export function readNumber(image: string): number {
  return Number(image.replaceAll("_", ""));
}

export function readQuantity(report: Report, image: string, span: Span): Pick<QuantityLit, "value" | "unit"> {
  const at = image.search(/[A-Za-z%]/);
  return { value: readFinite(report, image.slice(0, at), span), unit: image.slice(at) };
}

/** How many characters the quotes of a text take at its start and at its end. */
export function quotes(token: IToken): readonly [start: number, end: number] {
  if (token.tokenType.name === "SmartText") return [1, 1];
  const raw = /^[rR]/.test(token.image) ? 1 : 0;
  const open = token.tokenType.name === "OpenText";
  const triple = /^("""|''')/.test(token.image.slice(raw)) && (open || token.image.length - raw >= 6);
  const width = triple ? 3 : 1;
  return [raw + width, open ? 0 : width];
}

export function isRaw(token: IToken): boolean {
  return /^[rR]/.test(token.image);
}

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
  ["\\", "\\"],
  ["?", "?"],
]);

const NUMERIC_ESCAPE = /(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

/** The text a literal stands for; a bad escape is reported at its place and left out. */
export function readText(report: Report, token: IToken, span: Span): string {
  reportQuotes(report, token, span);
  const [start, end] = quotes(token);
  const body = token.image.slice(start, end === 0 ? undefined : -end);
  return isRaw(token) ? body : unescape(report, body, { ...span, start: span.start + start });
}

/** Resolves escapes; `at` is the span whose start is the first character of `body`. */
export function unescape(report: Report, body: string, at: Span): string {
  if (!body.includes("\\")) return body;
  let text = "";
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    if (char !== "\\") {
      text += char;
      continue;
    }
    const { value, length } = escape(body, i + 1);
    if (value === undefined) {
      const end = at.start + Math.min(i + 1 + length, body.length);
      report.add("RSK0104", { ...at, start: at.start + i, end }, `\`${body.slice(i, i + 1 + length)}\` is not an escape`, {
        help: "write `\\\\` for a backslash, or a raw text `r\"…\"`",
      });
    }
    text += value ?? "";
    i += length;
  }
  return text;
}

/** Value and length of the escape behind a backslash; value undefined when it is none. */
function escape(body: string, at: number): { value: string | undefined; length: number } {
  const simple = SIMPLE_ESCAPES.get(body[at] ?? "");
  if (simple !== undefined) return { value: simple, length: 1 };
  NUMERIC_ESCAPE.lastIndex = at;
  const match = NUMERIC_ESCAPE.exec(body);
  if (match === null) return { value: undefined, length: 1 };
  const hex = match[1] ?? match[2] ?? match[3];
  const code = hex === undefined ? Number.parseInt(match[4] ?? "", 8) : Number.parseInt(hex, 16);
  const scalar = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return { value: scalar ? String.fromCodePoint(code) : undefined, length: match[0].length };
}

function reportQuotes(report: Report, token: IToken, span: Span): void {
  if (token.tokenType.name === "SmartText") reportSmart(report, token.image, span);
  else if (token.tokenType.name === "OpenText") reportOpen(report, token, span);
}

function reportSmart(report: Report, image: string, span: Span): void {
  const inner = image.slice(1, -1);
  const quote = !inner.includes('"') ? '"' : !inner.includes("'") ? "'" : '"""';
  const straight = quote + inner + quote;
  report.add("RSK0106", span, "these are typographic quotes", {
    help: `text stands in straight quotes: \`${straight}\``,
    fixes: [{ title: "use straight quotes", applicability: "safe", edits: [{ span, text: straight }] }],
  });
}

function reportOpen(report: Report, token: IToken, span: Span): void {
  const { image } = token;
  const [width] = quotes(token);
  const raw = isRaw(token) ? 1 : 0;
  const written = image.slice(raw, width);
  const quote = /^["']/.test(written) ? written : '"';
  const line = image.split("\n", 1)[0] ?? "";
  const at = (start: number, end: number): Span => ({ ...span, start: span.start + start, end: span.start + end });
  // A lone backslash at the end would escape the quote that is put in.
  const dangling = raw === 0 && (/\\+$/.exec(image)?.[0].length ?? 0) % 2 === 1 ? 1 : 0;
  report.add("RSK0105", at(0, line.length), "this text has no closing quote", {
    help: "a text ends on its line; longer ones stand in `\"\"\"`",
    fixes: [
      {
        title: "close the text",
        applicability: "maybe",
        edits: [
          ...(quote === written ? [] : [{ span: at(raw, width), text: quote }]),
          { span: at(image.length - dangling, image.length), text: quote },
        ],
      },
    ],
  });
}

/** `1_000.50 USD` in its two parts. */
export function readMoney(image: string): { readonly amount: string; readonly currency: string } {
  const at = image.length - 3;
  return { amount: image.slice(0, at).trim().replaceAll("_", ""), currency: image.slice(at) };
}
