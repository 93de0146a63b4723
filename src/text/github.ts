import type { Diagnostic } from "./diagnostic.ts";
import { diagnosticsJson } from "./json.ts";
import type { SourceFile } from "./source.ts";

/** In the data of a workflow command `%` and line breaks are escaped, in its properties `:` and `,` too. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Workflow commands that make GitHub show diagnostics beside the lines of a pull request: one a line. */
export function renderGithub(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): string {
  return diagnosticsJson(diagnostics, sources)
    .map(({ severity, code, message, help, span }) => {
      // GitHub counts the last column in; an empty span stands on one column.
      const endColumn = span.endLine === span.line ? Math.max(span.column, span.endColumn - 1) : Math.max(1, span.endColumn - 1);
      const place = `file=${property(span.file)},line=${span.line},col=${span.column},endLine=${span.endLine},endColumn=${endColumn}`;
      const text = help === undefined ? message : `${message}\nhelp: ${help}`;
      return `::${severity} ${place},title=${property(code)}::${data(text)}\n`;
    })
    .join("");
}
