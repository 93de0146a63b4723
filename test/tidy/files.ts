import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A text file of the repository. */
export interface TextFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** What is wrong, one line each: `path:line: what and why`. Empty when nothing is. */
export type Findings = readonly string[];

export const ROOT = join(import.meta.dirname, "..", "..");

/** Folders that are not of the repository, and files that are no prose or code of ours. */
const OTHERS: ReadonlySet<string> = new Set(["node_modules", ".git", "data"]);

/** Every text file of the repository whose path matches the glob. */
export function textFiles(pattern: string): TextFile[] {
  return globSync(pattern, { cwd: ROOT, exclude: (name) => OTHERS.has(name) })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => statSync(join(ROOT, path)).isFile())
    .toSorted()
    .map((path) => ({ path, text: read(path) }));
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

export function sourceFiles(): TextFile[] {
  return textFiles("{src,grammar}/**/*.ts");
}

/** Line from 1 of an offset. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** A finding for each place where the pattern (with the flag `g`) matches. */
export function places(file: TextFile, text: string, pattern: RegExp, what: string): string[] {
  return [...text.matchAll(pattern)].map((match) => `${file.path}:${lineAt(text, match.index)}: ${what}`);
}
