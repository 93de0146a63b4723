import type { TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import type { Diagnostic } from "../text/diagnostic.ts";
import { candidates } from "../text/path.ts";
import type { Span } from "../text/span.ts";
import { declarationsOf, type Declarations, type Meaning } from "./declarations.ts";
import { Document, MAX_TEXT, type Change } from "./document.ts";
import type { Item } from "./items.ts";
import { occurrencesOf, type Occurrence } from "./occurrences.ts";
import { overlayReader } from "./overlay.ts";
import type { CheckAnswer, CheckQuestion } from "./questions.ts";

/** What is known of the folder as a whole, as of the last check, moved along with the changes since. */
interface Known {
  readonly types: ReadonlyMap<string, string>;
  /** By path. Files that have changed since keep what lies outside of the change. */
  readonly diagnostics: Map<string, readonly Diagnostic[]>;
}

/** Codes of what the run of a test has found, which the check of the rules does not find. */
const RUN_CODES = /^RSK085/;

const NOTHING: Known = { types: new Map(), diagnostics: new Map() };

/** One rules folder: its files as they are on disk, those that are open as they are in the editor. */
export class Folder {
  /** Path on disk; null for a text that is in no folder. */
  readonly root: string | null;
  readonly #uriOf: (path: string) => string;
  readonly #documents = new Map<string, Document>();
  readonly #open = new Set<string>();
  /** Files with changes that the last check has not seen. */
  readonly #changed = new Set<string>();
  /** Changes since the check under way began, by path. */
  #since: Map<string, Change[]> | null = null;
  #known: Known = NOTHING;
  #declarations: Declarations | null = null;
  #declared = -1;
  #occurrences = new WeakMap<Item, { readonly declarations: Declarations; readonly found: readonly Occurrence[] }>();

  constructor(root: string | null, uriOf: (path: string) => string) {
    this.root = root;
    this.#uriOf = uriOf;
    this.refresh();
  }

  uriOf(path: string): string {
    return this.#documents.get(path)?.uri ?? this.#uriOf(path);
  }

  get documents(): Iterable<Document> {
    return this.#documents.values();
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Paths of the open files. */
  get open(): Iterable<string> {
    return this.#open;
  }

  document(path: string): Document | undefined {
    return this.#documents.get(path);
  }

  /** Reads the files on disk again, except those that are open. */
  refresh(): void {
    if (this.root === null) return;
    const reader = overlayReader(this.root, new Map());
    const listing = reader.list();
    const paths = "error" in listing ? [] : listing.paths;
    for (const path of this.#documents.keys()) if (!this.#open.has(path) && !paths.includes(path)) this.#documents.delete(path);
    for (const path of paths) {
      if (this.#open.has(path)) continue;
      const read = reader.read(path, MAX_TEXT);
      const text = read.kind === "bytes" ? new TextDecoder().decode(read.bytes) : "";
      if (this.#documents.get(path)?.text !== text) this.#documents.set(path, new Document(this.#uriOf(path), path, text, 0));
    }
    this.#declarations = null;
  }

  openFile(uri: string, path: string, text: string, version: number): Document {
    const document = new Document(uri, path, text, version);
    this.#documents.set(path, document);
    this.#open.add(path);
    this.#changed.add(path);
    this.#declarations = null;
    return document;
  }

  closeFile(path: string): void {
    this.#open.delete(path);
    this.#documents.delete(path);
    this.#known.diagnostics.delete(path);
    this.refresh();
  }

  edit(path: string, changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    const edits = this.#documents.get(path)?.edit(changes, version) ?? [];
    this.#changed.add(path);
    this.#since?.set(path, [...(this.#since.get(path) ?? []), ...edits]);
    this.#known.diagnostics.set(path, moved(this.#known.diagnostics.get(path) ?? [], path, edits));
  }

  /** The declarations of all files as they are now. */
  get declarations(): Declarations {
    let declared = 0;
    for (const document of this.#documents.values()) declared += document.declarations;
    if (this.#declarations === null || declared !== this.#declared) this.#declarations = declarationsOf(this.#documents.values());
    this.#declared = declared;
    return this.#declarations;
  }

  occurrences(document: Document, item: Item): readonly Occurrence[] {
    const { declarations } = this;
    const known = this.#occurrences.get(item);
    if (known?.declarations === declarations) return known.found;
    const found = occurrencesOf(document, item, declarations);
    this.#occurrences.set(item, { declarations, found });
    return found;
  }

  /** Every place of a file where the thing is named. */
  *uses(key: string): Iterable<{ readonly document: Document; readonly item: Item; readonly occurrence: Occurrence }> {
    for (const document of this.#documents.values()) {
      for (const item of document.items) {
        for (const occurrence of this.occurrences(document, item)) if (occurrence.meaning.key === key) yield { document, item, occurrence };
      }
    }
  }

  /** The type of a thing as the last check found it. */
  typeOf(meaning: Meaning): string | undefined {
    return this.typeOfKey(meaning.key);
  }

  typeOfKey(key: string): string | undefined {
    return this.#known.types.get(key);
  }

  /** The rule file that an import names. */
  imported(from: string, target: string): Document | undefined {
    return candidates(from, target).map((path) => this.#documents.get(path)).find((each) => each !== undefined);
  }

  /** What to ask the worker; from now on changes are kept to move its answer along. */
  question(): CheckQuestion {
    for (const path of this.#open) this.#documents.get(path)?.settle();
    this.#since = new Map();
    this.#changed.clear();
    return this.texts();
  }

  /** The folder as the worker is told of it. */
  texts(): CheckQuestion {
    return { root: this.root, open: new Map([...this.#open].map((path) => [path, this.#documents.get(path)?.text ?? ""])) };
  }

  /** What the last run of tests has found in a file, in place of what the run before has; the next check forgets it. */
  tested(path: string, findings: readonly Diagnostic[]): void {
    const others = (this.#known.diagnostics.get(path) ?? []).filter(({ code }) => !RUN_CODES.test(code));
    this.#known.diagnostics.set(path, [...others, ...findings.filter(({ span }) => span.file === path)]);
  }

  answer({ diagnostics, types }: CheckAnswer): void {
    const byPath = Map.groupBy(diagnostics, (each) => each.span.file);
    const found = new Map([...byPath].map(([path, each]) => [path, moved(each, path, this.#since?.get(path) ?? [])]));
    this.#known = { types, diagnostics: found };
    this.#since = null;
  }

  /** Files that have findings, or had some. */
  get findings(): Iterable<string> {
    return new Set([...this.#documents.keys(), ...this.#known.diagnostics.keys()]);
  }

  /** The findings of a file: its syntax as it is now, and the rest as of the last check. */
  diagnostics(path: string): readonly Diagnostic[] {
    const known = this.#known.diagnostics.get(path) ?? [];
    if (!this.#changed.has(path)) return known;
    return [...(this.#documents.get(path)?.syntax ?? []), ...known.filter((each) => !each.code.startsWith("RSK01"))];
  }
}

/** Findings after changes of one file; those that a change touches are left out, for nobody knows whether they still hold. */
function moved(diagnostics: readonly Diagnostic[], path: string, changes: readonly Change[]): readonly Diagnostic[] {
  if (changes.length === 0) return diagnostics;
  return diagnostics.flatMap((diagnostic) => {
    const span = movedSpan(diagnostic.span, path, changes);
    if (span === undefined) return [];
    const labels = diagnostic.labels.flatMap((label) => {
      const place = movedSpan(label.span, path, changes);
      return place === undefined ? [] : [{ ...label, span: place }];
    });
    const fixes = diagnostic.fixes.flatMap((fix) => {
      const edits = fix.edits.map((edit) => ({ ...edit, span: movedSpan(edit.span, path, changes) }));
      return edits.every((edit): edit is typeof edit & { span: Span } => edit.span !== undefined) ? [{ ...fix, edits }] : [];
    });
    return [{ ...diagnostic, span, labels, fixes }];
  });
}

function movedSpan(span: Span, path: string, changes: readonly Change[]): Span | undefined {
  let { start, end } = span;
  if (span.file !== path) return span;
  for (const change of changes) {
    const grown = change.length - (change.end - change.start);
    if (change.start <= end && change.end >= start) return undefined;
    if (change.end <= start) [start, end] = [start + grown, end + grown];
  }
  return { ...span, start, end };
}
