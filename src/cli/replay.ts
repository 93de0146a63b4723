import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { ConfigError } from "../config.ts";
import type { Program } from "../compile/program.ts";
import { Desk } from "../engine/desk.ts";
import { ManagedLists } from "../engine/lists.ts";
import { RuleStates } from "../engine/states.ts";
import { replay, ReplayHalted, type ReplayOptions } from "../replay/replay.ts";
import type { Summary } from "../replay/summary.ts";
import { StoreRefused } from "../store/refusal.ts";
import { WindowStore } from "../windows/store.ts";
import { UsageError, wholeNumber } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { continueFrom } from "./continued.ts";
import { interruption, write, type Io } from "./io.ts";
import { BadLines, ProgressBar } from "./progress.ts";
import { loadProgram } from "./rules.ts";
import { runCommand } from "./run.ts";
import { DASH, namedInput, readSource, StreamClock } from "./stream.ts";
import { printSummary } from "./summary.ts";

export const command: Command = {
  name: "replay",
  synopsis: "INPUT… --rules DIR [--type EVENT] [--map FILE] [--out FILE] [--features] [--from N] [--data DIR]",
  summary: "Decide a recorded stream in file order, with event time from the events and state from empty or a data folder.",
  about: [
    "INPUT is NDJSON or CSV with a header line, plain or gzip; several files are one stream; `-` is standard input.",
    'An NDJSON line is { "type": …, "event": … }, or a bare event of the type given.',
    "Without `--map` the columns of CSV are fields of equal name.",
    "With `--data` state goes on from that folder, and every decision is durable in its log before it is written: nothing else",
    "may use the folder meanwhile, `sluice serve --data` goes on from it, and an event whose `@id` came within the last day is",
    "answered from the log and not counted again, so that an interrupted replay can simply be run again. SLUICE_DURABILITY,",
    "SLUICE_WINDOW_BYTES, SLUICE_RETENTION_DAYS and SLUICE_RETENTION_MB hold as for `sluice serve`.",
    "Bad lines are told on standard error with file and line; they never end the run, but the exit code is 1.",
  ],
  flags: [
    { name: "rules", value: "DIR", about: "folder of the rule files" },
    { name: "type", value: "EVENT", about: "event type of records that name none" },
    { name: "map", value: "FILE", about: "YAML: which column is which field, constants, formats, time zone" },
    { name: "out", value: "FILE", about: "write one decision a line there; `-` is standard output, the summary then goes to standard error" },
    { name: "features", value: null, about: "write the features of each event too" },
    { name: "from", value: "N", about: "begin at record N of the stream; the ones before are neither decided nor counted" },
    { name: "data", value: "DIR", about: "go on from the state of this folder, and write the log there" },
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
  const data = given.values.get("data");
  const decider = data === undefined ? fresh(program) : await openFolder(data, program, io);
  if (decider === null) return FALLS_SHORT;
  const target = given.values.get("out");
  let summary: Summary | null;
  try {
    const out = target === undefined ? null : target === DASH ? io.stdout : await openOut(target);
    summary = await decideAll({ inputs, source, features: given.set.has("features"), from }, decider, out, io);
    if (out !== null && out !== io.stdout) await close(out);
  } finally {
    await decider.close();
  }
  if (summary === null) return FALLS_SHORT;
  const place = target === DASH ? io.stderr : io.stdout;
  await write(place, given.values.get("format") === "json" ? `${JSON.stringify(summary)}\n` : printSummary(summary));
  return summary.bad === 0 && summary.complete ? DONE : FALLS_SHORT;
}

type Fixed = Pick<ReplayOptions, "inputs" | "source" | "features" | "from">;

/** What decides a stream. */
interface Decider extends Pick<ReplayOptions, "desk" | "admit" | "durable"> {
  readonly clock: StreamClock;
  readonly close: () => Promise<void>;
}

/** State from empty, which nothing outlives. */
function fresh(program: Program): Decider {
  const clock = new StreamClock();
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const desk = new Desk({ active: () => program, windows, states: new RuleStates(windows), lists: new ManagedLists(clock), clock });
  return { clock, desk, close: () => Promise.resolve() };
}

/** State that goes on in a data folder; null where that cannot be, which is told. */
async function openFolder(folder: string, program: Program, io: Io): Promise<Decider | null> {
  try {
    return await continueFrom(folder, program, (text) => tell(text, io));
  } catch (error) {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    if (!(error instanceof StoreRefused)) throw error;
    tell(error.message, io);
    return null;
  }
}

function tell(text: string, io: Io): void {
  io.stderr.write(`sluice replay: ${text}\n`);
}

/** Null where it could not go on, which is told. */
async function decideAll(fixed: Fixed, { clock, desk, admit, durable }: Decider, out: Writable | null, io: Io): Promise<Summary | null> {
  const bar = new ProgressBar(io.stderr, fixed.inputs.length);
  const bad = new BadLines((text) => bar.aside(text));
  const interrupt = interruption();
  try {
    return await replay({
      ...fixed,
      desk,
      ...(admit === undefined ? {} : { admit }),
      ...(durable === undefined ? {} : { durable }),
      onTime: (at) => clock.advance(at),
      write: out === null ? null : (lines) => write(out, lines),
      onBad: (file, line, reason) => bad.add(file, line, reason),
      onProgress: (progress) => bar.show(progress),
      signal: interrupt.signal,
    });
  } catch (error) {
    if (!(error instanceof ReplayHalted)) throw error;
    bar.clear();
    tell(`${error.message}; what was written is durable, run it again to go on`, io);
    return null;
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
