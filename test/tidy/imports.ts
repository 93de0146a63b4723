import { posix } from "node:path";
import { codeOf } from "./code.ts";
import { lineAt, type TextFile } from "./files.ts";

/** One module that a file asks for. */
export interface Import {
  readonly from: string;
  /** As written: `../text/span.ts`, `node:fs`, `fastify`. */
  readonly specifier: string;
  /** Path from the root of the repository for a relative import, else null. */
  readonly target: string | null;
  /** Whether only types are taken, which leaves no trace at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/**
 * `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")` and, for the scripts of workers,
 * `new URL("x.ts", import.meta.url)`.
 */
const FORMS = /\b(?:(?:import|export)\b(?<names>[^;"'`()]*?)\bfrom\s*|import\s*|import\s*\(\s*|(?<url>new\s+URL\s*\(\s*))(?<quote>["'])/g;

/** The modules that a file asks for, found in its code and not in its comments or strings. */
export function importsOf(file: TextFile): Import[] {
  const code = codeOf(file.text);
  return [...code.matchAll(FORMS)].flatMap((match) => {
    const quote = match.groups?.["quote"] ?? "";
    const start = match.index + match[0].length;
    const specifier = file.text.slice(start, file.text.indexOf(quote, start));
    const isUrl = match.groups?.["url"] !== undefined;
    if (isUrl && !specifier.endsWith(".ts")) return [];
    return {
      from: file.path,
      specifier,
      target: isUrl || specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(file.path), specifier)) : null,
      typeOnly: typesOnly(match.groups?.["names"] ?? ""),
      line: lineAt(file.text, match.index),
    };
  });
}

function typesOnly(names: string): boolean {
  if (/^\s*type\b/.test(names)) return true;
  const listed = /^\s*\{(?<each>[^}]*)\}\s*$/.exec(names)?.groups?.["each"]?.split(",");
  const given = listed?.map((name) => name.trim()).filter((name) => name !== "") ?? [];
  return given.length > 0 && given.every((name) => name.startsWith("type "));
}

/** The package of a specifier: `@a/b/c` is of `@a/b`. Null for relative ones and Node's own. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return null;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
