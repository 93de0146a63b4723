import type { Diagnostic } from "../text/diagnostic.ts";
import type { TrialResult } from "./run.ts";

/** A test with the place it is shown at. */
export interface Reported {
  readonly result: TrialResult;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Results as JUnit XML, in the form that continuous integration reads (the schema of the Apache Ant task: testsuites,
 * testsuite, testcase, failure; times in seconds). Tests of one ruleset in one file are a suite.
 * @param render the findings of a test as text
 */
export function junit(tests: readonly Reported[], render: (findings: readonly Diagnostic[]) => string): string {
  const suites = [...Map.groupBy(tests, ({ result, file }) => JSON.stringify([file, result.trial.script.ruleset])).values()];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "sluice", ...totals(tests) })}>`,
    ...suites.flatMap((own) => suite(own, render)),
    "</testsuites>",
    "",
  ].join("\n");
}

function suite(tests: readonly Reported[], render: (findings: readonly Diagnostic[]) => string): readonly string[] {
  const [first] = tests as [Reported];
  const { ruleset } = first.result.trial.script;
  return [
    `  <testsuite${attributes({ name: ruleset, file: first.file, ...totals(tests), skipped: "0" })}>`,
    ...tests.flatMap((test) => testcase(test, ruleset, render)),
    "  </testsuite>",
  ];
}

function testcase({ result, file, line }: Reported, ruleset: string, render: (findings: readonly Diagnostic[]) => string): readonly string[] {
  const head = attributes({ name: result.trial.name, classname: ruleset, file, line: String(line), time: seconds(result.durationMs) });
  const [first] = result.findings;
  if (first === undefined) return [`    <testcase${head}/>`];
  return [
    `    <testcase${head}>`,
    `      <failure${attributes({ message: first.message, type: first.code })}>${escape(render(result.findings))}</failure>`,
    "    </testcase>",
  ];
}

function totals(tests: readonly Reported[]): Readonly<Record<string, string>> {
  const failures = tests.filter(({ result }) => result.findings.length > 0).length;
  const time = tests.reduce((sum, { result }) => sum + result.durationMs, 0);
  return { tests: String(tests.length), failures: String(failures), errors: "0", time: seconds(time) };
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(6);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${escape(value).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`).join("");
}

/** Characters that XML 1.0 has no form for. */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

function escape(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(FORBIDDEN, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}
