import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Registry, type Activation } from "../../src/rulesets/registry.ts";
import type { AttemptReport, FeatureChanges } from "../../src/rulesets/status.ts";
import type { Course, FillPlan, Warmer } from "../../src/rulesets/warm.ts";
import type { Draft } from "../../src/windows/draft.ts";
import type { WindowPlan } from "../../src/windows/spec.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { BROKEN_RULES, goodRules } from "./folders.ts";
import { built, Workshop } from "./workshop.ts";

/** Rules with a feature more for each number; they differ by the last one. */
const grown = (...hours: readonly number[]): string => goodRules(1) + hours.map((each) => `feature over_${each}h = count of payment by card over ${each}h\n`).join("");
const versionOf = (text: string): string | null => built(text).version;

/** A warmer that is told when it is done. */
class Oven implements Warmer {
  readonly courses: Course[] = [];
  readonly versions: string[] = [];
  readonly #ends: PromiseWithResolvers<void>[] = [];

  survey: Warmer["survey"] = ({ program }) => {
    this.versions.push(program.version);
    const fill: FillPlan = { source: "payment", keys: ["card"], features: [], kept: [], from: "log", reason: null, since: null, oldest: null, events: 7 };
    return Promise.resolve([fill]);
  };

  warm: Warmer["warm"] = (_candidate, _fills, course) => {
    const end = Promise.withResolvers<void>();
    this.courses.push(course);
    this.#ends.push(end);
    course.signal.addEventListener("abort", () => end.reject(new Error("given up")));
    return end.promise;
  };

  /** The filling that began last is done, or has failed. */
  end(fault?: Error): void {
    const end = this.#ends.at(-1);
    if (fault !== undefined) end?.reject(fault);
    else {
      this.courses.at(-1)?.activate(null);
      end?.resolve();
    }
  }
}

interface Stage {
  readonly registry: Registry;
  readonly workshop: Workshop;
  readonly oven: Oven;
  readonly reports: AttemptReport[];
}

function setUp(activation: Activation = "warm"): Stage {
  const windows = new WindowStore();
  const workshop = new Workshop();
  const oven = new Oven();
  const registry = new Registry({ builder: workshop, windows, clock: { now: () => 0 }, warmer: oven, activation });
  const reports: AttemptReport[] = [];
  registry.onAttempt((report) => reports.push(report));
  return { registry, workshop, oven, reports };
}

/** Saves and waits until the build is over. */
async function save({ registry, workshop }: Stage, text: string, options: { readonly cold?: boolean } = {}): Promise<void> {
  workshop.text = text;
  const reloaded = registry.reload({ ...options, wait: false });
  while (workshop.underWay === 0) await new Promise(setImmediate);
  workshop.finish();
  await reloaded;
  await new Promise(setImmediate);
}

const active = ({ registry }: Stage): string | null => registry.active()?.version ?? null;
const warming = ({ registry }: Stage): string | null => registry.status().reload.warming?.version ?? null;

suite("a version whose features have to be filled", () => {
  test("waits until they are, and says how far it is", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    assert.deepEqual(stage.oven.versions, [], "the first version has nothing to wait for");
    const before = active(stage);
    let done = false;
    const saved = (async () => {
      stage.workshop.text = grown(2);
      await stage.registry.reload();
      done = true;
    })();
    while (stage.workshop.underWay === 0) await new Promise(setImmediate);
    stage.workshop.finish();
    while (stage.oven.courses.length === 0) await new Promise(setImmediate);
    stage.oven.courses[0]?.progress(3);
    assert.deepEqual([active(stage), warming(stage), done, stage.reports.length], [before, versionOf(grown(2)), false, 1]);
    const { warming: status } = stage.registry.status().reload;
    assert.deepEqual([status?.events, status?.total, status?.plan.features.map(({ name, action }) => `${action} ${name}`)], [3, 7, ["keep payments_1h", "start over_2h"]]);
    stage.oven.end();
    await saved;
    assert.deepEqual([active(stage), warming(stage)], [versionOf(grown(2)), null]);
    const { lastAttempt, lastSuccess, reload } = stage.registry.status();
    assert.deepEqual(lastAttempt?.stages.map(({ name }) => name).slice(-2), ["warm", "activate"]);
    assert.deepEqual(lastSuccess?.features, { kept: ["payments_1h"], started: ["over_2h"], dropped: [] } satisfies FeatureChanges);
    assert.equal(reload.plan?.version, versionOf(grown(2)));
  });

  test("is given up for a later one that passes", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    await save(stage, grown(2, 3));
    assert.deepEqual(stage.oven.courses.map(({ signal }) => signal.aborted), [true, false]);
    assert.equal(warming(stage), versionOf(grown(2, 3)));
    stage.oven.end();
    assert.equal(active(stage), versionOf(grown(2, 3)));
    assert.deepEqual(stage.reports.map(({ attempt }) => attempt.ok), [true, true], "what was given up is no attempt that failed");
  });

  test("is given up for a return to the active one", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    await save(stage, goodRules(1));
    assert.equal(stage.oven.courses[0]?.signal.aborted, true);
    assert.deepEqual([active(stage), warming(stage)], [versionOf(goodRules(1)), null]);
  });

  test("goes on when a later one is broken, and the folder is told to be", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    await save(stage, BROKEN_RULES);
    assert.deepEqual([warming(stage), stage.registry.status().stale], [versionOf(grown(2)), true]);
    stage.oven.end();
    const { version, stale, lastAttempt, lastSuccess } = stage.registry.status();
    assert.deepEqual([version, stale, lastAttempt?.version, lastSuccess?.version], [versionOf(grown(2)), true, versionOf(BROKEN_RULES), versionOf(grown(2))]);
  });

  test("waits for a build that is under way, which may take its place", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    const course = stage.oven.courses[0];
    assert.equal(course?.hold(), null);
    stage.workshop.text = BROKEN_RULES;
    const reload = stage.registry.reload({ wait: false });
    assert.notEqual(course?.hold(), null);
    stage.workshop.finish();
    await reload;
    assert.equal(course?.hold(), null);
  });

  test("goes on when nothing has changed, and what waits for the reload waits for it", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    await save(stage, "");
    assert.deepEqual([warming(stage), stage.oven.courses.length], [versionOf(grown(2)), 1]);
    stage.oven.end();
    assert.equal(active(stage), versionOf(grown(2)));
  });

  test("goes cold when asked to, before or while it is filled", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2), { cold: true });
    assert.equal(active(stage), versionOf(grown(2)));
    assert.deepEqual(stage.registry.status().reload.plan?.fills.map(({ from, reason }) => [from, reason]), [["nothing", "it was asked for"]]);
    await save(stage, grown(2, 3));
    assert.equal(warming(stage), versionOf(grown(2, 3)));
    await save(stage, "", { cold: true });
    assert.deepEqual([active(stage), warming(stage), stage.oven.courses[0]?.signal.aborted], [versionOf(grown(2, 3)), null, true]);
    await save(stage, grown(2, 3, 4));
    assert.equal(warming(stage), versionOf(grown(2, 3, 4)), "the next one is asked about anew");
    await stage.registry.close();
    assert.deepEqual([active(stage), warming(stage)], [versionOf(grown(2, 3)), null]);
    const cold = setUp("cold");
    await save(cold, goodRules(1));
    await save(cold, grown(2));
    assert.deepEqual([active(cold), cold.oven.courses.length], [versionOf(grown(2)), 0]);
  });

  test("that cannot be filled is an attempt that failed, and is tried again", async () => {
    const stage = setUp();
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    stage.oven.end(new Error("the log is gone"));
    await new Promise(setImmediate);
    const { lastAttempt, stale, reload } = stage.registry.status();
    assert.deepEqual([lastAttempt?.ok, lastAttempt?.stage, lastAttempt?.error, stale, reload.warming], [false, "warm", "the log is gone", true, null]);
    await save(stage, "");
    assert.equal(warming(stage), versionOf(grown(2)));
    stage.oven.end();
    assert.deepEqual([active(stage), stage.registry.status().stale], [versionOf(grown(2)), false]);
    await save(stage, grown(2, 3));
    stage.oven.end(new Error("again"));
    await new Promise(setImmediate);
    await save(stage, BROKEN_RULES);
    await save(stage, "");
    assert.equal(warming(stage), null, "the folder holds something else by now");
  });

  test("has features of three versions beside its own, and fills none that is kept", async () => {
    const stage = setUp();
    await save(stage, grown(2));
    for (const number of [5, 6, 7]) await save(stage, goodRules(number));
    assert.deepEqual(stage.registry.status().reload.retained, [{ name: "over_2h", version: versionOf(grown(2)) }]);
    await save(stage, grown(2));
    assert.deepEqual([active(stage), stage.oven.courses.length, stage.registry.status().reload.retained], [versionOf(grown(2)), 0, []]);
    for (const number of [5, 6, 7, 8]) await save(stage, goodRules(number));
    assert.deepEqual(stage.registry.status().reload.retained, []);
    await save(stage, grown(2));
    assert.equal(warming(stage), versionOf(grown(2)));
  });

  test("keeps the windows as they are where the switch cannot be made", async () => {
    const windows = new WindowStore();
    const faulty = {
      compare: (plan: WindowPlan) => windows.compare(plan),
      adopt: (plan: WindowPlan, draft?: Draft): void => {
        if (plan.features.length > 1) throw new Error("planted");
        windows.adopt(plan, draft);
      },
    };
    const workshop = new Workshop();
    const oven = new Oven();
    const stage: Stage = { registry: new Registry({ builder: workshop, windows: faulty, clock: { now: () => 0 }, warmer: oven }), workshop, oven, reports: [] };
    await save(stage, goodRules(1));
    await save(stage, grown(2));
    oven.end();
    const { version, lastAttempt } = stage.registry.status();
    assert.deepEqual([version, lastAttempt?.stage, lastAttempt?.error], [versionOf(goodRules(1)), "activate", "planted"]);
  });
});
