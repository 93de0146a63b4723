import type { Answer, Decision, DecisionRequest, Refusal } from "../engine/decision.ts";
import type { Input } from "./input.ts";
import { readLines } from "./lines.ts";
import { recordsOf, type EventSource, type RecordReader, type RecordSink } from "./records.ts";
import { Tally, type Summary } from "./summary.ts";
import { timesOf, type TimeOf } from "./times.ts";

/** Decisions are written in pieces of about this many characters: a write a line would cost more than the decision. */
const WRITE_CHARS = 64 * 1024;

export interface NamedInput {
  /** As it was given, and as decisions name it. */
  readonly name: string;
  open(): Input;
}

export interface ReplayOptions {
  readonly inputs: readonly NamedInput[];
  readonly source: EventSource;
  readonly decide: (request: DecisionRequest) => Answer;
  /** What an event needs before it is decided; null for nothing. A fault ends the replay with a `ReplayHalted`. */
  readonly admit?: (request: DecisionRequest) => Promise<void> | null;
  /** Resolves when all that was decided is durable, which is before it is written. A fault ends the replay with a `ReplayHalted`. */
  readonly durable?: () => Promise<void> | null;
  /** Told the time of each event before it is decided, for a clock that follows the stream. */
  readonly onTime: (at: number) => void;
  /** Whether decisions carry the features of their event. */
  readonly features: boolean;
  /** Number of the first record that is decided, from 1 over all files. */
  readonly from: number;
  /** Takes decisions, a line each; resolves when more can be taken. Null when nobody wants them. */
  readonly write: ((lines: string) => Promise<void>) | null;
  readonly onBad: (file: string, line: number | null, reason: string) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** The replay cannot go on, for another reason than its input. */
export class ReplayHalted extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = "ReplayHalted";
  }
}

/** A record that is about to be decided. */
interface Waiting {
  readonly file: string;
  readonly line: number;
  readonly seq: number;
  readonly at: number | null;
  readonly request: DecisionRequest;
}

export interface Progress {
  readonly file: string;
  readonly rows: number;
  /** Part of this file that is read, 0 to 1; null where its size is unknown. */
  readonly part: number | null;
}

/**
 * Decides a recorded stream in file order, several files as one stream. A bad record or file is reported and counted
 * and the rest goes on. The same input and rules give the same output, byte for byte.
 */
export async function replay(options: ReplayOptions): Promise<Summary> {
  const run = new Replay(options);
  return run.run();
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #tally: Tally;
  readonly #timeOf: TimeOf;
  /** Records of the line at hand, where they may have to wait. */
  readonly #waiting: Waiting[] = [];
  #out = "";

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#tally = new Tally(options.source.program);
    this.#timeOf = timesOf(options.source.program);
  }

  async run(): Promise<Summary> {
    const { inputs, signal } = this.#options;
    const begun = performance.now();
    for (const input of inputs) {
      if (signal.aborted) break;
      try {
        await this.#file(input);
      } catch (error) {
        if (error instanceof ReplayHalted) throw error;
        // A stream that was stopped while it waited says that it was cut.
        if (!signal.aborted) this.#bad(input.name, null, `the file cannot be read to its end: ${describe(error)}`);
      }
    }
    await this.#flush();
    return this.#tally.summary(inputs.length, (performance.now() - begun) / 1_000, !signal.aborted);
  }

  async #file(named: NamedInput): Promise<void> {
    const { signal } = this.#options;
    const { name } = named;
    const input = named.open();
    const stop = (): void => input.stop();
    signal.addEventListener("abort", stop);
    try {
      await this.#lines(name, input);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #lines(name: string, input: Input): Promise<void> {
    const { source, onProgress, signal } = this.#options;
    const sink: RecordSink = {
      event: (type, make, line) => this.#event(name, type, make, line),
      bad: (line, reason) => this.#badRow(name, line, reason),
    };
    let reader: RecordReader | null = null;
    for await (const { first, lines } of readLines(input.chunks)) {
      for (let i = 0; i < lines.length; i++) {
        const line = lines[i] as (typeof lines)[number];
        reader ??= line === "" ? null : recordsOf(name, line, source, sink);
        reader?.line(line, first + i);
        if (this.#waiting.length > 0) await this.#decideWaiting();
        if (this.#out.length >= WRITE_CHARS) await this.#flush();
      }
      const part = input.size === null || input.size === 0 ? null : input.taken() / input.size;
      onProgress({ file: name, rows: this.#tally.rows, part });
      if (signal.aborted) return;
    }
    reader?.end();
    await this.#decideWaiting();
  }

  #event(file: string, type: string, make: () => Record<string, unknown>, line: number): void {
    const { from, features, admit } = this.#options;
    const tally = this.#tally;
    const seq = ++tally.rows;
    if (seq < from) {
      tally.skipped++;
      return;
    }
    const event = make();
    const at = this.#timeOf(type, event);
    const record: Waiting = { file, line, seq, at, request: { type, event, explain: features, version: null } };
    if (admit === undefined) this.#decide(record);
    else this.#waiting.push(record);
  }

  async #decideWaiting(): Promise<void> {
    const { admit } = this.#options;
    for (const record of this.#waiting.splice(0)) {
      await halting(admit?.(record.request));
      this.#decide(record);
    }
  }

  #decide({ file, line, seq, at, request }: Waiting): void {
    const { decide, write, source } = this.#options;
    if (at !== null) this.#options.onTime(at);
    const answer = decide(request);
    if (answer.kind === "refused") {
      this.#bad(file, line, refusalText(answer.refusal, source));
      return;
    }
    this.#tally.add(answer.decision, at);
    if (write !== null) this.#out += printDecision(file, line, seq, answer.decision);
  }

  #badRow(file: string, line: number, reason: string): void {
    this.#tally.rows++;
    if (this.#tally.rows < this.#options.from) this.#tally.skipped++;
    else this.#bad(file, line, reason);
  }

  #bad(file: string, line: number | null, reason: string): void {
    this.#tally.bad++;
    this.#options.onBad(file, line, reason);
  }

  async #flush(): Promise<void> {
    await halting(this.#options.durable?.());
    if (this.#out === "") return;
    const text = this.#out;
    this.#out = "";
    await this.#options.write?.(text);
  }
}

async function halting(wait: Promise<void> | null | undefined): Promise<void> {
  if (wait === null || wait === undefined) return;
  try {
    await wait;
  } catch (error) {
    throw new ReplayHalted(error);
  }
}

/** Why an event is refused, by the columns that it comes from. */
export function refusalText(refusal: Refusal, { binding }: EventSource): string {
  const columns = binding?.columns;
  if (refusal.violations.length === 0) return refusal.message;
  return refusal.violations
    .map(({ path, message }) => {
      const field = path.split("/")[1] ?? "";
      const column = columns?.get(field);
      const place = column === undefined || column === field ? path : `${path} (column ${column})`;
      return place === "" ? message : `${place}: ${message}`;
    })
    .join("; ");
}

/** Nothing random and nothing of the moment: no id, no clock, no duration. */
function printDecision(file: string, line: number, seq: number, decision: Decision): string {
  const { type, eventId, version, decisions, effects, degraded, replayed, features, quality } = decision;
  const record = {
    file,
    line,
    seq,
    type,
    eventId,
    version,
    decisions,
    ...(effects.length === 0 ? {} : { effects }),
    ...(degraded.length === 0 ? {} : { degraded }),
    ...(replayed ? { replayed } : {}),
    ...(features === undefined ? {} : { features }),
    ...(quality === undefined ? {} : { quality }),
  };
  return `${JSON.stringify(record)}\n`;
}

function describe(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "no such file";
  if (code === "EACCES") return "permission denied";
  if (code === "EISDIR") return "it is a folder";
  if (code === "Z_BUF_ERROR") return "the gzip data ends early";
  if (code === "Z_DATA_ERROR") return "the gzip data is damaged";
  return error instanceof Error ? error.message : String(error);
}
