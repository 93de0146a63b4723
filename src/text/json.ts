import type { Diagnostic, Edit } from "./diagnostic.ts";
import { LineMap, type SourceFile } from "./source.ts";
import type { Span } from "./span.ts";

/** A span with its lines and columns, both from 1, columns in code points; null where the text is not at hand. */
export interface PlacedSpan extends Span {
  readonly line: number | null;
  readonly column: number | null;
  readonly endLine: number | null;
  readonly endColumn: number | null;
}

/** A diagnostic as machines read it: every span says where it is without the text. */
export interface PlacedDiagnostic extends Omit<Diagnostic, "span" | "labels" | "fixes"> {
  readonly span: PlacedSpan;
  readonly labels: readonly { readonly span: PlacedSpan; readonly message: string }[];
  readonly fixes: readonly {
    readonly title: string;
    readonly applicability: "safe" | "maybe";
    readonly edits: readonly (Omit<Edit, "span"> & { readonly span: PlacedSpan })[];
  }[];
}

/** Adds lines and columns to every span. */
export function placeDiagnostics(diagnostics: readonly Diagnostic[], sources: readonly SourceFile[]): readonly PlacedDiagnostic[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const maps = new Map<string, LineMap>();
  const place = (span: Span): PlacedSpan => {
    const text = texts.get(span.file);
    if (text === undefined) return { ...span, line: null, column: null, endLine: null, endColumn: null };
    let map = maps.get(span.file);
    if (map === undefined) maps.set(span.file, (map = new LineMap(text)));
    const start = map.positionOf(span.start);
    const end = map.positionOf(span.end);
    return { ...span, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
  return diagnostics.map((each) => ({
    ...each,
    span: place(each.span),
    labels: each.labels.map((label) => ({ ...label, span: place(label.span) })),
    fixes: each.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: place(edit.span) })) })),
  }));
}
