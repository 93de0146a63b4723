import type { Progress } from "../replay/replay.ts";
import type { Output } from "./io.ts";

/** More bad lines are counted but not told one by one. */
export const SHOWN_BAD_LINES = 20;

/** Fast enough to look alive, slow enough to cost nothing. */
const REDRAW_MS = 100;
const BAR_WIDTH = 24;
const CLEAR_LINE = "\r\u001B[K";

/** A line at the bottom of a terminal that tells how far a replay is; nothing elsewhere. */
export class ProgressBar {
  readonly #output: Output;
  readonly #files: number;
  #file = "";
  #index = 0;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #begun = performance.now();
  #drawn = false;

  constructor(output: Output, files: number) {
    this.#output = output;
    this.#files = files;
  }

  show({ file, rows, part }: Progress): void {
    if (file !== this.#file) {
      this.#file = file;
      this.#index++;
    }
    const now = performance.now();
    if (this.#output.isTTY !== true || now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const rate = Math.round((rows * 1_000) / Math.max(1, now - this.#begun));
    const bar = part === null ? "" : `[${"#".repeat(Math.round(part * BAR_WIDTH)).padEnd(BAR_WIDTH)}] `;
    const line = `${bar}${rows.toLocaleString("en")} rows, ${rate.toLocaleString("en")} rows/s, file ${this.#index} of ${this.#files}`;
    this.#output.write(CLEAR_LINE + line.slice(0, this.#output.columns ?? line.length));
    this.#drawn = true;
  }

  /** Writes a line above the bar. */
  aside(text: string): void {
    this.clear();
    this.#output.write(text);
  }

  clear(): void {
    if (this.#drawn) this.#output.write(CLEAR_LINE);
    this.#drawn = false;
  }
}

/** Tells of bad lines: the first ones in full, the rest as a number. */
export class BadLines {
  readonly #tell: (text: string) => void;
  #count = 0;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  add(file: string, line: number | null, reason: string): void {
    this.#count++;
    if (this.#count <= SHOWN_BAD_LINES) this.#tell(`${file}${line === null ? "" : `:${line}`}: ${reason}\n`);
  }

  finish(): void {
    const more = this.#count - SHOWN_BAD_LINES;
    if (more > 0) this.#tell(`and ${more} more bad ${more === 1 ? "line" : "lines"}\n`);
  }
}
