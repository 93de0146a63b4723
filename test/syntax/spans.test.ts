import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Expr } from "../../src/syntax/ast.ts";
import { walkExpr } from "../../src/syntax/walk.ts";
import { rngOf } from "../random.ts";
import { randomExpression, randomProgram } from "./random.ts";
import { readExpression, readFile, told } from "./reading.ts";
import { shape } from "./shape.ts";
import { spanFindings } from "./spans.ts";

suite("spans", () => {
  test("the parts of an expression lie where they are written", () => {
    const text = "not (a.b + 5m) * f(x, 'y') in [1, 2][0]..3 and z is missing ? -u : {k: v}";
    const { tree, diagnostics } = readExpression(text);
    assert.deepEqual(told(diagnostics, text), []);
    const parts: string[] = [];
    walkExpr(tree, (expr) => parts.push(`${expr.kind} ${text.slice(expr.span.start, expr.span.end)}`));
    assert.deepEqual(parts, [
      `Conditional ${text}`,
      "Binary not (a.b + 5m) * f(x, 'y') in [1, 2][0]..3 and z is missing",
      "Unary not (a.b + 5m) * f(x, 'y') in [1, 2][0]..3",
      "In (a.b + 5m) * f(x, 'y') in [1, 2][0]..3",
      "Binary (a.b + 5m) * f(x, 'y')",
      "Binary a.b + 5m",
      "Member a.b",
      "Name a",
      "QuantityLit 5m",
      "Call f(x, 'y')",
      "Name x",
      "StringLit 'y'",
      "Index [1, 2][0]",
      "ListLit [1, 2]",
      "NumberLit 1",
      "NumberLit 2",
      "NumberLit 0",
      "NumberLit 3",
      "IsMissing z is missing",
      "Name z",
      "Unary -u",
      "Name u",
      "MapLit {k: v}",
      "Name k",
      "Name v",
    ]);
  });

  test("an operator lies where it is written", () => {
    const text = "a not in b or not c";
    const { tree } = readExpression(text);
    const found: string[] = [];
    walkExpr(tree, (expr) => "opSpan" in expr && found.push(text.slice(expr.opSpan.start, expr.opSpan.end)));
    assert.deepEqual(found, ["or", "not in", "not"]);
  });

  test("holes of a reason point into the text, behind escapes and doubled braces too", () => {
    const text = String.raw`ruleset r on e { rule a { reason R1 "\"{{é\u00e9}} {amount + 1} {'}'} {b}" } }`;
    const { tree, diagnostics } = readFile(text);
    assert.deepEqual(told(diagnostics, text), []);
    const [decl] = tree.decls;
    const rule = decl?.kind === "Ruleset" ? decl.items[0] : undefined;
    const reason = rule?.kind === "Rule" ? rule.clauses[0] : undefined;
    assert.ok(reason?.kind === "Reason" && reason.text !== null);
    const shown = reason.text.parts.map((part) => (typeof part === "string" ? part : { expr: shape(part), text: text.slice(part.span.start, part.span.end) }));
    assert.deepEqual(shown, [
      '"{éé} ',
      { expr: "(+ amount 1)", text: "amount + 1" },
      " ",
      { expr: '"}"', text: "'}'" },
      " ",
      { expr: "b", text: "b" },
    ]);
  });

  test("in random programs they nest, and every name and number covers its own text", () => {
    for (let seed = 1; seed <= 400; seed++) {
      const text = randomProgram(rngOf(seed));
      const { tree } = readFile(text);
      assert.deepEqual(spanFindings(tree, text.length, true), [], `seed ${seed}`);
    }
    for (let seed = 1; seed <= 2000; seed++) {
      const text = randomExpression(rngOf(seed));
      const { tree } = readExpression(text);
      walkExpr(tree, (expr: Expr) => {
        const written = text.slice(expr.span.start, expr.span.end);
        if (expr.kind === "Name") assert.equal(written, expr.name, `seed ${seed}`);
        if (expr.kind === "NumberLit") assert.equal(Number(written.replaceAll("_", "")), expr.value, `seed ${seed}`);
        // What a node covers reads as that node again, brackets at its ends aside.
        if (expr.kind !== "Error" && !/^\w+$/.test(written)) assert.equal(shape(readExpression(written).tree), shape(expr), `seed ${seed}: ${written}`);
      });
    }
  });
});
