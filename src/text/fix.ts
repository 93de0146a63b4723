import type { Diagnostic, Edit } from "./diagnostic.ts";

/** The text after the edits; of two edits that overlap the first by place counts. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { span, text: replacement } of edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    if (span.start < at) continue;
    result += text.slice(at, span.start) + replacement;
    at = span.end;
  }
  return result + text.slice(at);
}

/** The edits of all fixes that may be applied unseen, by file. A fix is taken whole or not at all. */
export function safeEdits(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Edit[]> {
  const taken = new Map<string, Edit[]>();
  for (const { fixes } of diagnostics) {
    const fix = fixes.find((each) => each.applicability === "safe");
    if (fix === undefined || fix.edits.some((edit) => overlaps(taken.get(edit.span.file) ?? [], edit))) continue;
    for (const edit of fix.edits) {
      const edits = taken.get(edit.span.file);
      if (edits === undefined) taken.set(edit.span.file, [edit]);
      else edits.push(edit);
    }
  }
  return taken;
}

function overlaps(edits: readonly Edit[], edit: Edit): boolean {
  const { start, end } = edit.span;
  return edits.some(({ span }) => span.start < end && start < span.end);
}
