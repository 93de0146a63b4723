import assert from "node:assert/strict";
import { test } from "node:test";
import { analyse } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { codes } from "../../src/text/codes.ts";
import type { CodeEntry } from "../../src/text/codes/entry.ts";
import { MORE } from "./situations.ts";

/** The `test` blocks that findings about a text carry. */
function blocks(text: string): readonly string[] {
  const { diagnostics } = analyse(memoryReader("m", new Map([["a.risk", text]])), { warnings: { now: null } });
  return diagnostics.flatMap(({ notes }) => notes.flatMap((note) => (note.includes("\ntest ") ? [note.slice(note.indexOf("\ntest ") + 1)] : [])));
}

test("every event that a finding shows is a test that passes", () => {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);
  const texts = [...entries.flatMap(([code, { example }]) => (code.startsWith("RSK07") && typeof example === "string" ? [example] : [])), ...Object.values(MORE)];
  let played = 0;
  for (const text of texts) {
    for (const block of blocks(text)) {
      const { diagnostics, suite } = analyse(memoryReader("m", new Map([["a.risk", `${text}\n${block}\n`]])), { verifyMs: 60_000 });
      assert.deepEqual(diagnostics.map(({ code, message }) => `${code} ${message}`), [], block);
      assert.equal(suite?.tests.length, 1);
      played++;
    }
  }
  assert.ok(played >= 7, `${played} played`);
});
