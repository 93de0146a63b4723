import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { meets, outcomes, readCases } from "./cel.ts";

interface Deviation {
  readonly expr: string;
  readonly reason: string;
}

/** Cases whose value differs on purpose. */
const deviations = JSON.parse(readFileSync(new URL("deviations.json", import.meta.url), "utf8")) as readonly Deviation[];

test("expressions mean what CEL's conformance cases say, through `sluice eval --jsonl`", async (t) => {
  const cases = readCases();
  if (cases === undefined) {
    t.skip("../shared/data/cel-cases.jsonl is absent");
    return;
  }
  const results = await outcomes(cases);
  assert.equal(results.length, cases.length);
  const tally: Record<string, { met: number; of: number }> = {};
  const wrong: string[] = [];
  const healed = new Set(deviations.map(({ expr }) => expr));
  for (const [i, each] of cases.entries()) {
    const result = results[i] ?? {};
    const count = (tally[each.tier] ??= { met: 0, of: 0 });
    count.of++;
    if (meets(each, result)) count.met++;
    else if (!healed.delete(each.expr)) wrong.push(`${each.expr} yields ${JSON.stringify(result)}, ${JSON.stringify(each.expect)} is expected`);
  }
  t.diagnostic(Object.entries(tally).map(([tier, { met, of }]) => `${tier} ${met}/${of}`).join(", "));
  assert.deepEqual(wrong, []);
  assert.deepEqual([...healed], [], "these deviate no longer: take them off the list");
});

test("every deviation stands in the language's page with its reason", () => {
  const page = readFileSync(new URL("../../grammar/language.md", import.meta.url), "utf8");
  for (const { expr, reason } of deviations) assert.ok(page.includes(`| \`${expr}\` | ${reason} |`), expr);
});
