import type { Program } from "../compile/program.ts";
import { type Beginning, type Candidate, type Course, type FillPlan, fillsOf, unfilled, type Warmer } from "../rulesets/warm.ts";
import type { Reach } from "../store/queries.ts";
import type { Store } from "../store/store.ts";
import { printTimestamp } from "../types/time.ts";
import type { WindowStore } from "../windows/store.ts";
import { Filling } from "./filling.ts";
import { logFill, RECENT } from "../engine/reach.ts";

export interface BackfillOptions {
  readonly store: Pick<Store, "unwritten" | "stats"> & { readonly reader: Pick<Store["reader"], "reach" | "eventsSince" | "segments"> };
  /** The data folder of that store. */
  readonly folder: string;
  readonly windows: Pick<WindowStore, "draft" | "seed">;
  /** Bytes that the windows of the worker may take; the default of the windows unless given. */
  readonly budget?: number;
  /** Told what a filling took, also one that was given up. */
  readonly filled?: (events: number, seconds: number) => void;
  /** The worker's script; a test may give one that fails. */
  readonly script?: URL;
}

/** Fills features from the log of events. */
export class Backfill implements Warmer {
  readonly #options: BackfillOptions;

  constructor(options: BackfillOptions) {
    this.#options = options;
  }

  survey({ program }: Candidate, beginning: Beginning): Promise<readonly FillPlan[]> {
    return surveyLog(program, beginning, this.#options.store.reader);
  }

  async warm(candidate: Candidate, fills: readonly FillPlan[], course: Course): Promise<void> {
    const began = performance.now();
    const filling = new Filling(this.#options, candidate, fills, course);
    try {
      await filling.run();
    } finally {
      await filling.close();
      this.#options.filled?.(filling.events, (performance.now() - began) / 1_000);
    }
  }
}

/** What is asked of a log before it is read. */
interface Surveyed {
  reach(type: string, recent: number): Reach | Promise<Reach>;
  eventsSince(type: string, since: number): number | Promise<number>;
}

/** What filling the features that start would take. */
export async function surveyLog(program: Program, beginning: Beginning, log: Surveyed): Promise<readonly FillPlan[]> {
  const found: FillPlan[] = [];
  for (const { fill, specs } of fillsOf(program, beginning)) {
    const reach = await log.reach(fill.source, RECENT);
    const { since, reason } = logFill(reach, specs, specs.filter(({ identity }) => beginning.going.has(identity)));
    if (reason === null) found.push({ ...fill, from: "log", reason, since: timeOf(since), oldest: timeOf(reach.oldest), events: await log.eventsSince(fill.source, since) });
    else found.push(unfilled(fill, reason));
  }
  return found;
}

function timeOf(time: number | null): string | null {
  return time === null || !Number.isFinite(time) ? null : printTimestamp(time);
}
