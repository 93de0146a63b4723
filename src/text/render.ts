import { styleText } from "node:util";
import type { Diagnostic, Severity } from "./diagnostic.ts";
import { excerpt, type Mark, type OutputLine } from "./excerpt.ts";
import { MAX_DIAGNOSTICS } from "./report.ts";
import { LineMap, type SourceFile } from "./source.ts";
import type { Span } from "./span.ts";
import { shown } from "./width.ts";

export interface RenderOptions {
  /** Whether the output carries terminal colours. */
  readonly colour: boolean;
}

/** Marks below one line of one file. */
interface MarkedLine {
  readonly line: number;
  readonly marks: readonly Mark[];
}

type Role = "error" | "warning" | "note" | "strong" | "plain";

/** Writes diagnostics for people: each with its lines, marks and help, and at the end how many there are. */
class Renderer {
  readonly #sources: ReadonlyMap<string, SourceFile>;
  readonly #colour: boolean;
  readonly #lines = new Map<string, LineMap>();

  constructor(sources: ReadonlyMap<string, SourceFile>, options: RenderOptions) {
    this.#sources = sources;
    this.#colour = options.colour;
  }

  paint(role: Role, text: string): string {
    if (!this.#colour || role === "plain" || text === "") return text;
    const format = { error: "red", warning: "yellow", note: "blue", strong: "white" } as const;
    return styleText(["bold", format[role]], text, { validateStream: false });
  }

  #map(file: string): LineMap | undefined {
    const known = this.#lines.get(file);
    const source = this.#sources.get(file);
    if (known !== undefined || source === undefined) return known;
    const made = new LineMap(source.text);
    this.#lines.set(file, made);
    return made;
  }

  #place(span: Span): string {
    const map = this.#map(span.file);
    if (map === undefined) return shown(span.file);
    const { line, column } = map.positionOf(span.start);
    return `${shown(span.file)}:${line}:${column}`;
  }

  diagnostic(diagnostic: Diagnostic): string {
    const { severity, code, message, span } = diagnostic;
    const sections = this.#sections(diagnostic);
    const last = sections.flatMap((section) => section.lines.map((each) => each.line));
    const gutter = String(Math.max(0, ...last)).length;
    const pad = " ".repeat(gutter);
    const bar = this.paint("note", `${pad} |`);
    const output = [`${this.paint(severity, `${severity}[${code}]`)}${this.paint("strong", `: ${shown(message)}`)}`];
    sections.forEach(({ file, at, lines }, index) => {
      output.push(`${pad}${this.paint("note", index === 0 ? "-->" : ":::")} ${this.#place(at)}`);
      const map = this.#map(file);
      if (map === undefined) return;
      output.push(bar);
      output.push(...this.#excerpts(map, lines, gutter, severity));
    });
    if (sections.length === 0) output.push(`${pad}${this.paint("note", "-->")} ${this.#place(span)}`);
    const extras = this.#extras(diagnostic).map(([name, text]) => `${pad} ${this.paint("note", "=")} ${this.paint("strong", name)}: ${text.split("\n").map(shown).join(`\n${pad}     `)}`);
    return [...output, ...extras].join("\n");
  }

  #extras(diagnostic: Diagnostic): [string, string][] {
    const [fix] = diagnostic.fixes;
    const help = diagnostic.help ?? fix?.title;
    return [...diagnostic.notes.map((note): [string, string] => ["note", note]), ...(help === undefined ? [] : [["help", help] as [string, string]])];
  }

  #excerpts(map: LineMap, lines: readonly MarkedLine[], gutter: number, severity: Severity): string[] {
    const output: string[] = [];
    const left = (text: string): string => this.paint("note", `${text.padStart(gutter)} | `.trimEnd());
    let before: number | undefined;
    for (const { line, marks } of lines) {
      if (before !== undefined && line === before + 2) output.push(joined(left(String(before + 1)), shown(map.lineText(before + 1)).slice(0, 160)));
      else if (before !== undefined && line > before + 2) output.push(this.paint("note", "..."));
      excerpt(map, line, marks).forEach((row, index) => output.push(joined(left(index === 0 ? String(line) : ""), this.#row(row, severity))));
      before = line;
    }
    return output;
  }

  #row(row: OutputLine, severity: Severity): string {
    return row.map(({ role, text }) => this.paint(role === "primary" ? severity : role === "secondary" ? "note" : "plain", text)).join("");
  }

  /** The files a diagnostic points into, its own first, each with its marked lines in order. */
  #sections(diagnostic: Diagnostic): { readonly file: string; readonly at: Span; readonly lines: readonly MarkedLine[] }[] {
    const spans: { readonly span: Span; readonly sign: Mark["sign"]; readonly message: string }[] = [
      { span: diagnostic.span, sign: "^", message: diagnostic.label ?? "" },
      ...diagnostic.labels.map(({ span, message }) => ({ span, sign: "-" as const, message })),
    ];
    return [...Map.groupBy(spans, ({ span }) => span.file)].map(([file, own]) => {
      const map = this.#map(file);
      const byLine = new Map<number, Mark[]>();
      for (const { span, sign, message } of map === undefined ? [] : own) {
        for (const [line, mark] of marksOf(map as LineMap, span, sign, shown(message))) byLine.set(line, [...(byLine.get(line) ?? []), mark]);
      }
      const lines = [...byLine].map(([line, marks]) => ({ line, marks })).toSorted((a, b) => a.line - b.line);
      return { file, at: own[0]?.span ?? diagnostic.span, lines };
    });
  }
}

/** A span of several lines is marked on its first and on its last line, where its message stands. */
function marksOf(map: LineMap, span: Span, sign: Mark["sign"], message: string): [number, Mark][] {
  const first = map.lineOf(span.start);
  const last = Math.max(first, map.lineOf(Math.max(span.start, span.end - 1)));
  if (first === last) return [[first, { start: span.start, end: span.end, sign, message }]];
  const text = map.lineText(last);
  const indented = map.startOf(last) + text.length - text.trimStart().length;
  return [
    [first, { start: span.start, end: map.startOf(first) + map.lineText(first).length, sign, message: "" }],
    [last, { start: Math.min(indented, span.end), end: span.end, sign, message }],
  ];
}

function joined(left: string, right: string): string {
  return right === "" ? left : `${left} ${right}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `2 errors, 1 warning` */
export function tally(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((each) => each.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [...(errors > 0 ? [counted(errors, "error")] : []), ...(warnings > 0 ? [counted(warnings, "warning")] : [])];
  return parts.join(", ");
}

/** One diagnostic as people read it, without an ending. */
export function renderDiagnostic(diagnostic: Diagnostic, sources: ReadonlyMap<string, SourceFile>, options: RenderOptions): string {
  return new Renderer(sources, options).diagnostic(diagnostic);
}

/**
 * Diagnostics as people read them, in the order given: at most `MAX_DIAGNOSTICS`, then how many more there are, and a last
 * line with the count of all. Ends with a line break; empty when there is nothing to tell. Files that are not among `sources`
 * are named without their lines.
 */
export function renderPretty(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
  options: RenderOptions,
): string {
  if (diagnostics.length === 0) return "";
  const renderer = new Renderer(sources, options);
  const blocks = diagnostics.slice(0, MAX_DIAGNOSTICS).map((each) => renderer.diagnostic(each));
  const more = diagnostics.length - blocks.length;
  const worst = diagnostics.some((each) => each.severity === "error") ? "error" : "warning";
  const ending = [...(more > 0 ? [`${more} more not shown`] : []), renderer.paint(worst, tally(diagnostics))];
  return `${blocks.join("\n\n")}\n\n${ending.join("\n")}\n`;
}
