import { parseFile } from "../../src/syntax/parse.ts";
import { Report } from "../../src/text/report.ts";

/** What a text says, by itself: its tree and comments without places, and how many errors it has. */
export function meaning(text: string): { readonly tree: string; readonly errors: number } {
  const report = new Report();
  const tree = JSON.stringify(parseFile({ path: "a.risk", text }, report), (key, value: unknown) => (key === "span" || key === "opSpan" ? undefined : value));
  return { tree, errors: report.sorted().filter(({ severity }) => severity === "error").length };
}

/** The text without white space, in words for symbols, and without commas that may go: what no layout changes. */
export function ink(text: string): string {
  const kept = text.replaceAll(/,(?=(?:\s|\/\/[^\n]*\n)*[\])}])/g, "");
  return kept.replaceAll(/\s/g, "").replaceAll("&&", "and").replaceAll("||", "or").replaceAll("!", "not");
}
