import { Thread } from "../rulesets/thread.ts";
import type { Answer, CheckAnswer, CheckQuestion, Question, TestAnswer, TestQuestion } from "./questions.ts";

/** The largest folder within its limits is checked in a third of this; what takes longer is stopped and told. */
export const CHECK_TIMEOUT_MS = 60_000;

/** Checks folders and runs tests in a worker, one after the other, so that the server answers meanwhile. */
export class Inspector {
  readonly #thread: Thread<Question, Answer>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly script?: URL; readonly timeoutMs?: number } = {}) {
    this.#thread = new Thread({
      script: options.script ?? new URL("worker.ts", import.meta.url),
      name: "sluice-lsp-check",
      timeoutMs: options.timeoutMs ?? CHECK_TIMEOUT_MS,
    });
  }

  /** `question` is called when its turn has come, so that it asks about the texts of then. */
  async check(question: () => CheckQuestion): Promise<CheckAnswer> {
    const answer = await this.#ask(() => ({ kind: "check", about: question() }));
    if (answer.kind !== "check") throw new Error("the worker has answered something else");
    return answer.answer;
  }

  async test(question: () => TestQuestion): Promise<TestAnswer> {
    const answer = await this.#ask(() => ({ kind: "test", about: question() }));
    if (answer.kind !== "test") throw new Error("the worker has answered something else");
    return answer.answer;
  }

  #ask(question: () => Question): Promise<Answer> {
    const answer = this.#last.then(() => this.#thread.ask(question()));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
