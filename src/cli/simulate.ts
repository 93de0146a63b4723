import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { csv, ndjson } from "../simulate/format.ts";
import { KIND_NAMES, MAX_FRAUD, simulate, type Wanted } from "../simulate/simulate.ts";
import { parseTimestamp } from "../types/time.ts";
import { UsageError, wholeNumber } from "./arguments.ts";
import { DONE, FALLS_SHORT, type Arguments, type Command, type ExitCode } from "./command.ts";
import { write, type Io } from "./io.ts";
import { runCommand } from "./run.ts";

/** A stream longer than this is a mistyped number. */
const MAX_EVENTS = 1_000_000_000;
const EVENTS = 10_000;
const START = "2026-01-01T00:00:00Z";
/** Lines are handed on in pieces of about this many characters: one write a line is several times slower. */
const PIECE = 65_536;

export const command: Command = {
  name: "simulate",
  synopsis: "[--kind KIND] [--events N] [--seed S] [--out FILE]",
  summary: "Make a believable stream of events with labelled fraud.",
  about: [
    "The events are those of the rule sets that ship, in order of time; equal options give equal bytes on every machine.",
    'An NDJSON line is {"type": …, "event": …}, as `sluice replay` and POST /v1/decisions take it.',
  ],
  flags: [
    { name: "kind", value: "KIND", choices: KIND_NAMES, about: "what happens (default payments)" },
    { name: "events", value: "N", about: `how many events (default ${EVENTS})` },
    { name: "seed", value: "S", about: "any text; another seed gives another stream (default 1)" },
    { name: "fraud", value: "RATE", about: `share of labelled events, 0 to ${MAX_FRAUD} (default: what is usual for the kind)` },
    { name: "start", value: "TIME", about: `when the stream starts (default ${START})` },
    { name: "format", value: "FORMAT", choices: ["ndjson", "csv"], about: "how events are written (default ndjson)" },
    { name: "out", value: "FILE", about: "write there and not to standard output" },
  ],
  operands: { least: 0, most: 0 },
  run: simulateCommand,
};

export function run(args: readonly string[], io: Io): Promise<ExitCode> {
  return runCommand(command, args, io);
}

async function simulateCommand(given: Arguments, io: Io): Promise<ExitCode> {
  const wanted = read(given);
  const events = simulate(wanted);
  const output = pieces(given.values.get("format") === "csv" ? csv(wanted.kind, events) : ndjson(events));
  const out = given.values.get("out");
  if (out === undefined) {
    for (const piece of output) await write(io.stdout, piece);
    return DONE;
  }
  try {
    await pipeline(Readable.from(output, { objectMode: false }), createWriteStream(out));
    return DONE;
  } catch (error) {
    await write(io.stderr, `sluice simulate: cannot write \`${out}\`: ${error instanceof Error ? error.message : String(error)}\n`);
    return FALLS_SHORT;
  }
}

function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

function read(given: Arguments): Wanted {
  const { values } = given;
  const events = wholeNumber(given, "events", 0, EVENTS);
  if (events > MAX_EVENTS) throw new UsageError(`\`--events\` is at most ${MAX_EVENTS}, not ${events}`);
  const time = values.get("start") ?? START;
  const start = parseTimestamp(time, true);
  if (start === undefined) throw new UsageError(`\`--start\` needs a time such as ${START}, not \`${time}\``);
  return {
    kind: KIND_NAMES.find((name) => name === values.get("kind")) ?? "payments",
    events,
    seed: values.get("seed") ?? "1",
    fraud: readShare(values.get("fraud")),
    start,
  };
}

function readShare(text: string | undefined): number | null {
  if (text === undefined) return null;
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(share <= MAX_FRAUD)) throw new UsageError(`\`--fraud\` needs a share from 0 to ${MAX_FRAUD}, not \`${text}\``);
  return share;
}
