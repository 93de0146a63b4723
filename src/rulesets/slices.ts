import { setImmediate } from "node:timers/promises";

/** Longest stretch, in milliseconds, that building may keep decisions waiting. */
export const SLICE_MS = 5;

/**
 * Runs a generator to its end in slices of at most `SLICE_MS`, with the event loop free between them. Each step must
 * itself be short. `now` counts milliseconds.
 */
export async function runInSlices<T>(steps: Generator<void, T>, now: () => number = () => performance.now()): Promise<T> {
  for (;;) {
    const start = now();
    // A step that takes as long as the one before must still fit, so slices end at half of the limit.
    while (now() - start < SLICE_MS / 2) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
    await setImmediate();
  }
}
