import Papa from "papaparse";
import { MAX_LINE_BYTES } from "./lines.ts";

/** A quoted field that runs over more lines than this is a stray quote. */
export const MAX_JOINED_LINES = 100;

export interface CsvSink {
  /** A record of as many cells as the header; `line` is the line it starts on. */
  record(cells: readonly string[], line: number): void;
  bad(line: number, reason: string): void;
}

interface Held {
  readonly text: string;
  readonly line: number;
}

type Attempt = { readonly cells: string[] } | { readonly open: true } | { readonly reason: string };

/**
 * Reads the lines of one CSV file, the header first. A quoted field may run over several lines; when it does not close,
 * or what it swallowed does not make a record, only the line that it starts on is bad and reading resumes with the next.
 */
export class CsvReader {
  readonly #onHeader: (header: readonly string[]) => CsvSink;
  readonly #onBadHeader: (line: number, reason: string) => void;
  #sink: CsvSink | null = null;
  #width = 0;
  #failed = false;
  /** Lines from the one with the open quote on. */
  #held: Held[] = [];
  #heldLength = 0;

  /** `onHeader` gives the place for the records of this file. */
  constructor(onHeader: (header: readonly string[]) => CsvSink, onBadHeader: (line: number, reason: string) => void) {
    this.#onHeader = onHeader;
    this.#onBadHeader = onBadHeader;
  }

  line(text: string, line: number): void {
    if (this.#held.length === 0 && !text.includes('"')) {
      if (text !== "") this.#cells(text.split(","), line);
      return;
    }
    this.#held.push({ text, line });
    this.#heldLength += text.length;
    this.#settle(false);
  }

  /** A line that could not be decoded: it ends what is held open. */
  badLine(line: number, reason: string): void {
    this.#settle(true);
    this.#bad(line, reason);
  }

  end(): void {
    this.#settle(true);
  }

  /** Turns held lines into records as far as can be; with `last` no more are to come. */
  #settle(last: boolean): void {
    while (this.#held.length > 0) {
      const outcome = this.#longest(last);
      if (outcome === "wait") return;
      const head = this.#held[0] as Held;
      if ("cells" in outcome) {
        if (outcome.lines > 1 || head.text !== "") this.#cells(outcome.cells, head.line);
        this.#drop(outcome.lines);
      } else {
        this.#bad(head.line, outcome.reason);
        this.#drop(1);
      }
    }
  }

  #drop(lines: number): void {
    for (const { text } of this.#held.splice(0, lines)) this.#heldLength -= text.length;
  }

  /** The record that starts with the first held line. */
  #longest(last: boolean): { readonly cells: string[]; readonly lines: number } | { readonly reason: string } | "wait" {
    for (let lines = 1; lines <= this.#held.length; lines++) {
      // Only a line with a quote can close one.
      if (lines > 1 && this.#held[lines - 1]?.text.includes('"') === false) continue;
      const attempt = parse(this.#held.slice(0, lines).map((held) => held.text).join("\n"));
      if ("open" in attempt) continue;
      if ("cells" in attempt && this.#fits(attempt.cells)) return { cells: attempt.cells, lines };
      if (lines > 1) return { reason: "a quoted field opens here and what follows up to its end is no record" };
      return { reason: "cells" in attempt ? this.#mismatch(attempt.cells) : attempt.reason };
    }
    if (!last && this.#held.length < MAX_JOINED_LINES && this.#heldLength < MAX_LINE_BYTES) return "wait";
    return { reason: `a quoted field opens here and does not close within ${MAX_JOINED_LINES} lines` };
  }

  #fits(cells: readonly string[]): boolean {
    return this.#sink === null || cells.length === this.#width;
  }

  #mismatch(cells: readonly string[]): string {
    return `expected ${this.#width} columns as in the header, found ${cells.length}`;
  }

  #cells(cells: string[], line: number): void {
    if (this.#failed) return;
    if (this.#sink === null) {
      this.#width = cells.length;
      this.#sink = this.#onHeader(cells);
    } else if (cells.length === this.#width) this.#sink.record(cells, line);
    else this.#sink.bad(line, this.#mismatch(cells));
  }

  #bad(line: number, reason: string): void {
    if (this.#failed) return;
    if (this.#sink !== null) this.#sink.bad(line, reason);
    else {
      // Without a header no line of the file means anything.
      this.#failed = true;
      this.#onBadHeader(line, reason);
    }
  }
}

function parse(text: string): Attempt {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ",", newline: "\n" });
  if (errors.some(({ code }) => code === "InvalidQuotes")) {
    return { reason: "a quoted field is followed by other text; write a quote inside it twice" };
  }
  if (errors.length > 0) return { open: true };
  const cells = data[0];
  return cells === undefined || data.length > 1 ? { reason: "the quotes do not make one record" } : { cells };
}
