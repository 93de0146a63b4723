import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Builtin } from "../src/types/functions/signature.ts";
import { forms, type Form } from "../src/types/functions/forms.ts";
import { groups } from "../src/types/functions/table.ts";

/* `node grammar/functions.ts` writes functions.md, the reference of the built-in functions, out of their table. */

const HEAD = `# The functions

\`a.f(b)\` and \`f(a, b)\` are one call. An argument that is missing makes the call missing, and so does whatever cannot be computed; the reasons are named at each function.
What stands in \`[brackets]\` of a signature may be left out. Every example is run by a test.

This page is written by \`node grammar/functions.ts\` out of \`src/types/functions/\`.
`;

const GROUPS: readonly (readonly [title: string, functions: readonly (Form | Builtin)[]])[] = [["Macros and what asks for the missing", forms], ...groups];

/** The page as it should be. */
export function functionsPage(): string {
  const contents = GROUPS.map(([title, functions]) => `- **${title}**: ${functions.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(" ")}`);
  const sections = GROUPS.map(([title, functions]) => `## ${title}\n\n${functions.map(entry).join("\n")}`);
  return [HEAD, `${contents.join("\n")}\n`, ...sections].join("\n");
}

function entry(each: Form | Builtin): string {
  const { name, signature, doc, examples } = each;
  const spellings = "spellings" in each ? (each.spellings ?? []) : [];
  const also = spellings.length === 0 ? "" : ` Also written ${spellings.map((each) => `\`${each}\``).join(", ")}.`;
  const width = Math.max(...examples.map(([expr]) => expr.length));
  const lines = examples.map(([expr, value]) => `${expr.padEnd(width)} → ${value}`);
  const text = `${doc.charAt(0).toUpperCase()}${doc.slice(1)}.${also}`;
  return `### ${name}\n\n\`${signature}\`\n\n${text}\n\n\`\`\`expr\n${lines.join("\n")}\n\`\`\`\n`;
}

if (import.meta.main) writeFileSync(join(import.meta.dirname, "functions.md"), functionsPage());
