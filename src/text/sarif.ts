import { codes } from "./codes.ts";
import type { PlacedDiagnostic, PlacedSpan } from "./json.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** The findings as a SARIF 2.1.0 log, the form that code-scanning services read. */
export function sarifLog(diagnostics: readonly PlacedDiagnostic[], version: string): object {
  const used = [...new Set(diagnostics.map((each) => each.code))];
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "sluice",
            version,
            rules: used.map((code) => ({ id: code, shortDescription: { text: codes[code].title } })),
          },
        },
        columnKind: "unicodeCodePoints",
        results: diagnostics.map((each) => ({
          ruleId: each.code,
          ruleIndex: used.indexOf(each.code),
          level: each.severity,
          message: { text: each.help === undefined ? each.message : `${each.message}; ${each.help}` },
          locations: [location(each.span)],
          relatedLocations: each.labels.map((label, id) => ({ id, ...location(label.span), message: { text: label.message } })),
        })),
      },
    ],
  };
}

function location(span: PlacedSpan): object {
  const region =
    span.line === null
      ? {}
      : { region: { startLine: span.line, startColumn: span.column, endLine: span.endLine, endColumn: span.endColumn } };
  return { physicalLocation: { artifactLocation: { uri: encodeURI(span.file) }, ...region } };
}
