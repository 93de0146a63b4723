import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { suite, test } from "node:test";
import { run as command } from "../../src/cli/test.ts";
import { goodRules, put, temporaryFolder } from "../rulesets/folders.ts";
import { MAIN, run } from "./terminal.ts";
import { readXml } from "./xml.ts";

/** One condition alone, so that its mutants can be counted by eye. */
const RULES = goodRules(10).replace(" or payments_1h > 1_000_000", "");
const PASSES = 'test "large" for cards { when payment { card: "c", amount: 11 } expect outcome decline }\n';
const FAILS = 'test "small & <odd> \\u0001" for cards { when payment { card: "c", amount: 5 } expect outcome decline }\n';

interface Answer {
  readonly ok: boolean;
  readonly tests: readonly { readonly name: string; readonly ruleset: string; readonly file: string; readonly line: number; readonly passed: boolean; readonly diagnostics: readonly { readonly code: string; readonly span: { readonly file: string; readonly line: number } }[] }[];
  readonly coverage?: { readonly part: number; readonly all: number; readonly percent: number; readonly rulesets: readonly { readonly ruleset: string; readonly items: readonly object[] }[] };
  readonly mutants?: { readonly killed: number; readonly all: number; readonly percent: number; readonly survivors: readonly { readonly from: string; readonly to: string; readonly line: number }[] };
}

suite("sluice test", () => {
  test("exits 0 when all tests pass, 1 when one fails or there is none, 2 when it is asked for nonsense", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES);
    const none = await run(command, [folder]);
    assert.deepEqual([none.code, none.stdout], [1, ""]);
    assert.match(none.stderr, /there are no tests/);
    await put(folder, "a.risk", RULES + PASSES);
    const good = await run(command, [folder]);
    assert.deepEqual([good.code, good.stderr], [0, ""]);
    assert.match(good.stdout, /^cards\n {2}✓ large\n\n1 test: 1 passed, 0 failed \(\d+ ms\)\n$/);
    assert.match((await run(command, [folder, "--filter", "smal"])).stderr, /no test holds "smal"/);
    await put(folder, "a.risk", RULES + PASSES + FAILS);
    const bad = await run(command, [folder]);
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /✓ large\n {2}✗ small & <odd> \\u0001/);
    assert.ok(bad.stderr.includes(`${join(folder, "a.risk")}:15:`), bad.stderr);
    assert.equal((await run(command, [folder, "--filter", "large"])).code, 0);
    await put(folder, "a.risk", RULES + PASSES.replace("decline", "declin"));
    const broken = await run(command, [folder]);
    assert.deepEqual([broken.code, broken.stdout], [1, ""]);
    assert.match(broken.stderr, /error\[RSK0810\]/);
    for (const args of [[], [join(folder, "none")], [folder, "--threshold", "90"], [folder, "--coverage", "--threshold", "101"], [folder, "--format", "junit", "--watch"], [folder, "--formats"]]) {
      assert.equal((await run(command, args)).code, 2, args.join(" "));
    }
  });

  test("runs the tests of single files with what they import, and of several paths", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES + FAILS);
    await put(folder, "b.risk", `import cards from "a.risk"\n${PASSES}`);
    assert.equal((await run(command, [folder])).code, 1);
    const one = await run(command, [join(folder, "b.risk")]);
    assert.deepEqual([one.code, one.stdout.includes("small")], [0, false]);
    const both = JSON.parse((await run(command, [join(folder, "a.risk"), join(folder, "b.risk"), "--format", "json"])).stdout) as Answer;
    assert.deepEqual(both.tests.map(({ file, line, passed }) => [file, line, passed]), [
      [join(folder, "a.risk"), 14, false],
      [join(folder, "b.risk"), 2, true],
    ]);
  });

  test("speaks JSON: tests, coverage, mutants", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES + PASSES + FAILS);
    const bad = await run(command, [folder, "--format", "json", "--mutants"]);
    const answer = JSON.parse(bad.stdout) as Answer;
    assert.deepEqual([bad.code, bad.stderr, answer.ok, answer.mutants], [1, "", false, undefined]);
    const file = join(folder, "a.risk");
    assert.deepEqual(answer.tests.map((each) => [each.name, each.ruleset, each.file, each.line, each.passed, each.diagnostics.map(({ code, span }) => [code, span.file, span.line])]), [
      ["large", "cards", file, 14, true, []],
      ["small & <odd> \u0001", "cards", file, 15, false, [["RSK0851", file, 15]]],
    ]);
    await put(folder, "a.risk", RULES + PASSES);
    const good = JSON.parse((await run(command, [folder, "--format", "json", "--coverage", "--mutants"])).stdout) as Answer;
    assert.deepEqual([good.ok, good.coverage?.part, good.coverage?.all], [true, 3, 6]);
    assert.deepEqual(good.mutants?.survivors.map(({ from, to, line }) => [from, to, line]), [[">", ">=", 12], ["10", "9", 12]]);
    assert.deepEqual([good.mutants?.killed, good.mutants?.all], [1, 3]);
  });

  test("a threshold fails what lies below it", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES + PASSES);
    assert.equal((await run(command, [folder, "--coverage", "--threshold", "50"])).code, 0);
    const below = await run(command, [folder, "--coverage", "--threshold", "51"]);
    assert.equal(below.code, 1);
    assert.match(below.stdout, /coverage: 50\.0 % \(3 of 6\), below 51 %\n$/);
    assert.ok(below.stdout.includes(`${join(folder, "a.risk")}:12:21 condition \`amount > 10\` of \`large\` never false\n    12 | rule large`), below.stdout);
    assert.ok(below.stdout.includes("outcome `allow` never reached"), below.stdout);
    const mutants = await run(command, [folder, "--mutants", "--threshold", "34"]);
    assert.equal(mutants.code, 1);
    assert.match(mutants.stdout, /no test notices `>=` instead of `>`\n {4}12 \| .*\n {4}decide an event in which `amount` equals `10`/);
    assert.match(mutants.stdout, /mutants noticed: 33\.3 % \(1 of 3\), below 34 %\n$/);
    assert.equal((await run(command, [folder, "--mutants", "--threshold", "33"])).code, 0);
  });

  test("writes JUnit XML that is well-formed and counts right, whatever tests are called", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES + PASSES + FAILS);
    const { code, stdout } = await run(command, [folder, "--format", "junit"]);
    assert.equal(code, 1);
    const root = readXml(stdout);
    const pick = (element: typeof root, ...names: readonly string[]): readonly (string | undefined)[] => names.map((name) => element.attributes.get(name));
    assert.deepEqual([root.name, ...pick(root, "name", "tests", "failures", "errors")], ["testsuites", "sluice", "2", "1", "0"]);
    const [only, ...others] = root.children;
    assert.ok(only !== undefined && others.length === 0);
    assert.deepEqual([only.name, ...pick(only, "name", "tests", "failures", "errors", "skipped")], ["testsuite", "cards", "2", "1", "0", "0"]);
    assert.match(only.attributes.get("time") ?? "", /^\d+\.\d+$/);
    assert.deepEqual(only.children.map((each) => [each.name, ...pick(each, "name", "classname", "file", "line")]), [
      ["testcase", "large", "cards", join(folder, "a.risk"), "14"],
      ["testcase", "small & <odd> \uFFFD", "cards", join(folder, "a.risk"), "15"],
    ]);
    const [failure] = only.children[1]?.children ?? [];
    assert.deepEqual([failure?.name, failure?.attributes.get("type")], ["failure", "RSK0851"]);
    assert.match(failure?.attributes.get("message") ?? "", /the outcome is `allow`/);
    assert.match(failure?.text ?? "", /false: `amount` is 5/);
    assert.throws(() => readXml(stdout.replace("&amp;", "&")));
    assert.throws(() => readXml(stdout.replace("</testsuite>", "")));
  });

  test("--watch runs again after each change until it is interrupted", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", RULES + PASSES);
    const child = spawn(process.execPath, [MAIN, "test", folder, "--watch"], { stdio: ["ignore", "pipe", "pipe"] });
    t.after(() => child.kill("SIGKILL"));
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const until = async (pattern: RegExp): Promise<void> => {
      const deadline = performance.now() + 20_000;
      while (!pattern.test(output)) {
        assert.ok(performance.now() < deadline, output);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      output = output.replace(pattern, "");
    };
    await until(/1 passed, 0 failed[^]*waiting for changes/);
    await put(folder, "a.risk", goodRules(11) + PASSES);
    await until(/0 passed, 1 failed[^]*waiting for changes/);
    await put(folder, "a.risk", "ruleset");
    await until(/error\[RSK01/);
    await put(folder, "a.risk", RULES + PASSES);
    await until(/1 passed, 0 failed[^]*waiting for changes/);
    const ended = new Promise<number | null>((resolve) => {
      child.once("exit", (code) => resolve(code));
    });
    child.kill("SIGINT");
    assert.equal(await ended, 0);
  });
});
