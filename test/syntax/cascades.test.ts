import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";
import { renderPretty } from "../../src/text/render.ts";
import { Report } from "../../src/text/report.ts";
import { PATH, told } from "./reading.ts";

const TEXT = `event payment {
  id: string @id
  at: timestamp @time
  amount: number
  card: string @key
}
list blocked: string managed
feature n = count of payment by card over 1h
function f(x: number): bool = x > 3
ruleset cards on payment {
  outcomes allow < decline
  policy worst
  default allow
  let ratio = amount / 2
  rule one "one" {
    when n > 5 and ratio > 3 and card in blocked
    then decline
    reason R1 "n is {n}"
  }
  rule two {
    when f(ratio)
    then decline
    score 4
  }
}
`;

function findings(text: string): { readonly report: Report; readonly told: readonly string[] } {
  const report = new Report();
  checkFiles([parseFile({ path: PATH, text }, report)], new Map(), report);
  return { report, told: told(report.sorted(), text) };
}

/** One mistake; the checker must not add to what the parser says of it. */
const mistakes: readonly (readonly [from: string, to: string])[] = [
  ["ratio > 3", "ratio 3"],
  ["n > 5", "n 5"],
  ["card in blocked", "card blocked"],
  ["ratio > 3", "ratio > > 3"],
  ["amount / 2", "amount / "],
  ["amount / 2", "amount 2"],
  ["x > 3", "x >"],
  ["x > 3", "x 3"],
  ["f(ratio)", "f(ratio"],
  ["{n}", "{n +}"],
  ["score 4", "score 4 +"],
  ["score 4", "score"],
  ["then decline\n    reason", "then\n    reason"],
  ["when f", "wen f"],
  ["amount: number", "amount number"],
  ["  card: string @key", "  card: string @key\n  : string"],
  ["blocked: string managed", "blocked: string"],
  ["blocked: string", "blocked string"],
  ["n = count", "n count"],
  ["ratio = ", "ratio "],
  ['rule one "one" {', 'rule one "one {'],
  ["policy worst", "policy worst;"],
  ["n > 5", "n = 5"],
  ["n > 5", "1 < n < 5"],
];

suite("one mistake, one finding", () => {
  test("the text itself has none", () => assert.deepEqual(findings(TEXT).told, []));
  for (const [from, to] of mistakes) {
    test(`${from} → ${to}`.replaceAll("\n", "⏎"), () => {
      assert.ok(TEXT.includes(from));
      const found = findings(TEXT.replace(from, () => to)).told;
      assert.equal(found.length, 1, found.join("\n"));
    });
  }
});

test("mistakes as their author sees them", () => {
  const text = TEXT.replace("n > 5 and", "n > 5 AND").replace("    then decline\n    score", "    thn decline\n    score").replace("ratio > 3 and", "1 < ratio < 3 and").replace("amount: number", "amount: number,5").replace("{n}", "{n = 1}");
  const { report } = findings(text);
  assert.equal(
    renderPretty(report.sorted(), new Map([[PATH, { path: PATH, text }]]), { colour: false }),
    `error[RSK0101]: \`,\` begins nothing that an event can hold
 --> a.risk:4:17
  |
4 |   amount: number,5
  |                 ^
  = help: a field is written \`name: type\`

error[RSK0102]: \`AND\` is written in lower case
  --> a.risk:16:16
   |
16 |     when n > 5 AND 1 < ratio < 3 and card in blocked
   |                ^^^
   = help: write \`and\`

error[RSK0103]: comparisons do not chain
  --> a.risk:16:20
   |
16 |     when n > 5 AND 1 < ratio < 3 and card in blocked
   |                    ^^^^^^^^^^^^^
   = help: compare twice with \`and\`, or ask for a range: \`x in 1..5\`

error[RSK0102]: \`=\` is no operator here
  --> a.risk:18:24
   |
18 |     reason R1 "n is {n = 1}"
   |                        ^
   = help: write \`==\`

error[RSK0113]: \`thn\` begins nothing that a rule can hold
  --> a.risk:22:5
   |
22 |     thn decline
   |     ^^^
   = help: did you mean \`then\`?

5 errors
`,
  );
});
