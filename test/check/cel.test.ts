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

test("what stands for nothing known is no fault", async () => {
  const bindings = { mixed: { t: "list", v: [{ t: "int", v: "1" }, { t: "string", v: "a" }] } };
  const wanted: readonly (readonly [expr: string, outcome: object])[] = [
    ["[].map(e, e + 1)", { value: { t: "list", v: [] } }],
    ["[].all(e, e > e and -e < 1 and e.f == e[0] and e in e and size(e) > 1 and sum(e) > 1)", { value: { t: "bool", v: true } }],
    ["mixed.exists(e, e == 'a')", { value: { t: "bool", v: true } }],
    ["mixed.filter(e, e is present)", { value: bindings.mixed }],
    ["mixed[0] < mixed[0]", { value: { t: "bool", v: false } }],
    ["mixed[0] < mixed[1]", { missing: "values without an order" }],
    ["mixed[0] + 1", { missing: "the type of a value is not known" }],
  ];
  const results = await outcomes(wanted.map(([expr]) => ({ expr, bindings })));
  const shown = results.map((each) => JSON.stringify({ ...each, id: undefined }).replaceAll('"t":"number","v":1', '"t":"int","v":"1"'));
  assert.deepEqual(shown, wanted.map(([, outcome]) => JSON.stringify(outcome)));
});

test("every deviation stands in the language's page with its reason", () => {
  const page = readFileSync(new URL("../../grammar/language.md", import.meta.url), "utf8");
  for (const { expr, reason } of deviations) assert.ok(page.includes(`| \`${expr}\` | ${reason} |`), expr);
});
