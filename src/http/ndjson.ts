import { setImmediate as nextTurn } from "node:timers/promises";
import { problem, ProblemError, type Problem } from "./problem.ts";

/** Other requests wait for at most this while a stream is worked on; a decision takes some 50 µs. */
export const SLICE_MS = 2;
/**
 * Answers are handed on in pieces of at most this size, where not one alone is longer: a slice of work makes about so much,
 * every piece costs a write, and a slow reader holds back little.
 */
export const PIECE_BYTES = 128 * 1024;
/** Most bytes of a UTF-16 unit in UTF-8. */
const UNIT_BYTES = 3;

/** A line of a stream; `bytes` is null for one that is longer than the limit. */
export interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  readonly bytes: Uint8Array | null;
}

const NEWLINE = 0x0a;

/**
 * Cuts a byte stream into lines, chunk by chunk; blank lines are counted and left out. Never holds more than one chunk
 * and one line of `limit` bytes. A stream that breaks off throws; its unfinished line is not yielded.
 */
export async function* splitLines(stream: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const take = (part: Uint8Array): void => {
    heldBytes += part.length;
    // Past the limit the bytes are only counted: the line is refused whole.
    if (heldBytes <= limit) held.push(part);
    else held = [];
  };
  const finish = (): Line => {
    const bytes = heldBytes > limit ? null : held.length === 1 ? (held[0] ?? null) : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    number += 1;
    return { number, bytes };
  };
  for await (const chunk of stream) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      let line: Line;
      if (heldBytes === 0) line = { number: (number += 1), bytes: end - start > limit ? null : chunk.subarray(start, end) };
      else {
        take(chunk.subarray(start, end));
        line = finish();
      }
      start = end + 1;
      if (!isBlank(line.bytes)) lines.push(line);
    }
    if (start < chunk.length) take(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (heldBytes > 0) {
    const line = finish();
    if (!isBlank(line.bytes)) yield [line];
  }
}

/** Empty, or nothing but spaces, tabs and a carriage return. */
function isBlank(bytes: Uint8Array | null): boolean {
  if (bytes === null) return false;
  for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}

/** An answer as JSON, and what it must wait for before it may be sent. */
export interface Outcome {
  readonly text: string;
  /** Rejects with a `ProblemError` where the answer must not be sent. */
  readonly settled: Promise<void> | null;
}

export interface StreamWork<Item> {
  /** Reads one line; a `ProblemError` becomes an error line. */
  readonly read: (bytes: Uint8Array) => Item;
  /** Waits for what lines need before they are answered; null for nothing. A `ProblemError` is that of all of them. */
  readonly ready: (items: readonly Item[]) => Promise<void> | null;
  /** Answers one line, in their order; a `ProblemError` becomes an error line. */
  readonly answer: (item: Item) => Outcome;
  /** Told of anything else that is thrown, once a line; the line is answered with `internal_error`. */
  readonly failed: (error: unknown) => void;
  /** Longest line in bytes. */
  readonly limit: number;
}

/** Pieces that wait at most to be settled while more lines are worked on. */
const MAX_UNSETTLED = 16;

/**
 * Answers a stream line by line, in order, in pieces. Lines are worked on while those before them wait to become
 * durable, and only as fast as the pieces are taken, which is what holds the sender back; other requests get their turn
 * after every `SLICE_MS`. A stream that its sender breaks off ends the work without an error: nobody is left to be told.
 */
export async function* answerLines<Item>(stream: AsyncIterable<Uint8Array>, work: StreamWork<Item>): AsyncGenerator<Buffer> {
  const pieces = workOn(stream, work);
  const waiting: Promise<Buffer>[] = [];
  let reading: Promise<IteratorResult<Piece, void>> | null = pieces.next();
  try {
    while (reading !== null || waiting.length > 0) {
      const [first] = waiting;
      if (first !== undefined && (reading === null || waiting.length >= MAX_UNSETTLED || (await isFirst(first, reading)))) {
        void waiting.shift();
        yield await first;
        continue;
      }
      const read: IteratorResult<Piece, void> = await (reading as NonNullable<typeof reading>);
      reading = null;
      if (read.done === true) continue;
      const { bytes } = read.value;
      // What nothing stands before is on its way before more is worked on.
      if (bytes instanceof Promise) waiting.push(bytes);
      else if (waiting.length > 0) waiting.push(Promise.resolve(bytes));
      else yield bytes;
      reading = pieces.next();
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    // What is still worked on must not fail unheard, and the stream is let go of.
    reading?.catch(() => undefined);
    pieces.return().catch(() => undefined);
  }
}

/** Whether the one is there before the other. */
function isFirst(one: Promise<unknown>, other: Promise<unknown>): Promise<boolean> {
  return Promise.race([one.then(() => true), other.then(() => false)]);
}

/** Answers to be sent together; an object, since a generator would wait for a promise before it yields it. */
interface Piece {
  /** Still to come where they tell of what is not durable yet. Does not reject. */
  readonly bytes: Buffer | Promise<Buffer>;
}

/** Pieces of answers in their order. */
async function* workOn<Item>(stream: AsyncIterable<Uint8Array>, work: StreamWork<Item>): AsyncGenerator<Piece, void> {
  let since = performance.now();
  const answers = new Answers(work);
  for await (const lines of splitLines(stream, work.limit)) {
    const read = lines.map((line) => readLine(line, work));
    const refusal = await readiness(read, work);
    for (let i = 0; i < lines.length; i++) {
      const piece = answers.add(lines[i] as Line, refusal ?? (read[i] as Item | Wrong), lines.length - i);
      if (piece !== null) yield piece;
      if (performance.now() - since < SLICE_MS) continue;
      const rest = answers.take();
      if (rest !== null) yield rest;
      await nextTurn();
      since = performance.now();
    }
    const rest = answers.take();
    if (rest !== null) yield rest;
  }
}

/** An answer in a piece that must not be sent before something else has happened. */
interface Unsettled {
  readonly line: Line;
  readonly from: number;
  readonly to: number;
  readonly settled: Promise<void>;
}

/** Answers as bytes, one behind the other until they are taken. */
class Answers<Item> {
  readonly #work: StreamWork<Item>;
  #bytes: Buffer | null = null;
  #used = 0;
  #unsettled: Unsettled[] = [];

  constructor(work: StreamWork<Item>) {
    this.#work = work;
  }

  /** Answers a line, the first of `left`; yields those before it once they are a piece. */
  add(line: Line, item: Item | Wrong, left: number): Piece | null {
    const { text, settled } = this.#answer(line, item);
    const most = text.length * UNIT_BYTES + 1;
    const before = this.#bytes !== null && this.#used + most > this.#bytes.length ? this.take() : null;
    if (this.#bytes === null) {
      this.#bytes = Buffer.allocUnsafeSlow(Math.max(most, Math.min(PIECE_BYTES, most * left)));
      this.#used = 0;
    }
    const from = this.#used;
    const end = from + this.#bytes.write(text, from);
    this.#bytes[end] = NEWLINE;
    this.#used = end + 1;
    if (settled !== null) this.#wait({ line, from, to: this.#used, settled });
    return before;
  }

  /** What is there, if anything is. */
  take(): Piece | null {
    if (this.#bytes === null) return null;
    const bytes = this.#bytes.subarray(0, this.#used);
    const unsettled = this.#unsettled;
    this.#bytes = null;
    if (unsettled.length === 0) return { bytes };
    this.#unsettled = [];
    return { bytes: settledBytes(bytes, unsettled, this.#work) };
  }

  #answer(line: Line, item: Item | Wrong): Outcome {
    try {
      if (item instanceof Wrong) throw item.error;
      return this.#work.answer(item);
    } catch (error) {
      return { text: refusalText(error, line, this.#work), settled: null };
    }
  }

  #wait(each: Unsettled): void {
    // Lines that come one after the other mostly wait for the same. Nobody may listen before it rejects.
    if (this.#unsettled[this.#unsettled.length - 1]?.settled !== each.settled) each.settled.catch(() => undefined);
    this.#unsettled.push(each);
  }
}

/** A piece once all in it may be sent, with refusals in place of what must not be. Does not reject. */
async function settledBytes<Item>(bytes: Buffer, unsettled: readonly Unsettled[], work: StreamWork<Item>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let from = 0;
  let last: { readonly settled: Promise<void>; readonly wrong: Wrong | null } | null = null;
  for (const { line, from: start, to, settled } of unsettled) {
    if (last === null || last.settled !== settled) last = { settled, wrong: await wrongOf(settled) };
    if (last.wrong === null) continue;
    parts.push(bytes.subarray(from, start), Buffer.from(`${refusalText(last.wrong.error, line, work)}\n`));
    from = to;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(from)]);
}

async function wrongOf(settled: Promise<void>): Promise<Wrong | null> {
  try {
    await settled;
    return null;
  } catch (error) {
    return new Wrong(error);
  }
}

/** What is wrong with a line stands in the place of its item. */
class Wrong {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function readLine<Item>(line: Line, work: StreamWork<Item>): Item | Wrong {
  try {
    return line.bytes === null ? new Wrong(new ProblemError("line_too_long", `the line has more than ${work.limit} bytes`)) : work.read(line.bytes);
  } catch (error) {
    return new Wrong(error);
  }
}

/** Null once the lines can be answered, else what stands in the way of all of them. */
async function readiness<Item>(read: readonly (Item | Wrong)[], work: StreamWork<Item>): Promise<Wrong | null> {
  try {
    const wait = work.ready(read.filter((each): each is Item => !(each instanceof Wrong)));
    if (wait !== null) await wait;
    return null;
  } catch (error) {
    return new Wrong(error);
  }
}

function refusalText<Item>(error: unknown, line: Line, work: StreamWork<Item>): string {
  if (!(error instanceof ProblemError)) work.failed(error);
  const told = error instanceof ProblemError ? error.problem : problem("internal_error", "the line could not be worked on");
  return JSON.stringify(errorLine(told, line));
}

function errorLine(error: Problem, line: Line): { readonly error: Problem; readonly line: number } {
  return { error, line: line.number };
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ABORT_ERR";
}
