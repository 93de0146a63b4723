import { MarkupKind, type Hover } from "vscode-languageserver/node";
import type { Expr } from "../syntax/ast.ts";
import { walkExpr } from "../syntax/walk.ts";
import { builtins } from "../types/functions/table.ts";
import { minorDigits } from "../types/currency.ts";
import { parseTimestamp, printDuration, printTimestamp } from "../types/time.ts";
import { convertLiteral, durationUnit, parseUnit, sameDimensions, UNIT_NAMES } from "../types/unit.ts";
import type { Meaning } from "./declarations.ts";
import type { Document } from "./document.ts";
import { expressionsOf } from "./expressions.ts";
import type { Folder } from "./folder.ts";
import { placeIn, type Item } from "./items.ts";
import { KIND_WORDS, printTypeExpr, FORMS } from "./names.ts";
import { occurrenceAt } from "./references.ts";

/** More lines of a declaration than this are no excerpt. */
const MAX_LINES = 12;

/** What is known of the name or literal at an offset. */
export function hover(folder: Folder, document: Document, offset: number): Hover | null {
  const found = occurrenceAt(folder, document, offset);
  if (found !== undefined) {
    return { contents: { kind: MarkupKind.Markdown, value: describe(folder, found.occurrence.meaning) }, range: document.rangeOf(found.item, found.occurrence.ident.span) };
  }
  const item = document.itemAt(offset);
  const literal = item === undefined ? undefined : literalAt(item, offset);
  const text = literal === undefined ? undefined : describeLiteral(literal);
  if (item === undefined || literal === undefined || text === undefined) return null;
  return { contents: { kind: MarkupKind.Markdown, value: text }, range: document.rangeOf(item, literal.span) };
}

function fenced(text: string): string {
  return `\`\`\`sluice-risk\n${text}\n\`\`\``;
}

/** A name in Markdown: type, documentation, declaration. */
export function describe(folder: Folder, meaning: Meaning): string {
  if (meaning.kind === "builtin") return describeBuiltin(meaning);
  const type = folder.typeOf(meaning) ?? (meaning.type === null ? undefined : printTypeExpr(meaning.type));
  const head = type === undefined || meaning.kind === "function" ? `${KIND_WORDS[meaning.kind]} ${meaning.name}` : `${KIND_WORDS[meaning.kind]} ${meaning.name}: ${type}`;
  return [fenced(head), ...(meaning.doc === null ? [] : [meaning.doc]), ...excerpt(meaning), ...declaredIn(meaning)].join("\n\n");
}

function declaredIn({ place }: Meaning): readonly string[] {
  if (place === null) return [];
  return [`declared in ${place.document.path}:${place.document.rangeOf(place.item, place.ident.span).start.line + 1}`];
}

/** The text of a declaration that says more than its name and type. */
function excerpt({ kind, place }: Meaning): readonly string[] {
  const wanted = kind === "feature" || kind === "function" || kind === "let" || kind === "list" || kind === "rule" || kind === "table" || kind === "event";
  if (place === null || !wanted) return [];
  const { document, item } = place;
  const { node } = item;
  if (node === null) return [];
  const { start, end } = placeIn(item, node.span);
  const lines = document.text.slice(start, end).split(/\r?\n/);
  const indent = Math.min(...lines.slice(1).filter((line) => line.trim() !== "").map((line) => line.search(/\S/)), Number.MAX_SAFE_INTEGER);
  const shown = [lines[0] ?? "", ...lines.slice(1).map((line) => line.slice(Math.min(indent, line.search(/\S|$/))))];
  return [fenced(shown.length > MAX_LINES ? [...shown.slice(0, MAX_LINES), "…"].join("\n") : shown.join("\n"))];
}

function describeBuiltin({ name, key, doc, type }: Meaning): string {
  const builtin = key.startsWith("function:") ? (builtins.get(name) ?? FORMS.get(name)) : undefined;
  const head = builtin?.signature ?? (type === null ? name : `${name}: ${printTypeExpr(type)}`);
  const about = builtin?.doc ?? doc;
  const examples = builtin?.examples.map(([expression, value]) => `${expression}  // ${value}`) ?? [];
  return [fenced(head), ...(about === null ? [] : [about]), ...(examples.length === 0 ? [] : [fenced(examples.join("\n"))])].join("\n\n");
}

function literalAt(item: Item, offset: number): Expr | undefined {
  const at = offset - item.at + item.origin;
  let found: Expr | undefined;
  for (const root of expressionsOf(item)) {
    walkExpr(root, (expr) => {
      if (expr.span.start <= at && at <= expr.span.end && /^(?:Quantity|Money|Timestamp)Lit$/.test(expr.kind)) found = expr;
    });
  }
  return found;
}

function describeLiteral(expr: Expr): string | undefined {
  if (expr.kind === "MoneyLit") {
    const digits = minorDigits(expr.currency);
    return digits === undefined ? undefined : `${fenced(`${expr.amount} ${expr.currency}`)}\n\nan exact amount; ${expr.currency} has ${digits} digits behind the point`;
  }
  if (expr.kind === "TimestampLit") {
    const ms = parseTimestamp(expr.text, false);
    return ms === undefined ? undefined : `${fenced(printTimestamp(ms))}\n\n${ms} ms since 1970-01-01`;
  }
  return expr.kind === "QuantityLit" ? describeQuantity(expr.value, expr.unit) : undefined;
}

/** A quantity in the other units of its kind. */
function describeQuantity(value: number, text: string): string | undefined {
  const duration = durationUnit(text);
  const lines = duration === undefined ? [] : [`as a duration: ${printDuration(value * duration)} = ${value * duration} ms`];
  const unit = parseUnit(text);
  if (unit !== undefined && text !== "%") {
    const others = UNIT_NAMES.flatMap((name) => {
      const other = parseUnit(name);
      return other === undefined || name === text || !sameDimensions(unit, other) ? [] : [`${convertLiteral(value, unit, other)}${name}`];
    });
    if (others.length > 0) lines.push(`= ${others.join(" = ")}`);
  }
  if (text === "%") lines.push(`= ${Number((value / 100).toPrecision(12))} as a plain ratio`);
  return lines.length === 0 ? undefined : [fenced(`${value}${text}`), ...lines].join("\n\n");
}
