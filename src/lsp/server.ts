import {
  ErrorCodes, LSPErrorCodes, MessageType, ResponseError, ShowMessageNotification, TextDocumentSyncKind,
  type CancellationToken, type Connection, type InitializeParams, type Position, type ServerCapabilities,
} from "vscode-languageserver/node";
import { ACTION_KINDS, codeActions } from "./actions.ts";
import { Completion, resolveOffer } from "./completion.ts";
import { foldingRanges, selectionRanges } from "./folding.ts";
import { formatting, rangeFormatting } from "./format.ts";
import { hover } from "./hover.ts";
import { inlayHints } from "./hints.ts";
import { codeLenses, RUN_TEST } from "./lens.ts";
import { Publisher } from "./publisher.ts";
import { definition, highlights, references } from "./references.ts";
import type { TestAnswer } from "./questions.ts";
import { prepareRename, rename } from "./rename.ts";
import { signatureHelp } from "./signature.ts";
import { documentSymbols, workspaceSymbols } from "./symbols.ts";
import { LEGEND, semanticTokens } from "./tokens.ts";
import { Workspace, type Located } from "./workspace.ts";

const CAPABILITIES: ServerCapabilities = {
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
  completionProvider: { triggerCharacters: [".", "@", "\"", "{", "|", "="], resolveProvider: true },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  semanticTokensProvider: { legend: LEGEND, full: true, range: true },
  inlayHintProvider: true,
  codeLensProvider: {},
  executeCommandProvider: { commands: [RUN_TEST] },
  signatureHelpProvider: { triggerCharacters: ["(", ","], retriggerCharacters: [","] },
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
  codeActionProvider: { codeActionKinds: [...ACTION_KINDS] },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
};

/** Answers an editor over a connection, until the editor ends it. */
export function serveLanguage(connection: Connection, version: string): void {
  const workspace = new Workspace();
  const publisher = new Publisher(connection);
  const completion = new Completion();
  const client = { snippets: false, folders: false, watches: false };
  connection.onInitialize((params) => {
    workspace.setFolders(foldersOf(params));
    const { capabilities } = params;
    client.snippets = capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
    client.folders = capabilities.workspace?.workspaceFolders === true;
    client.watches = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return { capabilities: CAPABILITIES, serverInfo: { name: "sluice", version } };
  });
  connection.onInitialized(() => {
    setImmediate(() => completion.prepare());
    if (client.folders) connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => workspace.changeFolders(added.map(({ uri }) => uri), removed.map(({ uri }) => uri)));
    if (client.watches) void watchFiles(connection);
  });
  connection.onShutdown(() => publisher.stop());
  synchronise(connection, workspace, publisher);
  provide(connection, workspace, completion, client);
  runTests(connection, workspace, publisher);
  connection.listen();
}

/** List files are watched too, whatever they are called. */
async function watchFiles(connection: Connection): Promise<void> {
  const watchers = [{ globPattern: "**/*.risk" }, { globPattern: "**/*.{txt,csv}" }];
  try {
    await connection.sendRequest("client/registerCapability", {
      registrations: [{ id: "sluice-files", method: "workspace/didChangeWatchedFiles", registerOptions: { watchers } }],
    });
  } catch {
    // The editor does not watch files: what changes on disk is seen when a file is opened or closed.
  }
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  return workspaceFolders?.map(({ uri }) => uri) ?? (rootUri === null || rootUri === undefined ? [] : [rootUri]);
}

/** Keeps the files as the editor has them. */
function synchronise(connection: Connection, workspace: Workspace, publisher: Publisher): void {
  connection.onDidOpenTextDocument(({ textDocument: { uri, text, version } }) => {
    const folder = workspace.open(uri, text, version);
    const path = workspace.find(uri)?.document.path;
    if (path !== undefined) publisher.changed(folder, path);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
    const found = workspace.find(uri);
    if (found === undefined) return;
    found.folder.edit(found.document.path, contentChanges, version);
    publisher.changed(found.folder, found.document.path);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    const closed = workspace.close(uri);
    if (closed === undefined) return;
    if (closed.stays) publisher.later(closed.folder);
    else publisher.forget(closed.folder);
    publisher.clear(uri);
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const folder of workspace.foldersOf(changes.map(({ uri }) => uri))) {
      const before = [...folder.findings].map((path) => [path, folder.uriOf(path)] as const);
      folder.refresh();
      for (const [path, uri] of before) if (folder.document(path) === undefined) publisher.clear(uri);
      publisher.later(folder);
    }
  });
}

interface AtPosition {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
}

type Answer<P, R> = (located: Located, params: P, offset: number) => R;

/**
 * Answers about a file that is open, null about any other. Before work begins, what the editor has sent meanwhile is
 * heard: a request that was cancelled, or whose text has changed, is not worked on.
 */
function about<P extends { readonly textDocument: { readonly uri: string } }, R>(workspace: Workspace, answer: Answer<P, R>) {
  return async (params: P, token: CancellationToken): Promise<R | null | ResponseError> => {
    const { uri } = params.textDocument;
    const located = workspace.find(uri);
    if (located === undefined) return null;
    const { version } = located.document;
    // The connection takes the next message by an immediate that it asks for after ours, hence two.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, "cancelled");
    if (workspace.find(uri)?.document.version !== version) return new ResponseError(LSPErrorCodes.ContentModified, "the text has changed");
    const { position } = params as Partial<AtPosition>;
    try {
      return answer(located, params, position === undefined ? 0 : located.document.offsetAt(position));
    } catch (error) {
      if (error instanceof ResponseError) return error;
      return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error));
    }
  };
}

function provide(connection: Connection, workspace: Workspace, completion: Completion, client: { readonly snippets: boolean }): void {
  connection.onCompletion(about(workspace, ({ folder, document }, _, offset) => completion.complete(folder, document, offset, client.snippets)));
  connection.onCompletionResolve((item) => {
    const { uri } = (item.data ?? {}) as { readonly uri?: string };
    const located = uri === undefined ? undefined : workspace.find(uri);
    return located === undefined ? item : resolveOffer(located.folder, item);
  });
  connection.onHover(about(workspace, ({ folder, document }, _, offset) => hover(folder, document, offset)));
  connection.onSignatureHelp(about(workspace, ({ folder, document }, _, offset) => signatureHelp(folder, document, offset)));
  connection.onDefinition(about(workspace, ({ folder, document }, _, offset) => definition(folder, document, offset)));
  connection.onReferences(about(workspace, ({ folder, document }, { context }, offset) => references(folder, document, offset, context.includeDeclaration)));
  connection.onDocumentHighlight(about(workspace, ({ folder, document }, _, offset) => highlights(folder, document, offset)));
  connection.onPrepareRename(about(workspace, ({ folder, document }, _, offset) => prepareRename(folder, document, offset)));
  connection.onRenameRequest(about(workspace, ({ folder, document }, { newName }, offset) => rename(folder, document, offset, newName)));
  connection.onDocumentSymbol(about(workspace, ({ document }) => documentSymbols(document)));
  connection.onWorkspaceSymbol(({ query }) => workspaceSymbols(workspace.folders, query));
  connection.onFoldingRanges(about(workspace, ({ document }) => foldingRanges(document)));
  connection.onSelectionRanges(about(workspace, ({ document }, { positions }) => selectionRanges(document, positions)));
  connection.languages.semanticTokens.on(tokens(about(workspace, ({ folder, document }) => semanticTokens(folder, document, null))));
  connection.languages.semanticTokens.onRange(tokens(about(workspace, ({ folder, document }, { range }: { textDocument: { uri: string }; range: Parameters<typeof semanticTokens>[2] }) => semanticTokens(folder, document, range))));
  connection.languages.inlayHint.on(about(workspace, ({ folder, document }, { range }) => inlayHints(folder, document, range)));
  connection.onDocumentFormatting(about(workspace, ({ document }) => formatting(document)));
  connection.onDocumentRangeFormatting(about(workspace, ({ document }, { range }) => rangeFormatting(document, range)));
  connection.onCodeAction(about(workspace, ({ folder, document }, { range, context }) => codeActions(folder, document, range, context.only)));
}

/** Runs a test at the click on its lens, and says how it went. */
function runTests(connection: Connection, workspace: Workspace, publisher: Publisher): void {
  connection.onCodeLens(about(workspace, ({ document }) => codeLenses(document)));
  connection.onExecuteCommand(async ({ command, arguments: given = [] }): Promise<TestAnswer | ResponseError | null> => {
    const [uri, name] = given as readonly unknown[];
    const located = typeof uri === "string" ? workspace.find(uri) : undefined;
    if (command !== RUN_TEST || located === undefined) return new ResponseError(ErrorCodes.InvalidParams, `\`${command}\` wants the URI of an open file`);
    const answer = await publisher.runTests(located.folder, located.document.path, typeof name === "string" ? name : null);
    const { ran, passed, failed } = answer;
    const message = ran ? `${passed} passed, ${failed} failed` : "the rules have errors, so no test can run";
    void connection.sendNotification(ShowMessageNotification.type, { type: ran && failed === 0 ? MessageType.Info : MessageType.Error, message });
    return answer;
  });
}

/** Tokens may not be null: a file that is not open has none. */
function tokens<P, R extends { data: number[] }>(answer: (params: P, token: CancellationToken) => Promise<R | null | ResponseError>) {
  return async (params: P, token: CancellationToken): Promise<R | { data: number[] } | ResponseError> => (await answer(params, token)) ?? { data: [] };
}
