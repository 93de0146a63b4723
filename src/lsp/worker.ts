import { parentPort } from "node:worker_threads";
import type { Checked } from "../check/checked.ts";
import { analyse } from "../rulesets/build.ts";
import { isLast, printType, type Type } from "../types/type.ts";
import { overlayReader } from "./overlay.ts";
import type { CheckAnswer, CheckQuestion } from "./questions.ts";

/* The worker behind the language server: one answer for each question, so that nobody types against a check. */

parentPort?.on("message", ({ root, open }: CheckQuestion) => {
  const { diagnostics, checked } = analyse(overlayReader(root, open));
  const answer: CheckAnswer = { diagnostics, types: checked === null ? new Map() : typesOf(checked) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort?.postMessage(answer);
});

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
