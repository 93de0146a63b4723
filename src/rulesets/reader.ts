/** A file that could not be listed or read, and why. */
export type Refused = "missing" | "unreadable" | "outside" | "large";

export interface Listed {
  /** Rule files, relative to the folder, with forward slashes, sorted. */
  readonly paths: readonly string[];
  /** Entries that were left out though they should not have been. */
  readonly refused: readonly { readonly path: string; readonly why: Refused; readonly detail: string }[];
  /** A limit of the folder as a whole that was met; nothing beyond it was listed. */
  readonly exceeded: string | null;
}

export type Listing = Listed | { readonly error: string };

export type ReadResult =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "refused"; readonly why: Refused; readonly detail: string };

/**
 * Where rule files come from. Synchronous, because it runs in the build worker or in a command, where nothing waits;
 * a single synchronous pass also leaves the least time for a folder to change under it.
 */
export interface RulesReader {
  /** How people name the folder. */
  readonly name: string;
  /** Whether files that are imported but not listed are read too: so where single files are given, not a folder. */
  readonly follow: boolean;
  list(): Listing;
  /** Reads a rule or list file by its path in the folder, at most `limit` bytes. */
  read(path: string, limit: number): ReadResult;
}

/** Files held in memory: sources sent to be checked, and tests. */
export function memoryReader(name: string, files: ReadonlyMap<string, string | Uint8Array>): RulesReader {
  const encoder = new TextEncoder();
  return {
    name,
    follow: false,
    list: () => ({ paths: [...files.keys()].filter((path) => path.endsWith(".risk")).toSorted(), refused: [], exceeded: null }),
    read: (path, limit) => {
      const file = files.get(path);
      if (file === undefined) return { kind: "refused", why: "missing", detail: "no such file" };
      const bytes = typeof file === "string" ? encoder.encode(file) : file;
      return bytes.length > limit ? { kind: "refused", why: "large", detail: `${bytes.length} bytes` } : { kind: "bytes", bytes };
    },
  };
}
