import { Worker } from "node:worker_threads";

/** A worker that needs more is stopped before it takes the memory of the service; the largest folder needs about half. */
const HEAP_MB = 1_024;

export interface ThreadOptions {
  readonly script: URL;
  readonly name: string;
  /** How long one answer may take, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * A worker thread that is asked one thing at a time. It starts when it is first needed, and again after it has failed,
 * ended or taken too long.
 */
export class Thread<Question, Answer> {
  readonly #options: ThreadOptions;
  #worker: Worker | null = null;

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  /** Rejects when the worker fails, ends or takes too long; then it is stopped and what it knew is gone. */
  async ask(question: Question): Promise<Answer> {
    const { timeoutMs } = this.#options;
    const worker = this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const failed = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)));
    const ended = (code: number): void => reject(new Error(`the worker ended with code ${code}`));
    const timer = setTimeout(() => reject(new Error(`the worker took over ${timeoutMs} ms`)), timeoutMs);
    worker.ref();
    worker.once("message", resolve).once("error", failed).once("exit", ended);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    worker.postMessage(question);
    try {
      return await promise;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      clearTimeout(timer);
      worker.off("message", resolve).off("error", failed).off("exit", ended);
      worker.unref();
    }
  }

  /** Ends the worker; a question under way is rejected, and one asked later starts a new worker. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const { script, name } = this.#options;
    const worker = new Worker(script, { name, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
    // A worker may also fail while nobody waits for it.
    worker.on("error", () => this.#forget(worker)).on("exit", () => this.#forget(worker));
    this.#worker = worker;
    return worker;
  }

  #forget(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null;
  }
}
