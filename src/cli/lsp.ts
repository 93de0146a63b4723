import { createConnection } from "vscode-languageserver/node";
import { serveLanguage } from "../lsp/server.ts";
import { UsageError } from "./arguments.ts";
import type { Arguments, Command, ExitCode } from "./command.ts";
import type { Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { packageVersion } from "./version.ts";

export const command: Command = {
  name: "lsp",
  synopsis: "--stdio",
  summary: "Serve an editor: findings while typing, completion, hover, rename and the rest of the Language Server Protocol.",
  about: ["Started by the editor, which speaks over standard input and output; it ends when the editor says so or goes away."],
  flags: [{ name: "stdio", value: null, about: "speak over standard input and output" }],
  operands: { least: 0, most: 0 },
  run: serve,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

/** Never resolves: the protocol ends the process, with 0 after `shutdown` and 1 without. */
async function serve(given: Arguments, io: Io): Promise<ExitCode> {
  if (!given.set.has("stdio")) throw new UsageError("say how to speak: `sluice lsp --stdio`");
  serveLanguage(createConnection(io.stdin, io.stdout), packageVersion());
  return new Promise<ExitCode>(() => undefined);
}
