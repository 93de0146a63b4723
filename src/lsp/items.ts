import type { Decl, RulesetDecl, RulesetItem } from "../syntax/ast.ts";
import { parseFile } from "../syntax/parse.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { Span } from "../text/span.ts";

export type ItemNode = Decl | RulesetItem;

/**
 * A piece of a file that is read on its own: a declaration, a part of a ruleset, or the head of a ruleset. Its nodes
 * keep the offsets of the text they were read from; `at - origin` leads from there to the text of now.
 */
export interface Item {
  /** Null for text that is no part of the language. */
  readonly node: ItemNode | null;
  /** The ruleset it stands in. */
  readonly container: RulesetDecl | null;
  readonly origin: number;
  readonly length: number;
  /** What the syntax of this piece is short of, in offsets of its nodes. */
  readonly diagnostics: readonly Diagnostic[];
  at: number;
}

/** From the offsets of an item's nodes to those of the text. */
export function placeIn(item: Item, span: Span): { readonly start: number; readonly end: number } {
  const shift = item.at - item.origin;
  return { start: span.start + shift, end: span.end + shift };
}

/** Whether an item is the head of a ruleset, whose parts are items of their own. */
export function isHead(item: Item): boolean {
  return item.node?.kind === "Ruleset";
}

/** Reads a whole text into items. */
export function readItems(path: string, text: string): Item[] {
  const report = new Report();
  const { decls } = parseFile({ path, text }, report);
  return place(cut(decls, text), report.sorted(), { path, text, start: 0, end: text.length, container: null });
}

/** A stretch of text inside of a file or a ruleset. */
interface Stretch {
  readonly path: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly container: RulesetDecl | null;
}

/** Reads the items of a stretch alone, as if there were nothing around it but its ruleset. */
export function readStretch(stretch: Stretch): Item[] {
  const { path, text, start, end, container } = stretch;
  const inner = text.slice(start, end);
  const opening = container === null ? "" : "ruleset r on e {\n";
  const wrapped = container === null ? inner : `${opening}${inner}\n}`;
  const report = new Report();
  const { decls } = parseFile({ path, text: wrapped }, report);
  const shift = start - opening.length;
  const first = decls[0];
  const whole = container === null ? cut(decls, wrapped) : first?.kind === "Ruleset" ? cutRuleset(first, wrapped).slice(1) : [];
  const inside = { path, text: wrapped, start: opening.length, end: opening.length + inner.length, container };
  const items = place(whole.map((item) => (item.container === null ? item : { ...item, container })), report.sorted(), inside);
  for (const item of items) item.at += shift;
  return items;
}

function cut(decls: readonly Decl[], text: string): Item[] {
  return decls.flatMap((decl) => (decl.kind === "Ruleset" ? cutRuleset(decl, text) : [itemOf(decl, decl.span, null, text)]));
}

function cutRuleset(decl: RulesetDecl, text: string): Item[] {
  const end = Math.max(decl.event.span.end, decl.name.span.end, decl.span.start + "ruleset".length);
  const head = itemOf(decl, { ...decl.span, end }, null, text);
  return [head, ...decl.items.map((node) => itemOf(node, node.span, decl, text))];
}

function itemOf(node: ItemNode, span: Span, container: RulesetDecl | null, text: string): Item {
  const start = docStart(text, span.start);
  return { node, container, origin: start, at: start, length: span.end - start, diagnostics: [] };
}

/** Where the documentation above an offset begins; the offset itself when there is none. */
function docStart(text: string, offset: number): number {
  let start = offset;
  for (;;) {
    const lineEnd = text.lastIndexOf("\n", start - 1);
    if (lineEnd === -1 || text.slice(lineEnd + 1, start).trim() !== "") return start;
    const lineStart = text.lastIndexOf("\n", lineEnd - 1) + 1;
    const line = text.slice(lineStart, lineEnd);
    const mark = line.search(/\S/);
    if (mark === -1 || !line.startsWith("///", mark)) return start;
    start = lineStart + mark;
  }
}

/** Items in order of the text, each with the findings inside of it or behind it; text without any item is one that has no meaning. */
function place(items: readonly Item[], diagnostics: readonly Diagnostic[], stretch: Stretch): Item[] {
  const ordered = items.filter((item) => item.length > 0).toSorted((a, b) => a.origin - b.origin);
  if (ordered.length === 0) return unread(diagnostics, stretch);
  const own = ordered.map((): Diagnostic[] => []);
  for (const diagnostic of diagnostics) {
    const after = ordered.findIndex((item) => item.origin > diagnostic.span.start);
    own[Math.max(0, (after === -1 ? ordered.length : after) - 1)]?.push(diagnostic);
  }
  return ordered.map((item, i) => ({ ...item, diagnostics: own[i] ?? [] }));
}

function unread(diagnostics: readonly Diagnostic[], { text, start, end, container }: Stretch): Item[] {
  const inner = text.slice(start, end);
  if (inner.trim() === "" || diagnostics.length === 0) return [];
  const from = start + inner.search(/\S/);
  return [{ node: null, container, origin: from, at: from, length: start + inner.trimEnd().length - from, diagnostics }];
}
