import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { run as check } from "../../src/cli/check.ts";
import { run as fmt } from "../../src/cli/fmt.ts";
import { run as start } from "../../src/cli/new.ts";
import { run as repl } from "../../src/cli/repl.ts";
import { run as testRules } from "../../src/cli/test.ts";
import { temporaryFolder } from "../rulesets/folders.ts";
import { run, sluice } from "./terminal.ts";

suite("sluice new", () => {
  test("writes a folder that checks, passes its tests and is in the one style", async (t) => {
    const folder = join(temporaryFolder(t), "deep", "rules");
    const made = await run(start, [folder]);
    assert.equal(made.code, 0, made.stderr);
    const files = readdirSync(folder).toSorted();
    assert.deepEqual(files, ["README.md", "events.risk", "lists.risk", "rules.risk", "tests.risk"]);
    for (const file of files) assert.ok(made.stdout.includes(join(folder, file)), file);
    assert.deepEqual(await run(check, [folder]), { code: 0, stdout: "4 files checked: 0 errors, 0 warnings\n", stderr: "" });
    const tested = await run(testRules, [folder]);
    assert.equal(tested.code, 0, tested.stdout + tested.stderr);
    const styled = await run(fmt, [folder, "--check"]);
    assert.equal(styled.code, 0, styled.stdout + styled.stderr);
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    for (const file of files) if (file !== "README.md") assert.ok(readme.includes(file), file);
  });

  test("leaves a folder with something in it, and a file, alone", async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "full"));
    writeFileSync(join(folder, "full", "a"), "mine");
    mkdirSync(join(folder, "empty"));
    for (const name of ["full", "full/a"]) {
      const { code, stderr } = await run(start, [join(folder, name)]);
      assert.equal(code, 2);
      assert.match(stderr, /is there already and not an empty folder/);
    }
    assert.deepEqual([readdirSync(join(folder, "full")), readFileSync(join(folder, "full", "a"), "utf8")], [["a"], "mine"]);
    assert.equal((await run(start, [join(folder, "empty")])).code, 0);
  });
});

suite("sluice repl", () => {
  const say = (...lines: readonly string[]): ReturnType<typeof run> => run(repl, [], `${lines.join("\n")}\n`);

  test("evaluates, keeps values, and tells types", async () => {
    const { code, stdout, stderr } = await say("1 + 2", "let limit = 100.00 EUR", "limit * 2", ":type limit", ":type limit > 1.00 EUR", "let half = 1 / 0", "half is missing", "// nothing", "", ":names");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      "3", "limit = 100.00 EUR", "200.00 EUR", "money[EUR]", "bool", "half = missing: division by zero", "true", "limit: money[EUR]", "half: number",
    ]);
  });

  test("uses the functions, lists and events of a folder", async (t) => {
    const folder = join(temporaryFolder(t), "rules");
    await run(start, [folder]);
    writeFileSync(join(folder, "more.risk"), "function double(x: number): number = x * 2\n");
    const { code, stdout, stderr } = await say(
      `:load ${folder}`,
      "double(4)",
      ':event {"id": "p1", "at": "2026-01-31T12:00:00Z", "amount": "620.00 EUR", "card": "c1", "country": "US"}',
      "amount > 500.00 EUR and country not in home_countries",
      "channel == ecom",
      ":quit",
      "never",
    );
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.trimEnd().split("\n"), [`${folder}: 1 event, 2 lists, 1 function`, "8", "payment: id, at, amount, card, country, channel", "true", "true"]);
  });

  test("says what is wrong, goes on, and ends with 1 for a script", async (t) => {
    const folder = join(temporaryFolder(t), "rules");
    await run(start, [folder]);
    const { code, stdout, stderr } = await say("1 +", ":evnt {}", ":event {}", `:load ${folder}`, ":event {", ':event {"amount": 1}', ":event order {}", ":load", "2 + 2");
    assert.equal(code, 1);
    assert.equal(stdout.trimEnd().split("\n").at(-1), "4");
    assert.match(stderr, /error\[RSK0101\]: expected a value[^]*did you mean `:event`\?[^]*`:load` a rules folder first[^]*this is no JSON[^]*\/id: the field is required[^]*name one of the events: `payment`[^]*name a rules folder/);
  });

  test("a folder with mistakes is not used", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "a.risk"), "function f(x: number): number = y\n");
    const { code, stderr } = await run(repl, [folder], "f(1)\n");
    assert.equal(code, 1);
    assert.match(stderr, /`y` is not known here[^]*there is no function `f`/);
  });
});

suite("sluice completions", async () => {
  const help = (await sluice(["--help"])).stdout;
  const commands = [...help.matchAll(/^ {2}(\w+) {2}/gm)].map(([, name = ""]) => name);
  const flags = new Map(
    await Promise.all(
      commands.map(async (name): Promise<[string, string[]]> => [name, [...(await sluice([name, "--help"])).stdout.matchAll(/^ {2}--([\w-]+)/gm)].map(([, flag = ""]) => flag)]),
    ),
  );

  for (const shell of ["bash", "zsh", "fish"]) {
    test(`${shell} knows every command and every flag`, async (t) => {
      const { code, stdout } = await sluice(["completions", shell]);
      assert.equal(code, 0);
      for (const command of commands) {
        const lines = stdout.split("\n").filter((line) => new RegExp(String.raw`(^|\s|from )${command}(\)|'| |:)`).test(line)).join("\n");
        assert.ok(lines !== "", command);
        for (const flag of flags.get(command) ?? []) assert.ok(shell === "fish" ? lines.includes(`-l ${flag} `) : lines.includes(`--${flag}`), `${command} --${flag}\n${lines}`);
      }
      const parsed = spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" });
      if (parsed.error === undefined) assert.deepEqual([parsed.status, parsed.stderr], [0, ""]);
      else t.diagnostic(`${shell} is not installed here, so its script was not parsed`);
    });
  }

  test("bash completes", async () => {
    const { stdout: script } = await sluice(["completions", "bash"]);
    const complete = (...words: readonly string[]): string[] => {
      const program = `${script}\nCOMP_WORDS=(sluice ${words.map((word) => `'${word}'`).join(" ")})\nCOMP_CWORD=${words.length}\n_sluice\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`;
      const { stdout, stderr, status } = spawnSync("bash", ["--norc"], { input: program, encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""]);
      return stdout.trim().split("\n").toSorted();
    };
    assert.deepEqual(complete("ch"), ["check"]);
    assert.deepEqual(complete("check", "--f"), ["--fix", "--format"]);
    assert.deepEqual(complete("check", "--format", ""), ["github", "json", "pretty", "sarif"]);
    assert.deepEqual(complete("simulate", "--h"), ["--help"]);
  });

  test("another shell is wrong usage", async () => {
    const { code, stderr } = await sluice(["completions", "tcsh"]);
    assert.equal(code, 2);
    assert.match(stderr, /for bash, zsh, fish, not for `tcsh`/);
  });
});
