import { dirname, join, parse, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The folder of rules in a project, by convention. */
const RULES = "rules";

/** The path of a `file:` URI; undefined for another scheme, or one that names another host. */
export function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Where a file stands: its rules folder, and its path in there. */
export interface Place {
  /** Null for what is not on disk. */
  readonly root: string | null;
  readonly path: string;
}

/**
 * The rules folder of a file: the outermost folder called `rules` above it, inside of the editor's folder if it is in one;
 * else the editor's folder itself; else the folder that the file is in.
 */
export function placeOf(uri: string, workspace: readonly string[]): Place {
  const file = pathOf(uri);
  if (file === undefined) return { root: null, path: fileName(uri) };
  const within = workspace.filter((folder) => inside(folder, file)).toSorted((a, b) => b.length - a.length)[0];
  const top = within ?? parse(file).root;
  const parts = relative(top, dirname(file)).split(sep);
  const at = parts.indexOf(RULES);
  const named = at === -1 ? undefined : join(top, ...parts.slice(0, at + 1));
  const root = named ?? within ?? dirname(file);
  return { root, path: relative(root, file).split(sep).join("/") };
}

function inside(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !path.startsWith(sep);
}

/** The name that a text without a file goes by: the last part of its URI. */
function fileName(uri: string): string {
  const name = uri.split(/[/:?#]/).findLast((part) => part !== "") ?? "untitled";
  return name.endsWith(".risk") ? name : `${name}.risk`;
}
