import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { analyse, isUnchanged, type Content } from "../rulesets/build.ts";
import { FolderWatch } from "../rulesets/watch.ts";
import { Coverage } from "../testing/coverage.ts";
import { runSuite, theatre } from "../testing/run.ts";
import { runMutants } from "../testing/survivors.ts";
import { UsageError } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { relocate, showDiagnostics } from "./diagnostics.ts";
import { readerOf } from "./files.ts";
import { interruption, write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";
import { isEnough, reportJson, reportJunit, reportPretty, type Tested } from "./tested.ts";

export const command: Command = {
  name: "test",
  synopsis: "PATH… [--coverage] [--mutants] [--threshold N] [--filter TEXT] [--format pretty|json|junit] [--watch]",
  summary: "Run the `test` blocks of rule files on the real engine and windows, with a clock of their own.",
  about: [
    "PATH is a rules folder, or a single file, whose tests are run with the files that it imports.",
    "`--coverage` tells which conditions no test has seen true, false and missing; `--mutants` changes the rules by a step and tells which changes no test notices.",
  ],
  flags: [
    { name: "coverage", value: null, about: "tell what the tests have not shown of the rules" },
    { name: "mutants", value: null, about: "tell which small changes of the rules the tests do not notice" },
    { name: "threshold", value: "N", about: "fail below so many percent of coverage or of noticed mutants" },
    { name: "filter", value: "TEXT", about: "run only tests whose name or ruleset holds the text" },
    { name: "format", value: "FORMAT", choices: ["pretty", "json", "junit"], about: "how results are written" },
    { name: "watch", value: null, about: "run again whenever a file changes" },
  ],
  operands: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: test,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

interface Asked {
  readonly coverage: boolean;
  readonly mutants: boolean;
  /** Percent; 0 when none is asked for. */
  readonly threshold: number;
  readonly filter: string;
  readonly format: string;
}

async function test(given: Arguments, io: Io): Promise<ExitCode> {
  const asked: Asked = {
    coverage: given.set.has("coverage"),
    mutants: given.set.has("mutants"),
    threshold: thresholdOf(given),
    filter: given.values.get("filter") ?? "",
    format: given.values.get("format") ?? "pretty",
  };
  if (!given.set.has("watch")) return runOnce(given.operands, asked, io);
  if (asked.format === "junit") throw new UsageError("`--watch` writes one result after the other, which is no JUnit file; leave out one of them");
  return follow(given.operands, asked, io);
}

function thresholdOf(given: Arguments): number {
  const text = given.values.get("threshold");
  if (text === undefined) return 0;
  if (!given.set.has("coverage") && !given.set.has("mutants")) throw new UsageError("`--threshold` is about `--coverage` or `--mutants`; add one of them");
  const value = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && value <= 100) return value;
  throw new UsageError(`\`--threshold\` needs a number of percent from 0 to 100, not \`${text}\``);
}

async function runOnce(paths: readonly string[], asked: Asked, io: Io): Promise<ExitCode> {
  const tested: Tested[] = [];
  for (const path of paths) {
    const one = await testPath(path, asked, io);
    if (one === null) return FALLS_SHORT;
    tested.push(one);
  }
  const count = tested.reduce((sum, each) => sum + each.results.length, 0);
  if (count === 0) {
    const why = asked.filter === "" ? "there are no tests" : `no test holds ${JSON.stringify(asked.filter)}`;
    await write(io.stderr, `sluice test: ${why}; a test is written \`test "…" for RULESET { … }\`\n`);
    return FALLS_SHORT;
  }
  if (asked.format === "json") await write(io.stdout, reportJson(tested, asked.threshold));
  else if (asked.format === "junit") await write(io.stdout, reportJunit(tested));
  else await reportPretty(tested, asked.threshold, io);
  return isEnough(tested, asked.threshold) ? DONE : FALLS_SHORT;
}

/** Runs the tests of a path; null when its files have errors, which are shown. */
async function testPath(path: string, asked: Asked, io: Io): Promise<Tested | null> {
  const { reader, folder } = readerOf(path);
  const { suite, diagnostics, sources } = analyse(reader);
  if (suite === null) {
    await showDiagnostics(relocate({ diagnostics, sources }, folder), io);
    return null;
  }
  const only = path.endsWith(".risk") && !statSync(path).isDirectory() ? basename(path) : null;
  const stage = theatre(suite);
  const coverage = asked.coverage ? new Coverage(stage) : null;
  const { results } = runSuite(
    suite,
    {
      wanted: ({ name, script }) => (only === null || script.span.file === only) && (name.includes(asked.filter) || script.ruleset.includes(asked.filter)),
      audience: (trial) => coverage?.audience(trial),
    },
    stage,
  );
  const passed = results.filter(({ findings }) => findings.length === 0).map(({ trial }) => trial);
  return {
    folder,
    sources,
    results,
    coverage: coverage?.rulesets() ?? null,
    // A test that fails already tells nothing of a mutant.
    mutation: asked.mutants && passed.length === results.length ? runMutants(stage, passed) : null,
  };
}

/** Runs the tests now and after every change, until the user interrupts. */
async function follow(paths: readonly string[], asked: Asked, io: Io): Promise<ExitCode> {
  const interrupt = interruption();
  const seen = new Map<string, Content>();
  const turn = async (): Promise<void> => {
    if (!changed(paths, seen)) return;
    await runOnce(paths, asked, io);
    if (asked.format === "pretty") await write(io.stdout, "\nwaiting for changes; interrupt to end\n\n");
  };
  await turn();
  // One run after the other; what changes during a run is seen by the next.
  let last = Promise.resolve();
  const onHint = (): void => {
    last = last.then(turn).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      return write(io.stderr, `sluice test: ${error.message}\n`);
    });
  };
  const watches = [...new Set(paths.map(folderOf))].map((folder) => new FolderWatch({ folder, onHint }));
  for (const each of watches) each.start();
  await new Promise<void>((resolve) => {
    if (interrupt.signal.aborted) resolve();
    else interrupt.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  for (const each of watches) each.stop();
  interrupt.release();
  await last;
  return DONE;
}

function folderOf(path: string): string {
  return path.endsWith(".risk") ? dirname(path) : path;
}

/** Whether any path holds something else than when it was last asked about. */
function changed(paths: readonly string[], seen: Map<string, Content>): boolean {
  let found = false;
  for (const path of paths) {
    const { reader } = readerOf(path);
    const known = seen.get(path);
    if (known !== undefined && isUnchanged(reader, known)) continue;
    found = true;
    seen.set(path, analyse(reader).content);
  }
  return found;
}
