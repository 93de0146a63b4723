import type { LocatedDiagnostic } from "../text/json.ts";
import type { SourceFile } from "../text/source.ts";
import { Thread } from "./thread.ts";

/** Checks that wait for the one under way; more are turned away, so that checking never piles up work. */
export const MAX_WAITING = 8;

/** Sources that come in one request are checked in milliseconds; what takes this long is meant to. */
export const CHECK_TIMEOUT_MS = 5_000;

/** One request to the checking worker. */
export interface CheckQuestion {
  readonly files: readonly SourceFile[];
  readonly data: ReadonlyMap<string, string>;
}

/** Checks sources of strangers in a worker of its own: neither decisions nor reloads wait for it. */
export class Checker {
  readonly #thread: Thread<CheckQuestion, readonly LocatedDiagnostic[]>;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: { readonly script?: URL; readonly timeoutMs?: number } = {}) {
    this.#thread = new Thread({
      script: options.script ?? new URL("check-worker.ts", import.meta.url),
      name: "sluice-check",
      timeoutMs: options.timeoutMs ?? CHECK_TIMEOUT_MS,
    });
  }

  /** At most `MAX_DIAGNOSTICS` findings. Null when too many checks wait already, or this one took too long. */
  async check(files: readonly SourceFile[], data: ReadonlyMap<string, string>): Promise<readonly LocatedDiagnostic[] | null> {
    if (this.#waiting > MAX_WAITING) return null;
    this.#waiting++;
    const answer = this.#last.then(() => this.#thread.ask({ files, data }));
    this.#last = answer.catch(() => undefined);
    try {
      return await answer;
    } catch {
      return null;
    } finally {
      this.#waiting--;
    }
  }

  close(): Promise<void> {
    return this.#thread.stop();
  }
}
