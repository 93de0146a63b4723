import { SemanticTokensBuilder, type Range, type SemanticTokens, type SemanticTokensLegend } from "vscode-languageserver/node";
import type { MeaningKind } from "./declarations.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { placeIn, type Item } from "./items.ts";
import type { Occurrence } from "./occurrences.ts";

const TYPES = ["type", "struct", "property", "variable", "parameter", "function", "namespace", "enumMember", "method", "class"] as const;
const MODIFIERS = ["declaration", "readonly", "defaultLibrary"] as const;

export const LEGEND: SemanticTokensLegend = { tokenTypes: [...TYPES], tokenModifiers: [...MODIFIERS] };

const TYPE_OF: Readonly<Record<MeaningKind, (typeof TYPES)[number]>> = {
  event: "struct", field: "property", list: "variable", rates: "variable", function: "function", param: "parameter", feature: "variable",
  ruleset: "namespace", let: "variable", rule: "method", table: "class", outcome: "enumMember", member: "enumMember", binding: "variable", builtin: "function",
};

const READONLY: ReadonlySet<MeaningKind> = new Set(["list", "rates", "feature", "let", "param", "binding"]);

/** The names of a file by what they stand for; words and marks are coloured by the TextMate grammar. */
export function semanticTokens(folder: Folder, document: Document, range: Range | null): SemanticTokens {
  const builder = new SemanticTokensBuilder();
  const [from, to] = range === null ? [0, document.text.length] : [document.offsetAt(range.start), document.offsetAt(range.end)];
  let end = 0;
  for (const item of document.items) {
    if (item.at > to || item.at + item.length < from) continue;
    for (const occurrence of folder.occurrences(document, item)) {
      const place = placeIn(item, occurrence.ident.span);
      // Two tokens at one place would shift all that follow.
      if (place.start < end || place.start > to || place.end < from) continue;
      end = place.end;
      push(builder, document, item, occurrence);
    }
  }
  return builder.build();
}

function push(builder: SemanticTokensBuilder, document: Document, item: Item, { ident, meaning, declares }: Occurrence): void {
  const { start } = document.rangeOf(item, ident.span);
  const builtin = meaning.kind === "builtin";
  const type = builtin && meaning.key.startsWith("type:") ? "type" : builtin && !/^(?:function|aggregate):/.test(meaning.key) ? "property" : TYPE_OF[meaning.kind];
  const modifiers = [...(declares ? [0] : []), ...(READONLY.has(meaning.kind) ? [1] : []), ...(builtin ? [2] : [])];
  builder.push(start.line, start.character, ident.span.end - ident.span.start, TYPES.indexOf(type), modifiers.reduce((bits, bit) => bits | (1 << bit), 0));
}
