import type { PlacedDiagnostic } from "./json.ts";

/** Workflow commands that GitHub turns into annotations of the changed lines. */
export function githubAnnotations(diagnostics: readonly PlacedDiagnostic[]): string {
  return diagnostics
    .map(({ severity, span, code, message, help }) => {
      const properties = [
        ["file", span.file],
        ["line", span.line],
        ["col", span.column],
        ["endLine", span.endLine],
        ["endColumn", span.endColumn],
        ["title", code],
      ]
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
      return `::${severity} ${properties.join(",")}::${escapeText(help === undefined ? message : `${message}\nhelp: ${help}`)}\n`;
    })
    .join("");
}

function escapeText(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
