import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { checkOut } from "../../perf/harness/checkout.ts";
import { ROOT } from "../../perf/harness/machine.ts";
import { baseOf, meant } from "./regression/base.ts";
import { PATHS } from "./regression/paths.ts";
import { copyTree } from "./regression/plant.ts";
import { ATTEMPTS, isSlower, MARGIN, type Measured, measured, measureOnce } from "./regression/verdict.ts";

/*
 * Nothing that is hot becomes much slower, in processor time or in bytes allocated, against the revision that this
 * tree began from; measured by turns in one process, and what seems slower again in others.
 */

const NAMES = Object.keys(PATHS);

function tell(t: TestContext, results: readonly Measured[]): void {
  for (const each of results) {
    t.diagnostic(each.incomparable === null ? `${each.name}: ${each.time.toFixed(2)} × the time, ${each.bytes.toFixed(2)} × the bytes, ${each.us.toPrecision(3)} µs` : `${each.name}: not compared: ${each.incomparable}`);
  }
}

suite("speed", () => {
  test("no hot path is slower than before", async (t) => {
    const base = baseOf(ROOT);
    if ("absent" in base) return t.skip(`nothing to compare with: ${base.absent}`);
    let left: readonly string[] = NAMES;
    const slower: string[] = [];
    for (const revision of base.revisions) {
      if (left.length === 0) break;
      const checkout = checkOut(revision);
      try {
        const results = await measured(checkout.folder, ROOT, left);
        const excused = meant(ROOT, revision);
        t.diagnostic(`against ${checkout.revision}`);
        tell(t, results);
        for (const name of excused.keys()) t.diagnostic(`meant to be slower: ${name}: ${excused.get(name)}`);
        slower.push(...results.filter((each) => each.incomparable === null && isSlower(each) && !excused.has(each.name)).map(({ name }) => name));
        left = results.filter(({ incomparable }) => incomparable !== null).map(({ name }) => name);
      } finally {
        checkout.remove();
      }
    }
    assert.deepEqual(slower, [], `${MARGIN} × or more in each of ${ATTEMPTS} processes; see "Speed" in CONTRIBUTING.md`);
    if (left.length === NAMES.length) t.skip("no path is the same in the revisions before");
  });

  test("what does everything twice is seen, and the same again is not", async (t) => {
    const [twice, same] = [copyTree(true), copyTree(false)];
    try {
      const planted = await measureOnce(same.root, twice.root, NAMES);
      tell(t, planted);
      assert.deepEqual(planted.filter((each) => each.incomparable === null && isSlower(each)).map(({ name }) => name), NAMES);
      const again = await measured(same.root, ROOT, NAMES);
      tell(t, again);
      assert.deepEqual(again.filter((each) => each.incomparable !== null || isSlower(each)), []);
    } finally {
      twice.remove();
      same.remove();
    }
  });

  test("the base is where a branch began, or before the last change", () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-base-"));
    const run = (...args: readonly string[]): string => execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@a.example", ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const commit = (file: string, content: string, message: string, day: number): string => {
      writeFileSync(join(folder, file), content);
      run("add", "-A");
      execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@a.example", "commit", "-q", "-m", message], { env: { ...process.env, GIT_COMMITTER_DATE: `2026-01-0${day}T12:00:00Z` } });
      return run("rev-parse", "HEAD");
    };
    try {
      assert.ok("absent" in baseOf(folder));
      run("init", "-q", "-b", "main");
      const first = commit("src", "1", "first", 1);
      assert.match((baseOf(folder) as { readonly absent: string }).absent, /no commit before/);
      const second = commit("src", "2", "second", 3);
      const third = commit("src", "3", "third\n\nSlower: parse 40 rules: it now tells more", 3);
      commit("README.md", "x", "words", 3);
      assert.deepEqual(baseOf(folder), { revisions: [first, second] });
      assert.deepEqual([...meant(folder, second)], [["parse 40 rules", "it now tells more"]]);
      writeFileSync(join(folder, "src"), "4");
      assert.deepEqual(baseOf(folder), { revisions: [run("rev-parse", "HEAD")] });
      run("checkout", "-q", "-f", "-b", "branch", third);
      commit("src", "5", "on a branch", 4);
      assert.deepEqual(baseOf(folder), { revisions: [third] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
