import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { analyse } from "../../src/rulesets/build.ts";
import { diskReader } from "../../src/rulesets/disk.ts";
import { Coverage } from "../../src/testing/coverage.ts";
import { runSuite, theatre, type SuiteResult, type Theatre } from "../../src/testing/run.ts";
import { runMutants } from "../../src/testing/survivors.ts";
import { renderPretty } from "../../src/text/render.ts";

/** Share of boundary mutants that the tests of the shipped rules notice. */
const LEAST_KILLED = 0.9;

const RULES = join(import.meta.dirname, "..", "..", "rules");

let stage: Theatre;
let coverage: Coverage;
let result: SuiteResult;

before(() => {
  const { suite, diagnostics } = analyse(diskReader(RULES));
  assert.ok(suite !== null, diagnostics.map(({ message }) => message).join("\n"));
  stage = theatre(suite);
  coverage = new Coverage(stage);
  result = runSuite(suite, { audience: (trial) => coverage.audience(trial) }, stage);
});

test("the tests of the shipped rules pass", () => {
  assert.equal(renderPretty(result.findings, stage.suite.sources, { colour: false }), "");
  assert.ok(result.results.length > 0);
});

test("every ruleset that ships has tests that see all of its rules match and stay silent", () => {
  for (const { ruleset, items } of coverage.rulesets()) {
    assert.deepEqual(items.filter(({ kind, unseen }) => kind === "rule" && unseen.length > 0).map(({ name }) => `${ruleset}.${name}`), []);
  }
});

test("they see nine of ten states of conditions", () => {
  for (const { ruleset, seen, all } of coverage.rulesets()) assert.ok(seen / all >= 0.9, `${ruleset}: ${seen} of ${all}`);
});

test(`they kill ${LEAST_KILLED * 100} % of the boundary mutants`, (t) => {
  const { killed, survivors } = runMutants(stage, result.results.map(({ trial }) => trial));
  const all = killed + survivors.length;
  t.diagnostic(`${killed} of ${all} mutants killed`);
  const alive = survivors.map(({ span, from, to, advice }) => `${span.file}: ${from} → ${to}; ${advice}`).join("\n");
  assert.ok(all > 100 && killed / all >= LEAST_KILLED, `${killed} of ${all} mutants are killed:\n${alive}`);
});
