import type { EventProgram, Program } from "../compile/program.ts";
import type { Answer, Decision, DecisionRequest } from "../engine/decision.ts";
import type { Desk } from "../engine/desk.ts";
import { idConflict } from "../engine/refusals.ts";
import type { Frame } from "../windows/spec.ts";
import { type Batch, readBatches, refusalText } from "./batch.ts";
import { type Table, TableReader } from "./columns.ts";
import type { Input } from "./input.ts";
import { readLines } from "./lines.ts";
import { recordsOf, type EventSource, type RecordReader, type RecordSink } from "./records.ts";
import { Seen } from "./seen.ts";
import { Tally, type Summary } from "./summary.ts";
import { ReadingThread } from "./thread.ts";
import { timesOf, type TimeOf } from "./times.ts";

/** Decisions are written in pieces of about this many characters: a write a line would cost more than the decision. */
const WRITE_CHARS = 64 * 1024;

export interface NamedInput {
  /** As it was given, and as decisions name it. */
  readonly name: string;
  /** Where it is a file of its own, which another thread can read. */
  readonly path?: string;
  open(): Input;
}

export interface ReplayOptions {
  readonly inputs: readonly NamedInput[];
  readonly source: EventSource<Program>;
  /** Decides by the program of the source. Without `admit` it has no log and remembers no event before the first. */
  readonly desk: Pick<Desk, "decide" | "decideFrame" | "judge">;
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

/** A record that waits to be decided. */
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

/** How events of one type are decided. */
interface Intake {
  readonly program: EventProgram;
  readonly reader: TableReader;
  /** Null where no field tells one event from another. */
  readonly seen: Seen | null;
  readonly frame: Frame;
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #tally: Tally;
  readonly #timeOf: TimeOf;
  readonly #intakes: ReadonlyMap<string, Intake>;
  readonly #thread: ReadingThread;
  /** Records of the line at hand, where they may have to wait. */
  readonly #waiting: Waiting[] = [];
  /** The time of the stream. */
  #now = 0;
  #out = "";

  constructor(options: ReplayOptions) {
    const { source } = options;
    this.#options = options;
    this.#tally = new Tally(source.program);
    this.#timeOf = timesOf(source.program);
    this.#thread = new ReadingThread(source);
    this.#intakes = new Map([...source.program.events].map(([type, program]) => [type, intakeOf(program)]));
  }

  async run(): Promise<Summary> {
    const { inputs, signal } = this.#options;
    const begun = performance.now();
    try {
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
    } finally {
      await this.#thread.close();
    }
    return this.#tally.summary(inputs.length, (performance.now() - begun) / 1_000, !signal.aborted);
  }

  async #file(named: NamedInput): Promise<void> {
    const { name, path } = named;
    const { admit, signal, source } = this.#options;
    if (admit === undefined && path !== undefined) {
      await this.#batches(name, this.#thread.batches(name, path, signal));
      return;
    }
    const input = named.open();
    const stop = (): void => input.stop();
    signal.addEventListener("abort", stop);
    try {
      if (admit === undefined) await this.#batches(name, readBatches(name, input, source));
      else await this.#lines(name, input);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #batches(name: string, batches: AsyncIterable<Batch>): Promise<void> {
    const { onProgress, signal, write } = this.#options;
    for await (const batch of batches) {
      this.#take(name, batch);
      if (write !== null) await this.#flush();
      onProgress({ file: name, rows: this.#tally.rows, part: batch.part });
      if (signal.aborted) return;
    }
  }

  #take(name: string, { records, lines, times, places, tables, reasons }: Batch): void {
    const { from, onTime } = this.#options;
    const tally = this.#tally;
    const intakes = tables.map(({ type }) => this.#intakes.get(type) as Intake);
    const nexts = tables.map(() => 0);
    let reason = 0;
    for (let record = 0; record < records; record++) {
      const line = lines[record] as number;
      const place = (places[record] as number) - 1;
      const at = times[record] as number;
      const seq = ++tally.rows;
      const next = place < 0 ? reason++ : (nexts[place] as number);
      if (place >= 0) nexts[place] = next + 1;
      if (seq < from) {
        tally.skipped++;
        continue;
      }
      if (!Number.isNaN(at)) {
        if (at > this.#now) this.#now = at;
        onTime(at);
      }
      if (place < 0) this.#bad(name, line, reasons[next] as string);
      else if (this.#options.write === null) this.#judge(intakes[place] as Intake, tables[place] as Table, next, name, line, at);
      else this.#write(intakes[place] as Intake, tables[place] as Table, next, { file: name, line, seq, at: orNull(at) });
    }
  }

  /** Decides an event of which no more is asked than what it came to. */
  #judge({ program, reader, seen, frame }: Intake, table: Table, record: number, name: string, line: number, at: number): void {
    // Closures keep what they found in the slots behind the fields.
    for (let slot = 0; slot < frame.length; slot++) frame[slot] = undefined;
    reader.read(table, record, frame);
    const id = seen === null ? null : frame[program.schema.id as number];
    if (seen === null || (typeof id !== "string" && typeof id !== "number")) {
      this.#tally.add(this.#options.desk.judge(program, frame), false, orNull(at));
      return;
    }
    const known = seen.find(id, frame, this.#now);
    if (known === null) {
      const decisions = this.#options.desk.judge(program, frame);
      seen.keep(id, table, record, this.#now, decisions);
      this.#tally.add(decisions, false, orNull(at));
    } else if (known.same) this.#tally.add(known.decisions, true, orNull(at));
    else this.#bad(name, line, idConflict(String(id), false).message);
  }

  /** Decides an event and writes the decision. */
  #write({ program, reader }: Intake, table: Table, record: number, place: Pick<Waiting, "file" | "line" | "seq" | "at">): void {
    const frame: Frame = Array.from({ length: program.frameSize }, () => undefined);
    reader.read(table, record, frame);
    this.#settle(place, this.#options.desk.decideFrame(program, frame, this.#options.features));
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
    const { from, features } = this.#options;
    const tally = this.#tally;
    const seq = ++tally.rows;
    if (seq < from) {
      tally.skipped++;
      return;
    }
    const event = make();
    const at = this.#timeOf(type, event);
    this.#waiting.push({ file, line, seq, at, request: { type, event, explain: features, version: null } });
  }

  async #decideWaiting(): Promise<void> {
    const { admit } = this.#options;
    for (const record of this.#waiting.splice(0)) {
      await halting(admit?.(record.request));
      this.#decide(record);
    }
  }

  #decide({ file, line, seq, at, request }: Waiting): void {
    if (at !== null) this.#options.onTime(at);
    this.#settle({ file, line, seq, at }, this.#options.desk.decide(request));
  }

  #settle({ file, line, seq, at }: Pick<Waiting, "file" | "line" | "seq" | "at">, answer: Answer): void {
    const { write, source } = this.#options;
    if (answer.kind === "refused") {
      this.#bad(file, line, refusalText(answer.refusal, source));
      return;
    }
    this.#tally.add(answer.decision.decisions, answer.decision.replayed, at);
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

function intakeOf(program: EventProgram): Intake {
  const { schema, frameSize } = program;
  const frame: Frame = Array.from({ length: frameSize }, () => undefined);
  return { program, reader: new TableReader(schema), seen: schema.id === null ? null : new Seen(schema), frame };
}

function orNull(at: number): number | null {
  return Number.isNaN(at) ? null : at;
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
