import type { Fault } from "../../../src/store/writer.ts";

const COMMIT_MS = 20;

/** A disk that takes 20 ms for a commit. */
export const slowDisk: Fault = (step) => {
  if (step === "commit") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, COMMIT_MS);
};
