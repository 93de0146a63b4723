import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { analyse } from "../../src/rulesets/build.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { memoryReader, type RulesReader } from "../../src/rulesets/reader.ts";
import { BROKEN_RULES, goodRules } from "./folders.ts";

function reader(files: Record<string, string>): RulesReader {
  return memoryReader("m", new Map(Object.entries(files)));
}

suite("a build", () => {
  test("of good rules runs every stage once, in order, and yields the program", () => {
    const { stages, failed, ir, version } = analyse(reader({ "a.risk": goodRules(5) }));
    assert.equal(failed, null);
    assert.equal(ir?.version, version);
    assert.deepEqual(stages.map(({ name }) => name), ["read", "parse", "lists", "check", "lower"]);
    for (const [i, { startMs, durationMs }] of stages.entries()) {
      const before = stages[i - 1];
      assert.ok(startMs >= (before === undefined ? 0 : before.startMs + before.durationMs), "stages follow each other");
      assert.ok(durationMs >= 0);
    }
  });

  test("names the first stage that failed and finds the mistakes of the later ones too", () => {
    const { failed, ir, diagnostics, version } = analyse(reader({ "a.risk": `${BROKEN_RULES}\nlist = 5\n` }));
    assert.equal(failed, "parse");
    assert.equal(ir, null);
    assert.match(String(version), /^[0-9a-f]{16}$/);
    assert.ok(diagnostics.some(({ code }) => code.startsWith("RSK01")), "a syntax error");
    assert.ok(diagnostics.some(({ message }) => message.includes("amuont")), "an unknown name");
    assert.equal(analyse(reader({ "a.risk": BROKEN_RULES })).failed, "check");
    assert.equal(analyse(reader({})).failed, "read");
  });

  test("does not blame a file for what another that cannot be read would declare", () => {
    const files = new Map<string, string | Uint8Array>([
      ["a.risk", Uint8Array.of(0xff)],
      ["b.risk", 'import payment from "a.risk"\nfeature n = count of payment by card over 1h\n'],
    ]);
    const { diagnostics, failed } = analyse(memoryReader("m", files));
    assert.deepEqual(diagnostics.map(({ code }) => code), ["RSK0503"]);
    assert.equal(failed, "read");
  });

  test("tells of a list file that is not there once, at the place that names it", () => {
    const text = 'list bad: string from "bad.txt"\n';
    const { diagnostics } = analyse(reader({ "a.risk": text }));
    assert.equal(diagnostics.length, 1);
    assert.equal(text.slice(diagnostics[0]?.span.start, diagnostics[0]?.span.end), '"bad.txt"');
  });

  test("turns a fault of ours into a diagnostic", () => {
    const faulty: RulesReader = {
      ...reader({}),
      list: () => {
        throw new Error("planted");
      },
    };
    const { diagnostics, failed, ir } = analyse(faulty);
    assert.deepEqual(diagnostics.map(({ code, message }) => [code, message]), [["RSK0508", "internal error in the stage `read`: Error: planted"]]);
    assert.equal(failed, "read");
    assert.equal(ir, null);
  });
});

test("a rate file is part of the version", () => {
  const rates = (rate: string): ReturnType<typeof analyse> => analyse(reader({ "a.risk": 'rates ecb from "ecb.csv"\n', "ecb.csv": `2026-11-01,EUR,USD,${rate}\n` }));
  assert.deepEqual(rates("1.08").diagnostics, []);
  assert.equal(rates("1.08").version, rates("1.08").version);
  assert.notEqual(rates("1.08").version, rates("1.09").version);
  assert.deepEqual(analyse(reader({ "a.risk": 'rates ecb from "ecb.csv"\n' })).diagnostics.map(({ code }) => code), ["RSK0306"]);
});

test("sources in memory are checked as one folder with their list files", () => {
  const files = [{ path: "a.risk", text: 'list bad: string from "bad.txt"\n' }];
  assert.equal(checkSources(files).diagnostics.length, 1);
  const { diagnostics, version, sources } = checkSources(files, new Map([["bad.txt", "x\n"]]));
  assert.deepEqual(diagnostics.filter(({ severity }) => severity === "error"), []);
  assert.match(String(version), /^[0-9a-f]{16}$/);
  assert.deepEqual(sources, files);
});
