import { createHash } from "node:crypto";
import { codes, type Code } from "./codes.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { diagnosticsJson, type LocatedSpan } from "./json.ts";
import { LineMap, type SourceFile } from "./source.ts";

function location(span: LocatedSpan): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: span.file.split("/").map(encodeURIComponent).join("/") },
      region: region(span),
    },
  };
}

function region(span: LocatedSpan): object {
  return { startLine: span.line, startColumn: span.column, endLine: span.endLine, endColumn: span.endColumn };
}

function ruleOf(code: Code): object {
  const { title, severity, explanation } = codes[code];
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: { text: `${explanation}\n\n\`sluice check --explain ${code}\` shows an example.` },
    defaultConfiguration: { level: severity },
  };
}

/**
 * What tells a finding from others of its run and knows it again in the next, though lines have moved: the code, the file,
 * the text of the line, and which of several alike it is.
 */
class Fingerprints {
  readonly #sources: ReadonlyMap<string, SourceFile>;
  readonly #lines = new Map<string, LineMap>();
  readonly #seen = new Map<string, number>();

  constructor(sources: ReadonlyMap<string, SourceFile>) {
    this.#sources = sources;
  }

  of({ code, span }: { readonly code: Code; readonly span: LocatedSpan }): string {
    const lines = this.#lines.get(span.file) ?? new LineMap(this.#sources.get(span.file)?.text ?? "");
    this.#lines.set(span.file, lines);
    const alike = [code, span.file, lines.lineText(span.line).trim()].join("\n");
    const nth = (this.#seen.get(alike) ?? 0) + 1;
    this.#seen.set(alike, nth);
    return createHash("sha256").update(`${alike}\n${nth}`).digest("hex").slice(0, 32);
  }
}

/** Diagnostics as a SARIF 2.1.0 log (OASIS), the form that code scanning takes. Columns count code points. */
export function renderSarif(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>, version: string): string {
  const used = [...new Set(diagnostics.map((each) => each.code))].toSorted();
  const fingerprints = new Fingerprints(sources);
  const results = diagnosticsJson(diagnostics, sources).map((each) => ({
    ruleId: each.code,
    ruleIndex: used.indexOf(each.code),
    level: each.severity,
    message: { text: [each.message, ...(each.help === undefined ? [] : [`help: ${each.help}`])].join("\n") },
    locations: [location(each.span)],
    relatedLocations: each.labels.map((label, id) => ({ id, ...location(label.span), message: { text: label.message } })),
    partialFingerprints: { "sluiceLine/v1": fingerprints.of(each) },
    fixes: each.fixes.filter(({ edits }) => edits.length > 0).map((fix) => ({
      description: { text: fix.title },
      artifactChanges: [...Map.groupBy(fix.edits, (edit) => edit.span.file)].map(([file, edits]) => ({
        artifactLocation: { uri: file.split("/").map(encodeURIComponent).join("/") },
        replacements: edits.map((edit) => ({ deletedRegion: region(edit.span), insertedContent: { text: edit.text } })),
      })),
    })),
  }));
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "sluice", semanticVersion: version, rules: used.map(ruleOf) } }, columnKind: "unicodeCodePoints", results }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
