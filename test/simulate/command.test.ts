import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { run } from "../../src/cli/simulate.ts";

class Sink extends Writable {
  text = "";
  writes = 0;
  readonly #slow: boolean;

  constructor(slow = false) {
    super({ highWaterMark: 1_024 });
    this.#slow = slow;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    this.writes++;
    if (this.#slow) setImmediate(done);
    else done();
  }
}

function simulateInto(stdout: Writable, stderr: Writable, argv: readonly string[]): Promise<number> {
  return run(argv, { stdin: Readable.from([]), stdout, stderr });
}

async function simulate(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const code = await simulateInto(stdout, stderr, argv);
  return { code, out: stdout.text, err: stderr.text };
}

test("ten thousand payments by default, a line each", async () => {
  const { code, out } = await simulate();
  const lines = out.split("\n");
  assert.equal(code, 0);
  assert.equal(lines.pop(), "");
  assert.equal(lines.length, 10_000);
  assert.ok(lines.every((line) => (JSON.parse(line) as { type: string }).type === "payment"));
});

test("a slow reader gets every byte, and is waited for", async () => {
  const slow = new Sink(true);
  const argv = ["--events", "3000", "--kind", "logins"];
  assert.equal(await simulateInto(slow, new Sink(), argv), 0);
  assert.equal(slow.text, (await simulate(...argv)).out);
  assert.ok(slow.writes > 3);
});

test("a file gets what standard output would", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-"));
  try {
    const out = join(folder, "stream.csv");
    const args = ["--kind", "telemetry", "--events", "50", "--format", "csv"];
    assert.deepEqual(await simulate(...args, "--out", out), { code: 0, out: "", err: "" });
    assert.equal(readFileSync(out, "utf8"), (await simulate(...args)).out);
    const { code, err } = await simulate("--out", join(folder, "none", "stream"));
    assert.equal(code, 1);
    assert.match(err, /cannot write .*: ENOENT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the start, the seed and the share of fraud are taken from the options", async () => {
  const { out } = await simulate("--kind", "telemetry", "--events", "1", "--start", "2024-02-29T00:00:00+01:00");
  assert.match(out, /"at":"2024-02-28T23:00:00.000Z"/);
  assert.notEqual((await simulate("--events", "9", "--seed", "x")).out, (await simulate("--events", "9")).out);
  assert.doesNotMatch((await simulate("--fraud", "0")).out, /"fraud":true/);
});

test("no events is an empty stream", async () => {
  assert.deepEqual(await simulate("--events", "0"), { code: 0, out: "", err: "" });
});

test("wrong usage is exit 2 with what would be right", async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["--kind", "trades"], /`--kind` cannot be `trades`; use one of payments, logins, telemetry/],
    [["--format", "xml"], /`--format` cannot be `xml`/],
    [["--events", "many"], /`--events` needs a whole number of at least 0, not `many`/],
    [["--events", "1000000001"], /`--events` is at most 1000000000/],
    [["--fraud", "0.21"], /`--fraud` needs a share from 0 to 0.2, not `0.21`/],
    [["--fraud", "much"], /`--fraud` needs a share/],
    [["--start", "tomorrow"], /`--start` needs a time such as/],
    [["--sed", "1"], /did you mean `--seed`/],
    [["stray"], /stray/],
  ];
  for (const [argv, message] of cases) {
    const { code, out, err } = await simulate(...argv);
    assert.equal(code, 2, argv.join(" "));
    assert.equal(out, "");
    assert.match(err, message);
  }
});

test("help names every option", async () => {
  const { code, out } = await simulate("--help");
  assert.equal(code, 0);
  for (const option of ["--kind", "--events", "--seed", "--fraud", "--start", "--format", "--out"]) assert.match(out, new RegExp(option));
});
