import { createWriteStream } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { csv, ndjson } from "../simulate/format.ts";
import { KIND_NAMES, MAX_FRAUD, simulate, type Wanted } from "../simulate/simulate.ts";
import { parseTimestamp } from "../types/time.ts";

const HELP = `sluice simulate: a believable stream with labelled fraud, the same for the same seed

usage: sluice simulate [options]

  --kind KIND      ${KIND_NAMES.join(", ")} (default payments)
  --events N       how many events (default 10000)
  --seed S         any text (default 1)
  --fraud RATE     share of labelled events, 0 to ${MAX_FRAUD} (default: what is usual for the kind)
  --start TIME     when the stream starts, RFC 3339 (default 2026-01-01T00:00:00Z)
  --format FORMAT  ndjson, csv (default ndjson)
  --out FILE       write there and not to standard output
  --help           this text

Every NDJSON line is {"type": …, "event": …}, as \`sluice replay\` and POST /v1/decisions take it.
`;

/** A stream longer than this is a mistyped number. */
const MAX_EVENTS = 1_000_000_000;
/** Lines are handed on in pieces of about this many characters: one write a line is several times slower. */
const PIECE = 65_536;

interface Io {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

interface Job extends Wanted {
  readonly format: "ndjson" | "csv";
  readonly out: string | undefined;
}

/** Yields the exit code: 0 done, 1 could not write, 2 wrong usage. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const job = read(argv);
  if (typeof job === "string") {
    io.stderr.write(`sluice simulate: ${job}\n`);
    return 2;
  }
  if (job === null) {
    io.stdout.write(HELP);
    return 0;
  }
  const events = simulate(job);
  const lines = Readable.from(pieces(job.format === "csv" ? csv(job.kind, events) : ndjson(events)), { objectMode: false });
  try {
    if (job.out === undefined) await pipeline(lines, io.stdout, { end: false });
    else await pipeline(lines, createWriteStream(job.out));
    return 0;
  } catch (error) {
    // A reader such as `head` has had enough.
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return 0;
    io.stderr.write(`sluice simulate: cannot write: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
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

const OPTIONS = {
  kind: { type: "string", default: "payments" },
  events: { type: "string", default: "10000" },
  seed: { type: "string", default: "1" },
  fraud: { type: "string" },
  start: { type: "string", default: "2026-01-01T00:00:00Z" },
  format: { type: "string", default: "ndjson" },
  out: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** What to do, null for help, or what is wrong with the arguments. */
function read(argv: readonly string[]): Job | string | null {
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS }));
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}; see \`sluice simulate --help\``;
  }
  if (values.help) return null;
  const kind = KIND_NAMES.find((name) => name === values.kind);
  if (kind === undefined) return `unknown kind \`${values.kind}\`: one of ${KIND_NAMES.join(", ")}`;
  const { format } = values;
  if (format !== "ndjson" && format !== "csv") return `unknown format \`${format}\`: one of ndjson, csv`;
  const events = /^\d{1,10}$/.test(values.events) ? Number(values.events) : Number.NaN;
  if (!(events <= MAX_EVENTS)) return `\`--events\` is a whole number up to ${MAX_EVENTS}, found \`${values.events}\``;
  const fraud = values.fraud === undefined ? null : /^\d*\.?\d+$/.test(values.fraud) ? Number(values.fraud) : Number.NaN;
  if (fraud !== null && !(fraud <= MAX_FRAUD)) return `\`--fraud\` is a share from 0 to ${MAX_FRAUD}, found \`${values.fraud}\``;
  const start = parseTimestamp(values.start, true);
  if (start === undefined) return `\`--start\` is a time such as 2026-01-01T00:00:00Z, found \`${values.start}\``;
  return { kind, events, seed: values.seed, fraud, start, format, out: values.out };
}
