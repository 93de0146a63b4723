import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { MAIN, sluice } from "../cli/terminal.ts";
import { rngOf } from "../random.ts";
import { run, rulesFolder } from "../store/service.ts";

/*
 * A replay into a data folder is one replay, in however many runs it is done and however those end: the truth is the
 * replay of the whole stream with nothing kept, line by line.
 */
const RULES = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
}
list watched: string managed
feature card_tx = count of payment by card over 1h
feature card_sum = sum of payment.amount by card over 30d
feature usual = average of payment.amount by card over 1d excluding current
ruleset cards on payment {
  outcomes allow < review < decline
  policy worst
  rule big { when amount > 900 then review reason R1 "{card_tx} payments, {card_sum}" do add card to watched for 10m }
  rule known { when card in watched then decline reason R2 "watched" }
  rule often { when card_tx > 30 then decline cooldown 20m by card }
  rule far { when amount > 5 * usual then review }
}
`;

function lines(count: number, first = 0): readonly string[] {
  const random = rngOf(20261121);
  const all = Array.from({ length: first + count }, (_, n) => {
    const at = new Date(Date.UTC(2018, 3, 1) + n * 20_000).toISOString();
    return JSON.stringify({ type: "payment", event: { id: `p${n}`, at, card: `c${random.below(12)}`, amount: random.below(1_000) } });
  });
  return all.slice(first);
}

interface Stage {
  readonly folder: string;
  readonly rules: string;
  readonly data: string;
  /** Writes an input and gives its path. */
  readonly input: (name: string, text: readonly string[]) => string;
}

function stage(t: TestContext): Stage {
  const folder = mkdtempSync(join(tmpdir(), "sluice-continue-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const input = (name: string, text: readonly string[]): string => {
    writeFileSync(join(folder, name), `${text.join("\n")}\n`);
    return join(folder, name);
  };
  return { folder, rules: rulesFolder(t, RULES), data: join(folder, "data"), input };
}

type Line = Readonly<Record<string, unknown>>;

async function replayed(input: string, { rules, folder }: Stage, ...more: readonly string[]): Promise<{ readonly lines: readonly Line[]; readonly summary: Line }> {
  const out = join(folder, "out.ndjson");
  const ran = await sluice(["replay", input, "--rules", rules, "--out", out, "--features", "--format", "json", ...more]);
  assert.equal(ran.code, 0, ran.stderr);
  return { lines: linesOf(out), summary: JSON.parse(ran.stdout) as Line };
}

function linesOf(path: string): readonly Line[] {
  return readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Line);
}

/** What was decided, whatever file, place and run it came from. */
function decided(all: readonly Line[]): readonly unknown[] {
  return all.map(({ eventId, decisions, effects, features }) => ({ eventId, decisions, effects, features }));
}

void test("two runs are one, and a stream that comes again counts nothing again", async (t) => {
  const at = stage(t);
  const whole = await replayed(at.input("whole", lines(3_000)), at);
  const first = await replayed(at.input("first", lines(1_400)), at, "--data", at.data);
  const second = await replayed(at.input("second", lines(1_600, 1_400)), at, "--data", at.data);
  assert.deepEqual(decided([...first.lines, ...second.lines]), decided(whole.lines));
  assert.equal(second.summary["replayed"], 0);
  const again = await replayed(at.input("whole", lines(3_000)), at, "--data", at.data);
  assert.deepEqual([again.summary["replayed"], again.summary["decided"]], [3_000, 3_000]);
  assert.ok(again.lines.every((line) => line["replayed"] === true));
  assert.deepEqual(decided(again.lines), decided(whole.lines));
  const rest = await replayed(at.input("rest", lines(500, 3_000)), at, "--data", at.data);
  const longer = await replayed(at.input("longer", lines(3_500)), at);
  assert.deepEqual(decided(rest.lines), decided(longer.lines.slice(3_000)), "and what comes then is as if it had come once");
});

void test("the same id with another body is a bad line, and the run goes on", async (t) => {
  const at = stage(t);
  await replayed(at.input("one", lines(3)), at, "--data", at.data);
  const other = (lines(3)[1] ?? "").replace(/"amount":\d+/, '"amount":12345');
  const ran = await sluice(["replay", at.input("two", [other, ...lines(1, 3)]), "--rules", at.rules, "--data", at.data, "--format", "json"]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /two:1/);
  const { bad, decided: good } = JSON.parse(ran.stdout) as Line;
  assert.deepEqual([bad, good], [1, 1]);
});

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  void test(`a run that ends by ${signal} in the middle is gone on with by running it again`, async (t) => {
    const at = stage(t);
    const count = 12_000;
    const input = at.input("whole", lines(count));
    const out = join(at.folder, "cut.ndjson");
    const child = spawn(process.execPath, [MAIN, "replay", input, "--rules", at.rules, "--data", at.data, "--out", out, "--features"], { stdio: "ignore" });
    const ended = once(child, "exit");
    while (child.exitCode === null && (!existsSync(out) || statSync(out).size === 0)) await pause(5);
    child.kill(signal);
    await ended;
    // A line may have been cut in two.
    const before = readFileSync(out, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line) as Line);
    assert.ok(before.length > 0 && before.length < count, `${before.length} lines were written`);
    const again = await replayed(input, at, "--data", at.data);
    const known = again.lines.filter((line) => line["replayed"] === true).length;
    t.diagnostic(`${before.length} lines were written, ${known} were durable`);
    assert.ok(known >= before.length && known < count, `${known} were durable`);
    const whole = await replayed(input, at);
    assert.deepEqual(decided(again.lines), decided(whole.lines));
    assert.deepEqual(decided(before), decided(whole.lines.slice(0, before.length)));
  });
}

void test("one process at a time; the service goes on from what was replayed", async (t) => {
  const at = stage(t);
  const input = at.input("whole", lines(2_000));
  const { lines: made } = await replayed(input, at, "--data", at.data);
  const service = await run(t, at.rules, at.data);
  const refused = await sluice(["replay", input, "--rules", at.rules, "--data", at.data, "--out", join(at.folder, "out.ndjson")]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /another process uses the data folder/);
  assert.equal(linesOf(join(at.folder, "out.ndjson")).length, 2_000, "what another run wrote stays");
  const next = JSON.parse(lines(1, 2_000)[0] ?? "") as object;
  const answer = await service.post("/v1/decisions", { ...next, explain: true });
  const truth = await replayed(at.input("longer", lines(2_001)), at);
  assert.deepEqual(answer.json["features"], truth.lines[2_000]?.["features"]);
  assert.equal(answer.json["seq"], 2_001);
  const retry = await service.post("/v1/decisions", JSON.parse(lines(1, 1_000)[0] ?? ""));
  assert.deepEqual([retry.json["replayed"], retry.json["decisions"]], [true, made[1_000]?.["decisions"]]);
  await service.close();
  const back = await replayed(at.input("after", lines(10, 1_995)), at, "--data", at.data);
  assert.equal(back.summary["replayed"], 6, "the five before the service, and the one that it decided");
});

void test("a folder that is none, a setting that means nothing", async (t) => {
  const at = stage(t);
  const input = at.input("one", lines(1));
  const file = await sluice(["replay", input, "--rules", at.rules, "--data", input]);
  assert.equal(file.code, 1);
  assert.match(file.stderr, /^sluice replay: the data folder/);
});
