import { parentPort } from "node:worker_threads";
import type { Checked } from "../check/checked.ts";
import { analyse } from "../rulesets/build.ts";
import { runSuite } from "../testing/run.ts";
import { isLast, printType, type Type } from "../types/type.ts";
import { overlayReader } from "./overlay.ts";
import type { Answer, CheckAnswer, CheckQuestion, Question, TestAnswer, TestQuestion } from "./questions.ts";

/* The worker behind the language server: one answer for each question, so that nobody types against a check. */

/** Tests that a person has asked for and waits for. */
const TEST_LIMIT_MS = 30_000;

parentPort?.on("message", (question: Question) => {
  const answer: Answer = question.kind === "check" ? { kind: "check", answer: check(question.about) } : { kind: "test", answer: test(question.about) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(answer);
});

function check({ root, open }: CheckQuestion): CheckAnswer {
  const { diagnostics, checked } = analyse(overlayReader(root, open));
  return { diagnostics, types: checked === null ? new Map() : typesOf(checked) };
}

/** The tests of a file whose name is asked for, with all their cases. */
function test({ root, open, file, name }: TestQuestion): TestAnswer {
  const { suite } = analyse(overlayReader(root, open));
  if (suite === null) return { ran: false, passed: 0, failed: 0, findings: [] };
  const { results, findings } = runSuite(suite, {
    limitMs: TEST_LIMIT_MS,
    wanted: ({ script }) => script.span.file === file && (name === null || script.name === name),
  });
  const failed = results.filter((each) => each.findings.length > 0).length;
  return { ran: true, passed: results.length - failed, failed, findings };
}

function typesOf({ events, features, rulesets, lists }: Checked): ReadonlyMap<string, string> {
  return new Map([
    ...events.flatMap(({ schema }) => schema.fields.map((field): [string, string] => [`${schema.name}.${field.name}`, printed(field.type)])),
    ...features.map(({ decl, type }): [string, string] => [decl.name.name, printed(type)]),
    ...lists.map(({ decl, element }): [string, string] => [decl.name.name, `list[${printed(element)}]`]),
    ...rulesets.flatMap(({ decl, lets }) => lets.map(({ decl: each, type }): [string, string] => [`${decl.name.name}/${each.name.name}`, printed(type)])),
  ].filter(([, type]) => type !== "error"));
}

/** `last of …` yields a record that has no name in the language; it is told by its fields. */
function printed(type: Type): string {
  if (type.kind !== "record" || !isLast(type)) return printType(type);
  return `{ ${type.fields.map((field) => `${field.name}: ${printType(field.type)}`).join(", ")} }`;
}
