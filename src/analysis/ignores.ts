import type { RuleFile } from "../syntax/ast.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import type { Report } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import type { Span } from "../text/span.ts";

/** `ignore RSK0603, RSK0604: reason` */
const IGNORE = /^ignore\b\s*((?:RSK\d{4}[\s,]*)*)(?::\s*(.*))?$/i;

interface Ignore {
  readonly codes: readonly string[];
  readonly file: string;
  /** The line that it is about, from 1. */
  readonly line: number;
  readonly span: Span;
  used: boolean;
}

/**
 * Leaves out the warnings that a comment on their line, or alone on the line above, ignores with a reason. Comments that
 * ignore nothing or give no reason are warnings themselves.
 */
export function applyIgnores(found: readonly Diagnostic[], files: readonly RuleFile[], sources: ReadonlyMap<string, SourceFile>, report: Report): void {
  const ignores = files.flatMap((file) => ignoresOf(file, sources.get(file.path), report));
  const maps = new Map<string, LineMap>();
  const lineOf = ({ file, start }: Span): number => {
    const map = maps.get(file) ?? new LineMap(sources.get(file)?.text ?? "");
    maps.set(file, map);
    return map.lineOf(start);
  };
  const kept = found.filter((each) => {
    if (ignores.length === 0) return true;
    const line = lineOf(each.span);
    const ignore = ignores.find((other) => other.file === each.span.file && other.line === line && other.codes.includes(each.code));
    if (ignore !== undefined) ignore.used = true;
    return ignore === undefined;
  });
  report.addAll(kept);
  for (const { codes, span, used } of ignores) {
    if (!used) report.add("RSK0614", span, `no ${codes.join(" or ")} is given here`, { help: "take the comment out" });
  }
}

function ignoresOf({ path, comments }: RuleFile, source: SourceFile | undefined, report: Report): readonly Ignore[] {
  const found: Ignore[] = [];
  if (source === undefined || !comments.some(({ text }) => IGNORE.test(text))) return found;
  const map = new LineMap(source.text);
  for (const { text, span } of comments) {
    const match = IGNORE.exec(text);
    if (match === null) continue;
    const codes = (match[1] ?? "").split(/[\s,]+/).filter((code) => code !== "").map((code) => code.toUpperCase());
    // Prose that begins with the word is no instruction.
    if (codes.length === 0) continue;
    if ((match[2] ?? "").trim() === "") {
      report.add("RSK0613", span, "the reason is not given, so nothing is ignored", { help: `write it after the code: \`// ignore ${codes.join(", ")}: why\`` });
      continue;
    }
    found.push({ codes, file: path, line: target(map, map.lineOf(span.start)), span, used: false });
  }
  return found;
}

/** The line of the comment itself where it stands behind something; else the next that is no comment. */
function target(map: LineMap, line: number): number {
  let at = line;
  while (at < map.lineCount && map.lineText(at).trimStart().startsWith("//")) at++;
  return at;
}
