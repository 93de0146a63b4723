import assert from "node:assert/strict";
import { rename, rm, symlink, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { systemClock } from "../../src/clock.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { Builder } from "../../src/rulesets/builder.ts";
import { Checker, MAX_WAITING } from "../../src/rulesets/checker.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { FolderWatch } from "../../src/rulesets/watch.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { BROKEN_RULES, goodRules, put, putAtomically, temporaryFolder } from "./folders.ts";

/** How long a reload may take here before the test gives up; a save is live in some tens of milliseconds. */
const PATIENCE_MS = 10_000;

interface Service {
  readonly folder: string;
  readonly registry: Registry;
}

async function serve(t: TestContext, folder: string, pollMs: number): Promise<Service> {
  const builder = new Builder({ folder });
  const registry = new Registry({ builder, windows: new WindowStore(), clock: systemClock });
  const watch = new FolderWatch({ folder, pollMs, onHint: (why) => void registry.reload({ poll: why === "poll" }) });
  t.after(async () => {
    watch.stop();
    await builder.close();
  });
  watch.start();
  await registry.reload();
  return { folder, registry };
}

/** Waits until the attempt counter passes `attempts` or the condition holds. */
async function until(registry: Registry, what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `${what}: ${JSON.stringify(registry.status().lastAttempt)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function versionOf(folder: string): string | null {
  return analyse(diskReader(folder)).version;
}

/** Waits until what is on disk now was tried. */
function tried(service: Service): Promise<void> {
  const version = versionOf(service.folder);
  return until(service.registry, `version ${version}`, () => service.registry.status().lastAttempt?.version === version);
}

/** Events alone: no poll comes within a test. */
const NEVER = 1_000_000;

suite("saving a file", () => {
  test("swaps good rules in, leaves broken ones out, and keeps the state of unchanged features", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    const service = await serve(t, folder, NEVER);
    const { registry } = service;
    assert.deepEqual(registry.status().lastSuccess?.features, { kept: [], started: ["payments_1h"], dropped: [] });
    for (let i = 2; i < 12; i++) {
      const before = registry.status();
      const broken = i % 2 === 0;
      await put(folder, "a.risk", broken ? BROKEN_RULES.replace("> 10", `> ${i}`) : goodRules(i));
      await tried(service);
      const status = registry.status();
      assert.equal(status.stale, broken);
      assert.equal(status.lastAttempt?.ok, !broken);
      assert.equal(status.version, broken ? before.version : versionOf(folder));
      assert.equal(registry.active()?.version, status.version);
      if (broken) assert.equal(status.lastAttempt?.diagnostics[0]?.span.line, 12, "where the mistake is");
      if (!broken) assert.deepEqual(status.lastSuccess?.features, { kept: ["payments_1h"], started: [], dropped: [] });
    }
    assert.equal(registry.status().successes, 6);
  });

  test("is seen through an atomic rename, a swapped link, new folders and a list file", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "..1/a.risk", goodRules(1));
    await put(folder, "..2/a.risk", goodRules(2));
    await symlink("..1", join(folder, "..data"));
    await symlink("..data/a.risk", join(folder, "a.risk"));
    const service = await serve(t, folder, NEVER);
    const first = service.registry.status().version;
    await symlink("..2", join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    await tried(service);
    assert.notEqual(service.registry.status().version, first);
    await rm(join(folder, "a.risk"));
    await putAtomically(folder, "a.risk", goodRules(3));
    await tried(service);
    await put(folder, "deep/er/b.risk", 'list bad: string from "bad.txt"\n');
    await put(folder, "deep/er/bad.txt", "one\n");
    await tried(service);
    await put(folder, "deep/er/bad.txt", "one\ntwo\n");
    await tried(service);
    assert.equal(service.registry.status().stale, false);
    assert.equal(service.registry.active()?.lists.get("bad")?.size, 2);
  });

  test("of the same content is no attempt, and neither is a poll", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    const { registry } = await serve(t, folder, 20);
    await put(folder, "a.risk", goodRules(1));
    await put(folder, "notes.txt", "not a rule");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(registry.status().attempts, 1);
    await put(folder, "a.risk", BROKEN_RULES);
    await until(registry, "the broken save", () => registry.status().attempts === 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(registry.status().attempts, 2);
  });

  test("many times at a stroke ends with the last one", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    const service = await serve(t, folder, NEVER);
    for (let i = 2; i < 60; i++) await putAtomically(folder, "a.risk", i % 3 === 0 ? BROKEN_RULES : goodRules(i));
    await tried(service);
    assert.equal(service.registry.active()?.version, versionOf(folder));
    assert.ok(service.registry.status().attempts < 59, "saves are taken together");
  });
});

suite("the rules folder", () => {
  test("may go and come back, even as another folder", async (t) => {
    const parent = temporaryFolder(t);
    const folder = join(parent, "rules");
    await put(folder, "a.risk", goodRules(1));
    const service = await serve(t, folder, 30);
    const { registry } = service;
    const first = registry.active();
    await rename(folder, join(parent, "away"));
    await until(registry, "the folder is gone", () => registry.status().stale);
    assert.equal(registry.status().lastAttempt?.diagnostics[0]?.code, "RSK0501");
    assert.equal(registry.active(), first);
    const { attempts } = registry.status();
    await new Promise((resolve) => setTimeout(resolve, 150));
    assert.equal(registry.status().attempts, attempts, "an absent folder is one attempt");
    await mkdir(folder);
    await put(folder, "a.risk", goodRules(2));
    await until(registry, "the new folder", () => registry.status().version === versionOf(folder));
    await put(folder, "a.risk", goodRules(3));
    await until(registry, "a save in the new folder", () => registry.status().version === versionOf(folder));
    assert.equal(registry.status().stale, false);
  });

  test("is looked at without any event", async (t) => {
    const parent = temporaryFolder(t);
    await put(parent, "one/a.risk", goodRules(1));
    await put(parent, "two/a.risk", goodRules(2));
    const folder = join(parent, "current");
    await symlink("one", folder);
    const { registry } = await serve(t, folder, 30);
    await symlink("two", join(parent, "next"));
    // The link to the folder is swapped: nothing happens inside any watched folder.
    await rename(join(parent, "next"), folder);
    await until(registry, "the other folder", () => registry.status().version === versionOf(join(parent, "two")));
  });
});

suite("a worker that fails", () => {
  for (const [script, message] of [
    ["crash.ts", /planted crash/],
    ["exit.ts", /ended with code 7/],
    ["hang.ts", /took over 300 ms/],
  ] as const) {
    test(`makes a failed attempt (${script}) and no more`, async (t) => {
      const folder = temporaryFolder(t);
      await put(folder, "a.risk", goodRules(1));
      const builder = new Builder({ folder, script: new URL(`workers/${script}`, import.meta.url), timeoutMs: 300 });
      const registry = new Registry({ builder, windows: new WindowStore(), clock: systemClock });
      await registry.reload();
      await registry.reload();
      const { lastAttempt, attempts, version } = registry.status();
      assert.equal(attempts, 2, "a new worker is tried");
      assert.equal(version, null);
      assert.match(String(lastAttempt?.error), message);
      assert.deepEqual(lastAttempt?.diagnostics.map(({ code }) => code), ["RSK0508"]);
      await builder.close();
    });
  }

  test("is replaced, and the next build succeeds", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    const builder = new Builder({ folder });
    t.after(() => builder.close());
    const building = builder.build();
    await builder.close();
    assert.match(String((await building)?.error), /ended with code/);
    const built = await builder.build();
    assert.equal(built?.made?.program.version, versionOf(folder));
    assert.deepEqual(built?.stages.map(({ name }) => name), ["read", "parse", "lists", "check", "lower", "analyse", "verify", "index", "transfer", "link"]);
    assert.equal(await builder.build(), null, "nothing has changed");
  });
});

suite("the checker", () => {
  const bad = [{ path: "a.risk", text: BROKEN_RULES }];

  test("answers in order and turns away more than may wait", async (t) => {
    const checker = new Checker();
    t.after(() => checker.close());
    const answers = await Promise.all(Array.from({ length: MAX_WAITING + 3 }, () => checker.check(bad, new Map())));
    assert.equal(answers.filter((answer) => answer === null).length, 2);
    assert.ok(answers[0]?.some(({ message }) => message.includes("amuont")));
    assert.equal(answers[0]?.[0]?.span.line, 12);
    assert.deepEqual(await checker.check([{ path: "a.risk", text: goodRules(1) }], new Map()), []);
  });

  test("gives up on what takes too long, and goes on with the next", async (t) => {
    const checker = new Checker({ script: new URL("workers/hang.ts", import.meta.url), timeoutMs: 200 });
    t.after(() => checker.close());
    assert.deepEqual(await Promise.all([checker.check(bad, new Map()), checker.check(bad, new Map())]), [null, null]);
  });
});
