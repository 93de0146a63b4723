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

export interface StreamWork {
  /** Answers one line; a `ProblemError` becomes an error line. */
  readonly answer: (bytes: Uint8Array) => unknown;
  /** Told of anything else that is thrown, once a line; the line is answered with `internal_error`. */
  readonly failed: (error: unknown) => void;
  /** Longest line in bytes. */
  readonly limit: number;
}

/**
 * Answers a stream line by line, in order, in pieces of text. Works only as fast as the pieces are taken, which is what
 * holds the sender back, and gives way to other requests after every `SLICE_MS`. A stream that its sender breaks off
 * ends the work without an error: nobody is left to be told.
 */
export async function* answerLines(stream: AsyncIterable<Uint8Array>, work: StreamWork): AsyncGenerator<string> {
  let piece = "";
  let since = performance.now();
  try {
    for await (const lines of splitLines(stream, work.limit)) {
      for (const line of lines) {
        piece += `${JSON.stringify(answerLine(line, work))}\n`;
        if (piece.length >= PIECE_BYTES) {
          yield piece;
          piece = "";
        }
        if (performance.now() - since >= SLICE_MS) {
          await nextTurn();
          since = performance.now();
        }
      }
      if (piece !== "") yield piece;
      piece = "";
    }
  } catch (error) {
    if (!isAbort(error)) throw error;
  }
}

function answerLine(line: Line, work: StreamWork): unknown {
  try {
    if (line.bytes !== null) return work.answer(line.bytes);
    return errorLine(problem("line_too_long", `the line has more than ${work.limit} bytes`), line);
  } catch (error) {
    if (error instanceof ProblemError) return errorLine(error.problem, line);
    work.failed(error);
    return errorLine(problem("internal_error", "the line could not be worked on"), line);
  }
}

function errorLine(error: Problem, line: Line): { readonly error: Problem; readonly line: number } {
  return { error, line: line.number };
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ECONNRESET" || error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ABORT_ERR";
}
