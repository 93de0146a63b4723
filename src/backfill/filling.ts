import { setImmediate as nextTurn } from "node:timers/promises";
import { withRetained } from "../compile/link.ts";
import { splitProgram } from "../rulesets/parts.ts";
import { Thread } from "../rulesets/thread.ts";
import type { Candidate, Course, FillPlan } from "../rulesets/warm.ts";
import type { SegmentBatch } from "../store/batch.ts";
import { FrameFiller } from "../store/frames.ts";
import type { Draft } from "../windows/draft.ts";
import { logId } from "../windows/spec.ts";
import type { BackfillOptions } from "./backfill.ts";
import type { FromFiller, ToFiller } from "./protocol.ts";

/** One answer of the worker takes a tenth of a second, or as long as a disk that hangs. */
const ANSWER_TIMEOUT_MS = 60_000;
/** Events are decided between stretches of this length. */
const SLICE_MS = 1;
/** Events between two looks at the clock. */
const EVENTS_A_LOOK = 16;

/**
 * One filling. A worker folds the log as far as it is written and hands over what came of it; then the service folds what
 * came since: from the log what is written by now, from memory what is not, until nothing is left between two events.
 */
export class Filling {
  readonly #options: BackfillOptions;
  readonly #candidate: Candidate;
  readonly #fills: readonly FillPlan[];
  readonly #course: Course;
  readonly #thread: Thread<ToFiller, FromFiller>;
  readonly #frames: FrameFiller;
  readonly #types: ReadonlySet<string>;
  #draft: Draft | null = null;
  /** The newest record that the draft knows. */
  #last = 0;
  /** Events folded so far. */
  events = 0;

  constructor(options: BackfillOptions, candidate: Candidate, fills: readonly FillPlan[], course: Course) {
    const { program } = candidate;
    this.#options = options;
    this.#candidate = candidate;
    this.#fills = fills.filter(({ from }) => from === "log");
    this.#course = course;
    this.#types = new Set(this.#fills.map(({ source }) => source));
    this.#frames = new FrameFiller(program.events, program.windows.reads);
    this.#thread = new Thread({ script: options.script ?? new URL("worker.ts", import.meta.url), name: "sluice-backfill", timeoutMs: ANSWER_TIMEOUT_MS });
    // At once, not at the next chance: another filling may begin in the same moment.
    course.signal.addEventListener("abort", () => this.#giveUp(), { once: true });
  }

  async run(): Promise<void> {
    await this.#readLog();
    const draft = (this.#draft = this.#options.windows.draft(this.#candidate.program.windows, this.#fills.map(logId)));
    await this.#takeOver(draft);
    await this.#close(draft);
  }

  /** Lets go of everything that was not activated. */
  async close(): Promise<void> {
    this.#draft?.discard();
    this.#draft = null;
    await this.#thread.stop();
  }

  #giveUp(): void {
    void this.close();
  }

  /** Has the worker fold what is written. */
  async #readLog(): Promise<void> {
    const { folder, budget, windows } = this.#options;
    const { ir, retained } = this.#candidate;
    for (const part of splitProgram(withRetained({ ...ir, files: [], sources: [], rulesets: [] }, retained))) {
      await this.#ask({ kind: "part", part });
      await this.#turn();
    }
    await this.#ask({ kind: "begin", task: { folder, logs: this.#fills.map(logId), since: this.#since(), budget: budget ?? null, seed: windows.seed } });
    for (;;) {
      const answer = await this.#ask({ kind: "fold" });
      if (answer.kind !== "folded") throw unexpected(answer);
      this.#last = answer.last;
      this.#count(answer.events - this.events);
      if (answer.done) return;
    }
  }

  /** The earliest time of all fills: one reading serves them all. */
  #since(): number {
    return this.#fills.reduce((least, { since }) => Math.min(least, since === null ? Number.NEGATIVE_INFINITY : Date.parse(since)), Infinity);
  }

  /** Puts what came of it beside the live windows, piece by piece. */
  async #takeOver(draft: Draft): Promise<void> {
    for (;;) {
      const answer = await this.#ask({ kind: "piece" });
      if (answer.kind === "end") return;
      if (answer.kind !== "piece") throw unexpected(answer);
      draft.restore(answer.bytes);
      await this.#turn();
    }
  }

  /** Folds what came since, and switches where nothing is left. */
  async #close(draft: Draft): Promise<void> {
    const { store } = this.#options;
    for (;;) {
      const held = this.#course.hold();
      if (held !== null) {
        await held;
        await this.#turn();
        continue;
      }
      const rest = store.unwritten(this.#last, this.#types);
      if (rest === null) await this.#foldWritten(draft);
      else if (this.#foldSlice(draft, rest)) {
        this.#switch(draft);
        return;
      } else await this.#turn();
    }
  }

  /** INVARIANT: nothing arrives between the last event that the draft takes up and the switch. */
  #switch(draft: Draft): void {
    this.#draft = null;
    if (draft.evicted > 0 && this.#fills.some(({ kept }) => kept.length > 0)) {
      draft.discard();
      this.#course.activate(null, "the memory for windows has no room for them beside the state that is kept; give more with SLUICE_WINDOW_BYTES");
    } else this.#course.activate(draft);
  }

  async #foldWritten(draft: Draft): Promise<void> {
    const { committed } = this.#options.store.stats;
    for await (const batch of this.#options.store.reader.segments({ after: this.#last, since: this.#since(), types: this.#types })) {
      while (!this.#foldSlice(draft, batch)) await this.#turn();
      await this.#turn();
    }
    // Records of other types are in no batch.
    this.#last = Math.max(this.#last, committed);
  }

  /** Folds for a slice; whether it came to the end of the batch. */
  #foldSlice(draft: Draft, batch: SegmentBatch): boolean {
    const end = performance.now() + SLICE_MS;
    for (let count = 1; batch.next(); count++) {
      this.#last = batch.seq;
      const frame = this.#frames.frameOf(batch);
      if (frame !== null) draft.arrive(batch.type, frame, batch.at);
      this.#count(1);
      if (count % EVENTS_A_LOOK === 0 && performance.now() >= end) return false;
    }
    return true;
  }

  #count(more: number): void {
    this.events += more;
    this.#course.progress(this.events);
  }

  async #ask(question: ToFiller): Promise<FromFiller> {
    const answer = await this.#thread.ask(question);
    this.#course.signal.throwIfAborted();
    return answer;
  }

  /** Lets events be decided. */
  async #turn(): Promise<void> {
    await nextTurn();
    this.#course.signal.throwIfAborted();
  }
}

function unexpected({ kind }: FromFiller): Error {
  return new Error(`the filling worker answered \`${kind}\``);
}
