import type { LocatedDiagnostic } from "../text/json.ts";
import { Thread } from "./thread.ts";

/**
 * With more rules and rows than this the warnings come when the version is active: looking at ten thousand rules takes
 * seconds, and never keeps a version from being used.
 */
export const WARNED_AT_ONCE = 200;

/** The largest folder within its limits is looked at in a few of these; what takes longer is given up. */
const LINT_TIMEOUT_MS = 120_000;

/** What the linting worker says of a folder. */
export interface Linted {
  readonly version: string | null;
  /** At most `MAX_DIAGNOSTICS`. */
  readonly diagnostics: readonly LocatedDiagnostic[];
  readonly omitted: number;
}

/** Looks for warnings in a large folder after it has become active, in a worker of its own that ends when it is done. */
export class Linter {
  readonly #folder: string;
  #thread: Thread<string, Linted> | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Looks at what the folder holds now. Null where it was given up or failed. */
  async look(): Promise<Linted | null> {
    this.stop();
    const thread = new Thread<string, Linted>({ script: new URL("lint-worker.ts", import.meta.url), name: "sluice-lint", timeoutMs: LINT_TIMEOUT_MS });
    this.#thread = thread;
    try {
      return await thread.ask(this.#folder);
    } catch {
      return null;
    } finally {
      // A thread that is not there keeps no memory.
      await thread.stop();
    }
  }

  /** Gives up what is being looked at: something newer is there. */
  stop(): void {
    void this.#thread?.stop();
    this.#thread = null;
  }
}
