import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { formatFile } from "../format/format.ts";
import { Folder } from "../rulesets/folder.ts";
import { memoryReader, type RulesReader } from "../rulesets/reader.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import { readerOf, replaceFile } from "./files.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

export const command: Command = {
  name: "fmt",
  synopsis: "PATH… [--check] | --stdin [--check]",
  summary: "Write rule files in the one style: only white space and the spelling of operators change.",
  about: [
    "PATH is a rules folder or a single file. Files that change are named on standard output and replaced whole.",
    "Text that cannot be read stays as it is; what is around it is formatted, and the exit code is 1.",
  ],
  flags: [
    { name: "check", value: null, about: "change nothing; name the files that would change, and exit with 1 if there are any" },
    { name: "stdin", value: null, about: "format standard input to standard output" },
  ],
  operands: { least: 0, most: Number.MAX_SAFE_INTEGER },
  run: fmt,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

/** What standard input is called in findings. */
const STDIN = "stdin.risk";

async function fmt(given: Arguments, io: Io): Promise<ExitCode> {
  const check = given.set.has("check");
  if (given.set.has("stdin")) {
    if (given.operands.length > 0) throw new UsageError("`--stdin` takes no PATH");
    return formatStream(check, io);
  }
  if (given.operands.length === 0) throw new UsageError("an argument is missing: a rules folder, a file or `--stdin`");
  const codes: ExitCode[] = [];
  for (const path of given.operands) {
    const { reader, folder } = readerOf(path);
    codes.push(await formatFolder(reader, folder, check, io));
  }
  return codes.includes(FALLS_SHORT) ? FALLS_SHORT : DONE;
}

interface Sources {
  readonly sources: readonly SourceFile[];
  /** Of reading. */
  readonly diagnostics: readonly Diagnostic[];
}

function read(reader: RulesReader): Sources {
  const report = new Report();
  const folder = new Folder(reader, report);
  folder.readRules();
  return { sources: folder.sources(), diagnostics: report.sorted() };
}

async function formatFolder(reader: RulesReader, folder: string, check: boolean, io: Io): Promise<ExitCode> {
  const { sources, diagnostics } = read(reader);
  const found = [...diagnostics];
  let changed = 0;
  let kept = 0;
  for (const source of sources) {
    const { text, diagnostics: own } = formatFile(source);
    found.push(...own);
    if (text === source.text) continue;
    const path = join(folder, source.path);
    if (check || replaceFile(path, source.text, text)) {
      changed++;
      await write(io.stdout, `${path}\n`);
    } else {
      kept++;
      await write(io.stderr, `${path} was saved meanwhile and is left as it is\n`);
    }
  }
  await showDiagnostics(relocate({ diagnostics: found, sources }, folder), io);
  return failed(found) || kept > 0 || (check && changed > 0) ? FALLS_SHORT : DONE;
}

async function formatStream(check: boolean, io: Io): Promise<ExitCode> {
  const { sources, diagnostics } = read(memoryReader(STDIN, new Map([[STDIN, await buffer(io.stdin)]])));
  const [source] = sources;
  if (source === undefined) {
    await showDiagnostics({ sources, diagnostics }, io);
    return FALLS_SHORT;
  }
  const { text, diagnostics: own } = formatFile(source);
  if (!check) await write(io.stdout, text);
  await showDiagnostics({ sources, diagnostics: own }, io);
  return failed(own) || (check && text !== source.text) ? FALLS_SHORT : DONE;
}

function failed(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
