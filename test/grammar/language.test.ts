import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { suite, test } from "node:test";
import { functionsPage } from "../../grammar/functions.ts";
import { checkExpression } from "../../src/check/expression.ts";
import { checkFiles } from "../../src/check/check.ts";
import { linkExpression } from "../../src/compile/link.ts";
import { lowerExpression } from "../../src/ir/lower.ts";
import { analyse, VERIFY_MS } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { parseExpression, parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";
import { forms } from "../../src/types/functions/forms.ts";
import { groups } from "../../src/types/functions/table.ts";
import { jsonValue } from "../../src/types/print.ts";
import { Missing } from "../../src/types/value.ts";

const page = readFileSync(new URL("../../grammar/language.md", import.meta.url), "utf8");

interface Block {
  readonly kind: string;
  readonly text: string;
  readonly line: number;
}

function blocks(): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map((match) => ({
    kind: match[1] ?? "",
    text: match[2] ?? "",
    line: page.slice(0, match.index).split("\n").length + 1,
  }));
}

function check(text: string): readonly string[] {
  const report = new Report();
  checkFiles([parseFile({ path: "example.risk", text }, report)], new Map(), report);
  return report.sorted().map((each) => `${each.code} ${each.message}`);
}

function failures(text: string): readonly string[] {
  const { diagnostics, stages } = analyse(memoryReader("the page", new Map([["example.risk", text]])), { verifyMs: VERIFY_MS });
  assert.equal(stages.at(-1)?.name, "verify");
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

/** The value as the page writes it, or why there is none. */
function evaluate(text: string): string {
  const report = new Report();
  const expr = parseExpression({ path: "expr", text }, report);
  const checked = checkExpression(expr, new Map(), report);
  const [first] = report.sorted();
  if (first !== undefined) return `error ${first.code}`;
  const { value, frameSize } = lowerExpression(expr, checked.tables, []);
  const result = linkExpression(value)(Array.from({ length: frameSize }, () => undefined));
  if (result instanceof Missing) return `missing: ${result.cause}`;
  const json = jsonValue(result, checked.type);
  return typeof json === "string" && checked.type.kind !== "string" ? json : JSON.stringify(json);
}

const whole = blocks().find((block) => block.kind === "risk")?.text ?? "";

for (const block of blocks()) {
  if (block.kind === "risk") {
    test(`language.md:${block.line} is a valid file`, () => assert.deepEqual(check(block.text), []));
    if (/^test /m.test(block.text)) test(`language.md:${block.line} has tests that pass`, () => assert.deepEqual(failures(block.text), []));
  } else if (block.kind === "rule") {
    test(`language.md:${block.line} is a valid rule`, () => {
      assert.deepEqual(check(`${whole.trimEnd().replace(/\}$/, "")}${block.text}}\n`), []);
    });
  } else if (block.kind === "expr") {
    block.text.trimEnd().split("\n").forEach((line, i) => {
      const [expr = "", expected = ""] = line.split("→").map((part) => part.trim());
      test(`language.md:${block.line + i} ${expr}`, () => assert.equal(evaluate(expr), expected));
    });
  } else test(`language.md:${block.line} is of a known kind`, () => assert.fail(`no test runs \`${block.kind}\` blocks`));
}

for (const [title, functions] of [["forms", forms], ...groups] as const) {
  suite(`examples of the reference of functions: ${title}`, () => {
    for (const { name, examples } of functions) {
      test(name, () => {
        assert.ok(examples.length > 0, "no example");
        for (const [expr, value] of examples) assert.equal(evaluate(expr), value, expr);
        assert.ok(examples.some(([expr]) => expr.includes(`${name}(`)), "no example calls it by its name");
      });
    }
  });
}

test("the reference of functions is as the table has it", () => {
  assert.ok(readFileSync(new URL("../../grammar/functions.md", import.meta.url), "utf8") === functionsPage(), "run `node grammar/functions.ts`");
});

test("the test has teeth: a wrong example is found", () => {
  assert.notEqual(evaluate("1 + 1"), "3");
  assert.notDeepEqual(check(whole.replace("card_tx_1h >= 10", "card_tx_1h >= 10 USD")), []);
  const tested = blocks().find(({ kind, text }) => kind === "risk" && /^test /m.test(text))?.text ?? "";
  assert.deepEqual(failures(tested.replace("card_tx_1h >= 10", "card_tx_1h >= 11")).map((each) => each.slice(0, 7)), Array(7).fill("RSK0851"));
});
