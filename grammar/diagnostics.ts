import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { codes } from "../src/text/codes.ts";
import type { CodeEntry } from "../src/text/codes/entry.ts";

/* `node grammar/diagnostics.ts` writes diagnostics.md, the page that findings point to, out of the table of codes. */

/** What each group of codes is about, by the digits after `RSK`. */
const GROUPS: readonly (readonly [prefix: string, title: string])[] = [
  ["RSK01", "Text that is no sentence of the language"],
  ["RSK02", "Types that do not fit"],
  ["RSK03", "Names that are unknown, taken or out of reach"],
  ["RSK04", "Declarations that break a law"],
  ["RSK05", "Folders, files and mappings"],
  ["RSK06", "Rules that would rather be written otherwise"],
  ["RSK07", "Rules that cannot do what they seem to"],
  ["RSK08", "Tests of rules"],
];

const HEAD = `# What the messages mean

Every finding carries a code. Codes are stable: one is never given a new meaning and never used again. Each has an example that a test runs, and that gives just this finding.

This page is written by \`node grammar/diagnostics.ts\` out of \`src/text/codes/\`.
`;

/** The page as it should be. */
export function diagnosticsPage(): string {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const groups = GROUPS.map(([prefix, title]) => {
    const sections = entries.filter(([code]) => code.startsWith(prefix)).map(([code, entry]) => section(code, entry));
    return `## ${title}\n\n${sections.join("\n")}`;
  });
  return [HEAD, ...groups].join("\n");
}

/** The anchor is the code alone, so that a title may be bettered without breaking a link. */
function section(code: string, { severity, title, explanation, example }: CodeEntry): string {
  if (example === null) return `### ${code}\n\n**${title}** (${severity})\n\n${explanation}\n`;
  const files = typeof example === "string" ? [["", example]] : Object.entries(example);
  const blocks = files.map(([path, text = ""]) => `${path === "" ? "" : `\`${path}\`:\n\n`}\`\`\`risk\n${text.trimEnd()}\n\`\`\`\n`);
  return `### ${code}\n\n**${title}** (${severity})\n\n${explanation}\n\n${blocks.join("\n")}`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "diagnostics.md"), diagnosticsPage());
