import type { Code } from "../../src/text/codes.ts";
import { Report } from "../../src/text/report.ts";
import { checkFiles } from "../../src/check/check.ts";
import { parseFile } from "../../src/syntax/parse.ts";

/** Codes of what is wrong with a rule file, each with the text it points at. */
export function findings(text: string, data: ReadonlyMap<string, string> = new Map()): readonly (readonly [Code, string])[] {
  const report = new Report();
  checkFiles([parseFile({ path: "rules.risk", text }, report)], data, report);
  return report.sorted().map(({ code, span }) => [code, text.slice(span.start, span.end)]);
}
