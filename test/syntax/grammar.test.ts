import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { diagrams } from "../../grammar/diagrams.ts";
import { RuleParser } from "../../grammar/parser.ts";
import { lexer, TOKENS } from "../../grammar/tokens.ts";
import { Lexer } from "chevrotain";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

suite("grammar", () => {
  test("Chevrotain finds nothing wrong: no ambiguity, no left recursion, no empty alternative", () => {
    assert.doesNotThrow(() => new RuleParser(false));
  });
  test("the lexer has no errors and no pattern that hides another", () => {
    assert.deepEqual(new Lexer(TOKENS, { positionTracking: "onlyOffset" }).lexerDefinitionErrors, []);
    assert.deepEqual(lexer.lexerDefinitionErrors, []);
  });
  test("every production stands above its rule as EBNF", () => {
    const sources = ["base", "expressions", "declarations", "rates", "clauses", "tables", "rulesets", "tests", "parser"].map((name) => read(`grammar/${name}.ts`)).join("\n");
    const rules = [...sources.matchAll(/^( {2}\/\*\*(?:(?!\*\/).)*\*\/\n)? {2}(\w+)(?:: [^\n]*)? = this\.RULE\(/gms)];
    const told = new Map(rules.map(([, comment, name]) => [name, comment]));
    const bare = Object.keys(new RuleParser(true).getGAstProductions()).filter((name) => told.get(name) === undefined);
    assert.deepEqual(bare, [], "no production above these");
  });
  test("the diagrams are those of the grammar", () => {
    assert.equal(read("grammar/diagrams.html"), diagrams(new RuleParser(true)), "run `node grammar/diagrams.ts`");
  });
  test("the diagrams load nothing from elsewhere", () => {
    assert.doesNotMatch(read("grammar/diagrams.html"), /<(?:script|link|img|iframe)\b|@import|url\(|https?:(?!\/\/www\.w3\.org\/)/);
  });
});
