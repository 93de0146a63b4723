import type { CodeLens } from "vscode-languageserver/node";
import type { Document } from "./document.ts";

/** The command that the server runs, with the URI of the file and the name of a test, or none for all tests of the file. */
export const RUN_TEST = "sluice.runTest";

/** Above each test the offer to run it, above the first one to run all. */
export function codeLenses(document: Document): CodeLens[] {
  const tests = document.items.flatMap((item) => (item.node?.kind === "Test" ? [{ item, test: item.node }] : []));
  return tests.flatMap(({ item, test }, i) => {
    const range = document.rangeOf(item, test.name.span);
    const run: CodeLens = { range, command: { title: "run test", command: RUN_TEST, arguments: [document.uri, test.name.value] } };
    const all: CodeLens = { range, command: { title: `run all ${tests.length} tests of this file`, command: RUN_TEST, arguments: [document.uri] } };
    return i === 0 && tests.length > 1 ? [run, all] : [run];
  });
}
