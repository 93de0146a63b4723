import { Worker } from "node:worker_threads";
import type { EventSchema } from "../types/schema.ts";
import type { Batch } from "./batch.ts";
import type { Mapping } from "./mapping.ts";
import type { EventSource } from "./records.ts";

/** Batches that are read ahead of who decides them. */
const AHEAD = 4;

/** What the reading thread has to know of the events. */
export interface ReadingFacts {
  readonly schemas: readonly EventSchema[];
  readonly type: string | null;
  readonly mapping: Mapping | null;
}

export type ToReading = { readonly kind: "open"; readonly name: string; readonly path: string; readonly ahead: number } | { readonly kind: "more" };

export type FromReading =
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "end" }
  /** The file cannot be read to its end. */
  | { readonly kind: "broken"; readonly message: string; readonly code: string | null };

/** A file that cannot be read to its end, as the reading thread met it. */
class Broken extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | null) {
    super(message);
    this.name = "Broken";
    this.code = code ?? undefined;
  }
}

/** Reads recorded files in a thread of its own, ahead of who decides what is in them. */
export class ReadingThread {
  readonly #facts: ReadingFacts;
  #worker: Worker | null = null;

  constructor({ program, type, mapping }: EventSource) {
    this.#facts = { schemas: [...program.events.values()].map(({ schema }) => schema), type, mapping };
  }

  /** The batches of a file; one file at a time, and to its end unless nothing else is asked. Throws as `readBatches` does. */
  async *batches(name: string, path: string, signal: AbortSignal): AsyncGenerator<Batch, void> {
    const worker = (this.#worker ??= this.#start());
    const arrived: FromReading[] = [];
    let wake: (() => void) | null = null;
    let fault: Error | null = null;
    const stir = (): void => {
      wake?.();
      wake = null;
    };
    const onMessage = (message: FromReading): void => {
      arrived.push(message);
      stir();
    };
    const onFault = (error: unknown): void => {
      fault ??= error instanceof Error ? error : new Error(`the reading thread ended with code ${String(error)}`);
      stir();
    };
    worker.on("message", onMessage).on("error", onFault).on("exit", onFault);
    signal.addEventListener("abort", stir);
    try {
      send(worker, { kind: "open", name, path, ahead: AHEAD });
      for (;;) {
        const message = arrived.shift();
        if (message === undefined) {
          if (signal.aborted) return;
          if (fault !== null) throw fault;
          await new Promise<void>((resolve) => (wake = resolve));
          continue;
        }
        if (message.kind === "end") return;
        if (message.kind === "broken") throw new Broken(message.message, message.code);
        yield message.batch;
        send(worker, { kind: "more" });
      }
    } finally {
      worker.off("message", onMessage).off("error", onFault).off("exit", onFault);
      signal.removeEventListener("abort", stir);
    }
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { name: "sluice-replay", workerData: this.#facts });
    // One that has failed reads no other file.
    const forget = (): void => {
      if (this.#worker === worker) this.#worker = null;
    };
    return worker.on("error", forget).on("exit", forget);
  }
}

function send(worker: Worker, message: ToReading): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  worker.postMessage(message);
}
