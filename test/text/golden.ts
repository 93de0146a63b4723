import { readFileSync, writeFileSync } from "node:fs";
import { checkSources } from "../../src/rulesets/check.ts";
import { codes } from "../../src/text/codes.ts";
import type { CodeEntry, Example } from "../../src/text/codes/entry.ts";
import { renderPretty } from "../../src/text/render.ts";
import { byPath } from "../../src/text/source.ts";

/*
 * golden.txt: rules with a mistake, and below them what the terminal shows, to the letter. A chunk is
 *
 *     ==== name
 *     ---- path      (one or more files)
 *     ==>
 *     what is shown
 *
 * A new code joins with its example by `node test/text/golden.ts --write`, which also takes over what has changed: read the
 * difference before you commit it.
 */

const FILE = new URL("golden.txt", import.meta.url);

export interface Chunk {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly text: string }[];
  /** What the file says is shown. */
  readonly shown: string;
}

export function readChunks(): readonly Chunk[] {
  const text = readFileSync(FILE, "utf8");
  return text.split(/^==== /m).slice(1).map((chunk) => {
    const [head = "", shown = ""] = chunk.split(/^==>\n/m);
    const [name = "", ...parts] = head.split(/^---- /m);
    const files = parts.map((part) => ({ path: part.slice(0, part.indexOf("\n")), text: part.slice(part.indexOf("\n") + 1) }));
    return { name: name.trim(), files, shown };
  });
}

/** Some rules are to be looked at again by a day. */
const TODAY = Date.UTC(2026, 10, 21);

/** What the terminal shows of a chunk's files. */
export function render({ files }: Pick<Chunk, "files">): string {
  return renderPretty(checkSources(files, new Map(), TODAY).diagnostics, byPath(files), { colour: false });
}

/** The codes that have an example, with its files. */
export function examples(): ReadonlyMap<string, Chunk["files"]> {
  const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);
  return new Map(entries.flatMap(([code, { example }]) => (example === null ? [] : [[code, filesOf(example)]])));
}

function filesOf(example: Example): Chunk["files"] {
  return Object.entries(typeof example === "string" ? { "rules.risk": example } : example).map(([path, text]) => ({ path, text }));
}

/** The examples as the table of codes has them, and every other chunk as it stands. */
function chunks(): string {
  const known = examples();
  const others = readChunks().filter(({ name }) => !known.has(name)).map(({ name, files }): [string, Chunk["files"]] => [name, files]);
  return [...known, ...others]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => `==== ${name}\n${files.map(({ path, text }) => `---- ${path}\n${text}`).join("")}==>\n${render({ files })}`)
    .join("");
}

if (import.meta.main && process.argv.includes("--write")) writeFileSync(FILE, chunks());
