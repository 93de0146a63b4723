import { DocumentHighlightKind, type DocumentHighlight, type Location } from "vscode-languageserver/node";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import type { Item } from "./items.ts";
import type { Occurrence } from "./occurrences.ts";

export interface Found {
  readonly item: Item;
  readonly occurrence: Occurrence;
}

/** The name at an offset, its end included, as a cursor behind it means it too. */
export function occurrenceAt(folder: Folder, document: Document, offset: number): Found | undefined {
  const item = document.itemAt(offset);
  if (item === undefined) return undefined;
  const at = offset - item.at + item.origin;
  const near = folder.occurrences(document, item).filter(({ ident }) => ident.span.start <= at && at <= ident.span.end);
  const occurrence = near.find(({ ident }) => at < ident.span.end) ?? near[0];
  return occurrence === undefined ? undefined : { item, occurrence };
}

export function definition(folder: Folder, document: Document, offset: number): Location | null {
  const place = occurrenceAt(folder, document, offset)?.occurrence.meaning.place ?? null;
  return place === null ? importedFile(folder, document, offset) : { uri: place.document.uri, range: place.document.rangeOf(place.item, place.ident.span) };
}

/** The file that an import names. */
function importedFile(folder: Folder, document: Document, offset: number): Location | null {
  const item = document.itemAt(offset);
  if (item?.node?.kind !== "Import") return null;
  const { from } = item.node;
  const at = offset - item.at + item.origin;
  if (at < from.span.start || at > from.span.end) return null;
  const target = folder.imported(document.path, from.value);
  return target === undefined ? null : { uri: target.uri, range: target.range({ start: 0, end: 0 }) };
}

export function references(folder: Folder, document: Document, offset: number, withDeclaration: boolean): Location[] {
  const found = occurrenceAt(folder, document, offset);
  if (found === undefined) return [];
  return [...folder.uses(found.occurrence.meaning.key)]
    .filter(({ occurrence }) => withDeclaration || !occurrence.declares)
    .map((each) => ({ uri: each.document.uri, range: each.document.rangeOf(each.item, each.occurrence.ident.span) }));
}

export function highlights(folder: Folder, document: Document, offset: number): DocumentHighlight[] {
  const found = occurrenceAt(folder, document, offset);
  if (found === undefined) return [];
  const { key } = found.occurrence.meaning;
  return document.items.flatMap((item) =>
    folder
      .occurrences(document, item)
      .filter(({ meaning }) => meaning.key === key)
      .map(({ ident, declares }) => ({
        range: document.rangeOf(item, ident.span),
        kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      })),
  );
}
