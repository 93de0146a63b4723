import type { RuleFile } from "../syntax/ast.ts";
import { parseFile } from "../syntax/parse.ts";
import type { Diagnostic, Edit } from "../text/diagnostic.ts";
import { Report } from "../text/report.ts";
import type { SourceFile } from "../text/source.ts";
import { Cursor, Misread } from "./cursor.ts";
import { file } from "./declarations.ts";
import { gapEdits } from "./gaps.ts";
import { print } from "./print.ts";
import { sameMeaning } from "./same.ts";

/** A file in the one style. */
export interface Formatted {
  /** The text as it was where it cannot be formatted. */
  readonly text: string;
  /** What leads from the text as it was to `text`: small edits that can be made one by one. */
  readonly edits: readonly Edit[];
  /** What could not be read and so stays as it is, and a refusal to format. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A file's text laid out, or null where the tree and the text do not agree. */
export type Layout = (source: SourceFile, tree: RuleFile, cautious: boolean) => string | null;

const BOM = "\uFEFF";

/** The text in the one style; what could not be read stays as it is, all of its declaration when `cautious`. */
export const layOut: Layout = ({ text }, { decls }, cautious) => {
  const cursor = new Cursor(text);
  // A file keeps the kind of line break that its first line has.
  const lineEnd = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  try {
    const doc = file(cursor, decls, cursor.length, cautious);
    return (text.startsWith(BOM) ? BOM : "") + print(doc, lineEnd);
  } catch (error) {
    if (error instanceof Misread) return null;
    throw error;
  }
};

/**
 * Formats a file and reads the result again: where that does not mean the same, to the last comment, nothing is changed and a
 * finding says so. In a file with mistakes everything around them is formatted.
 */
export function formatFile(source: SourceFile, layout: Layout = layOut): Formatted {
  const report = new Report();
  const tree = parseFile(source, report);
  const diagnostics = report.sorted();
  for (const cautious of [false, true]) {
    const text = layout(source, tree, cautious);
    const edits = text === null ? null : checked(source, tree, report.hasErrors, text, layout);
    if (text !== null && edits !== null) return { text, edits, diagnostics };
  }
  // Where the file has mistakes, those are what to mend; where it has none, the fault is here.
  if (!report.hasErrors) report.add("RSK0509", { file: source.path, start: 0, end: 0 }, "the file is left as it is: formatted, it would not mean the same");
  return { text: source.text, edits: [], diagnostics: report.sorted() };
}

/** The edits that make the text, if it is read as the same file, which is broken or not as before. */
function checked({ path, text: before }: SourceFile, tree: RuleFile, broken: boolean, text: string, layout: Layout): readonly Edit[] | null {
  const report = new Report();
  const after: SourceFile = { path, text };
  const again = parseFile(after, report);
  if (broken !== report.hasErrors || !sameMeaning(tree, again)) return null;
  // What is broken enough to move each time it is formatted is better left alone.
  if (broken && layout(after, again, false) !== text) return null;
  return gapEdits(path, before, text);
}

/** The edits that touch a range of the text, from one UTF-16 offset to another. */
export function formatRange(source: SourceFile, start: number, end: number): readonly Edit[] {
  return formatFile(source).edits.filter(({ span }) => span.start <= end && span.end >= start);
}
