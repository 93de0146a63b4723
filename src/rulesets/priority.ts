import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";

/** Behind the thread that decides; gets what is left over, and all of it where nobody else asks. */
export const BUILD_NICENESS = 5;

/** Behind builds too: nobody waits for warnings. */
export const LINT_NICENESS = 10;

/**
 * Lets the other threads of the machine go before this one. Where threads have no priority of their own, which only Linux
 * lets us name, everything stays as it is.
 */
export function stepBack(niceness: number): void {
  try {
    // `PID/task/TID`: the number of a thread stands where that of a process is asked for.
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), niceness);
  } catch {
    // Slower for others, and no less right.
  }
}
