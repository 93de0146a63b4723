import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { checkSources } from "../../src/rulesets/check.ts";
import { codes } from "../../src/text/codes.ts";
import type { CodeEntry } from "../../src/text/codes/entry.ts";

const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);

for (const [code, { example, severity }] of entries) {
  if (example === null) continue;
  test(`the example of ${code} gives just that finding`, () => {
    const files = typeof example === "string" ? { "example.risk": example } : example;
    const sources = Object.entries(files).map(([path, text]) => ({ path, text }));
    const found = checkSources(sources, new Map(), Date.UTC(2026, 10, 21)).diagnostics.map((each) => `${each.severity} ${each.code}: ${each.message}`);
    assert.deepEqual(found.map((each) => each.split(":")[0]), [`${severity} ${code}`], found.join("\n"));
  });
}

test("every code about the text of rules has an example", () => {
  // RSK05 is about files, RSK085 about what running tests finds.
  const bare = entries.filter(([code, { example }]) => example === null && !code.startsWith("RSK05") && !code.startsWith("RSK085"));
  assert.deepEqual(bare, []);
});

test("no code stands in two tables, of which one would hide the other", () => {
  const folder = new URL("../../src/text/codes/", import.meta.url);
  const written = readdirSync(folder).flatMap((file) => readFileSync(new URL(file, folder), "utf8").match(/^ {2}RSK\d{4}/gm) ?? []);
  assert.deepEqual(written.map((each) => each.trim()).toSorted(), Object.keys(codes).toSorted());
});
