/** One event of a stream, before it is written. */
export interface Simulated {
  readonly type: string;
  /** Milliseconds since 1970, UTC. Never less than that of the event before. */
  readonly at: number;
  /** Fields as the rules declare them, absent ones left out. */
  readonly event: Readonly<Record<string, Field>>;
}

export type Field = string | number | boolean | { readonly lat: number; readonly lon: number };

export interface Scenario {
  /** How many events are wanted in all; sizes the population. */
  readonly events: number;
  readonly seed: string;
  /** Share of labelled events, 0 to 0.2. */
  readonly fraud: number;
  /** When the stream starts, in milliseconds. */
  readonly start: number;
}
