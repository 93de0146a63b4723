/** The first wait after a build that broke down: the folder is looked at about as often anyway. */
export const RETRY_FIRST_MS = 5_000;

/** Longest wait: a folder that cannot be built is still tried a few times an hour, in case it was the machine. */
export const RETRY_MOST_MS = 10 * 60_000;

/** What is known of builds that broke down one after the other. */
export interface Retry {
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly next: number;
}

/** How long to leave a folder alone after so many builds of it broke down: twice as long each time. */
export function waitAfter(failures: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MOST_MS);
}
