import { commands, window, workspace, type ExtensionContext } from "vscode";
import { LanguageClient, TransportKind, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** Starts the language server when a rule file is opened, once the workspace is trusted. */
export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("sluice.restart", restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("sluice.command")) void restart();
    }),
    workspace.onDidGrantWorkspaceTrust(() => void restart()),
  );
  await restart();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
  client = undefined;
}

async function restart(): Promise<void> {
  await deactivate();
  if (!workspace.isTrusted) return;
  const [command, ...args] = workspace.getConfiguration("sluice").get<string[]>("command") ?? [];
  if (command === undefined || command === "") {
    void window.showErrorMessage("Sluice: the setting `sluice.command` names no command");
    return;
  }
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath;
  const server: ServerOptions = { command, args: [...args, "lsp"], transport: TransportKind.stdio, options: folder === undefined ? {} : { cwd: folder } };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "sluice-risk" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.{risk,txt,csv}") },
  };
  client = new LanguageClient("sluice", "Sluice", server, options);
  try {
    await client.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void window.showErrorMessage(`Sluice: \`${command}\` could not be started (${reason}); say in the setting \`sluice.command\` where it is`);
  }
}
