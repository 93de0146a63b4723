import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { meets, outcome, readCases, type Outcome } from "./cel.ts";

/** Cases whose value differs on purpose, each with its reason; all others have CEL's value or are not expressible. */
const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  ["0.0/0.0 == 0.0/0.0", "division by zero is missing"],
  ["0.0/0.0 != 0.0/0.0", "division by zero is missing"],
  ["15.75 / 0.0", "division by zero is missing"],
  ["{3.3:15.15, 1.0: 5}[1.0]", "there is one type of number, and it can be a key"],
  ["ip('::ffff:192.168.0.1')", "an address of version 4 mapped into 6 is that of version 4"],
  ["string(duration('1000000s'))", "durations are printed as they are written, in days and hours"],
  ["timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "durations have no range"],
  ["duration('-320000000000s')", "durations have no range"],
  ["duration('320000000000s')", "durations have no range"],
  ["duration('200000000000s') + duration('200000000000s')", "durations have no range"],
  ["duration('-200000000000s') - duration('200000000000s')", "durations have no range"],
]);

/** Codes of what the language does not have: a function, a name such as `math`, another number or kind of arguments. */
const ABSENT: ReadonlySet<string> = new Set(["RSK0301", "RSK0303", "RSK0211", "RSK0212"]);

/** Cases that are met at least, by tier; the rest asks for functions that the language does not have. */
const MET: Readonly<Record<string, number>> = { core: 230, "must-reject": 44, "decide-divzero": 9, "core-net": 12, "core-strings": 7, "core-math": 0 };

function show(result: Outcome): string {
  return result.kind === "value" ? `yields ${inspect(result.value)}` : result.kind === "missing" ? "is missing" : `is rejected: ${result.codes.join(", ")}`;
}

test("expressions mean what CEL's conformance cases say", (t) => {
  const cases = readCases();
  if (cases === undefined) {
    t.skip("../shared/data/cel-cases.jsonl is absent");
    return;
  }
  const met: Record<string, number> = {};
  const wrong: string[] = [];
  const stale = new Set(DEVIATIONS.keys());
  for (const each of cases) {
    const result = outcome(each);
    if (meets(each, result)) met[each.tier] = (met[each.tier] ?? 0) + 1;
    else if (DEVIATIONS.has(each.expr)) stale.delete(each.expr);
    else if (result.kind !== "rejected" || !result.codes.every((code) => ABSENT.has(code))) wrong.push(`${each.expr} ${show(result)}, ${JSON.stringify(each.expect)} is expected`);
  }
  t.diagnostic(`met: ${JSON.stringify(met)} of ${cases.length}`);
  assert.deepEqual(wrong, []);
  assert.deepEqual([...stale], [], "these deviate no longer");
  for (const [tier, count] of Object.entries(MET)) assert.ok((met[tier] ?? 0) >= count, `${tier}: ${met[tier] ?? 0} of at least ${count}`);
});
