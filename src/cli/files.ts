import { readFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { diskReader, filesReader } from "../rulesets/disk.ts";
import type { RulesReader } from "../rulesets/reader.ts";
import { UsageError } from "./arguments.ts";

const BOM = "\uFEFF";

/**
 * Writes beside and renames, so that a service that follows the folder never sees half of a file; a link stays a link.
 * False when someone has saved the file since it was read: their text stays.
 */
export function replaceFile(named: string, before: string, after: string): boolean {
  const path = realpathSync(named);
  const now = readFileSync(path, "utf8");
  const mark = now.startsWith(BOM) ? BOM : "";
  if (now !== mark + before) return false;
  const beside = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  writeFileSync(beside, mark + after, { mode: statSync(path).mode });
  renameSync(beside, path);
  return true;
}

/** What a PATH of the command line names: a rules folder, or one rule file in its folder. */
export function readerOf(path: string): { readonly reader: RulesReader; readonly folder: string } {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch {
    throw new UsageError(`there is no file or folder \`${path}\``);
  }
  if (isFolder) return { reader: diskReader(path), folder: path };
  if (!path.endsWith(".risk")) throw new UsageError(`\`${path}\` is no rule file; rule files end in \`.risk\``);
  return { reader: filesReader(dirname(path), [basename(path)]), folder: dirname(path) };
}
