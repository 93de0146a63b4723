import { SymbolKind, type DocumentSymbol, type Range, type SymbolInformation } from "vscode-languageserver/node";
import type { Ident } from "../syntax/ast.ts";
import type { Document } from "./document.ts";
import type { Folder } from "./folder.ts";
import { isHead, placeIn, type Item, type ItemNode } from "./items.ts";
import { printTypeExpr } from "./names.ts";

/** More symbols of a workspace than this are a list that nobody reads. */
export const MAX_SYMBOLS = 500;

interface Outline {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  /** What the name is selected by. */
  readonly at: Ident["span"];
  readonly inside: readonly Outline[];
}

/** What stands in a file: declarations, and rules below their ruleset. */
export function documentSymbols(document: Document): DocumentSymbol[] {
  const symbols: DocumentSymbol[] = [];
  let ruleset: DocumentSymbol | undefined;
  for (const item of document.items) {
    const outline = outlineOf(item.node);
    if (outline === undefined) continue;
    const symbol = symbolOf(document, item, outline);
    if (isHead(item)) ruleset = symbol;
    if (item.container !== null && ruleset !== undefined) {
      (ruleset.children ??= []).push(symbol);
      ruleset.range = { start: ruleset.range.start, end: symbol.range.end };
    } else symbols.push(symbol);
  }
  return symbols;
}

function symbolOf(document: Document, item: Item, outline: Outline): DocumentSymbol {
  const { name, detail, kind, at, inside } = outline;
  const range = document.range({ start: item.at, end: item.at + item.length });
  const children = inside.map((each) => {
    const own: Range = document.rangeOf(item, each.at);
    return { name: each.name, detail: each.detail, kind: each.kind, range: own, selectionRange: own };
  });
  return { name, detail, kind, range, selectionRange: document.rangeOf(item, at), ...(children.length === 0 ? {} : { children }) };
}

function outlineOf(node: ItemNode | null): Outline | undefined {
  switch (node?.kind) {
    case "Event":
      return named(node.name, "event", SymbolKind.Struct, node.fields.flatMap((field) => named(field.name, printTypeExpr(field.type), SymbolKind.Field) ?? []));
    case "List":
      return named(node.name, `list of ${printTypeExpr(node.element)}`, SymbolKind.Array);
    case "Rates":
      return named(node.name, "rates of exchange", SymbolKind.Object);
    case "Function":
      return named(node.name, `function, ${printTypeExpr(node.returns)}`, SymbolKind.Function);
    case "Feature":
      return named(node.name, `${node.aggregate.name} of ${node.event.name}`, SymbolKind.Variable);
    case "Ruleset":
      return named(node.name, `ruleset on ${node.event.name}`, SymbolKind.Module);
    case "Let":
      return named(node.name, "let", SymbolKind.Constant);
    case "Rule":
      return named(node.name, node.title?.value ?? "rule", SymbolKind.Method);
    case "Table":
      return named(node.name, node.title?.value ?? "table", SymbolKind.Enum);
    case "Test":
      return { name: node.name.value === "" ? "test" : node.name.value, detail: `test of ${node.ruleset.name}`, kind: SymbolKind.Event, at: node.name.span, inside: [] };
    default:
      return undefined;
  }
}

function named(name: Ident, detail: string, kind: SymbolKind, inside: readonly Outline[] = []): Outline | undefined {
  return name.name === "" ? undefined : { name: name.name, detail, kind, at: name.span, inside };
}

/** Names of all folders that hold the letters of the query in order, whatever their case. */
export function workspaceSymbols(folders: Iterable<Folder>, query: string): SymbolInformation[] {
  const wanted = new RegExp([...query].map((char) => char.replace(/[^\w]/, String.raw`\$&`)).join(".*"), "i");
  const found: SymbolInformation[] = [];
  for (const folder of folders) {
    for (const document of folder.documents) {
      let container = "";
      for (const item of document.items) {
        const outline = outlineOf(item.node);
        if (outline === undefined) continue;
        if (isHead(item)) container = outline.name;
        if (!wanted.test(outline.name)) continue;
        const { start, end } = placeIn(item, outline.at);
        const location = { uri: document.uri, range: document.range({ start, end }) };
        found.push({ name: outline.name, kind: outline.kind, location, ...(item.container === null ? {} : { containerName: container }) });
        if (found.length === MAX_SYMBOLS) return found;
      }
    }
  }
  return found;
}
