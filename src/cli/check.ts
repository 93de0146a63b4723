import { analyse } from "../rulesets/build.ts";
import { applyFixes, safeFixes } from "../text/fix.ts";
import { renderGithub } from "../text/github.ts";
import { diagnosticsJson } from "../text/json.ts";
import { renderSarif } from "../text/sarif.ts";
import { byPath } from "../text/source.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics, type Findings } from "./diagnostics.ts";
import { readerOf, replaceFile } from "./files.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { packageVersion } from "./version.ts";

const CHECK: Command = {
  name: "check",
  synopsis: "PATH… [--format pretty|json|sarif|github] [--fix]",
  summary: "Parse, type and analyse rule files, and tell everything that is wrong with them.",
  about: [
    "PATH is a rules folder, or a single file, which is checked with the files that it imports.",
    "`--fix` applies the fixes that keep the meaning beyond doubt, and then tells what is left.",
  ],
  flags: [
    { name: "format", value: "FORMAT", choices: ["pretty", "json", "sarif", "github"], about: "how findings are written" },
    { name: "fix", value: null, about: "apply the safe fixes" },
  ],
  operands: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: check,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(CHECK, args, io);
}

async function check(given: Arguments, io: Io): Promise<ExitCode> {
  if (given.set.has("fix")) for (const path of given.operands) await mendPath(path, io);
  const checked = given.operands.map(checkPath);
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const sources = checked.flatMap((each) => each.sources);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  await show(given.values.get("format") ?? "pretty", { diagnostics, sources }, io);
  return errors === 0 ? DONE : FALLS_SHORT;
}

/** Findings for machines go to standard output, those for people to standard error. */
async function show(format: string, { diagnostics, sources }: Findings, io: Io): Promise<void> {
  const files = byPath(sources);
  if (format === "json") {
    const ok = !diagnostics.some(({ severity }) => severity === "error");
    await write(io.stdout, `${JSON.stringify({ ok, diagnostics: diagnosticsJson(diagnostics, files) })}\n`);
  } else if (format === "sarif") await write(io.stdout, renderSarif(diagnostics, files, packageVersion()));
  else if (format === "github") await write(io.stdout, renderGithub(diagnostics, files));
  else {
    await showDiagnostics({ diagnostics, sources }, io);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    const found = `${plural(errors, "error")}, ${plural(diagnostics.length - errors, "warning")}`;
    await write(io.stdout, `${plural(sources.length, "file")} checked: ${found}\n`);
  }
}

/** Fixing can uncover more to fix; a fix that does not settle is left alone after this many rounds. */
const MAX_ROUNDS = 10;

/** Applies safe fixes to the files of a path until none is left; each file is replaced whole. */
async function mendPath(path: string, io: Io): Promise<void> {
  const mended = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { diagnostics, sources } = checkPath(path);
    const edits = safeFixes(diagnostics).flatMap((fix) => fix.edits);
    if (edits.length === 0) break;
    for (const { path: file, text } of sources) {
      const own = edits.filter((edit) => edit.span.file === file);
      if (own.length === 0) continue;
      if (replaceFile(file, text, applyFixes(text, own))) mended.add(file);
    }
  }
  for (const file of mended) await write(io.stderr, `fixed ${file}\n`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function checkPath(path: string): Findings {
  const { reader, folder } = readerOf(path);
  return relocate(analyse(reader), folder);
}
