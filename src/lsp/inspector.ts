import { Thread } from "../rulesets/thread.ts";
import type { CheckAnswer, CheckQuestion } from "./questions.ts";

/** The largest folder within its limits is checked in a third of this; what takes longer is stopped and told. */
export const CHECK_TIMEOUT_MS = 60_000;

/** Checks folders in a worker, one after the other, so that the server answers meanwhile. */
export class Inspector {
  readonly #thread: Thread<CheckQuestion, CheckAnswer>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly script?: URL; readonly timeoutMs?: number } = {}) {
    this.#thread = new Thread({
      script: options.script ?? new URL("worker.ts", import.meta.url),
      name: "sluice-lsp-check",
      timeoutMs: options.timeoutMs ?? CHECK_TIMEOUT_MS,
    });
  }

  /** `question` is called when its turn has come, so that it asks about the texts of then. */
  check(question: () => CheckQuestion): Promise<CheckAnswer> {
    const answer = this.#last.then(() => this.#thread.ask(question()));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
