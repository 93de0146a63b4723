import { join } from "node:path";
import type { Diagnostic } from "../text/diagnostic.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { write, type Io } from "./io.ts";

/** Diagnostics and the files that they point into. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly SourceFile[];
}

/** Findings of one folder with paths such as the user would write them from where the command runs. */
export function relocate({ diagnostics, sources }: Findings, folder: string): Findings {
  const move = (span: Span): Span => ({ ...span, file: join(folder, span.file) });
  return {
    diagnostics: diagnostics.map((each) => ({
      ...each,
      span: move(each.span),
      labels: each.labels.map((label) => ({ ...label, span: move(label.span) })),
      fixes: each.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: move(edit.span) })) })),
    })),
    sources: sources.map(({ path, text }) => ({ path: join(folder, path), text })),
  };
}

/** Shows findings to the person at the command line. */
export async function showDiagnostics({ diagnostics, sources }: Findings, io: Io): Promise<void> {
  const lines = new Map(sources.map(({ path, text }) => [path, new LineMap(text)]));
  let out = "";
  for (const { code, severity, message, span, help } of diagnostics.slice(0, MAX_DIAGNOSTICS)) {
    const at = lines.get(span.file)?.positionOf(span.start);
    out += `${span.file}${at === undefined ? "" : `:${at.line}:${at.column}`}: ${severity}[${code}]: ${message}\n`;
    if (help !== undefined) out += `  help: ${help}\n`;
  }
  await write(io.stderr, out);
}
