import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { run as fmt } from "../../src/cli/fmt.ts";
import { put, temporaryFolder } from "../rulesets/folders.ts";
import { run, sluice } from "./terminal.ts";

const MESSY = "event  e{a:string}\nlist l :string managed";
const NEAT = "event e {\n  a: string\n}\n\nlist l: string managed\n";
const BROKEN = "event  e{a:string}\nlist l  string managed\n";
const HALF = "event e {\n  a: string\n}\n\nlist l  string managed\n";

suite("sluice fmt", () => {
  test("formats the files of a folder, names those that changed, and changes none twice", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", MESSY);
    await put(folder, "sub/b.risk", NEAT);
    await put(folder, "sub/notes.txt", MESSY);
    const a = join(folder, "a.risk");
    assert.deepEqual(await run(fmt, [folder]), { code: 0, stdout: `${a}\n`, stderr: "" });
    assert.equal(readFileSync(a, "utf8"), NEAT);
    assert.equal(readFileSync(join(folder, "sub/notes.txt"), "utf8"), MESSY);
    const { ino } = statSync(a);
    assert.deepEqual(await run(fmt, [folder]), { code: 0, stdout: "", stderr: "" });
    assert.equal(statSync(a).ino, ino, "a file that is formatted is not written again");
  });

  test("a file is replaced whole: its mode, its mark and a link to it stay, and nothing is left beside it", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "real/a.risk", `\uFEFF${MESSY.replaceAll("\n", "\r\n")}`);
    chmodSync(join(folder, "real/a.risk"), 0o640);
    symlinkSync("real/a.risk", join(folder, "a.risk"));
    assert.equal((await run(fmt, [join(folder, "a.risk")])).code, 0);
    assert.equal(readFileSync(join(folder, "real/a.risk"), "utf8"), `\uFEFF${NEAT.replaceAll("\n", "\r\n")}`);
    assert.equal(statSync(join(folder, "real/a.risk")).mode & 0o777, 0o640);
    assert.deepEqual(readdirSync(join(folder, "real")), ["a.risk"]);
  });

  test("`--check` names what would change, changes nothing, and exits with 1", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", MESSY);
    await put(folder, "b.risk", NEAT);
    assert.deepEqual(await run(fmt, [folder, "--check"]), { code: 1, stdout: `${join(folder, "a.risk")}\n`, stderr: "" });
    assert.equal(readFileSync(join(folder, "a.risk"), "utf8"), MESSY);
    assert.deepEqual(await run(fmt, [join(folder, "b.risk"), "--check"]), { code: 0, stdout: "", stderr: "" });
  });

  test("a file with a mistake is formatted around it, and the mistake told", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", BROKEN);
    const { code, stdout, stderr } = await run(fmt, [folder]);
    assert.deepEqual([code, stdout], [1, `${join(folder, "a.risk")}\n`]);
    assert.match(stderr, /error\[RSK0101\]: expected `:`[^]*a\.risk:2:9/);
    assert.equal(readFileSync(join(folder, "a.risk"), "utf8"), HALF);
  });

  test("`--stdin` formats to standard output", async () => {
    assert.deepEqual(await sluice(["fmt", "--stdin"], MESSY), { code: 0, stdout: NEAT, stderr: "" });
    assert.deepEqual(await run(fmt, ["--stdin"], ""), { code: 0, stdout: "", stderr: "" });
    assert.deepEqual(await run(fmt, ["--stdin", "--check"], MESSY), { code: 1, stdout: "", stderr: "" });
    assert.deepEqual(await run(fmt, ["--stdin", "--check"], NEAT), { code: 0, stdout: "", stderr: "" });
    const { code, stdout, stderr } = await run(fmt, ["--stdin"], BROKEN);
    assert.deepEqual([code, stdout], [1, HALF]);
    assert.match(stderr, /stdin\.risk:2:9/);
  });

  test("a file that cannot be read is told, and the others are formatted", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", MESSY);
    await put(folder, "b.risk", Buffer.from([0xff, 0xfe, 0x00]).toString("latin1"));
    symlinkSync("nowhere.risk", join(folder, "c.risk"));
    const { code, stdout, stderr } = await run(fmt, [folder]);
    assert.deepEqual([code, stdout.includes(join(folder, "a.risk"))], [1, true]);
    assert.match(stderr, /RSK0502/);
    assert.equal(readFileSync(join(folder, "a.risk"), "utf8"), NEAT);
  });

  test("refuses a command line that names nothing, or both a path and `--stdin`, with 2", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "notes.txt", "");
    for (const args of [[], ["absent"], [join(folder, "notes.txt")], [folder, "--stdin"], [folder, "--write"]]) {
      assert.equal((await run(fmt, args)).code, 2, args.join(" "));
    }
  });

  test("the shipped rules are formatted", async () => {
    assert.deepEqual(await run(fmt, [join(import.meta.dirname, "../../rules"), "--check"]), { code: 0, stdout: "", stderr: "" });
  });
});
