/** A rule file's text with the means to turn offsets into lines and columns. */
export interface SourceFile {
  /** Path relative to the rules folder, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Sources by path, as those who print places look them up. */
export function byPath(sources: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  return new Map(sources.map((source) => [source.path, source]));
}

/** A place as people read it: both counted from 1, the column in code points. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Offsets at which each line of `text` starts; the first is 0. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Finds lines of one text by binary search over its line starts. */
export class LineMap {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    this.#starts = lineStarts(text);
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Line number from 1 of a UTF-16 offset; an offset past the end is on the last line. */
  lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** UTF-16 offset at which a line (from 1) starts. */
  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.text.length;
  }

  /** The text of a line (from 1) without its line break. */
  lineText(line: number): string {
    const end = this.#starts[line] ?? this.text.length + 1;
    return this.text.slice(this.startOf(line), end - 1).replace(/\r$/, "");
  }

  /** Line and column of an offset; the column counts code points so that it is what an editor shows. */
  positionOf(offset: number): Position {
    const line = this.lineOf(offset);
    const before = this.text.slice(this.startOf(line), Math.min(offset, this.text.length));
    return { line, column: [...before].length + 1 };
  }
}
