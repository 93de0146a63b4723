import assert from "node:assert/strict";
import { readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { run as check } from "../../src/cli/check.ts";
import { run as evaluate } from "../../src/cli/eval.ts";
import { SHOWN_BAD_LINES } from "../../src/cli/progress.ts";
import { run as replay } from "../../src/cli/replay.ts";
import { BROKEN_RULES, goodRules, put, temporaryFolder } from "../rulesets/folders.ts";
import { run } from "./terminal.ts";

suite("sluice check", () => {
  test("exits 0 for good rules and 1 for bad ones, which it shows with place and remedy", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1));
    assert.deepEqual(await run(check, [folder]), { code: 0, stdout: "1 file checked: 0 errors, 0 warnings\n", stderr: "" });
    await put(folder, "sub/b.risk", BROKEN_RULES.replaceAll(/payment|cards/g, "x$&"));
    const { code, stdout, stderr } = await run(check, [folder]);
    assert.deepEqual([code, stdout], [1, "2 files checked: 1 error, 0 warnings\n"]);
    assert.match(stderr, /error\[RSK03\d\d\]: `amuont`/);
    assert.ok(stderr.includes(`${join(folder, "sub/b.risk")}:12:`), stderr);
    assert.match(stderr, /did you mean `amount`/);
    assert.equal((await run(check, [join(folder, "a.risk")])).code, 0);
    assert.equal((await run(check, [join(folder, "sub/b.risk")])).code, 1);
  });

  test("falls short for warnings only when told to", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", goodRules(1).replace("rule large", "rule Large"));
    const { code, stdout, stderr } = await run(check, [folder]);
    assert.deepEqual([code, stdout], [0, "1 file checked: 0 errors, 1 warning\n"]);
    assert.match(stderr, /warning\[RSK0603\]/);
    assert.equal((await run(check, [folder, "--deny-warnings"])).code, 1);
    const json = JSON.parse((await run(check, [folder, "--format", "json"])).stdout) as { ok: boolean; diagnostics: readonly { severity: string }[] };
    assert.deepEqual([json.ok, json.diagnostics.map(({ severity }) => severity)], [true, ["warning"]]);
  });

  test("speaks to machines on standard output", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "a.risk", BROKEN_RULES);
    const file = join(folder, "a.risk");
    const json = await run(check, [folder, "--format", "json"]);
    assert.deepEqual([json.code, json.stderr], [1, ""]);
    const answer = JSON.parse(json.stdout) as { ok: boolean; diagnostics: { span: { file: string; line: number } }[] };
    assert.equal(answer.ok, false);
    assert.deepEqual([answer.diagnostics[0]?.span.file, answer.diagnostics[0]?.span.line], [file, 12]);
    const sarif = JSON.parse((await run(check, [folder, "--format", "sarif"])).stdout) as { version: string };
    assert.equal(sarif.version, "2.1.0");
    assert.match((await run(check, [folder, "--format", "github"])).stdout, /^::error file=.*a\.risk,line=12,/);
  });

  test("applies safe fixes and leaves the rest", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "real/a.risk", `\uFEFF${goodRules(1).replace("amount > 1", "amount = 1")}`);
    symlinkSync("real/a.risk", join(folder, "a.risk"));
    await put(folder, "real/.hidden", "");
    const { code, stderr } = await run(check, [join(folder, "a.risk"), "--fix"]);
    assert.deepEqual([code, stderr], [0, `fixed ${join(folder, "a.risk")}\n`]);
    assert.equal(readFileSync(join(folder, "real/a.risk"), "utf8"), `\uFEFF${goodRules(1).replace("amount > 1", "amount == 1")}`);
    assert.ok(statSync(join(folder, "real/a.risk")).isFile());
    await put(folder, "real/a.risk", BROKEN_RULES);
    assert.equal((await run(check, [join(folder, "a.risk"), "--fix"])).code, 1);
    assert.equal(readFileSync(join(folder, "real/a.risk"), "utf8"), BROKEN_RULES);
  });

  test("refuses what it cannot check with 2", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "notes.txt", "");
    for (const args of [["absent"], [join(folder, "notes.txt")], [folder, "--format", "xml"], [folder, "--format"], [folder, "--fix=yes"], [folder, "--fix", "--fix"]]) {
      assert.equal((await run(check, args)).code, 2, args.join(" "));
    }
  });
});

suite("sluice eval", () => {
  test("prints a value, or why there is none", async () => {
    const bindings = JSON.stringify({ x: { t: "int", v: "3" }, words: { t: "list", v: [{ t: "string", v: "a" }] }, paid: { t: "money", v: "12.30 USD" } });
    const value = async (expr: string): Promise<string> => (await run(evaluate, [expr, "--bindings", bindings])).stdout.trim();
    assert.equal(await value("0.1 + 0.2 * x"), String(0.1 + 0.2 * 3));
    assert.equal(await value('"a" in words ? "yes" : "no"'), '"yes"');
    assert.equal(await value("paid * 2"), "24.60 USD");
    assert.equal(await value("90s"), "1m30s");
    assert.equal(await value("1 / (x - 3)"), "missing: division by zero");
    assert.equal((await run(evaluate, [], "1 + 1\n")).stdout, "2\n");
    const wrong = await run(evaluate, ["x + y", "--bindings", bindings]);
    assert.deepEqual([wrong.code, wrong.stdout], [1, ""]);
    assert.match(wrong.stderr, /`y`/);
  });

  test("writes tagged values, and reads them back", async () => {
    const tagged = { t: "map", v: [[{ t: "string", v: "k" }, { t: "list", v: [{ t: "duration", v: { seconds: 90, nanos: 0 } }] }]] };
    const first = await run(evaluate, ["m", "--format", "json", "--bindings", JSON.stringify({ m: tagged })]);
    assert.deepEqual(JSON.parse(first.stdout), { value: tagged });
    const special = await run(evaluate, ["x", "--format", "json", "--bindings", '{"x":{"t":"double","v":"-0"}}']);
    assert.deepEqual(JSON.parse(special.stdout), { value: { t: "number", v: "-0" } });
  });

  test("answers every line, whatever the lines before were", async () => {
    const lines = [
      { id: 1, expr: "1 + x", bindings: { x: { t: "number", v: 1.5 } } },
      { id: "two", expr: "1 / 0" },
      { id: 3, expr: "1 +" },
      { id: 4, expr: "x", bindings: { x: { t: "what", v: 1 } } },
      { id: 5 },
    ].map((each) => JSON.stringify(each));
    const { code, stdout } = await run(evaluate, ["--jsonl"], [...lines, "no json", "", '{"id":8,"expr":"true"}'].join("\n"));
    const answers = stdout.trim().split("\n").map((each) => JSON.parse(each) as Record<string, unknown> & { error?: { code: string } });
    assert.equal(code, 1);
    assert.deepEqual(answers[0], { id: 1, value: { t: "number", v: 2.5 } });
    assert.deepEqual(answers[1], { id: "two", missing: "division by zero" });
    assert.match(String(answers[2]?.error?.code), /^RSK/);
    assert.deepEqual(answers.slice(3, 6).map(({ id, error }) => [id, error?.code]), [[4, "bad_line"], [5, "bad_line"], [null, "bad_line"]]);
    assert.equal(answers[5]?.["line"], 6);
    assert.deepEqual(answers[6], { id: 8, value: { t: "bool", v: true } });
  });

  test("refuses wrong usage with 2", async () => {
    for (const args of [["1", "--jsonl"], ["1", "--bindings", "{"], ["1", "--bindings", '{"x":1}'], ["1", "2"]]) {
      assert.equal((await run(evaluate, args)).code, 2, args.join(" "));
    }
  });
});

suite("sluice replay", () => {
  const HEADER = "id,at,card,amount\n";
  const row = (i: number, amount: string): string => `p${i},2026-01-01T00:00:00Z,c1,${amount}\n`;

  test("sums up on standard output and writes decisions where it is told", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "rules/a.risk", goodRules(10));
    await put(folder, "in.csv", HEADER + row(1, "5") + row(2, "50") + row(3, "5"));
    const args = [join(folder, "in.csv"), "--rules", join(folder, "rules")];
    const pretty = await run(replay, [...args, "--out", join(folder, "out.ndjson")]);
    assert.deepEqual([pretty.code, pretty.stderr], [0, ""]);
    assert.match(pretty.stdout, /rows +3\n/);
    assert.match(pretty.stdout, /decline +1 +33\.33 %/);
    assert.match(pretty.stdout, /large +1 +33\.33 %/);
    const out = readFileSync(join(folder, "out.ndjson"), "utf8");
    assert.equal(out.split("\n").length, 4);
    const dashed = await run(replay, [...args, "--out", "-", "--format", "json"]);
    assert.equal(dashed.stdout, out);
    assert.equal((JSON.parse(dashed.stderr) as { decided: number }).decided, 3);
  });

  test("tells of the first bad lines, counts the others, and exits 1", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "rules/a.risk", goodRules(10));
    const bad = SHOWN_BAD_LINES + 5;
    await put(folder, "in.csv", HEADER + row(0, "1") + Array.from({ length: bad }, (_, i) => row(i + 1, "x")).join("") + row(99, "1"));
    const { code, stdout, stderr } = await run(replay, [join(folder, "in.csv"), "--rules", join(folder, "rules")]);
    assert.equal(code, 1);
    const lines = stderr.trim().split("\n");
    assert.equal(lines.length, SHOWN_BAD_LINES + 1);
    assert.equal(lines[0], `${join(folder, "in.csv")}:3: /amount: expected a number, found "x"`);
    assert.equal(lines.at(-1), "and 5 more bad lines");
    assert.match(stdout, new RegExp(`decided +2\nbad +${bad}\n`));
  });

  test("does not begin with rules or a mapping that are wrong", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "rules/a.risk", BROKEN_RULES);
    await put(folder, "in.csv", HEADER);
    const args = [join(folder, "in.csv"), "--rules", join(folder, "rules")];
    const broken = await run(replay, args);
    assert.deepEqual([broken.code, broken.stdout], [1, ""]);
    assert.match(broken.stderr, /amuont/);
    await put(folder, "rules/a.risk", goodRules(1));
    await put(folder, "map.yaml", "type: payment\nfields:\n  crad: card\n");
    const mapped = await run(replay, [...args, "--map", join(folder, "map.yaml")]);
    assert.equal(mapped.code, 1);
    assert.match(mapped.stderr, /map\.yaml:3:3/);
    assert.match(mapped.stderr, /did you mean `card`/);
    assert.equal((await run(replay, [...args, "--type", "nothing"])).code, 1);
  });

  test("refuses wrong usage with 2", async (t) => {
    const folder = temporaryFolder(t);
    await put(folder, "rules/a.risk", goodRules(1));
    await put(folder, "in.csv", HEADER);
    const input = join(folder, "in.csv");
    const rules = ["--rules", join(folder, "rules")];
    for (const args of [
      [input],
      [join(folder, "absent.csv"), ...rules],
      [folder, ...rules],
      [input, ...rules, "--from", "0"],
      [input, ...rules, "--from", "1.5"],
      [input, ...rules, "--map", join(folder, "absent.yaml")],
      [input, ...rules, "--out", join(folder, "no/such/folder")],
    ]) {
      assert.equal((await run(replay, args)).code, 2, args.join(" "));
    }
  });
});
