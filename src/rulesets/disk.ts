import { closeSync, fstatSync, openSync, readdirSync, readSync, realpathSync, statSync, type Dirent } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import type { Listed, Listing, Refused, ReadResult, RulesReader } from "./reader.ts";

/** Folders nested deeper than any tree a person keeps. */
export const MAX_DEPTH = 16;

/** More rule files than this is a wrong folder given, such as a home directory. */
export const MAX_FILES = 2_000;

/** Entries looked at in all, so that a wrong folder is found out fast and links cannot make a tree endless. */
export const MAX_ENTRIES = 50_000;

interface Walk {
  readonly root: string;
  readonly paths: string[];
  readonly refused: { path: string; why: Refused; detail: string }[];
  entries: number;
  exceeded: string | null;
}

/** Reads a folder on disk, what lies below it and what links inside it lead to. */
export function diskReader(folder: string): RulesReader {
  return {
    name: folder,
    follow: false,
    list: () => listFolder(folder),
    read: (path, limit) => readInside(folder, path, limit),
  };
}

/** Reads single files and, on demand, what they import from around them. */
export function filesReader(folder: string, paths: readonly string[]): RulesReader {
  return {
    name: folder,
    follow: true,
    list: () => ({ paths: paths.toSorted(), refused: [], exceeded: null }),
    read: (path, limit) => readInside(folder, path, limit),
  };
}

function listFolder(folder: string): Listing {
  try {
    const root = realpathSync(folder);
    if (!statSync(root).isDirectory()) return { error: "it is not a folder" };
    const walk: Walk = { root, paths: [], refused: [], entries: 0, exceeded: null };
    visit(walk, root, "", [root]);
    const { paths, refused, exceeded } = walk;
    return { paths: paths.toSorted(), refused, exceeded } satisfies Listed;
  } catch (error) {
    return { error: describe(error).detail };
  }
}

/** Lists one folder. `chain` holds the real paths from the root down to it, so that a link back up is not followed. */
function visit(walk: Walk, real: string, path: string, chain: readonly string[]): void {
  if (chain.length > MAX_DEPTH) {
    walk.exceeded = `\`${path}\` is nested deeper than ${MAX_DEPTH} folders`;
    return;
  }
  for (const entry of readdirSync(real, { withFileTypes: true })) {
    if (walk.exceeded !== null) return;
    if (++walk.entries > MAX_ENTRIES) walk.exceeded = `there are more than ${MAX_ENTRIES} entries`;
    else if (!entry.name.startsWith(".") && entry.name !== "node_modules") {
      meet(walk, entry, real, path === "" ? entry.name : `${path}/${entry.name}`, chain);
    }
  }
}

function meet(walk: Walk, entry: Dirent, folder: string, path: string, chain: readonly string[]): void {
  const rules = entry.name.endsWith(".risk");
  try {
    if (entry.isFile()) {
      if (rules) keep(walk, path);
    } else if (entry.isDirectory()) {
      const real = join(folder, entry.name);
      visit(walk, real, path, [...chain, real]);
    } else if (entry.isSymbolicLink()) {
      const real = realpathSync(join(folder, entry.name));
      const isFolder = statSync(real).isDirectory();
      if (!rules && !isFolder) return;
      if (!within(walk.root, real)) walk.refused.push({ path, why: "outside", detail: "the link leads out of the rules folder" });
      else if (!isFolder) keep(walk, path);
      else if (!chain.includes(real)) visit(walk, real, path, [...chain, real]);
    }
  } catch (error) {
    const { why, detail } = describe(error);
    // A folder that vanished under the walk is simply gone; a rule file that is a dead link is not.
    if (rules || why !== "missing") walk.refused.push({ path, why, detail });
  }
}

function keep(walk: Walk, path: string): void {
  if (walk.paths.length === MAX_FILES) walk.exceeded = `there are more than ${MAX_FILES} rule files`;
  else walk.paths.push(path);
}

function readInside(folder: string, path: string, limit: number): ReadResult {
  try {
    const real = realpathSync(join(folder, path));
    if (!within(realpathSync(folder), real)) {
      return { kind: "refused", why: "outside", detail: "the link leads out of the rules folder" };
    }
    return readWhole(real, limit);
  } catch (error) {
    return { kind: "refused", ...describe(error) };
  }
}

/** Reads by one descriptor, so that a file renamed over while it is read still comes out whole. */
function readWhole(real: string, limit: number): ReadResult {
  const file = openSync(real, "r");
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { kind: "refused", why: "unreadable", detail: "it is not a file" };
    if (stat.size > limit) return { kind: "refused", why: "large", detail: `${stat.size} bytes` };
    // One byte over, so that a file that grows meanwhile is not taken for whole.
    const bytes = new Uint8Array(stat.size + 1);
    let at = 0;
    while (at < bytes.length) {
      const count = readSync(file, bytes, at, bytes.length - at, null);
      if (count === 0) break;
      at += count;
    }
    if (at > stat.size) return { kind: "refused", why: "unreadable", detail: "it grew while it was read" };
    return { kind: "bytes", bytes: bytes.subarray(0, at) };
  } finally {
    closeSync(file);
  }
}

function within(root: string, real: string): boolean {
  const path = relative(root, real);
  return path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

function describe(error: unknown): { readonly why: Refused; readonly detail: string } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { why: "missing", detail: "no such file or folder" };
    case "EACCES":
    case "EPERM":
      return { why: "unreadable", detail: "permission denied" };
    case "ELOOP":
      return { why: "unreadable", detail: "the links go round in a circle" };
    default:
      return { why: "unreadable", detail: code === "" ? String(error) : code };
  }
}
