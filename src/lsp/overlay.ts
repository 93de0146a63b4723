import { diskReader } from "../rulesets/disk.ts";
import { memoryReader, type Listing, type RulesReader } from "../rulesets/reader.ts";

/** A rules folder with the texts of editors in place of the files; without a folder, the texts alone. */
export function overlayReader(root: string | null, open: ReadonlyMap<string, string>): RulesReader {
  const buffers = memoryReader(root ?? "the open files", open);
  if (root === null) return buffers;
  const disk = diskReader(root);
  return {
    name: root,
    follow: false,
    list: () => merge(disk.list(), buffers.list()),
    read: (path, limit) => (open.has(path) ? buffers : disk).read(path, limit),
  };
}

/** A folder that cannot be listed is no fault where files of it are open: it may not be saved yet. */
function merge(disk: Listing, buffers: Listing): Listing {
  if ("error" in buffers) return disk;
  if ("error" in disk) return buffers.paths.length > 0 ? buffers : disk;
  const open = new Set(buffers.paths);
  return {
    ...disk,
    paths: [...new Set([...disk.paths, ...open])].toSorted(),
    refused: disk.refused.filter(({ path }) => !open.has(path)),
  };
}
