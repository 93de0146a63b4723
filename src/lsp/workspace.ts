import { join } from "node:path";
import type { Document } from "./document.ts";
import { Folder } from "./folder.ts";
import { pathOf, placeOf, uriOf } from "./places.ts";

/** A file in its folder. */
export interface Located {
  readonly folder: Folder;
  readonly document: Document;
}

/** All rules folders that have an open file, and which file belongs to which. */
export class Workspace {
  readonly #roots = new Map<string, Folder>();
  readonly #files = new Map<string, { readonly folder: Folder; readonly path: string }>();
  #workspace: readonly string[] = [];

  get folders(): Iterable<Folder> {
    return this.#roots.values();
  }

  /** Folders of the editor. Files that are open stay where they are. */
  setFolders(uris: readonly string[]): void {
    this.#workspace = uris.flatMap((uri) => pathOf(uri) ?? []);
  }

  changeFolders(added: readonly string[], removed: readonly string[]): void {
    const gone = new Set(removed.flatMap((uri) => pathOf(uri) ?? []));
    this.#workspace = [...this.#workspace.filter((path) => !gone.has(path)), ...added.flatMap((uri) => pathOf(uri) ?? [])];
  }

  open(uri: string, text: string, version: number): Folder {
    const { root, path } = placeOf(uri, this.#workspace);
    const key = root ?? uri;
    const folder = this.#roots.get(key) ?? new Folder(root, (each) => (root === null ? uri : uriOf(join(root, each))));
    this.#roots.set(key, folder);
    folder.openFile(uri, path, text, version);
    this.#files.set(uri, { folder, path });
    return folder;
  }

  /** Closes a file; a folder without open files is forgotten. Yields the folder and whether it stays. */
  close(uri: string): { readonly folder: Folder; readonly stays: boolean } | undefined {
    const file = this.#files.get(uri);
    if (file === undefined) return undefined;
    const { folder, path } = file;
    this.#files.delete(uri);
    folder.closeFile(path);
    if (folder.hasOpen) return { folder, stays: true };
    for (const [key, each] of this.#roots) if (each === folder) this.#roots.delete(key);
    return { folder, stays: false };
  }

  /** An open file by its URI. */
  find(uri: string): Located | undefined {
    const file = this.#files.get(uri);
    const document = file?.folder.document(file.path);
    return file === undefined || document === undefined ? undefined : { folder: file.folder, document };
  }

  /** Folders that files on disk belong to. */
  foldersOf(uris: readonly string[]): ReadonlySet<Folder> {
    const paths = uris.flatMap((uri) => pathOf(uri) ?? []);
    return new Set([...this.#roots.values()].filter(({ root }) => root !== null && paths.some((path) => path.startsWith(root))));
  }
}
