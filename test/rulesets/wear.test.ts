import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { suite, test } from "node:test";
import { temporaryFolder } from "./folders.ts";
import type { Wear } from "./wear.ts";

/** `npm run bench -- reload` does a thousand. */
const RELOADS = 120;
const RULES = 60;

/** What the heap may differ by, where nothing is left behind: caches of the engine fill up for some time. */
const SLACK = 6 * 1024 * 1024;

/** Wide, since other tests run beside this one; the bench tells the ratio. */
const SLOWER = 1.6;

suite("a process that has reloaded often", () => {
  test("holds no version but the active one, no more memory, and decides as fast", async (t) => {
    const after = async (from: number): Promise<Wear> => {
      const args = ["--expose-gc", fileURLToPath(new URL("wear.ts", import.meta.url)), temporaryFolder(t), String(from), String(RELOADS), String(RULES)];
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout) as Wear;
    };
    const worn = await after(0);
    const fresh = await after(RELOADS - 3);
    const told = JSON.stringify({ worn, fresh });
    t.diagnostic(told);
    assert.equal(worn.held, 0);
    // Features of the last versions that are declared no more.
    assert.deepEqual([worn.retained, fresh.retained], [3, 3]);
    assert.ok(worn.late < worn.early + SLACK, told);
    assert.ok(worn.eventUs < fresh.eventUs * SLOWER, told);
  });
});
