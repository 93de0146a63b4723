import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DiagnosticSeverity, DiagnosticTag, type Diagnostic as LspDiagnostic, type Range } from "vscode-languageserver/node";
import { codes } from "../text/codes.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import type { Span } from "../text/span.ts";
import { MAX_TEXT } from "./document.ts";
import type { Folder } from "./folder.ts";

/** The page of codes that lies beside this program. */
const PAGES = pathToFileURL(join(import.meta.dirname, "..", "..", "grammar", "diagnostics.md")).href;

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** The findings of a file as editors take them, at most `MAX_DIAGNOSTICS`. */
export function diagnosticsOf(folder: Folder, path: string): readonly LspDiagnostic[] {
  const document = folder.document(path);
  if (document?.oversized === true) return [oversized()];
  const found = folder.diagnostics(path);
  const shown = found.slice(0, MAX_DIAGNOSTICS).map((each) => asLsp(folder, each));
  const more = found.length - shown.length;
  if (more > 0) shown.push({ range: NOWHERE, severity: DiagnosticSeverity.Information, source: "sluice", message: `${more} more findings` });
  return shown;
}

export function asLsp(folder: Folder, diagnostic: Diagnostic): LspDiagnostic {
  const { code, severity, message, help, label, notes, docs } = diagnostic;
  const text = [label === undefined ? message : `${message}: ${label}`, ...notes, ...(help === undefined ? [] : [`help: ${help}`])].join("\n");
  const related = diagnostic.labels.map((each) => ({ location: { uri: folder.uriOf(each.span.file), range: rangeOf(folder, each.span) }, message: each.message }));
  return {
    range: rangeOf(folder, diagnostic.span),
    severity: severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
    code,
    codeDescription: { href: `${PAGES}${docs.slice(docs.indexOf("#"))}` },
    source: "sluice",
    message: text,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(/\bunused\b|\bnever used\b/.test(codes[code].title) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  };
}

/** A place of any file of the folder; the top of a file that is not read, such as a list. */
export function rangeOf(folder: Folder, span: Span): Range {
  return folder.document(span.file)?.range(span) ?? NOWHERE;
}

function oversized(): LspDiagnostic {
  const message = `this file is over ${MAX_TEXT / (1024 * 1024)} MiB and is not read\nhelp: split it into several files`;
  return { range: NOWHERE, severity: DiagnosticSeverity.Error, code: "RSK0504", source: "sluice", message };
}
