import { cellOf } from "./width.ts";
import type { LineMap } from "./source.ts";

/** Source lines are cut to this many characters around their first mark, so that one endless line stays readable. */
const MAX_LINE = 160;
/** Characters kept before the first mark of a line that is cut. */
const LEAD = 40;

/** What is marked below a line, in UTF-16 offsets of the file. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly sign: "^" | "-";
  readonly message: string;
}

/** A piece of output with its role, so that colour is decided in one place. */
export interface Piece {
  readonly role: "source" | "primary" | "secondary";
  readonly text: string;
}

export type OutputLine = readonly Piece[];

/** A line of source as it is shown, with the means to find columns in it. */
interface Shown {
  readonly text: string;
  /** Column from 0 of an offset. */
  readonly column: (offset: number) => number;
}

function showLine(lines: LineMap, line: number, marks: readonly Mark[]): Shown {
  const whole = lines.lineText(line);
  const lineStart = lines.startOf(line);
  const first = Math.min(...marks.map((mark) => mark.start)) - lineStart;
  const from = whole.length > MAX_LINE ? beforePair(whole, Math.max(0, Math.min(first - LEAD, whole.length - MAX_LINE))) : 0;
  const to = whole.length > MAX_LINE ? beforePair(whole, Math.min(whole.length, from + MAX_LINE)) : whole.length;
  let text = from > 0 ? "…" : "";
  let width = text.length;
  const columns = [width];
  for (const character of whole.slice(from, to)) {
    const cell = cellOf(character);
    for (let unit = 1; unit < character.length; unit++) columns.push(width);
    text += cell.text;
    width += cell.width;
    columns.push(width);
  }
  if (to < whole.length) text += "…";
  return { text, column: (offset) => columns[Math.min(Math.max(offset - lineStart - from, 0), columns.length - 1)] ?? width };
}

/** An index that does not split a surrogate pair. */
function beforePair(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return index > 0 && code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}

/** A mark as columns. */
interface Stroke {
  readonly from: number;
  readonly to: number;
  readonly mark: Mark;
}

/** One line of source and the lines of marks below it. */
export function excerpt(lines: LineMap, line: number, marks: readonly Mark[]): readonly OutputLine[] {
  const shown = showLine(lines, line, marks);
  const strokes = marks
    .map((mark): Stroke => {
      const from = shown.column(mark.start);
      return { from, to: Math.max(shown.column(mark.end), from + 1), mark };
    })
    .toSorted((a, b) => a.from - b.from || b.to - a.to);
  const output: OutputLine[] = [[{ role: "source", text: shown.text.trimEnd() }]];
  const last = strokes.at(-1);
  // The message of the last mark stands beside it, if no other mark reaches that far.
  const beside = last !== undefined && strokes.every((stroke) => stroke === last || stroke.to < last.to) ? last : undefined;
  output.push(underline(strokes, beside));
  const hanging = strokes.filter((stroke) => stroke !== beside && stroke.mark.message !== "");
  if (hanging.length > 0) output.push(hangers(hanging));
  while (hanging.length > 0) {
    const stroke = hanging.pop();
    if (stroke === undefined) break;
    output.push([...hangers(hanging.filter((each) => each.from < stroke.from), stroke.from), { role: roleOf(stroke), text: stroke.mark.message }]);
  }
  return output;
}

function roleOf(stroke: Stroke): Piece["role"] {
  return stroke.mark.sign === "^" ? "primary" : "secondary";
}

/** The row of carets and dashes; carets are drawn over dashes. */
function underline(strokes: readonly Stroke[], beside: Stroke | undefined): OutputLine {
  const row: ("^" | "-" | " ")[] = [];
  for (const sign of ["-", "^"] as const) {
    for (const { from, to, mark } of strokes) {
      while (mark.sign === sign && row.length < to) row.push(" ");
      if (mark.sign === sign) row.fill(sign, from, to);
    }
  }
  const pieces: Piece[] = [];
  for (const sign of row) {
    const role = sign === "^" ? "primary" : sign === "-" ? "secondary" : "source";
    const before = pieces.at(-1);
    if (before?.role === role) pieces.splice(-1, 1, { role, text: before.text + sign });
    else pieces.push({ role, text: sign });
  }
  if (beside !== undefined && beside.mark.message !== "") pieces.push({ role: roleOf(beside), text: ` ${beside.mark.message}` });
  return pieces;
}

/** Bars below the marks whose messages are still to come, padded to a column. */
function hangers(strokes: readonly Stroke[], width = 0): Piece[] {
  const pieces: Piece[] = [];
  let column = 0;
  for (const stroke of strokes) {
    if (stroke.from < column) continue;
    pieces.push({ role: "source", text: " ".repeat(stroke.from - column) }, { role: roleOf(stroke), text: "|" });
    column = stroke.from + 1;
  }
  if (width > column) pieces.push({ role: "source", text: " ".repeat(width - column) });
  return pieces;
}
