import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { RuleClause, RulesetDecl, TableDecl, TestDecl } from "../../src/syntax/ast.ts";
import { inRule, readFile, told } from "./reading.ts";

/** What is written at the place of a node. */
function at(text: string, node: { readonly span: { readonly start: number; readonly end: number } }): string {
  return text.slice(node.span.start, node.span.end);
}

function clausesOf(written: string): readonly string[] {
  const text = inRule(written);
  const { tree, diagnostics } = readFile(text);
  assert.deepEqual(told(diagnostics, text), []);
  const clauses = (tree.decls[0] as RulesetDecl).items.flatMap((item): readonly RuleClause[] => (item.kind === "Rule" ? item.clauses : []));
  return clauses.map((clause) => `${clause.kind}: ${at(text, clause)}`);
}

suite("clauses of rules", () => {
  test("each is read as itself, and ends where it ends", () => {
    const written = [
      "When: when a > 5 for 5m by x, y", "Clear: clear when a < 3 for 2m", "Clear: clear when b", "Then: then b", "Score: score 5 * for",
      'Reason: reason R1 "{a}"', 'Notice: notice N1 "call us"', "Tags: tags a, b", "Do: do add card to blocked for 24h", "Do: do add to to to",
      "Do: do remove a + 1 from b", 'Do: do emit stop { a: b, c: "d", }', "Do: do emit go", "Cooldown: cooldown 15m by a, b", "OnMissing: on missing no match",
      "OnMissing: on missing match", "OnMissing: on missing b", "OnMissing: on missing no", "Mode: mode shadow", "Rollout: rollout 2.5% by ip",
      "Active: active from 2026-01-01 until 2026-12-31", "Active: active until 2026-12-31T00:00:00Z", 'Owner: owner "a"', "ReviewBy: review by 2027-01-01",
      "Was: was a, b",
    ];
    const text = written.map((each) => each.slice(each.indexOf(": ") + 2)).join("\n    ");
    assert.deepEqual(clausesOf(text), written);
  });

  test("their words are names wherever a value stands", () => {
    const words = ["clear", "for", "notice", "do", "add", "to", "remove", "emit", "cooldown", "no", "match", "mode", "rollout", "active", "until", "owner", "review", "was", "table", "rates", "test", "given", "has", "clock", "repeat", "every", "expect", "outcome", "rules", "row", "cases"];
    for (const word of words) assert.deepEqual(clausesOf(`when ${word} > 5 and\n      ${word} == ${word}\n    then b`).map((each) => each.split(":")[0]), ["When", "Then"], word);
  });

  test("an outcome or tag may be called as a clause begins, also on a line of its own", () => {
    const text = "ruleset r on e {\n  outcomes a < review < mode < owner\n  thresholds review at 30,\n    mode at 50,\n    owner at 60\n  rule x {\n    when y\n    then review\n    tags a,\n      review,\n      active\n  }\n}\n";
    assert.deepEqual(told(readFile(text).diagnostics, text), []);
  });

  test("a clause that is cut short takes nothing of the next", () => {
    for (const next of ["mode shadow", "cooldown 15m", "on missing match", 'owner "a"', "do emit x", "active from 2026-01-01", "review by 2026-01-01", "was x", "notice N1", "clear when x"]) {
      const text = inRule(`when a >\n    ${next}\n    then b`);
      const { tree, diagnostics } = readFile(text);
      assert.equal(diagnostics.length, 1, `${next}: ${told(diagnostics, text).join()}`);
      const rule = (tree.decls[0] as RulesetDecl).items.find((item) => item.kind === "Rule");
      assert.equal(rule?.clauses.length, 3, next);
    }
  });
});

function tableOf(body: string): { readonly text: string; readonly table: TableDecl; readonly findings: readonly string[] } {
  const text = `ruleset r on e {\n  table t "Title" unique {\n${body}\n  }\n  rule after {\n    when x\n  }\n}\n`;
  const { tree, diagnostics } = readFile(text);
  const items = (tree.decls[0] as RulesetDecl).items;
  assert.equal(items.at(-1)?.kind, "Rule", "the rule behind the table is read");
  return { text, table: items.find((item) => item.kind === "Table") as TableDecl, findings: told(diagnostics, text) };
}

suite("tables", () => {
  test("clauses, columns, cells and results", () => {
    const { text, table, findings } = tableOf(`    when guard or x
    | mcc | a ? b : c | (x in 1..5) => then | score | reason |
    | > 200 USD, -5..7, is missing | not in [1, 2] | true => decline | -5 * 2 | R1 "a | {x}" |
    | - | -5 | - => - | - | - |`);
    assert.deepEqual(findings, []);
    assert.deepEqual([table.name.name, table.title?.value, table.policy?.name, table.clauses.map((each) => at(text, each))], ["t", "Title", "unique", ["when guard or x"]]);
    assert.deepEqual(table.columns.map((each) => at(text, each)), ["mcc", "a ? b : c", "x in 1..5"]);
    assert.deepEqual(table.outputs.map((each) => each.name), ["then", "score", "reason"]);
    assert.deepEqual(table.rows.map((row) => row.cells.map((cell) => cell.tests.map((each) => `${each.kind} ${at(text, each)}`))), [
      [["Compare > 200 USD", "Within -5..7", "Presence is missing"], ["Among not in [1, 2]"], ["Compare true"]],
      [[], ["Compare -5"], []],
    ]);
    assert.deepEqual(table.rows.map((row) => row.outputs.map((each) => (each === null ? "-" : `${each.kind} ${at(text, each)}`))), [
      ["Then decline", "Score -5 * 2", 'Reason R1 "a | {x}"'],
      ["-", "-", "-"],
    ]);
  });

  test("a cell that cannot be read leaves its row and the others alone, and asks something nobody fulfils", () => {
    const { table, findings } = tableOf(`    | a | b => then |
    | > | 1 => decline |
    | 2 | 3 => decline |`);
    assert.equal(findings.length, 1);
    assert.deepEqual(table.rows.map((row) => row.cells.map((cell) => cell.tests.length)), [[1, 1], [1, 1]]);
  });

  test("a row without its last bar is told once", () => {
    const { table, findings } = tableOf("    | a => then |\n    | 1 => decline\n    | 2 => decline |");
    assert.equal(findings.length, 1, findings.join("\n"));
    assert.ok(table.rows.length >= 2);
  });
});

suite("tests", () => {
  test("every item is read as itself", () => {
    const items = [
      "Clock: clock 2026-01-01T00:00:00Z", "GivenFeature: given feature x = missing", "GivenFeature: given feature y = 12 + 1", 'GivenList: given list b has "a", "c"',
      "GivenEvent: given p { amount: 1 USD } at -50m repeat 9 every 5m", "GivenEvent: given p {} repeat 3", "WhenEvent: when p { amount: 2 USD, } at 5m", "WhenEvent: when p {} at 2026-01-01",
      "ExpectOutcome: expect outcome decline", "ExpectScore: expect score >= 60", "ExpectRule: expect no rule x", "ExpectRule: expect rule t row 2", "ExpectRule: expect rule x missing",
      "ExpectRules: expect rules a, b", "ExpectRules: expect no rules", "ExpectReason: expect no reason R1", 'ExpectReason: expect reason R1 "abc"', "ExpectReason: expect notice N1",
      'ExpectList: expect list b has "a"', "ExpectEmit: expect emit x { a: 1 }", "ExpectEmit: expect no emit y", "ExpectFeature: expect feature x is missing", "ExpectFeature: expect feature x == 5",
      "Cases: cases {\n    | amount | b => outcome | score |\n    | 1 USD | - => allow | -5 |\n  }",
    ];
    const text = `test "a" for r {\n  ${items.map((each) => each.slice(each.indexOf(": ") + 2)).join("\n  ")}\n}\n`;
    const { tree, diagnostics } = readFile(text);
    assert.deepEqual(told(diagnostics, text), []);
    const decl = tree.decls[0] as TestDecl;
    assert.deepEqual(decl.items.map((item) => `${item.kind === "Expect" ? item.expectation.kind : item.kind}: ${at(text, item)}`), items);
  });

  test("an item with a mistake leaves the others", () => {
    const text = 'test "a" for r {\n  given p { amount 1 }\n  when p {}\n  expect outcom a\n  expect outcome b\n}\n';
    const { tree, diagnostics } = readFile(text);
    assert.equal(diagnostics.length, 2, told(diagnostics, text).join("\n"));
    assert.ok((tree.decls[0] as TestDecl).items.some((item) => item.kind === "Expect"));
  });
});

suite("other declarations", () => {
  test("rates, ranges of fields, and the share of a percentile", () => {
    const text = `rates ecb {
  from 2026-11-01 { 1 EUR = 1.0832 USD, 1_000 JPY = 5.6 EUR, }
  from 2026-12-01 { 1 EUR = 1.09 USD }
}
rates file from "a.csv"
event p {
  t: number[degC]? in -50degC..200degC @key
}
feature p95 = percentile(95) of p.t over 1h
`;
    const { tree, diagnostics } = readFile(text);
    assert.deepEqual(told(diagnostics, text), []);
    const [inline, file, event, feature] = tree.decls;
    assert.ok(inline?.kind === "Rates" && inline.source?.kind === "inline" && file?.kind === "Rates" && file.source?.kind === "file");
    assert.deepEqual(inline.source.editions.map((each) => [each.from.text, each.rates.map(({ base, quote }) => `${base.amount} ${base.currency} ${quote.amount} ${quote.currency}`)]), [
      ["2026-11-01", ["1 EUR 1.0832 USD", "1000 JPY 5.6 EUR"]],
      ["2026-12-01", ["1 EUR 1.09 USD"]],
    ]);
    assert.ok(event?.kind === "Event" && event.fields[0]?.range !== null && event.fields[0]?.range !== undefined);
    assert.equal(at(text, event.fields[0].range), "-50degC..200degC");
    assert.ok(feature?.kind === "Feature" && feature.argument?.value === 95);
  });
});
