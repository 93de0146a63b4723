import type { Diagnostic, Edit, Fix, Label } from "./diagnostic.ts";
import { LineMap, type SourceFile } from "./source.ts";
import type { Span } from "./span.ts";

/** A span with its place as people read it; lines and columns count from 1, columns in code points, the end is exclusive. */
export interface LocatedSpan extends Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface LocatedEdit extends Edit {
  readonly span: LocatedSpan;
}

export interface LocatedFix extends Fix {
  readonly edits: readonly LocatedEdit[];
}

export interface LocatedLabel extends Label {
  readonly span: LocatedSpan;
}

/** A diagnostic that can be read without its sources. */
export interface LocatedDiagnostic extends Diagnostic {
  readonly span: LocatedSpan;
  readonly labels: readonly LocatedLabel[];
  readonly fixes: readonly LocatedFix[];
}

/** Diagnostics for machines: every span carries its lines and columns. A file that is not among `sources` is at 1:1. */
export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceFile>,
): readonly LocatedDiagnostic[] {
  const maps = new Map<string, LineMap>();
  const mapOf = (file: string): LineMap => {
    const map = maps.get(file) ?? new LineMap(sources.get(file)?.text ?? "");
    maps.set(file, map);
    return map;
  };
  const located = (span: Span): LocatedSpan => {
    const map = mapOf(span.file);
    const start = map.positionOf(span.start);
    const end = map.positionOf(span.end);
    return { ...span, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return diagnostics.map((each) => ({
    ...each,
    span: located(each.span),
    labels: each.labels.map((label) => ({ ...label, span: located(label.span) })),
    fixes: each.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: located(edit.span) })) })),
  }));
}
