import { join } from "node:path";
import type { Diagnostic } from "../text/diagnostic.ts";
import { renderPretty } from "../text/render.ts";
import { byPath, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";
import { wantsColour, write, type Io } from "./io.ts";

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
  await write(io.stderr, renderPretty(diagnostics, byPath(sources), { colour: wantsColour(io.stderr) }));
}
