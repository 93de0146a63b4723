import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { checkSources } from "../../src/rulesets/check.ts";
import { codes } from "../../src/text/codes.ts";
import type { CodeEntry } from "../../src/text/codes/entry.ts";
import type { Diagnostic } from "../../src/text/diagnostic.ts";
import { renderGithub } from "../../src/text/github.ts";
import { renderSarif } from "../../src/text/sarif.ts";
import { byPath, type SourceFile } from "../../src/text/source.ts";
import { at, finding, sourcesOf } from "./finding.ts";

const schema = JSON.parse(readFileSync(new URL("sarif.schema.json", import.meta.url), "utf8")) as object;
const valid = new Ajv2020({ allErrors: true }).compile(schema);

function accepts(log: unknown): boolean {
  return valid(log);
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string; readonly defaultConfiguration: { readonly level: string } }[] } };
      readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number; readonly level: string; readonly partialFingerprints: Record<string, string> }[];
    },
  ];
}

/** Every example of a code, checked. */
const examples = Object.entries(codes).flatMap(([code, { example }]: readonly [string, CodeEntry]) => {
  if (example === null) return [];
  const files = Object.entries(typeof example === "string" ? { [`${code}.risk`]: example } : example).map(([path, text]) => ({ path, text }));
  return [{ code, files, diagnostics: checkSources(files).diagnostics }];
});

suite("SARIF as the standard asks for it", () => {
  test("for the example of every code", () => {
    for (const { code, files, diagnostics } of examples) {
      const log = JSON.parse(renderSarif(diagnostics, byPath(files), "1.2.3")) as Log;
      assert.ok(accepts(log), `${code}: ${JSON.stringify(valid.errors)}`);
    }
  });

  test("for all of them in one run, whose results point to their rules", () => {
    const single = examples.filter(({ files }) => files.length === 1);
    const files = single.flatMap((each) => each.files);
    const found = single.flatMap((each) => each.diagnostics);
    const log = JSON.parse(renderSarif(found, byPath(files), "1.2.3")) as Log;
    assert.ok(accepts(log), JSON.stringify(valid.errors));
    const [{ tool, results }] = log.runs;
    assert.equal(results.length, found.length);
    for (const { ruleId, ruleIndex, level } of results) {
      const rule = tool.driver.rules[ruleIndex];
      assert.deepEqual([rule?.id, rule?.defaultConfiguration.level], [ruleId, level]);
    }
    const prints = results.map(({ partialFingerprints }) => Object.values(partialFingerprints)[0]);
    assert.equal(new Set(prints).size, prints.length, "every finding has a fingerprint of its own");
  });

  test("also of nothing, of a file that is not at hand, and of a fix without edits", () => {
    const lost = finding("RSK0503", { file: "ä b\u{1F44D}#?.risk", start: 5, end: 9 }, "cannot be read", { fixes: [{ title: "none", applicability: "maybe", edits: [] }] });
    for (const found of [[], [lost]]) assert.ok(accepts(JSON.parse(renderSarif(found, sourcesOf(), "1.2.3"))), JSON.stringify(valid.errors));
  });

  test("a finding keeps its fingerprint when lines move, and two alike differ", () => {
    const print = (text: string, occurrence = 1): readonly (string | undefined)[] => {
      const source: SourceFile = { path: "a.risk", text };
      const found: Diagnostic[] = Array.from({ length: occurrence }, (_, i) => finding("RSK0102", at(source, "=", i + 1), "wrong"));
      const [{ results }] = (JSON.parse(renderSarif(found, sourcesOf(source), "1.2.3")) as Log).runs;
      return results.map(({ partialFingerprints }) => partialFingerprints["sluiceLine/v1"]);
    };
    const [first] = print("when x = 5");
    assert.deepEqual(print("\n\n  // more\n    when x = 5"), [first]);
    assert.notEqual(print("when y = 5")[0], first);
    const [one, two] = print("when x = 5\nwhen x = 5", 2);
    assert.equal(one, first);
    assert.notEqual(two, one);
  });

  test("the schema bites", () => {
    const good = (): Log => JSON.parse(renderSarif(examples[0]?.diagnostics ?? [], byPath(examples[0]?.files ?? []), "1.2.3")) as Log;
    assert.ok(accepts(good()));
    const spoilt: readonly ((log: Record<string, unknown> & Log) => void)[] = [
      (log) => void Object.assign(log, { version: "2.0.0" }),
      (log) => void Object.assign(log.runs[0], { tools: [] }),
      (log) => void Object.assign(log.runs[0].results[0] ?? {}, { level: "fatal" }),
      (log) => void Object.assign(log.runs[0].results[0] ?? {}, { message: {} }),
      (log) => void Object.assign(log.runs[0].results[0] ?? {}, { fixes: [{ artifactChanges: [] }] }),
      (log) => void Object.assign(log.runs[0].results[0] ?? {}, { locations: [{ physicalLocation: { artifactLocation: { uri: "a b" }, region: { startLine: 0 } } }] }),
    ];
    for (const spoil of spoilt) {
      const log = good() as Record<string, unknown> & Log;
      spoil(log);
      assert.equal(accepts(log), false, String(spoil));
    }
  });
});

/**
 * What the runner of GitHub Actions does with a command: it parts `::name props::data`, then puts back `%0D`, `%0A` and `%25`
 * in both, and `%3A` and `%2C` in properties, `%25` last.
 */
function readCommand(line: string): { readonly properties: ReadonlyMap<string, string>; readonly data: string } {
  const [, props = "", data = ""] = /^::\w+ (.*?)::(.*)$/s.exec(line) ?? [];
  const back = (text: string): string => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n");
  const property = (text: string): string => back(text).replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%25", "%");
  const pairs = props.split(",").map((pair): [string, string] => [pair.slice(0, pair.indexOf("=")), property(pair.slice(pair.indexOf("=") + 1))]);
  return { properties: new Map(pairs), data: back(data).replaceAll("%25", "%") };
}

suite("annotations of GitHub", () => {
  const texts = ["plain", "100%", "%25 %0A %3A", "a\r\nb", "::error::", "a,b=c:d", "é 日本 👍", "%"];
  for (const text of texts) {
    test(`a message and a path with ${JSON.stringify(text)} arrive as they are`, () => {
      const file = `dir/${text.replaceAll(/[\r\n]/g, "")}.risk`;
      const source: SourceFile = { path: file, text: "x = 1" };
      const output = renderGithub([finding("RSK0102", at(source, "="), text)], sourcesOf(source));
      assert.equal(output.split("\n").length, 2, "one line");
      const { properties, data } = readCommand(output.trimEnd());
      assert.deepEqual([properties.get("file"), properties.get("title"), data], [file, "RSK0102", text]);
      assert.deepEqual([properties.get("line"), properties.get("col"), properties.get("endColumn")], ["1", "3", "3"]);
    });
  }
});
