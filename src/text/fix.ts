import type { Diagnostic, Edit, Fix } from "./diagnostic.ts";

/** True when two edits of one file cannot both be made: they overlap, or both insert at one place. */
function clash(a: Edit, b: Edit): boolean {
  if (a.span.file !== b.span.file) return false;
  if (a.span.start === b.span.start && (a.span.start === a.span.end || b.span.start === b.span.end)) return true;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}

/**
 * The text after all edits, which are given in offsets of the text before. Edits of one place are made in the order given.
 * @throws RangeError when edits overlap or lie outside of the text
 */
export function applyFixes(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let mended = "";
  let at = 0;
  for (const { span, text: inserted } of ordered) {
    if (span.start < at || span.end < span.start || span.end > text.length) {
      throw new RangeError(`edit at ${span.start}..${span.end} overlaps another or leaves the text`);
    }
    mended += text.slice(at, span.start) + inserted;
    at = span.end;
  }
  return mended + text.slice(at);
}

/**
 * The fixes that can be made together and unseen: the first safe fix of each diagnostic, left out whole when one of its
 * edits clashes with a fix taken before.
 */
export function safeFixes(diagnostics: readonly Diagnostic[]): readonly Fix[] {
  const taken: Fix[] = [];
  for (const { fixes } of diagnostics) {
    const fix = fixes.find((each) => each.applicability === "safe");
    if (fix === undefined) continue;
    const free = taken.every((other) => other.edits.every((mine) => fix.edits.every((edit) => !clash(mine, edit))));
    if (free) taken.push(fix);
  }
  return taken;
}
