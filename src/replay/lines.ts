import { isUtf8 } from "node:buffer";

/** A longer line is no record but a wrong file; it is passed over without being held. */
export const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const BOM = "\uFEFF";

/** Consecutive lines of one file, without their line breaks. */
export interface Block {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** A line that could not be read is told instead of given. */
  readonly lines: readonly (string | BadText)[];
}

export interface BadText {
  readonly reason: string;
}

const NOT_UTF8: BadText = { reason: "the line is not UTF-8" };
const TOO_LONG: BadText = { reason: `the line is longer than ${MAX_LINE_BYTES} bytes` };

/**
 * Cuts bytes into lines. Whole blocks are decoded and split at once, which costs about 0.1 µs a line; only a block that
 * holds invalid bytes is gone through line by line.
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Block, void> {
  const cutter = new Cutter();
  for await (const chunk of chunks) {
    const block = cutter.push(chunk);
    if (block !== null) yield block;
  }
  const block = cutter.end();
  if (block !== null) yield block;
}

class Cutter {
  /** The start of a line whose end has not come yet. */
  #carry: Buffer[] = [];
  #carried = 0;
  /** Inside a line that is too long already. */
  #overlong = false;
  #next = 1;

  push(chunk: Buffer): Block | null {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#hold(chunk);
      return null;
    }
    const lines: (string | BadText)[] = [];
    const first = chunk.indexOf(NEWLINE);
    lines.push(this.#finishLine(chunk.subarray(0, first)));
    if (last > first) append(lines, chunk.subarray(first + 1, last));
    this.#hold(chunk.subarray(last + 1));
    return this.#block(lines);
  }

  end(): Block | null {
    if (this.#carried === 0 && !this.#overlong) return null;
    return this.#block([this.#finishLine(Buffer.alloc(0))]);
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return;
    if (this.#overlong || this.#carried + piece.length > MAX_LINE_BYTES) {
      this.#overlong = true;
      this.#carry = [];
      this.#carried = 0;
      return;
    }
    this.#carry.push(piece);
    this.#carried += piece.length;
  }

  #finishLine(end: Buffer): string | BadText {
    this.#hold(end);
    const line = this.#overlong ? TOO_LONG : decode(this.#carry.length === 1 ? (this.#carry[0] ?? end) : Buffer.concat(this.#carry));
    this.#carry = [];
    this.#carried = 0;
    this.#overlong = false;
    return line;
  }

  #block(lines: (string | BadText)[]): Block {
    const first = this.#next;
    this.#next += lines.length;
    const start = lines[0];
    if (first === 1 && typeof start === "string" && start.startsWith(BOM)) lines[0] = start.slice(1);
    return { first, lines };
  }
}

/** Appends the lines of a piece that ends before a line break. */
function append(lines: (string | BadText)[], piece: Buffer): void {
  if (isUtf8(piece)) {
    for (const line of piece.toString("utf8").split("\n")) lines.push(withoutReturn(line));
    return;
  }
  let start = 0;
  for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, start)) {
    lines.push(decode(piece.subarray(start, at)));
    start = at + 1;
  }
  lines.push(decode(piece.subarray(start)));
}

function decode(bytes: Buffer): string | BadText {
  return isUtf8(bytes) ? withoutReturn(bytes.toString("utf8")) : NOT_UTF8;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
