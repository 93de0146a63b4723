import { systemClock } from "../clock.ts";
import { analyse } from "../rulesets/build.ts";
import type { ReloadPlan } from "../rulesets/status.ts";
import { applyFixes, safeFixes } from "../text/fix.ts";
import { renderGithub } from "../text/github.ts";
import { diagnosticsJson } from "../text/json.ts";
import { renderSarif } from "../text/sarif.ts";
import { byPath } from "../text/source.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics, type Findings } from "./diagnostics.ts";
import { readerOf, replaceFile } from "./files.ts";
import { wantsColour, write, type Io } from "./io.ts";
import { codeOf, nearestCode, pageJson, renderPage } from "./pages.ts";
import { type Base, planFolder, renderPlan } from "./planned.ts";
import { runCommand } from "./run.ts";
import { packageVersion } from "./version.ts";

export const command: Command = {
  name: "check",
  synopsis: "PATH… [--format pretty|json|sarif|github] [--fix] [--deny-warnings] [--plan --data DIR|--against DIR] | --explain CODE",
  summary: "Parse, type and analyse rule files, and tell everything that is wrong with them.",
  about: [
    "PATH is a rules folder, or a single file, which is checked with the files that it imports.",
    "`--fix` applies the fixes that keep the meaning beyond doubt, and then tells what is left.",
    "`--explain RSK0203` shows the page of a code: what it means, rules that cause it and, where a fix tells how, the\nsame rules put right.",
    "`--plan` tells what activating the rules folder PATH would do to the state behind features: which keep it, which\nstart, and which are dropped, with the reason for each. `--data` compares with the version that was active last in a\ndata folder, and tells what would be read from its log; `--against` compares with another rules folder.",
  ],
  flags: [
    { name: "format", value: "FORMAT", choices: ["pretty", "json", "sarif", "github"], about: "how findings are written" },
    { name: "fix", value: null, about: "apply the safe fixes" },
    { name: "deny-warnings", value: null, about: "fall short for warnings too" },
    { name: "plan", value: null, about: "tell what becomes of the state behind features" },
    { name: "data", value: "DIR", about: "with `--plan`: the data folder of the service" },
    { name: "against", value: "DIR", about: "with `--plan`: the rules folder that is active" },
    { name: "explain", value: "CODE", about: "show what a code means, instead of checking" },
  ],
  operands: { least: 0, most: Number.MAX_SAFE_INTEGER },
  run: check,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function check(given: Arguments, io: Io): Promise<ExitCode> {
  const code = given.values.get("explain");
  if (code !== undefined) return explain(code, given, io);
  if (given.operands.length === 0) throw new UsageError(`an argument is missing; usage: \`sluice ${command.name} ${command.synopsis}\``);
  const base = baseOf(given);
  if (given.set.has("fix")) for (const path of given.operands) await mendPath(path, io);
  const checked = given.operands.map(checkPath);
  const planned = base === null ? null : await planFolder(given.operands[0] as string, base, io);
  const diagnostics = checked.flatMap((each) => each.diagnostics);
  const sources = checked.flatMap((each) => each.sources);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  await show(given.values.get("format") ?? "pretty", { diagnostics, sources }, planned, io);
  if (base !== null && planned === null) return FALLS_SHORT;
  const short = given.set.has("deny-warnings") ? diagnostics.length : errors;
  return short === 0 ? DONE : FALLS_SHORT;
}

/** Shows the page of a code. */
async function explain(typed: string, given: Arguments, io: Io): Promise<ExitCode> {
  if (given.operands.length > 0 || given.set.has("fix")) throw new UsageError("`--explain` shows the page of a code and checks nothing; leave out paths and `--fix`");
  const format = given.values.get("format") ?? "pretty";
  if (format !== "pretty" && format !== "json") throw new UsageError(`\`--explain\` writes \`pretty\` or \`json\`, not \`${format}\``);
  const code = codeOf(typed);
  if (code === undefined) {
    const near = nearestCode(typed);
    throw new UsageError(`there is no code \`${typed}\`; ${near === undefined ? "codes look like `RSK0203`" : `did you mean \`${near}\`?`}`);
  }
  await write(io.stdout, format === "json" ? `${JSON.stringify(pageJson(code))}\n` : renderPage(code, wantsColour(io.stdout)));
  return DONE;
}

/** Findings for machines go to standard output, those for people to standard error. */
async function show(format: string, { diagnostics, sources }: Findings, plan: ReloadPlan | null, io: Io): Promise<void> {
  const files = byPath(sources);
  if (format === "json") {
    const ok = !diagnostics.some(({ severity }) => severity === "error");
    await write(io.stdout, `${JSON.stringify({ ok, diagnostics: diagnosticsJson(diagnostics, files), ...(plan === null ? {} : { plan }) })}\n`);
  } else if (format === "sarif") await write(io.stdout, renderSarif(diagnostics, files, packageVersion()));
  else if (format === "github") await write(io.stdout, renderGithub(diagnostics, files));
  else {
    await showDiagnostics({ diagnostics, sources }, io);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    const found = `${plural(errors, "error")}, ${plural(diagnostics.length - errors, "warning")}`;
    await write(io.stdout, `${plural(sources.length, "file")} checked: ${found}\n`);
    if (plan !== null) await write(io.stdout, renderPlan(plan));
  }
}

/** What a plan is asked against; null where none is asked for. */
function baseOf(given: Arguments): Base | null {
  const data = given.values.get("data");
  const against = given.values.get("against");
  if (!given.set.has("plan")) {
    if (data !== undefined || against !== undefined) throw new UsageError("`--data` and `--against` say what `--plan` compares with; add `--plan`");
    return null;
  }
  if (given.operands.length !== 1) throw new UsageError("`--plan` takes one rules folder");
  const format = given.values.get("format") ?? "pretty";
  if (format !== "pretty" && format !== "json") throw new UsageError(`\`--plan\` writes \`pretty\` or \`json\`, not \`${format}\``);
  if ((data === undefined) === (against === undefined)) throw new UsageError("`--plan` compares with `--data DIR`, a data folder, or with `--against DIR`, a rules folder; name one of them");
  return data === undefined ? { kind: "rules", folder: against as string } : { kind: "data", folder: data };
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
  return relocate(analyse(reader, { warnings: { now: systemClock.now() } }), folder);
}
