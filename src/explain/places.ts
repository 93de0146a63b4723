import type { Place } from "../engine/trace.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";

/** Longest text of a part of a condition that is quoted, in UTF-16 units; the place tells where the rest stands. */
export const MAX_QUOTED = 120;

/** Texts and lines of the rule files of one program. */
export class Places {
  readonly #maps: ReadonlyMap<string, LineMap>;

  constructor(sources: readonly SourceFile[]) {
    this.#maps = new Map(sources.map(({ path, text }) => [path, new LineMap(text)]));
  }

  placeOf({ file, start, end }: Span): Place {
    const map = this.#maps.get(file);
    const from = map?.positionOf(start) ?? { line: 1, column: 1 };
    const to = map?.positionOf(end) ?? from;
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  /** As it is written, on one line, cut where it is long. */
  textOf({ file, start, end }: Span): string {
    // Blanks and comments may make a span longer than what is shown of it, but hardly ten times.
    const text = (this.#maps.get(file)?.text ?? "").slice(start, Math.min(end, start + 10 * MAX_QUOTED)).replaceAll(/\s+/g, " ");
    return text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED).toWellFormed()}…` : text;
  }
}
