import { systemClock } from "../clock.ts";
import { checkSources } from "../rulesets/check.ts";
import { codes, type Code } from "../text/codes.ts";
import type { CodeEntry } from "../text/codes/entry.ts";
import type { Diagnostic, Severity } from "../text/diagnostic.ts";
import { applyFixes } from "../text/fix.ts";
import { diagnosticsJson, type LocatedDiagnostic } from "../text/json.ts";
import { renderDiagnostic } from "../text/render.ts";
import { byPath, type SourceFile } from "../text/source.ts";
import { closest } from "../text/suggest.ts";

/** All that is to be told of a diagnostic code. */
interface Page {
  readonly code: Code;
  readonly severity: Severity;
  readonly title: string;
  readonly explanation: string;
  /** Rules that cause the finding; empty where no rule file can show it. */
  readonly wrong: readonly SourceFile[];
  /** What the checker says of them. */
  readonly findings: readonly Diagnostic[];
  /** The same rules without the mistake, where a fix tells how. */
  readonly right: readonly SourceFile[];
  readonly docs: string;
}

/** A code as it is written in the table, from what a person typed: `rsk203`, `RSK0203`. */
export function codeOf(typed: string): Code | undefined {
  const digits = /^(?:rsk)?(\d{1,4})$/i.exec(typed)?.[1];
  const code = digits === undefined ? typed.toUpperCase() : `RSK${digits.padStart(4, "0")}`;
  return isCode(code) ? code : undefined;
}

function isCode(code: string): code is Code {
  return Object.hasOwn(codes, code);
}

/** The code nearest to one that does not exist. */
export function nearestCode(typed: string): string | undefined {
  return closest(typed, Object.keys(codes));
}

/** The path of an example that is a single file. */
const EXAMPLE = "example.risk";

function pageOf(code: Code): Page {
  const { severity, title, explanation, example }: CodeEntry = codes[code];
  const files = example === null ? {} : typeof example === "string" ? { [EXAMPLE]: example } : example;
  const wrong = Object.entries(files).map(([path, text]) => ({ path, text }));
  const findings = wrong.length === 0 ? [] : findingsOf(wrong);
  return { code, severity, title, explanation, wrong, findings, right: rightVersion(wrong, findings), docs: `grammar/diagnostics.md#${code.toLowerCase()}` };
}

/** Some findings are about what day it is. */
function findingsOf(files: readonly SourceFile[]): readonly Diagnostic[] {
  return checkSources(files, new Map(), systemClock.now()).diagnostics;
}

/** What the first fix that leaves nothing to tell makes of the files; empty when there is none. */
function rightVersion(wrong: readonly SourceFile[], findings: readonly Diagnostic[]): readonly SourceFile[] {
  for (const { edits } of findings.flatMap((each) => each.fixes)) {
    const mended = wrong.map(({ path, text }) => ({ path, text: applyFixes(text, edits.filter(({ span }) => span.file === path)) }));
    if (findingsOf(mended).length === 0) return mended;
  }
  return [];
}

/** The page of a code for programs. */
export function pageJson(code: Code): object {
  const page = pageOf(code);
  const findings: readonly LocatedDiagnostic[] = diagnosticsJson(page.findings, byPath(page.wrong));
  return { ...page, findings };
}

/** The page of a code for people. */
export function renderPage(code: Code, colour: boolean): string {
  const { severity, title, explanation, wrong, findings, right, docs } = pageOf(code);
  const parts = [`${severity}[${code}]: ${title}`, explanation.split("\n").map(wrapped).join("\n")];
  if (wrong.length > 0) {
    const sources = byPath(wrong);
    parts.push(`Wrong:\n\n${listing(wrong)}`, findings.map((each) => renderDiagnostic(each, sources, { colour })).join("\n\n"));
  }
  if (right.length > 0) parts.push(`Right:\n\n${listing(right)}`);
  parts.push(`See ${docs}`);
  return `${parts.join("\n\n")}\n`;
}

function listing(files: readonly SourceFile[]): string {
  const named = files.length > 1 || files.some(({ path }) => path !== EXAMPLE);
  return files.map(({ path, text }) => `${named ? `  ${path}\n\n` : ""}${indented(text)}`).join("\n\n");
}

function indented(text: string): string {
  return text.trimEnd().split("\n").map((line) => (line === "" ? "" : `    ${line}`)).join("\n");
}

/** The width at which prose is read with ease. */
const WIDTH = 80;

function wrapped(paragraph: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
