import type { ProgramIr } from "../ir/ir.ts";
import { linkPlan } from "../compile/link.ts";
import { FrameFiller } from "../store/frames.ts";
import type { SegmentBatch } from "../store/batch.ts";
import { Queries } from "../store/queries.ts";
import { readSegments } from "../store/reader.ts";
import { WindowStore } from "../windows/store.ts";
import { narrow } from "./narrow.ts";
import type { Task } from "./protocol.ts";

/** Events between two looks at the clock. */
const EVENTS_A_LOOK = 64;

/** Folds the log of a data folder into windows of its own, step by step. */
export class Filler {
  readonly #queries: Queries;
  readonly #windows: WindowStore;
  readonly #frames: FrameFiller;
  readonly #batches: Generator<SegmentBatch, void>;
  #batch: SegmentBatch | null = null;
  #snapshot: ReturnType<WindowStore["snapshot"]> | null = null;
  #events = 0;
  #last = 0;

  constructor(ir: Pick<ProgramIr, "events" | "features" | "lists" | "rates">, { folder, logs, since, budget, seed }: Task) {
    const plan = narrow(atOnce(linkPlan(ir)), logs);
    this.#windows = new WindowStore({ seed, ...(budget === null ? {} : { budget }) });
    this.#windows.adopt(plan);
    const events = new Map(ir.events.map((event) => [event.schema.name, event]));
    this.#frames = new FrameFiller(events, plan.reads);
    this.#queries = new Queries(folder);
    // What is committed from here on is read by whoever goes on after the last record.
    this.#last = this.#queries.segmentExtent(since).last;
    this.#batches = readSegments(this.#queries, { since, types: new Set(plan.access.keys()) });
  }

  /** Reads on for about so many milliseconds. */
  fold(budgetMs: number): { readonly events: number; readonly last: number; readonly done: boolean } {
    const end = performance.now() + budgetMs;
    for (;;) {
      this.#batch ??= this.#batches.next().value ?? null;
      if (this.#batch === null) return { events: this.#events, last: this.#last, done: true };
      if (!this.#foldBatch(this.#batch, end)) return { events: this.#events, last: this.#last, done: false };
      this.#batch = null;
    }
  }

  /** Whether it came to its end before the time was over. */
  #foldBatch(batch: SegmentBatch, end: number): boolean {
    for (let count = 1; batch.next(); count++) {
      this.#last = Math.max(this.#last, batch.seq);
      const frame = this.#frames.frameOf(batch);
      if (frame !== null) {
        this.#windows.arrive(batch.type, frame, batch.at, true);
        this.#events += 1;
      }
      if (count % EVENTS_A_LOOK === 0 && performance.now() >= end) return false;
    }
    return true;
  }

  /** The next piece of what came of it; null after the last. */
  piece(): Uint8Array | null {
    this.#snapshot ??= this.#windows.snapshot();
    return this.#snapshot.next(Infinity);
  }

  close(): void {
    this.#queries.close();
  }
}

function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
