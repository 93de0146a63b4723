import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import type { Program } from "../compile/program.ts";
import { Desk } from "../engine/desk.ts";
import { ManagedLists } from "../engine/lists.ts";
import { RuleStates } from "../engine/states.ts";
import { replay, type ReplayOptions } from "../replay/replay.ts";
import type { Summary } from "../replay/summary.ts";
import { WindowStore } from "../windows/store.ts";
import { UsageError, wholeNumber } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { interruption, write, type Io } from "./io.ts";
import { BadLines, ProgressBar } from "./progress.ts";
import { loadProgram } from "./rules.ts";
import { runCommand } from "./run.ts";
import { DASH, namedInput, readSource, StreamClock } from "./stream.ts";
import { printSummary } from "./summary.ts";

export const command: Command = {
  name: "replay",
  synopsis: "INPUT… --rules DIR [--type EVENT] [--map FILE] [--out FILE] [--features] [--from N]",
  summary: "Decide a recorded stream in file order, with event time from the events and state from empty.",
  about: [
    "INPUT is NDJSON or CSV with a header line, plain or gzip; several files are one stream; `-` is standard input.",
    'An NDJSON line is { "type": …, "event": … }, or a bare event of the type given.',
    "Without `--map` the columns of CSV are fields of equal name.",
    "Bad lines are told on standard error with file and line; they never end the run, but the exit code is 1.",
  ],
  flags: [
    { name: "rules", value: "DIR", about: "folder of the rule files" },
    { name: "type", value: "EVENT", about: "event type of records that name none" },
    { name: "map", value: "FILE", about: "YAML: which column is which field, constants, formats, time zone" },
    { name: "out", value: "FILE", about: "write one decision a line there; `-` is standard output, the summary then goes to standard error" },
    { name: "features", value: null, about: "write the features of each event too" },
    { name: "from", value: "N", about: "begin at record N of the stream; the ones before are neither decided nor counted" },
    { name: "format", value: "FORMAT", choices: ["pretty", "json"], about: "how the summary is written" },
  ],
  operands: { least: 1, most: Number.MAX_SAFE_INTEGER },
  run: replayCommand,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function replayCommand(given: Arguments, io: Io): Promise<ExitCode> {
  const folder = given.values.get("rules");
  if (folder === undefined) throw new UsageError("`--rules` is needed: `--rules DIR`");
  const from = wholeNumber(given, "from", 1, 1);
  const inputs = given.operands.map((operand) => namedInput(operand, io));
  const program = await loadProgram(folder, io);
  if (program === null) return FALLS_SHORT;
  const source = await readSource(program, given, io);
  if (source === null) return FALLS_SHORT;
  const target = given.values.get("out");
  const out = target === undefined ? null : target === DASH ? io.stdout : await openOut(target);
  const summary = await decideAll({ inputs, source, features: given.set.has("features"), from }, program, out, io);
  if (out !== null && out !== io.stdout) await close(out);
  const place = target === DASH ? io.stderr : io.stdout;
  await write(place, given.values.get("format") === "json" ? `${JSON.stringify(summary)}\n` : printSummary(summary));
  return summary.bad === 0 && summary.complete ? DONE : FALLS_SHORT;
}

type Fixed = Pick<ReplayOptions, "inputs" | "source" | "features" | "from">;

async function decideAll(fixed: Fixed, program: Program, out: Writable | null, io: Io): Promise<Summary> {
  const clock = new StreamClock();
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, states: new RuleStates(windows), lists: new ManagedLists(clock), clock });
  const bar = new ProgressBar(io.stderr, fixed.inputs.length);
  const bad = new BadLines((text) => bar.aside(text));
  const interrupt = interruption();
  try {
    return await replay({
      ...fixed,
      decide: (request) => desk.decide(request),
      onTime: (at) => clock.advance(at),
      write: out === null ? null : (lines) => write(out, lines),
      onBad: (file, line, reason) => bad.add(file, line, reason),
      onProgress: (progress) => bar.show(progress),
      signal: interrupt.signal,
    });
  } finally {
    interrupt.release();
    bar.clear();
    bad.finish();
  }
}

async function openOut(path: string): Promise<Writable> {
  const out = createWriteStream(path);
  await new Promise<void>((resolve, reject) => {
    out.once("open", () => resolve());
    out.once("error", () => reject(new UsageError(`\`${path}\` cannot be written`)));
  });
  return out;
}

async function close(out: Writable): Promise<void> {
  out.end();
  await finished(out);
}
