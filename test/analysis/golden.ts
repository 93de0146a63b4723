import { writeFileSync } from "node:fs";
import { checkSources } from "../../src/rulesets/check.ts";
import { codes } from "../../src/text/codes.ts";
import type { CodeEntry } from "../../src/text/codes/entry.ts";
import { renderPretty } from "../../src/text/render.ts";
import { byPath } from "../../src/text/source.ts";
import { MORE } from "./situations.ts";

/* `node test/analysis/golden.ts` writes golden.txt: every finding of linter and analysis as people see it. */

const NOW = Date.UTC(2026, 10, 21);

export const GOLDEN = new URL("golden.txt", import.meta.url);

export function golden(): string {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);
  const examples = entries.flatMap(([code, { example }]) => (/^RSK0[67]/.test(code) && example !== null ? [[code, example] as const] : []));
  const parts = [...examples, ...Object.entries(MORE)].map(([title, example]) => {
    const files = typeof example === "string" ? { "example.risk": example } : example;
    const { diagnostics, sources } = checkSources(Object.entries(files).map(([path, text]) => ({ path, text })), new Map(), NOW);
    const lines = renderPretty(diagnostics, byPath(sources), { colour: false }).split("\n").map((line) => (line.length > 220 ? `${line.slice(0, 220)}…` : line));
    return `=== ${title}\n${lines.join("\n")}`;
  });
  return parts.join("\n");
}

if (import.meta.main) writeFileSync(GOLDEN, golden());
