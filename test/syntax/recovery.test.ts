import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Decl, RuleDecl, RulesetDecl } from "../../src/syntax/ast.ts";
import { inRule, readFile, told } from "./reading.ts";

/** Names of the declarations, and of the rules inside rulesets. */
function outline(decls: readonly Decl[]): readonly string[] {
  return decls.flatMap((decl) => {
    if (decl.kind === "Import") return ["import"];
    if (decl.kind === "Test") return [decl.name.value];
    if (decl.kind !== "Ruleset") return [decl.name.name];
    return [decl.name.name, ...rulesOf(decl).map((rule) => `${decl.name.name}.${rule.name.name}`)];
  });
}

function rulesOf(decl: RulesetDecl): readonly RuleDecl[] {
  return decl.items.filter((item) => item.kind === "Rule");
}

suite("recovery", () => {
  test("every mistake of a file is told, and what is good around them survives", () => {
    const text = `import a from "x.risk"
event payment {
  id: string @id
  amount money
  card: strng = = 5
  country: string
}
list blocked string managed
feature n = count of payment by card over
feature m = count of payment by card over 1h
ruleset cards on payment {
  outcomes allow < decline
  policy worst
  default allow
  let ratio = amount /
  rule one {
    when amount > > 5
    then decline
  }
  rule two "fine" {
    when country == "DE"
    then decline
    score 5
  }
  rule three {
    wen country == "DE"
    then
    reason R1 "{country +}"
  }
}
function f(x: number): number = x +
function g(x: number): number = x
`;
    const { tree, diagnostics } = readFile(text);
    assert.deepEqual(told(diagnostics, text), [
      "RSK0101 [money] expected `:`, found `money`",
      "RSK0101 [=] expected a value, found `=`",
      "RSK0101 [string] expected `:`, found `string`",
      "RSK0101 [feature] expected a duration such as `5m`, found `feature`",
      "RSK0101 [rule] expected a value, found `rule`",
      "RSK0101 [>] expected a value, found `>`",
      "RSK0113 [wen] `wen` begins nothing that a rule can hold",
      "RSK0101 [reason] expected a name, found `reason`",
      "RSK0101 [] expected a value, found the end",
      "RSK0101 [function] expected a value, found `function`",
    ]);
    assert.deepEqual(outline(tree.decls), ["import", "payment", "blocked", "n", "m", "cards", "cards.one", "cards.two", "cards.three", "f", "g"]);
  });

  test("a broken expression stands as an error node", () => {
    const { tree } = readFile(inRule("when x > > 5\n    then b\n    score 4"));
    const [decl] = tree.decls;
    assert.ok(decl?.kind === "Ruleset");
    const [rule] = rulesOf(decl);
    assert.deepEqual(
      rule?.clauses.map((clause) => (clause.kind === "When" ? clause.condition.kind : clause.kind)),
      ["Error", "Then", "Score"],
    );
  });

  test("text between declarations is told once", () => {
    const text = "event a {\n  x: string\n}\n) ] } = 5 what is this\nevent b {\n  x: string\n}\n";
    const { tree, diagnostics } = readFile(text);
    assert.deepEqual(outline(tree.decls), ["a", "b"]);
    assert.equal(diagnostics.length, 1, told(diagnostics, text).join("\n"));
  });

  test("a file of nothing, of blanks and of comments is empty", () => {
    for (const text of ["", "\n \t\r\n", "// nothing\n/// nor this", "\uFEFF"]) {
      const { tree, diagnostics } = readFile(text);
      assert.deepEqual([tree.decls, diagnostics], [[], []], JSON.stringify(text));
    }
  });

  test("declarations that are cut off keep what was read", () => {
    const { tree } = readFile("event e {\n  a: string\n  b: num");
    const [decl] = tree.decls;
    assert.ok(decl?.kind === "Event");
    assert.deepEqual(decl.fields.map((field) => field.name.name), ["a", "b"]);
  });
});

suite("documentation", () => {
  test("lines above a declaration, a field, a rule and a let belong to it", () => {
    const text = `/// An event.
/// On two lines.
event e {
  /// A field.
  a: string // no doc
  b: string
}
// plain
//// rule
ruleset r on e {
  /// A name.
  let x = 1
  /// A rule.
  // and a comment
  rule one {
    then b
  }
}
`;
    const [event, ruleset] = readFile(text).tree.decls;
    assert.ok(event?.kind === "Event" && ruleset?.kind === "Ruleset");
    assert.equal(event.doc, "An event.\nOn two lines.");
    assert.deepEqual(event.fields.map((field) => field.doc), ["A field.", null]);
    assert.equal(ruleset.doc, null);
    assert.deepEqual(ruleset.items.map((item) => ("doc" in item ? item.doc : null)), ["A name.", "A rule."]);
  });
});
