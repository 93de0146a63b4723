import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { analyse } from "../rulesets/build.ts";
import { diskReader, filesReader } from "../rulesets/disk.ts";
import type { RulesReader } from "../rulesets/reader.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics, type Findings } from "./diagnostics.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

const CHECK: Command = {
  name: "check",
  synopsis: "PATH… [--format pretty|json]",
  summary: "Parse, type and analyse rule files, and tell everything that is wrong with them.",
  about: [
    "PATH is a rules folder, or a single file, which is checked with the files that it imports.",
  ],
  flags: [{ name: "format", value: "FORMAT", choices: ["pretty", "json"], about: "how findings are written" }],
  operands: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: check,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(CHECK, args, io);
}

async function check(given: Arguments, io: Io): Promise<ExitCode> {
  const checked = given.operands.map(checkPath);
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const sources = checked.flatMap((each) => each.sources);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  if (given.values.get("format") === "json") await write(io.stdout, `${JSON.stringify({ ok: errors === 0, diagnostics })}\n`);
  else {
    await showDiagnostics({ diagnostics, sources }, io);
    const warnings = diagnostics.length - errors;
    const found = `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
    await write(io.stdout, `${plural(sources.length, "file")} checked: ${found}\n`);
  }
  return errors === 0 ? DONE : FALLS_SHORT;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function checkPath(path: string): Findings {
  const { reader, folder } = readerOf(path);
  return relocate(analyse(reader), folder);
}

function readerOf(path: string): { readonly reader: RulesReader; readonly folder: string } {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw new UsageError(`there is no file or folder \`${path}\``);
  }
  if (isFolder) return { reader: diskReader(path), folder: path };
  if (!path.endsWith(".risk")) throw new UsageError(`\`${path}\` is no rule file; rule files end in \`.risk\``);
  return { reader: filesReader(dirname(path), [basename(path)]), folder: dirname(path) };
}
