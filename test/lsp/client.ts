import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createProtocolConnection, StreamMessageReader, StreamMessageWriter,
  type Diagnostic, type InitializeResult, type Position, type ProtocolConnection, type PublishDiagnosticsParams, type Range, type TextEdit, type WorkspaceEdit,
} from "vscode-languageserver/node";

const MAIN = join(import.meta.dirname, "..", "..", "src", "main.ts");

/** How long an answer may take on a busy machine. */
const PATIENCE_MS = 30_000;

/** An editor without a screen: a real server process, a rules folder on disk, and the texts that are open. */
export class Editor implements AsyncDisposable {
  readonly connection: ProtocolConnection;
  readonly root: string;
  readonly exit: Promise<number | null>;
  readonly initialized: InitializeResult;
  readonly #found = new Map<string, PublishDiagnosticsParams>();
  readonly #texts = new Map<string, { text: string; version: number }>();
  readonly #heard = new Set<() => void>();

  private constructor(connection: ProtocolConnection, root: string, exit: Promise<number | null>, initialized: InitializeResult) {
    this.connection = connection;
    this.root = root;
    this.exit = exit;
    this.initialized = initialized;
    connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      this.#found.set(params.uri, params);
      for (const each of this.#heard) each();
    });
  }

  static async start(files: Readonly<Record<string, string>>, options: { readonly workspace?: boolean } = {}): Promise<Editor> {
    const root = mkdtempSync(join(tmpdir(), "sluice-lsp-"));
    for (const [path, text] of Object.entries(files)) writeInto(root, path, text);
    const child = spawn(process.execPath, [MAIN, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    connection.onRequest("client/registerCapability", () => null);
    connection.onRequest("workspace/inlayHint/refresh", () => null);
    connection.onRequest("workspace/codeLens/refresh", () => null);
    connection.listen();
    const initialized = await connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: options.workspace === false ? null : [{ uri: pathToFileURL(root).href, name: "rules" }],
      capabilities: {
        textDocument: { completion: { completionItem: { snippetSupport: true } } },
        workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
      },
    });
    const editor = new Editor(connection, root, exit, initialized);
    await connection.sendNotification("initialized", {});
    return editor;
  }

  uri(path: string): string {
    return path.includes(":") ? path : pathToFileURL(join(this.root, path)).href;
  }

  write(path: string, text: string): void {
    writeInto(this.root, path, text);
  }

  async open(path: string, text: string): Promise<void> {
    this.#texts.set(path, { text, version: 1 });
    await this.connection.sendNotification("textDocument/didOpen", { textDocument: { uri: this.uri(path), languageId: "sluice-risk", version: 1, text } });
  }

  text(path: string): string {
    return this.#texts.get(path)?.text ?? "";
  }

  /** Replaces what stands between two offsets, as a keystroke does. */
  async edit(path: string, start: number, end: number, inserted: string): Promise<void> {
    const open = this.#texts.get(path);
    assert.ok(open !== undefined, `${path} is not open`);
    const range = { start: positionIn(open.text, start), end: positionIn(open.text, end) };
    open.text = open.text.slice(0, start) + inserted + open.text.slice(end);
    open.version++;
    await this.connection.sendNotification("textDocument/didChange", { textDocument: { uri: this.uri(path), version: open.version }, contentChanges: [{ range, text: inserted }] });
  }

  /** Replaces the only place where a text stands. */
  async replace(path: string, old: string, inserted: string): Promise<void> {
    const at = this.text(path).indexOf(old);
    assert.ok(at !== -1, `\`${old}\` is not in ${path}`);
    await this.edit(path, at, at + old.length, inserted);
  }

  async close(path: string): Promise<void> {
    this.#texts.delete(path);
    await this.connection.sendNotification("textDocument/didClose", { textDocument: { uri: this.uri(path) } });
  }

  /** The place of the `|` in `marked`, which otherwise stands in the text. */
  at(path: string, marked: string): Position {
    const before = marked.indexOf("|");
    const at = this.text(path).indexOf(marked.replace("|", ""));
    assert.ok(at !== -1 && before !== -1, `\`${marked}\` is not in ${path}`);
    return positionIn(this.text(path), at + before);
  }

  /** What a range of an open file holds. */
  slice(path: string, { start, end }: Range): string {
    return this.text(path).slice(offsetIn(this.text(path), start), offsetIn(this.text(path), end));
  }

  request<R>(method: string, params: object): Promise<R> {
    return this.connection.sendRequest<R>(method, params);
  }

  /** Asks about a place of an open file. */
  ask<R>(method: string, path: string, marked: string, more: object = {}): Promise<R> {
    return this.request<R>(`textDocument/${method}`, { textDocument: { uri: this.uri(path) }, position: this.at(path, marked), ...more });
  }

  diagnostics(path: string): readonly Diagnostic[] {
    return this.#found.get(this.uri(path))?.diagnostics ?? [];
  }

  /** Waits until the findings of a file are as wanted. */
  async until(path: string, wanted: (found: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Diagnostic[]>();
    const look = (): void => {
      if (wanted(this.diagnostics(path))) resolve(this.diagnostics(path));
    };
    const timer = setTimeout(() => reject(new Error(`the findings of ${path} are ${JSON.stringify(this.diagnostics(path))}`)), PATIENCE_MS);
    this.#heard.add(look);
    look();
    try {
      return await promise;
    } finally {
      this.#heard.delete(look);
      clearTimeout(timer);
    }
  }

  /** The text of every open file after an edit of the workspace. */
  edited(edit: WorkspaceEdit): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#texts].flatMap(([path, { text }]) => {
        const edits = edit.changes?.[this.uri(path)];
        return edits === undefined ? [] : [[path, applied(text, edits)]];
      }),
    );
  }

  async stop(): Promise<number | null> {
    await this.connection.sendRequest("shutdown");
    await this.connection.sendNotification("exit");
    return this.exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.race([this.exit, this.stop().catch(() => undefined)]);
    this.connection.dispose();
    rmSync(this.root, { recursive: true, force: true });
  }
}

function writeInto(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

export function applied(text: string, edits: readonly TextEdit[]): string {
  const placed = edits.map(({ range, newText }) => ({ start: offsetIn(text, range.start), end: offsetIn(text, range.end), newText }));
  return placed.toSorted((a, b) => b.start - a.start).reduce((done, { start, end, newText }) => done.slice(0, start) + newText + done.slice(end), text);
}

/** Lines and UTF-16 units, counted here on their own so that the server's count is not its own judge. */
export function positionIn(text: string, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

export function offsetIn(text: string, { line, character }: Position): number {
  return text.split("\n").slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
}
