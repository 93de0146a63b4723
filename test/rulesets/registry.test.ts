import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Program } from "../../src/compile/program.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import type { AttemptReport } from "../../src/rulesets/status.ts";
import { BROKEN_RULES, goodRules } from "./folders.ts";
import { built, Workshop } from "./workshop.ts";

interface Stage {
  readonly registry: Registry;
  readonly workshop: Workshop;
  readonly reports: AttemptReport[];
  readonly adopted: Program["windows"][];
  readonly clock: { time: number; now(): number };
}

function setUp(adopt?: () => never): Stage {
  const workshop = new Workshop();
  const reports: AttemptReport[] = [];
  const adopted: Program["windows"][] = [];
  const clock = { time: Date.UTC(2026, 0, 1), now: () => clock.time };
  const windows = {
    adopt: (plan: Program["windows"]) => {
      adopt?.();
      adopted.push(plan);
    },
    compare: () => ({ rebuild: [] }),
  };
  const registry = new Registry({ builder: workshop, windows, clock });
  registry.onAttempt((report) => reports.push(report));
  return { registry, workshop, reports, adopted, clock };
}

async function save({ registry, workshop }: Stage, text: string): Promise<void> {
  workshop.text = text;
  const reloaded = registry.reload();
  workshop.finish();
  await reloaded;
}

suite("the registry", () => {
  test("tells attempt and success apart and keeps the last good set", async () => {
    const stage = setUp();
    const { registry, clock, reports, adopted } = stage;
    assert.deepEqual(registry.status(), {
      version: null,
      activeSince: null,
      lastAttempt: null,
      lastSuccess: null,
      attempts: 0,
      successes: 0,
      stale: false,
      reload: { plan: null, warming: null, retry: null, retained: [] },
    });
    await save(stage, goodRules(1));
    const good = registry.active();
    clock.time += 60_000;
    await save(stage, BROKEN_RULES);
    const status = registry.status();
    assert.equal(registry.active(), good);
    assert.equal(status.version, built(goodRules(1)).version);
    assert.equal(status.activeSince, "2026-01-01T00:00:00Z");
    assert.deepEqual([status.attempts, status.successes, status.stale], [2, 1, true]);
    assert.equal(status.lastAttempt?.at, "2026-01-01T00:01:00Z");
    assert.equal(status.lastAttempt?.version, built(BROKEN_RULES).version);
    assert.deepEqual([status.lastAttempt?.ok, status.lastAttempt?.stage, status.lastAttempt?.error], [false, "check", null]);
    assert.ok(status.lastAttempt?.diagnostics.some(({ message }) => message.includes("amuont")));
    assert.deepEqual(status.lastSuccess?.features, { kept: [], started: ["payments_1h"], dropped: [] });
    assert.deepEqual(reports.map(({ attempt, active, features }) => [attempt.ok, active, features === null]), [
      [true, good?.version, false],
      [false, good?.version, true],
    ]);
    assert.equal(reports[1]?.startedAt, clock.time);
    assert.deepEqual(adopted, [good?.windows]);
    await save(stage, goodRules(2));
    assert.deepEqual([registry.status().stale, registry.status().version], [false, built(goodRules(2)).version]);
  });

  test("names the stages of an attempt with the activation last", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    assert.deepEqual(stage.registry.status().lastAttempt?.stages.map(({ name }) => name), ["read", "parse", "lists", "check", "lower", "activate"]);
  });

  test("records nothing when nothing has changed", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    const before = stage.registry.status();
    await save(stage, "");
    assert.deepEqual(stage.registry.status(), before);
    assert.equal(stage.reports.length, 1);
  });

  test("builds once for all saves during a build, with the latest of them, and never two at a time", async () => {
    const stage = setUp();
    const { registry, workshop } = stage;
    workshop.text = goodRules(1);
    const first = registry.reload();
    const later: Promise<void>[] = [];
    for (let i = 2; i <= 50; i++) {
      workshop.text = goodRules(i);
      later.push(registry.reload());
    }
    workshop.finish();
    await first;
    assert.equal(registry.status().version, built(goodRules(1)).version);
    // The next build begins by itself; its answer is due once it has begun.
    while (workshop.begun < 2) await new Promise(setImmediate);
    workshop.finish();
    await Promise.all(later);
    assert.equal(workshop.begun, 2);
    assert.equal(registry.status().version, built(goodRules(50)).version);
  });

  test("stays as it is when the windows cannot be taken over", async () => {
    let broken = false;
    const stage = setUp((() => {
      if (broken) throw new Error("planted");
    }) as () => never);
    await save(stage, goodRules(1));
    const good = stage.registry.active();
    broken = true;
    await save(stage, goodRules(2));
    const { lastAttempt, version } = stage.registry.status();
    assert.equal(stage.registry.active(), good);
    assert.equal(version, good?.version);
    assert.deepEqual([lastAttempt?.ok, lastAttempt?.stage, lastAttempt?.error], [false, "activate", "planted"]);
    assert.deepEqual(lastAttempt?.diagnostics.map(({ code }) => code), ["RSK0508"]);
  });

  test("no longer calls a listener that has left", async () => {
    const stage = setUp();
    let calls = 0;
    const leave = stage.registry.onAttempt(() => calls++);
    await save(stage, goodRules(1));
    leave();
    await save(stage, goodRules(2));
    assert.equal(calls, 1);
  });
});
