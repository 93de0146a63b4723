import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import type { Range } from "vscode-languageserver/node";
import { MAX_FILE_BYTES } from "../rulesets/folder.ts";
import type { RulesetDecl } from "../syntax/ast.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import type { Span } from "../text/span.ts";
import { isHead, placeIn, readItems, readStretch, type Item } from "./items.ts";

/** A text longer than a rule file may be is not read: nobody waits for the answer of each keystroke. */
export const MAX_TEXT = MAX_FILE_BYTES;

/** Longer pieces than this are read when the author pauses, not at the keystroke. */
const MAX_STRETCH = 64 * 1024;

/** A change in offsets: what stood from `start` to `end` is now `length` long. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/**
 * A rule file, on disk or in an editor. It is kept in pieces, so that a keystroke reads the piece it falls into and no
 * more; where a piece alone cannot tell, the file is marked to be read again as a whole.
 */
export class Document {
  readonly uri: string;
  /** From the root of the rules folder, with forward slashes. */
  readonly path: string;
  #text: TextDocument;
  #items: Item[] = [];
  #unsure = false;
  #declarations = 0;

  constructor(uri: string, path: string, text: string, version: number) {
    this.uri = uri;
    this.path = path;
    this.#text = TextDocument.create(uri, "sluice-risk", version, text);
    this.read();
  }

  get text(): string {
    return this.#text.getText();
  }

  get version(): number {
    return this.#text.version;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Grows whenever names or types that others see may have changed. */
  get declarations(): number {
    return this.#declarations;
  }

  get oversized(): boolean {
    return this.text.length > MAX_TEXT;
  }

  /** Reads the whole text again. */
  read(): void {
    this.#unsure = false;
    this.#declarations++;
    this.#items = this.oversized ? [] : readItems(this.path, this.text);
  }

  /** Reads the whole text again where pieces alone could not tell. */
  settle(): void {
    if (this.#unsure) this.read();
  }

  /** Takes the changes of an editor; yields them in offsets, each in those of the text before it. */
  edit(changes: readonly TextDocumentContentChangeEvent[], version: number): readonly Change[] {
    return changes.map((change) => {
      const edited = this.#offsets(change);
      this.#text = TextDocument.update(this.#text, [change], version);
      if (this.oversized) this.#items = [];
      else if ("range" in change) this.#readAround(edited);
      else this.read();
      return edited;
    });
  }

  #offsets(change: TextDocumentContentChangeEvent): Change {
    if (!("range" in change)) return { start: 0, end: this.text.length, length: change.text.length };
    const [a, b] = [this.#text.offsetAt(change.range.start), this.#text.offsetAt(change.range.end)];
    return { start: Math.min(a, b), end: Math.max(a, b), length: change.text.length };
  }

  #readAround({ start, end, length }: Change): void {
    const grown = length - (end - start);
    const first = this.#items.findIndex((item) => item.at + item.length >= start);
    const index = first === -1 ? this.#items.length : first;
    const item = this.#items[index];
    const before = this.#items[index - 1];
    const inside = item !== undefined && item.at < start && end <= item.at + item.length;
    if (inside && !isHead(item)) {
      this.#replace(index, 1, { start: item.at, end: item.at + item.length + grown }, item.container, grown);
    } else if (!inside && (item === undefined || end <= item.at)) {
      const from = before === undefined ? 0 : before.at + before.length;
      const to = (item === undefined ? this.text.length - grown : item.at) + grown;
      this.#readGap(index, from, to, grown);
    } else if (this.text.length <= MAX_STRETCH) this.read();
    else this.#stale(start, end, grown);
  }

  /** A change between two items: blank text moves what follows, and text with neighbours in one place is read alone. */
  #readGap(index: number, from: number, to: number, grown: number): void {
    const [before, after] = [this.#items[index - 1], this.#items[index]];
    const text = this.text.slice(from, to);
    const bare = text.replaceAll(/\/\/[^\n]*/g, "").trim();
    const container = before === undefined ? null : isHead(before) ? null : before.container;
    const together = before !== undefined && !isHead(before) && after?.container === container && !/[{}]/.test(bare);
    if (bare === "" && !text.includes("///")) this.#move(index, grown);
    else if (together) this.#replace(index, 0, { start: from, end: to }, container, grown);
    else if (this.text.length <= MAX_STRETCH) this.read();
    else {
      this.#move(index, grown);
      this.#unsure = true;
    }
  }

  #replace(index: number, count: number, { start, end }: { start: number; end: number }, container: RulesetDecl | null, grown: number): void {
    this.#move(index + count, grown);
    if (end - start > MAX_STRETCH) {
      this.#stale(start, end - grown, 0);
      return;
    }
    const items = readStretch({ path: this.path, text: this.text, start, end, container });
    const old = this.#items[index];
    const same = count === 1 && items.length === 1 && nameOf(old) !== undefined && nameOf(old) === nameOf(items[0]);
    if (!same) this.#declarations++;
    if (items.length !== count || items.some((item) => item.diagnostics.length > 0 || item.container !== container)) this.#unsure = true;
    this.#items.splice(index, count, ...items);
  }

  /** Leaves out what a change has touched until the whole is read again. */
  #stale(start: number, end: number, grown: number): void {
    this.#items = this.#items.filter((item) => item.at + item.length <= start || item.at >= end);
    for (const item of this.#items) if (item.at >= end) item.at += grown;
    this.#unsure = true;
    this.#declarations++;
  }

  #move(index: number, grown: number): void {
    if (grown === 0) return;
    for (let i = index; i < this.#items.length; i++) (this.#items[i] as Item).at += grown;
  }

  /** What the syntax is short of, in offsets of the text. */
  get syntax(): readonly Diagnostic[] {
    return this.#items.flatMap((item) => item.diagnostics.map((each) => shifted(each, item)));
  }

  /** The item at an offset, its end included; undefined between items. */
  itemAt(offset: number): Item | undefined {
    const index = this.#indexBefore(offset);
    const item = this.#items[index];
    return item !== undefined && offset <= item.at + item.length ? item : undefined;
  }

  /** The last item that begins before an offset. */
  itemBefore(offset: number): Item | undefined {
    return this.#items[this.#indexBefore(offset - 1)];
  }

  #indexBefore(offset: number): number {
    let low = -1;
    let high = this.#items.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#items[middle] as Item).at <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  offsetAt(position: Range["start"]): number {
    return this.#text.offsetAt(position);
  }

  /** The range between two offsets, which are held inside of the text. */
  range({ start, end }: { readonly start: number; readonly end: number }): Range {
    const length = this.text.length;
    const from = Math.min(Math.max(0, start), length);
    return { start: this.#text.positionAt(from), end: this.#text.positionAt(Math.min(Math.max(from, end), length)) };
  }

  /** The range of a node of an item. */
  rangeOf(item: Item, span: Span): Range {
    return this.range(placeIn(item, span));
  }
}

/** What a rule or a test is called, whose inside no other declaration looks into; undefined for everything else. */
function nameOf(item: Item | undefined): string | undefined {
  const node = item?.node;
  return node?.kind === "Rule" || node?.kind === "Test" ? `${node.kind} ${node.kind === "Rule" ? node.name.name : node.name.value}` : undefined;
}

function shifted(diagnostic: Diagnostic, item: Item): Diagnostic {
  const move = (span: Span): Span => ({ ...span, ...placeIn(item, span) });
  return {
    ...diagnostic,
    span: move(diagnostic.span),
    labels: diagnostic.labels.map((label) => ({ ...label, span: move(label.span) })),
    fixes: diagnostic.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: move(edit.span) })) })),
  };
}
