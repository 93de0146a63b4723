import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { golden, GOLDEN } from "./golden.ts";

test("every finding is told as it was last read and found good", () => {
  assert.equal(golden(), readFileSync(GOLDEN, "utf8"), "read the difference, then run `node test/analysis/golden.ts`");
});
