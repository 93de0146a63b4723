import { statSync, watch, type FSWatcher } from "node:fs";

/** Editors and deployments write several files within a moment; they become one build. */
export const DEBOUNCE_MS = 40;

/** A folder that never rests is still built this often. */
export const MAX_WAIT_MS = 400;

/** How often the content is looked at without a hint: events are lost on network file systems and under load. */
export const POLL_MS = 5_000;

/** Something in the folder was told to have changed; or it is time to look. */
export type Hint = "change" | "poll";

export interface WatchOptions {
  readonly folder: string;
  /** Called after changes may have happened; it must find out itself whether they have. */
  readonly onHint: (why: Hint) => void;
  readonly pollMs?: number;
}

/**
 * Watches a rules folder. Events only hint: what they name is not trusted, since an atomic rename, a swapped link and
 * a folder made anew each report something else.
 */
export class FolderWatch {
  readonly #options: WatchOptions;
  #watcher: FSWatcher | null = null;
  /** Device and inode of the folder that is watched; another folder may come to stand at its path. */
  #identity = "";
  #poll: NodeJS.Timeout | null = null;
  #debounce: NodeJS.Timeout | null = null;
  #waitingSince = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#arm();
    this.#poll ??= setInterval(() => {
      this.#arm();
      // Just now something is being written; the hint after it is soon enough.
      if (this.#debounce === null) this.#options.onHint("poll");
    }, this.#options.pollMs ?? POLL_MS);
  }

  stop(): void {
    this.#disarm();
    if (this.#poll !== null) clearInterval(this.#poll);
    if (this.#debounce !== null) clearTimeout(this.#debounce);
    this.#poll = null;
    this.#debounce = null;
  }

  /** Watches the folder that is at the path now; without one, the next poll tries again. */
  #arm(): void {
    const identity = identify(this.#options.folder);
    if (this.#watcher !== null && identity === this.#identity) return;
    this.#disarm();
    if (identity === "") return;
    try {
      this.#watcher = watch(this.#options.folder, { recursive: true });
      this.#identity = identity;
      this.#watcher.on("change", () => this.#hint()).on("error", () => this.#disarm());
    } catch {
      // Out of watches, or gone again: polling goes on alone.
      this.#disarm();
    }
  }

  #disarm(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#identity = "";
  }

  #hint(): void {
    const now = performance.now();
    if (this.#debounce === null) this.#waitingSince = now;
    else clearTimeout(this.#debounce);
    const wait = Math.max(0, Math.min(DEBOUNCE_MS, this.#waitingSince + MAX_WAIT_MS - now));
    this.#debounce = setTimeout(() => {
      this.#debounce = null;
      this.#arm();
      this.#options.onHint("change");
    }, wait);
  }
}

function identify(folder: string): string {
  try {
    const { dev, ino } = statSync(folder);
    return `${dev} ${ino}`;
  } catch {
    return "";
  }
}
