import type { Code } from "../../src/text/codes.ts";
import type { Details, Diagnostic } from "../../src/text/diagnostic.ts";
import { Report } from "../../src/text/report.ts";
import type { SourceFile } from "../../src/text/source.ts";
import type { Span } from "../../src/text/span.ts";

/** The place of the n-th occurrence of `part` in a file. */
export function at(file: SourceFile, part: string, occurrence = 1): Span {
  let start = -1;
  for (let n = 0; n < occurrence; n++) start = file.text.indexOf(part, start + 1);
  if (start < 0) throw new RangeError(`no ${part} in ${file.path}`);
  return { file: file.path, start, end: start + part.length };
}

export function finding(code: Code, span: Span, message: string, details: Details = {}): Diagnostic {
  const report = new Report();
  report.add(code, span, message, details);
  const [found] = report.sorted();
  if (found === undefined) throw new Error("nothing was reported");
  return found;
}

export function sourcesOf(...files: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  return new Map(files.map((file) => [file.path, file]));
}
