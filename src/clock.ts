/** Where the time of day comes from, so that tests and replays can bring their own. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

/** The machine's clock: the one place that reads it. */
export const systemClock: Clock = Object.freeze({ now: () => Date.now() });
