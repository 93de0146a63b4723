import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RETRY_FIRST_MS, RETRY_MOST_MS, waitAfter } from "../../src/rulesets/backoff.ts";
import { Builder } from "../../src/rulesets/builder.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { printTimestamp } from "../../src/types/time.ts";
import { goodRules, put, temporaryFolder } from "./folders.ts";

suite("a folder whose builds break down", () => {
  test("is left alone twice as long each time, up to a limit", () => {
    assert.deepEqual([1, 2, 3, 4].map(waitAfter), [RETRY_FIRST_MS, 2 * RETRY_FIRST_MS, 4 * RETRY_FIRST_MS, 8 * RETRY_FIRST_MS]);
    assert.equal(waitAfter(7), 64 * RETRY_FIRST_MS);
    for (const failures of [8, 20, 5_000]) assert.equal(waitAfter(failures), RETRY_MOST_MS);
  });

  test("is not tried again by time alone, at once when asked for, and is well when a build ends", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
    const crashing = new Builder({ folder, script: new URL("workers/crash.ts", import.meta.url) });
    const sound = new Builder({ folder });
    t.after(() => Promise.all([crashing.close(), sound.close()]));
    let builder = crashing;
    const registry = new Registry({ builder: { build: (past) => builder.build(past) }, windows: new WindowStore(), clock });
    await registry.reload({ poll: true });
    assert.deepEqual(registry.status().reload.retry, { failures: 1, at: printTimestamp(clock.time + RETRY_FIRST_MS) });
    clock.time += RETRY_FIRST_MS - 1;
    await registry.reload({ poll: true });
    assert.equal(registry.status().attempts, 1);
    clock.time += 1;
    await registry.reload({ poll: true });
    assert.deepEqual([registry.status().attempts, registry.status().reload.retry], [2, { failures: 2, at: printTimestamp(clock.time + 2 * RETRY_FIRST_MS) }]);
    builder = sound;
    await registry.reload({ poll: true });
    assert.equal(registry.active(), null);
    await registry.reload();
    assert.deepEqual([registry.status().attempts, registry.status().reload.retry], [3, null]);
    assert.notEqual(registry.active(), null);
  });
});
