import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { codes } from "../../src/text/codes.ts";
import { renderGithub } from "../../src/text/github.ts";
import { diagnosticsJson } from "../../src/text/json.ts";
import { renderSarif } from "../../src/text/sarif.ts";
import type { SourceFile } from "../../src/text/source.ts";
import { at, finding, sourcesOf } from "./finding.ts";

const source: SourceFile = { path: "a b/c,d.risk", text: 'first\n  "👍日" = x\nlast' };
const equals = at(source, "=");
const spread = { file: source.path, start: 2, end: source.text.length };
const found = [
  finding("RSK0102", equals, "`=` is\nno operator: 100%", {
    help: "write `==`",
    label: "here",
    labels: [{ span: spread, message: "in this" }],
    notes: ["a note"],
    fixes: [{ title: "write `==`", applicability: "safe", edits: [{ span: equals, text: "==" }] }],
  }),
  finding("RSK0416", spread, "a warning"),
];

function fingerprints(log: string): readonly string[] {
  const { runs } = JSON.parse(log) as { runs: readonly { results: readonly { partialFingerprints: Record<string, string> }[] }[] };
  return runs.flatMap(({ results }) => results.map(({ partialFingerprints }) => partialFingerprints["sluiceLine/v1"] ?? ""));
}

suite("findings for machines", () => {
  test("JSON keeps the finding and adds lines and columns to every span", () => {
    const [first, second] = diagnosticsJson(found, sourcesOf(source));
    const place = { ...equals, line: 2, column: 8, endLine: 2, endColumn: 9 };
    assert.deepEqual(first, {
      code: "RSK0102",
      severity: "error",
      message: "`=` is\nno operator: 100%",
      span: place,
      label: "here",
      labels: [{ span: { ...spread, line: 1, column: 3, endLine: 3, endColumn: 5 }, message: "in this" }],
      notes: ["a note"],
      help: "write `==`",
      fixes: [{ title: "write `==`", applicability: "safe", edits: [{ span: place, text: "==" }] }],
      docs: "grammar/diagnostics.md#rsk0102",
    });
    assert.deepEqual(second?.span, { ...spread, line: 1, column: 3, endLine: 3, endColumn: 5 });
    assert.deepEqual(JSON.parse(JSON.stringify(diagnosticsJson(found, sourcesOf(source)))), diagnosticsJson(found, sourcesOf(source)));
  });

  test("a file that is not at hand is at its start", () => {
    assert.deepEqual(diagnosticsJson([finding("RSK0502", { file: "gone", start: 3, end: 9 }, "x")], sourcesOf())[0]?.span, {
      file: "gone", start: 3, end: 9, line: 1, column: 1, endLine: 1, endColumn: 1,
    });
  });

  test("GitHub gets one escaped command a finding", () => {
    assert.equal(
      renderGithub(found, sourcesOf(source)),
      "::error file=a b/c%2Cd.risk,line=2,col=8,endLine=2,endColumn=8,title=RSK0102::`=` is%0Ano operator: 100%25%0Ahelp: write `==`\n" +
        "::warning file=a b/c%2Cd.risk,line=1,col=3,endLine=3,endColumn=4,title=RSK0416::a warning\n",
    );
    assert.equal(renderGithub([], sourcesOf(source)), "");
  });

  test("SARIF 2.1.0 has the tool with its rules, and results that point to them", () => {
    const log = JSON.parse(renderSarif(found, sourcesOf(source), "1.2.3")) as unknown;
    const region = { startLine: 2, startColumn: 8, endLine: 2, endColumn: 9 };
    const uri = "a%20b/c%2Cd.risk";
    const rule = (code: "RSK0102" | "RSK0416"): object => ({
      id: code,
      shortDescription: { text: codes[code].title },
      fullDescription: { text: codes[code].explanation },
      help: { text: `${codes[code].explanation}\n\n\`sluice check --explain ${code}\` shows an example.` },
      defaultConfiguration: { level: codes[code].severity },
    });
    const prints = fingerprints(renderSarif(found, sourcesOf(source), "1.2.3"));
    assert.match(prints.join(" "), /^[0-9a-f]{32} [0-9a-f]{32}$/);
    const wide = { physicalLocation: { artifactLocation: { uri }, region: { startLine: 1, startColumn: 3, endLine: 3, endColumn: 5 } } };
    assert.deepEqual(log, {
      $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "sluice", semanticVersion: "1.2.3", rules: [rule("RSK0102"), rule("RSK0416")] } },
          columnKind: "unicodeCodePoints",
          results: [
            {
              ruleId: "RSK0102",
              ruleIndex: 0,
              level: "error",
              message: { text: "`=` is\nno operator: 100%\nhelp: write `==`" },
              locations: [{ physicalLocation: { artifactLocation: { uri }, region } }],
              relatedLocations: [{ id: 0, ...wide, message: { text: "in this" } }],
              partialFingerprints: { "sluiceLine/v1": prints[0] },
              fixes: [
                {
                  description: { text: "write `==`" },
                  artifactChanges: [{ artifactLocation: { uri }, replacements: [{ deletedRegion: region, insertedContent: { text: "==" } }] }],
                },
              ],
            },
            { ruleId: "RSK0416", ruleIndex: 1, level: "warning", message: { text: "a warning" }, locations: [wide], relatedLocations: [], partialFingerprints: { "sluiceLine/v1": prints[1] }, fixes: [] },
          ],
        },
      ],
    });
  });
});
