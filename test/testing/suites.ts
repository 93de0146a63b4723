import assert from "node:assert/strict";
import { analyse } from "../../src/rulesets/build.ts";
import { memoryReader } from "../../src/rulesets/reader.ts";
import { runSuite, type SuiteResult } from "../../src/testing/run.ts";
import type { Suite } from "../../src/testing/suite.ts";
import { renderPretty } from "../../src/text/render.ts";

/** The suite of rule files held in memory, which must be free of errors. */
export function suiteOf(...texts: readonly string[]): Suite {
  const files = new Map(texts.map((text, i) => [i === 0 ? "rules.risk" : `more${i}.risk`, text]));
  const { suite, diagnostics, sources } = analyse(memoryReader("the sources", files));
  assert.ok(suite !== null, renderPretty(diagnostics, new Map(sources.map((each) => [each.path, each])), { colour: false }));
  return suite;
}

export function runTexts(...texts: readonly string[]): SuiteResult {
  return runSuite(suiteOf(...texts));
}

/** Findings of a run as people read them. */
export function rendered(suite: Suite, { findings }: SuiteResult): string {
  return renderPretty(findings, suite.sources, { colour: false });
}

/** Names of the tests that fail. */
export function failing({ results }: SuiteResult): readonly string[] {
  return results.filter(({ findings }) => findings.length > 0).map(({ trial }) => trial.name);
}
