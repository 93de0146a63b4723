import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { analyse } from "../rulesets/build.ts";
import { diskReader, filesReader } from "../rulesets/disk.ts";
import type { RulesReader } from "../rulesets/reader.ts";
import { applyEdits, safeEdits } from "../text/fix.ts";
import { githubAnnotations } from "../text/github.ts";
import { placeDiagnostics } from "../text/json.ts";
import { sarifLog } from "../text/sarif.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics, type Findings } from "./diagnostics.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { VERSION } from "./version.ts";

/** A fix can bring out the next mistake; more rounds than this would be fixes that undo each other. */
const MAX_ROUNDS = 10;

const CHECK: Command = {
  name: "check",
  synopsis: "PATH… [--format pretty|json|sarif|github] [--fix]",
  summary: "Parse, type and analyse rule files, and tell everything that is wrong with them.",
  about: [
    "PATH is a rules folder, or a single file, which is checked with the files that it imports.",
    "`--fix` writes the changes that leave no doubt and tells what is left.",
  ],
  flags: [
    { name: "format", value: "FORMAT", choices: ["pretty", "json", "sarif", "github"], about: "how findings are written" },
    { name: "fix", value: null, about: "apply the fixes that keep the author's meaning beyond doubt" },
  ],
  operands: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: check,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(CHECK, args, io);
}

async function check(given: Arguments, io: Io): Promise<ExitCode> {
  const readers = given.operands.map(readerOf);
  if (given.set.has("fix")) await write(io.stderr, readers.map(fixAll).join(""));
  const found = readers.map(({ reader, folder }) => relocate(analyse(reader), folder));
  const all: Findings = { diagnostics: found.flatMap((each) => each.diagnostics), sources: found.flatMap((each) => each.sources) };
  const errors = all.diagnostics.some(({ severity }) => severity === "error");
  await tell(all, given.values.get("format") ?? "pretty", !errors, io);
  return errors ? FALLS_SHORT : DONE;
}

/** Findings for people go to standard error, those for machines to standard output. */
async function tell(found: Findings, format: string, ok: boolean, io: Io): Promise<void> {
  if (format === "pretty") {
    await showDiagnostics(found, io);
    const count = found.sources.length;
    if (ok) await write(io.stdout, `${count} ${count === 1 ? "file" : "files"} checked, no errors\n`);
    return;
  }
  const placed = placeDiagnostics(found.diagnostics, found.sources);
  if (format === "github") await write(io.stdout, githubAnnotations(placed));
  else await write(io.stdout, `${JSON.stringify(format === "sarif" ? sarifLog(placed, VERSION) : { ok, diagnostics: placed })}\n`);
}

interface Checked {
  readonly reader: RulesReader;
  readonly folder: string;
}

function readerOf(path: string): Checked {
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

/** Applies safe fixes until there are none left; tells which files it wrote. */
function fixAll({ reader, folder }: Checked): string {
  const written = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { diagnostics, sources } = analyse(reader);
    const edits = safeEdits(diagnostics);
    if (edits.size === 0) break;
    for (const { path, text } of sources) {
      const own = edits.get(path);
      if (own === undefined) continue;
      replaceFile(join(folder, path), text, applyEdits(text, own));
      written.add(path);
    }
  }
  return [...written].map((path) => `fixed ${join(folder, path)}\n`).join("");
}

const BOM = "\uFEFF";

/** Writes beside and renames, so that a service that follows the folder never sees half of a file. */
function replaceFile(named: string, before: string, after: string): void {
  const path = realpathSync(named);
  const now = readFileSync(path, "utf8");
  const marked = now.startsWith(BOM);
  // Someone has saved the file meanwhile; their text stays.
  if ((marked ? now.slice(1) : now) !== before) return;
  const beside = join(dirname(path), `.${basename(path)}.fix`);
  writeFileSync(beside, marked ? BOM + after : after, { mode: statSync(path).mode });
  renameSync(beside, path);
}
