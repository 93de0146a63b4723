import { setImmediate as nextTurn } from "node:timers/promises";
import { problem, ProblemError, type Problem } from "./problem.ts";

/** Other requests wait for at most this while a stream is worked on; a decision takes some 50 µs. */
export const SLICE_MS = 2;
/** Answers are handed on in pieces of about this size, so that a slow reader holds back little. */
export const PIECE_BYTES = 16 * 1024;

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
      take(chunk.subarray(start, end));
      start = end + 1;
      const line = finish();
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
  return bytes !== null && bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
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
 * Answers a stream line by line, in order, in pieces of text. Lines are worked on while those before them wait to become
 * durable, and only as fast as the pieces are taken, which is what holds the sender back; other requests get their turn
 * after every `SLICE_MS`. A stream that its sender breaks off ends the work without an error: nobody is left to be told.
 */
export async function* answerLines<Item>(stream: AsyncIterable<Uint8Array>, work: StreamWork<Item>): AsyncGenerator<string> {
  const pieces = workOn(stream, work);
  const waiting: Piece[] = [];
  let reading: Promise<IteratorResult<Piece, void>> | null = pieces.next();
  try {
    while (reading !== null || waiting.length > 0) {
      const first = waiting[0];
      const next: "read" | "settled" = await Promise.race([
        ...(first === undefined ? [] : [first.text.then(() => "settled" as const)]),
        ...(reading === null || waiting.length >= MAX_UNSETTLED ? [] : [reading.then(() => "read" as const)]),
      ]);
      if (next === "settled" && first !== undefined) {
        waiting.shift();
        yield await first.text;
      } else if (reading !== null) {
        const read: IteratorResult<Piece, void> = await reading;
        if (read.done !== true) waiting.push(read.value);
        reading = read.done === true ? null : pieces.next();
      }
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  } finally {
    // What is still worked on must not fail unheard, and the stream is let go of.
    reading?.catch(() => undefined);
    pieces.return().catch(() => undefined);
  }
}

/** A line that was answered, as text. */
interface Answered {
  readonly line: Line;
  readonly text: string;
  readonly settled: Promise<void> | null;
}

/** Answers to be sent together. */
interface Piece {
  /** Does not reject. */
  readonly text: Promise<string>;
}

/** Pieces of answers in their order, while those before them may still wait to be settled. */
async function* workOn<Item>(stream: AsyncIterable<Uint8Array>, work: StreamWork<Item>): AsyncGenerator<Piece, void> {
  let since = performance.now();
  for await (const lines of splitLines(stream, work.limit)) {
    const read = lines.map((line) => readLine(line, work));
    const refusal = await readiness(read, work);
    let piece: Answered[] = [];
    let size = 0;
    for (const [index, line] of lines.entries()) {
      const answered = answerLine(line, refusal ?? read[index], work);
      piece.push(answered);
      size += answered.text.length;
      if (size >= PIECE_BYTES) {
        yield { text: textOf(piece, work) };
        piece = [];
        size = 0;
      }
      if (performance.now() - since >= SLICE_MS) {
        await nextTurn();
        since = performance.now();
      }
    }
    if (piece.length > 0) yield { text: textOf(piece, work) };
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

function answerLine<Item>(line: Line, item: Item | Wrong | undefined, work: StreamWork<Item>): Answered {
  try {
    if (item instanceof Wrong) throw item.error;
    const { text, settled } = work.answer(item as Item);
    settled?.catch(() => undefined);
    return { line, text: `${text}\n`, settled };
  } catch (error) {
    return { line, text: refusalText(error, line, work), settled: null };
  }
}

async function textOf<Item>(piece: readonly Answered[], work: StreamWork<Item>): Promise<string> {
  let text = "";
  for (const each of piece) {
    try {
      if (each.settled !== null) await each.settled;
      text += each.text;
    } catch (error) {
      text += refusalText(error, each.line, work);
    }
  }
  return text;
}

function refusalText<Item>(error: unknown, line: Line, work: StreamWork<Item>): string {
  if (!(error instanceof ProblemError)) work.failed(error);
  const told = error instanceof ProblemError ? error.problem : problem("internal_error", "the line could not be worked on");
  return `${JSON.stringify(errorLine(told, line))}\n`;
}

function errorLine(error: Problem, line: Line): { readonly error: Problem; readonly line: number } {
  return { error, line: line.number };
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ABORT_ERR";
}
