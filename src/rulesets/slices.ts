import { setImmediate } from "node:timers/promises";

/** Longest stretch, in milliseconds, that building may keep decisions waiting. */
export const SLICE_MS = 5;

/** Counts the work of one attempt that is done where events are decided. */
export class MainWork {
  /** All of it, in milliseconds. */
  ms = 0;
  /** The longest stretch, during which no event was decided, in milliseconds. */
  longestMs = 0;

  /** Does a stretch of it. */
  run<T>(stretch: () => T): T {
    const start = performance.now();
    try {
      return stretch();
    } finally {
      const took = performance.now() - start;
      this.ms += took;
      this.longestMs = Math.max(this.longestMs, took);
    }
  }
}

/**
 * Runs a generator to its end in slices of at most `SLICE_MS`, with the event loop free between them. Each step must
 * itself be short. `now` counts milliseconds.
 */
export async function runInSlices<T>(steps: Generator<void, T>, work = new MainWork(), now: () => number = () => performance.now()): Promise<T> {
  for (;;) {
    const ended = work.run(() => runSlice(steps, now));
    if (ended !== null) return ended.value;
    await setImmediate();
  }
}

/** Null where it is not at its end. */
function runSlice<T>(steps: Generator<void, T>, now: () => number): { readonly value: T } | null {
  const start = now();
  // A step that takes as long as the one before must still fit, so slices end at half of the limit.
  while (now() - start < SLICE_MS / 2) {
    const step = steps.next();
    if (step.done === true) return { value: step.value };
  }
  return null;
}
