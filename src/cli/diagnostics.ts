import type { Diagnostic } from "../text/diagnostic.ts";
import { MAX_DIAGNOSTICS } from "../text/report.ts";
import { LineMap, type SourceFile } from "../text/source.ts";
import { write, type Io } from "./io.ts";

/** Shows diagnostics to the person at the command line. `folder` comes before the paths. */
export async function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  folder: string,
  io: Io,
): Promise<void> {
  const lines = new Map(sources.map(({ path, text }) => [path, new LineMap(text)]));
  let out = "";
  for (const { code, severity, message, span, help } of diagnostics.slice(0, MAX_DIAGNOSTICS)) {
    const at = lines.get(span.file)?.positionOf(span.start);
    const place = [folder, span.file].filter((part) => part !== "").join("/");
    out += `${place}${at === undefined ? "" : `:${at.line}:${at.column}`}: ${severity}[${code}]: ${message}\n`;
    if (help !== undefined) out += `  help: ${help}\n`;
  }
  await write(io.stderr, out);
}
