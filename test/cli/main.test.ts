import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import { goodRules, put, temporaryFolder } from "../rulesets/folders.ts";
import { MAIN, sluice } from "./terminal.ts";

suite("sluice", () => {
  test("tells of its commands, and each command of itself", async () => {
    const help = await sluice(["--help"]);
    assert.equal(help.code, 0);
    const commands = [...help.stdout.matchAll(/^ {2}(\w+) {2}/gm)].map((match) => match[1] ?? "");
    assert.deepEqual(commands, ["serve", "check", "fmt", "test", "eval", "replay", "explain", "lsp", "simulate", "data", "new", "repl", "completions"]);
    const all = await Promise.all(commands.map((command) => sluice([command, "--help"])));
    for (const [i, { code, stdout, stderr }] of all.entries()) {
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`usage: sluice ${commands[i]}`));
      assert.match(stdout, /--help/);
      assert.equal(stderr, "");
    }
  });

  test("answers wrong usage with 2 and the nearest name", async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["chek"], /there is no command `chek`; did you mean `sluice check`\?/],
      [["zzzzzzzz"], /see `sluice --help`/],
      [["check", "--fromat", "json", "x"], /there is no flag `--fromat`; did you mean `--format`\?/],
      [["check"], /an argument is missing; usage: `sluice check PATH/],
      [[], /usage: sluice COMMAND/],
    ];
    const all = await Promise.all(cases.map(([args]) => sluice(args)));
    for (const [i, { code, stdout, stderr }] of all.entries()) {
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
      assert.match(stderr, cases[i]?.[1] ?? /^$/);
    }
  });

  test("says its version", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
    assert.deepEqual(await sluice(["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("ends without a complaint when its reader goes away", async (t) => {
    const folder = temporaryFolder(t);
    const child = spawn(process.execPath, [MAIN, "replay", await longStream(folder), "--rules", join(folder, "rules"), "--out", "-"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code, signal] = await once(child, "close");
    assert.deepEqual([code, signal, complaint], [0, null, ""]);
  });

  test("ends a replay cleanly when it is interrupted, with the summary so far", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "rules/a.risk", goodRules(5));
    const out = join(folder, "out.ndjson");
    const args = ["replay", "-", "--rules", join(folder, "rules"), "--type", "payment", "--out", out, "--format", "json"];
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    const stdout = text(child.stdout);
    // A bad line is told as soon as it is met, so then the good ones before it were taken too.
    child.stdin.write(`${line(1)}${line(2)}bad\n`);
    await once(child.stderr, "data");
    // The input stays open: only the interrupt can end it.
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    const summary = JSON.parse(await stdout) as { complete: boolean; decided: number };
    assert.deepEqual([code, summary.complete], [1, false]);
    assert.equal(readFileSync(out, "utf8").split("\n").length - 1, summary.decided);
    assert.equal(summary.decided, 2);
  });
});

function line(i: number): string {
  return `${JSON.stringify({ id: `p${i}`, at: "2026-01-01T00:00:00Z", card: "c", amount: i })}\n`;
}

async function longStream(folder: string): Promise<string> {
  await put(folder, "rules/a.risk", goodRules(5));
  const lines = Array.from({ length: 50_000 }, (_, i) => `{"type":"payment","event":${line(i).trim()}}\n`).join("");
  await put(folder, "stream.ndjson", lines);
  return join(folder, "stream.ndjson");
}
