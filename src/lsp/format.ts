import type { Range, TextEdit } from "vscode-languageserver/node";
import { formatFile, formatRange } from "../format/format.ts";
import type { Edit } from "../text/diagnostic.ts";
import type { Document } from "./document.ts";

/** The edits that bring a file into the one style; around what cannot be read, and none where the formatter refuses. */
export function formatting(document: Document): TextEdit[] {
  return document.oversized ? [] : textEdits(document, formatFile({ path: document.path, text: document.text }).edits);
}

/** Those that touch a range. */
export function rangeFormatting(document: Document, range: Range): TextEdit[] {
  if (document.oversized) return [];
  const source = { path: document.path, text: document.text };
  return textEdits(document, formatRange(source, document.offsetAt(range.start), document.offsetAt(range.end)));
}

function textEdits(document: Document, edits: readonly Edit[]): TextEdit[] {
  return edits.map(({ span, text }) => ({ range: document.range(span), newText: text }));
}
