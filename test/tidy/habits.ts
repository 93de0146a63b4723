import { codeOf } from "./code.ts";
import { type Findings, lineAt, places, type TextFile } from "./files.ts";

/** The only file of `src` that reads the environment, and the only one that reads the wall clock. */
const CONFIG = "src/config.ts";
const CLOCK = "src/clock.ts";

/** The environment reaches the program through its configuration alone. */
export function environmentFindings(files: readonly TextFile[]): Findings {
  const forms = [/\bprocess\s*(?:\?\.|\.)\s*env\b/g, /\bprocess\s*(?:\?\.)?\s*\[/g, /\benv\b[^=;]*\}\s*=\s*process\b/g, /\bimport\b[^;]*\benv\b[^;]*\bfrom\b/g];
  return files.filter((file) => file.path !== CONFIG).flatMap((file) => {
    const code = codeOf(file.text);
    return forms.flatMap((form) =>
      places(file, code, form, `the environment is read in ${CONFIG} alone`).filter(
        (finding) => form !== forms[3] || /node:process/.test(lineOf(file.text, finding)),
      ),
    );
  });
}

function lineOf(text: string, finding: string): string {
  return text.split("\n")[Number(finding.split(":")[1]) - 1] ?? "";
}

/** Event time comes from events and the rest from a clock that tests can set. A `Date` of a given time is fine. */
export function clockFindings(files: readonly TextFile[]): Findings {
  const forms = [/\bDate\s*(?:\?\.|\.)\s*now\b/g, /\bnew\s+Date\s*(?:\(\s*\)|(?![\s(\w]))/g, /(?<!\bnew\s+|[.\w])Date\s*\(/g, /\bTemporal\s*\.\s*Now\b/g];
  return files
    .filter((file) => file.path !== CLOCK)
    .flatMap((file) => forms.flatMap((form) => places(file, codeOf(file.text), form, `the wall clock is read in ${CLOCK} alone`)));
}

/** What the service says, it says through its log; what a command says, through the streams it was given. */
export function consoleFindings(files: readonly TextFile[]): Findings {
  return files.flatMap((file) => places(file, codeOf(file.text), /\bconsole\b\s*(?:\?\.|\.|\[)/g, "write to the log or to the streams of the command"));
}

/** Switched-off checks: of types never, of the linter only with a reason behind `--`. */
export function suppressionFindings(files: readonly TextFile[]): Findings {
  return files.flatMap((file) => [
    ...places(file, file.text, /@ts-(?:ignore|expect-error|nocheck)/g, "mend the type"),
    ...places(file, file.text, /(?:ox|es)lint-disable(?!.* -- \S)/g, "say why behind `--`"),
  ]);
}

/** Longer files are split. */
export const MAX_LINES = 600;
/** Longer files need a reason in the table. */
export const LONG_LINES = 400;

/** `reasons` says of each file that is long why it is; one that is not long, or not there, has no place in it. */
export function sizeFindings(files: readonly TextFile[], reasons: ReadonlyMap<string, string>): Findings {
  const lines = new Map(files.map((file) => [file.path, lineAt(file.text, file.text.trimEnd().length)]));
  const tooLong = [...lines].flatMap(([path, count]) => {
    if (count > MAX_LINES) return [`${path}:${count}: ${count} lines, ${MAX_LINES} are the most`];
    if (count > LONG_LINES && !reasons.has(path)) return [`${path}:${count}: ${count} lines, over ${LONG_LINES} wants a reason in the table`];
    return [];
  });
  const stale = [...reasons.keys()]
    .filter((path) => (lines.get(path) ?? 0) <= LONG_LINES)
    .map((path) => `${path}:1: is not over ${LONG_LINES} lines, so it needs no reason`);
  return [...tooLong, ...stale];
}
