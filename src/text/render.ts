import { styleText } from "node:util";
import type { Diagnostic } from "./diagnostic.ts";
import { MAX_DIAGNOSTICS } from "./report.ts";
import { LineMap, type SourceFile } from "./source.ts";
import type { Span } from "./span.ts";

export interface RenderOptions {
  readonly colour: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** A place to underline on one line: columns from 0 in cells of the screen. */
interface Mark {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly primary: boolean;
}

/** Findings as people read them, with the lines of the source, and a count at the end. */
export function renderPretty(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[], { colour }: RenderOptions): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const maps = new Map(sources.map(({ path, text }) => [path, new LineMap(text)]));
  const shown = diagnostics.slice(0, MAX_DIAGNOSTICS).map((each) => renderOne(each, maps, paint));
  const more = diagnostics.length - shown.length;
  if (more > 0) shown.push(`… ${more} more\n`);
  return `${shown.join("\n")}${shown.length === 0 ? "" : "\n"}${countLine(diagnostics)}`;
}

function countLine(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((each) => each.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [plural(errors, "error"), plural(warnings, "warning")].filter((part) => part !== "");
  return parts.length === 0 ? "" : `${parts.join(", ")}\n`;
}

function plural(count: number, word: string): string {
  return count === 0 ? "" : `${count} ${word}${count === 1 ? "" : "s"}`;
}

function renderOne(diagnostic: Diagnostic, maps: ReadonlyMap<string, LineMap>, paint: Paint): string {
  const { severity, code, message, span, labels, notes, help } = diagnostic;
  const style = severity === "error" ? "red" : "yellow";
  const map = maps.get(span.file);
  let out = `${paint(["bold", style], `${severity}[${code}]`)}${paint("bold", `: ${message}`)}\n`;
  if (map === undefined) return `${out}  --> ${span.file}\n${tail(0, notes, help)}`;
  const here = labels.filter((label) => label.span.file === span.file);
  const marks = [markOf(map, span, diagnostic.label ?? "", true), ...here.map((label) => markOf(map, label.span, label.message, false))];
  const lines = [...new Set(marks.map((mark) => mark.line))].toSorted((a, b) => a - b);
  const width = String(lines.at(-1) ?? 1).length;
  const { line, column } = map.positionOf(span.start);
  const bar = paint("cyan", "|");
  out += `${" ".repeat(width)}${paint("cyan", "-->")} ${span.file}:${line}:${column}\n${" ".repeat(width)} ${bar}\n`;
  lines.forEach((number, i) => {
    if (i > 0 && number > (lines[i - 1] ?? 0) + 1) out += `${paint("cyan", "...")}\n`;
    out += `${paint("cyan", String(number).padStart(width))} ${bar} ${expand(map.lineText(number))}\n`;
    for (const under of underlines(marks.filter((mark) => mark.line === number), style, paint)) out += `${" ".repeat(width)} ${bar} ${under}\n`;
  });
  const elsewhere = labels.filter((label) => label.span.file !== span.file);
  return out + elsewhere.map((label) => foreign(label.span, label.message, maps, width)).join("") + tail(width, notes, help);
}

function tail(width: number, notes: readonly string[], help: string | undefined): string {
  const pad = " ".repeat(width);
  return [...notes.map((note) => `${pad} = note: ${note}\n`), ...(help === undefined ? [] : [`${pad} = help: ${help}\n`])].join("");
}

function foreign(span: Span, message: string, maps: ReadonlyMap<string, LineMap>, width: number): string {
  const at = maps.get(span.file)?.positionOf(span.start);
  return `${" ".repeat(width)} = ${span.file}${at === undefined ? "" : `:${at.line}:${at.column}`}: ${message}\n`;
}

/** A span as marked on its first line; what reaches further is underlined to the end of that line. */
function markOf(map: LineMap, span: Span, text: string, primary: boolean): Mark {
  const line = map.lineOf(span.start);
  const source = map.lineText(line);
  const start = map.startOf(line);
  const from = cells(source.slice(0, span.start - start));
  const to = cells(source.slice(0, Math.max(span.start, span.end) - start));
  return { line, from, to: Math.max(from + 1, to), text, primary };
}

const TAB = "    ";

function expand(text: string): string {
  return text.replaceAll("\t", TAB);
}

/** East Asian wide and emoji code points take two cells of a terminal, combining marks none. */
const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

function cells(text: string): number {
  let width = 0;
  for (const char of expand(text)) width += /\p{Mn}|\p{Me}|\u200D/u.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** The lines below a source line: carets and dashes with the last text beside them, the other texts below. */
function underlines(marks: readonly Mark[], style: Style, paint: Paint): readonly string[] {
  const ordered = marks.toSorted((a, b) => a.from - b.from);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  let row = "";
  let column = 0;
  for (const mark of ordered) {
    const from = Math.max(mark.from, column);
    const to = Math.max(mark.to, from + 1);
    row += " ".repeat(from - column) + paint(mark.primary ? style as Style : "cyan", (mark.primary ? "^" : "-").repeat(to - from));
    column = to;
  }
  const rows = [last.text === "" ? row : `${row} ${last.text}`];
  const hanging = ordered.slice(0, -1).filter((mark) => mark.text !== "");
  if (hanging.length > 0) rows.push(bars(hanging));
  for (let left = hanging; left.length > 0; left = left.slice(0, -1)) {
    const mark = left.at(-1) as Mark;
    rows.push(`${bars(left.slice(0, -1)).padEnd(mark.from)}${mark.text}`);
  }
  return rows;
}

function bars(marks: readonly Mark[]): string {
  let row = "";
  for (const mark of marks) row = `${row.padEnd(mark.from)}|`;
  return row;
}
