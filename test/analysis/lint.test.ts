import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { analyseProgram } from "../../src/analysis/analyse.ts";
import { MAX_LISTED } from "../../src/analysis/regions.ts";
import { MAX_INLINE_ENTRIES, MAX_REACH_MS } from "../../src/analysis/lint/style.ts";
import type { ProgramIr } from "../../src/ir/ir.ts";
import { lowerProgram } from "../../src/ir/lower.ts";
import { analyse } from "../../src/rulesets/build.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { diskReader, filesReader } from "../../src/rulesets/disk.ts";
import { applyFixes, safeFixes } from "../../src/text/fix.ts";
import { Report } from "../../src/text/report.ts";
import { check } from "../oracle/pipeline.ts";

const RULES = new URL("../../rules/", import.meta.url).pathname;
const NOW = Date.UTC(2026, 10, 21, 12);

function codesOf(text: string, now: number | null = NOW): readonly string[] {
  return checkSources([{ path: "a.risk", text }], new Map(), now).diagnostics.map((each) => each.code);
}

const HEAD = "event payment {\n  amount: money\n  country: string\n  card: string @key\n}\n";

function rule(clauses: string, more = ""): string {
  return `${HEAD}${more}ruleset checks on payment {\n  outcomes allow < review\n  rule large {\n    when amount > 100.00 EUR\n    then review\n    ${clauses}\n  }\n}\n`;
}

suite("linter and analysis are quiet", () => {
  test("over the rules that ship", () => {
    assert.deepEqual(analyse(diskReader(RULES), { warnings: { now: NOW } }).diagnostics, []);
  });
  test("over a single file of them, whose other files are not all there", () => {
    assert.deepEqual(analyse(filesReader(RULES, ["payments/card_payments.risk"]), { warnings: { now: NOW } }).diagnostics, []);
  });
  test("about owners, reviews and tests in a folder that has none", () => {
    assert.deepEqual(codesOf(rule("mode shadow")), []);
  });
  test("about a review on its day, and an end that has not come", () => {
    assert.deepEqual(codesOf(rule("review by 2026-11-21\n    active until 2026-11-21")), []);
    assert.deepEqual(codesOf(rule("review by 2026-11-20")), ["RSK0608"]);
    assert.deepEqual(codesOf(rule("active until 2026-11-20")), ["RSK0609"]);
    assert.deepEqual(codesOf(rule("review by 2026-11-20"), null), []);
  });
  test("about rules beside errors", () => {
    assert.deepEqual(codesOf(rule("").replace("then review", "then reviw")), ["RSK0312"]);
  });
});

suite("limits", () => {
  test("windows reach back as far as allowed, and not a day further", () => {
    const feature = (days: number): string => rule("score card_1h", `feature card_1h = count of payment by card over ${days}d ending 1d ago\n`);
    const days = MAX_REACH_MS / 86_400_000;
    assert.deepEqual(codesOf(feature(days - 1)), []);
    assert.deepEqual(codesOf(feature(days)), ["RSK0610"]);
  });
  test("lists are as long as allowed, and no entry longer", () => {
    const list = (count: number): string => rule("score country in home ? 1 : 0", `list home: string = [${Array.from({ length: count }, (_, i) => `"c${i}"`).join(", ")}]\n`);
    assert.deepEqual(codesOf(list(MAX_INLINE_ENTRIES)), []);
    assert.deepEqual(codesOf(list(MAX_INLINE_ENTRIES + 1)), ["RSK0611"]);
  });
  test("lists are looked into up to their limit, and asked as a whole beyond", () => {
    const list = (count: number): readonly string[] => {
      const data = new Map([["home.txt", Array.from({ length: count }, (_, i) => `c${i}`).join("\n")]]);
      const text = `${HEAD}list home: string from "home.txt"\nruleset checks on payment {\n  outcomes allow < review\n  rule a { when country in home and country == "elsewhere" then review }\n}\n`;
      return checkSources([{ path: "a.risk", text }], data).diagnostics.map((each) => each.code);
    };
    assert.deepEqual(list(MAX_LISTED), ["RSK0701"]);
    assert.deepEqual(list(MAX_LISTED + 1), []);
  });
});

test("safe fixes take unused imports out", () => {
  const text = 'import home, away from "b.risk"\nimport far from "b.risk"\nevent payment {\n  country: string\n}\nruleset checks on payment {\n  outcomes allow < review\n  rule a {\n    when country in away\n    then review\n  }\n}\n';
  const other = 'list home: string = ["DE"]\nlist away: string = ["US"]\nlist far: string = ["NZ"]\nevent login {\n  country: string\n}\nruleset logins on login {\n  outcomes allow < lock\n  rule a {\n    when country not in home and country not in far\n    then lock\n  }\n}\n';
  const { diagnostics } = checkSources([{ path: "a.risk", text }, { path: "b.risk", text: other }]);
  assert.deepEqual(diagnostics.map((each) => each.code), ["RSK0602", "RSK0602"]);
  assert.ok(applyFixes(text, safeFixes(diagnostics).flatMap((fix) => fix.edits)).startsWith('import away from "b.risk"\n\nevent'));
});

suite("ignores", () => {
  const text = (comment: string): string => rule("").replace("rule large", `${comment}\n  rule Large`);
  test("a comment above with a reason", () => assert.deepEqual(codesOf(text("// ignore RSK0603: the partner's name")), []));
  test("several codes, and other comments between", () => assert.deepEqual(codesOf(text("// ignore RSK0603: the partner's name\n  /// What it does.\n  // see the contract")), []));
  test("a comment two lines above is about something else", () => assert.deepEqual(codesOf(text("// ignore RSK0603: the partner's name\n\n")).toSorted(), ["RSK0603", "RSK0614"]));
  test("another code", () => assert.deepEqual(codesOf(text("// ignore RSK0701: the partner's name")).toSorted(), ["RSK0603", "RSK0614"]));
  test("no reason", () => assert.deepEqual(codesOf(text("// ignore RSK0603:")).toSorted(), ["RSK0603", "RSK0613"]));
  test("prose", () => assert.deepEqual(codesOf(text("// ignore the rest")), ["RSK0603"]));
  test("errors are not ignored", () => assert.deepEqual(codesOf(text("// ignore RSK0203: as agreed").replace("100.00 EUR", "100").replace("Large", "large")), ["RSK0203"]));
});

test("a fault of the analysis is told and stops nothing", () => {
  const { checked } = check(rule(""));
  const ir = lowerProgram(checked, "v");
  const broken = { ...ir, events: [{ ...ir.events[0], schema: { ...ir.events[0]?.schema, fields: null } }] } as unknown as ProgramIr;
  const report = new Report();
  analyseProgram({ files: [], sources: new Map(), checked, ir: broken, now: null, whole: true }, report);
  assert.deepEqual(report.sorted().map((each) => `${each.severity} ${each.code}`), ["warning RSK0510"]);
});
