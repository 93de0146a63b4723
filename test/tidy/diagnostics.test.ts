import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnosticsPage } from "../../grammar/diagnostics.ts";
import { codes } from "../../src/text/codes.ts";
import { read, textFiles } from "./files.ts";

test("the page of diagnostics is what the table of codes says", () => {
  assert.ok(read("grammar/diagnostics.md") === diagnosticsPage(), "run `node grammar/diagnostics.ts`");
});

test("every code has its section on the page, where findings point to", () => {
  const anchors = [...diagnosticsPage().matchAll(/^### (RSK\d{4})$/gm)].map(([, code]) => code);
  assert.deepEqual(anchors, Object.keys(codes).toSorted());
});

test("every code without an example that is run occurs in a test", () => {
  const tests = textFiles("test/**/*").map((file) => file.text).join("\n");
  const bare = Object.entries(codes).filter(([, { example }]) => example === null);
  assert.deepEqual(bare.map(([code]) => code).filter((code) => !tests.includes(code)), []);
});
