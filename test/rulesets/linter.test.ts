import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Builder } from "../../src/rulesets/builder.ts";
import { Linter, WARNED_AT_ONCE } from "../../src/rulesets/linter.ts";
import { BUILD_NICENESS } from "../../src/rulesets/priority.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { systemClock } from "../../src/clock.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { put, temporaryFolder } from "./folders.ts";

/** What a rule matches the one before matches too, which is worth a warning. */
function rulesOf(count: number): string {
  const rules = Array.from({ length: count }, (_, i) => `  rule r${i} { when n > ${i} then stop }`);
  return `event e {\n  at: timestamp @time\n  n: number\n}\nruleset rs on e {\n  outcomes pass < stop\n${rules.join("\n")}\n}\n`;
}

async function until(met: () => boolean): Promise<void> {
  for (let waited = 0; !met(); waited += 20) {
    assert.ok(waited < 60_000, "it never happened");
    await sleep(20);
  }
}

suite("warnings", () => {
  for (const [count, atOnce] of [[WARNED_AT_ONCE, true], [WARNED_AT_ONCE + 1, false]] as const) {
    test(`of ${count} rules come ${atOnce ? "with" : "after"} the activation`, async (t) => {
      const folder = temporaryFolder(t);
      await put(folder, "a.risk", rulesOf(count));
      const builder = new Builder({ folder });
      const registry = new Registry({ builder, windows: new WindowStore({}), clock: systemClock, linter: new Linter(folder) });
      t.after(() => Promise.all([registry.close(), builder.close()]));
      const found = (): readonly string[] => registry.status().lastAttempt?.diagnostics.map(({ code }) => code) ?? [];
      await registry.reload();
      assert.notEqual(registry.active(), null);
      assert.equal(found().includes("RSK0705"), atOnce);
      await until(() => found().includes("RSK0705"));
    });
  }

  test("of a version that is active no more are given up", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", rulesOf(2_000));
    const builder = new Builder({ folder });
    const linter = new Linter(folder);
    const registry = new Registry({ builder, windows: new WindowStore({}), clock: systemClock, linter });
    t.after(() => Promise.all([registry.close(), builder.close()]));
    await registry.reload();
    await put(folder, "a.risk", "event e {\n  at: timestamp @time\n}\n");
    await registry.reload();
    await sleep(300);
    assert.deepEqual(registry.status().lastAttempt?.diagnostics.map(({ code }) => code).filter((code) => code === "RSK0705"), []);
  });
});

test("builds step back behind decisions", { skip: process.platform === "linux" ? false : "skipped: threads have a priority of their own on Linux only" }, async (t) => {
  const folder = temporaryFolder(t);
  await put(folder, "a.risk", rulesOf(2));
  const builder = new Builder({ folder });
  t.after(() => builder.close());
  await builder.build();
  // The nineteenth field of `stat` is the niceness; names in brackets may hold blanks.
  const niceness = readdirSync("/proc/self/task").map((task) => Number(readFileSync(`/proc/self/task/${task}/stat`, "utf8").split(") ").at(-1)?.split(" ")[16]));
  assert.ok(niceness.includes(BUILD_NICENESS + Math.min(...niceness)) || Math.max(...niceness) === 19, String(niceness));
});
