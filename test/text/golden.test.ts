import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { examples, readChunks, render } from "./golden.ts";

const chunks = readChunks();

suite("what the terminal shows, to the letter", () => {
  for (const chunk of chunks) test(chunk.name, () => assert.equal(render(chunk), chunk.shown));

  test("the example of every code is among them", () => {
    const golden = new Map(chunks.map(({ name, files }) => [name, files]));
    for (const [code, files] of examples()) assert.deepEqual(golden.get(code), files, `${code}: run \`node test/text/golden.ts --write\` and read the difference`);
    assert.ok(new Set(chunks.flatMap(({ shown }) => shown.match(/RSK\d{4}/g) ?? [])).size >= 60);
  });
});
