import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { run as check } from "../../src/cli/check.ts";
import { checkSources } from "../../src/rulesets/check.ts";
import { codes } from "../../src/text/codes.ts";
import type { SourceFile } from "../../src/text/source.ts";
import { run } from "./terminal.ts";

const explain = (code: string, ...more: readonly string[]): ReturnType<typeof run> => run(check, ["--explain", code, ...more]);

interface Page {
  readonly code: string;
  readonly wrong: readonly SourceFile[];
  readonly findings: readonly { readonly code: string; readonly span: { readonly line: number } }[];
  readonly right: readonly SourceFile[];
}

suite("sluice check --explain", () => {
  test("shows what a code means, rules that cause it with what is said of them, and the rules put right", async () => {
    const { code, stdout, stderr } = await explain("RSK0203");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(
      stdout,
      `error[RSK0203]: types cannot be compared

Values of different types are never equal and have no order, so the comparison
could not be meant. Money is compared with money: write the currency.

Wrong:

    event payment {
      amount: money
      country: string
      items: number
    }
    ruleset checks on payment {
      outcomes allow < decline
      rule example {
        when amount > 1000
        then decline
      }
    }

error[RSK0203]: \`amount\` is money, it cannot be compared with a plain number
 --> example.risk:9:19
  |
2 |   amount: money
  |           ----- declared here as money
...
9 |     when amount > 1000
  |                   ^^^^ a plain number
  = help: give the currency: \`1000 EUR\`

Right:

    event payment {
      amount: money
      country: string
      items: number
    }
    ruleset checks on payment {
      outcomes allow < decline
      rule example {
        when amount > 1000 EUR
        then decline
      }
    }

See grammar/diagnostics.md#rsk0203
`,
    );
  });

  test("takes a code in any case and without its letters", async () => {
    const wanted = (await explain("RSK0203")).stdout;
    for (const typed of ["rsk0203", "0203", "203", "Rsk203"]) assert.equal((await explain(typed)).stdout, wanted, typed);
  });

  test("has a page for every code; the right version is right, and the wrong one wrong", async () => {
    let right = 0;
    for (const code of Object.keys(codes)) {
      assert.equal((await explain(code)).code, 0, code);
      const page = JSON.parse((await explain(code, "--format", "json")).stdout) as Page;
      assert.equal(page.code, code);
      assert.equal(page.wrong.length > 0, page.findings.length > 0, code);
      for (const finding of page.findings) assert.equal(finding.code, code);
      if (page.right.length === 0) continue;
      right++;
      assert.deepEqual(checkSources(page.right).diagnostics, [], code);
    }
    assert.ok(right > 20, `only ${right} pages show the right version`);
  });

  test("refuses what is no code, and what would also check", async () => {
    const refusals: readonly (readonly [readonly string[], RegExp])[] = [
      [["--explain", "RSK0293"], /there is no code `RSK0293`; did you mean `RSK02\d3`\?/],
      [["--explain", "unknown"], /there is no code `unknown`; codes look like `RSK0203`/],
      [["--explain", "RSK0203", "rules"], /leave out paths/],
      [["--explain", "RSK0203", "--fix"], /leave out paths/],
      [["--explain", "RSK0203", "--format", "sarif"], /`pretty` or `json`, not `sarif`/],
      [["--explain"], /needs a value/],
      [[], /an argument is missing/],
    ];
    for (const [args, message] of refusals) {
      const { code, stdout, stderr } = await run(check, args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, message);
    }
  });
});
