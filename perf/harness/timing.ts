import { spreadOf, type Spread } from "./statistics.ts";

/*
 * Ways of doing the same thing, timed fairly: each has its turn in every round, so that what the machine does besides
 * meets all of them, and counts processor time, so that other processes' turns do not count.
 */

/** One way; `run` does as much as one call is worth and tells how many units of work that was. */
export interface Way {
  readonly name: string;
  readonly run: () => number | Promise<number>;
}

export interface Timing {
  readonly name: string;
  /** Microseconds of processor time a unit of work, one for each round. */
  readonly rounds: readonly number[];
  readonly spread: Spread;
}

export interface Pace {
  readonly rounds: number;
  /** Processor time of one way in one round, in microseconds; a call that has begun is finished. */
  readonly roundUs?: number;
}

/** Long against the clock of processor time and short enough for many rounds. */
const ROUND_US = 60_000;

/**
 * Processor time of this process in microseconds, with the threads that compile and collect for it: a peer may work on
 * threads of its own.
 */
export function processorUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** The same of this thread alone, which ticks in steps of 4 ms: a round must be many times as long. */
export function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

async function once(way: Way, roundUs: number): Promise<number> {
  const start = processorUs();
  let units = 0;
  let spent = 0;
  do {
    const done = way.run();
    units += typeof done === "number" ? done : await done;
    spent = processorUs() - start;
  } while (spent < roundUs);
  return spent / units;
}

/** Times all ways in rounds, after one round that does not count. The order turns from round to round. */
export async function interleave(ways: readonly Way[], { rounds, roundUs = ROUND_US }: Pace): Promise<readonly Timing[]> {
  const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
  for (let round = -1; round < rounds; round++) {
    for (let i = 0; i < ways.length; i++) {
      const way = ways[(i + Math.max(0, round)) % ways.length] as Way;
      const time = await once(way, roundUs);
      if (round >= 0) times.get(way)?.push(time);
    }
  }
  return ways.map((way) => {
    const its = times.get(way) ?? [];
    return { name: way.name, rounds: its, spread: spreadOf(its) };
  });
}

/** Microseconds of processor time that a piece of work took. */
export function timed<T>(work: () => T): { readonly value: T; readonly us: number } {
  const start = processorUs();
  const value = work();
  return { value, us: processorUs() - start };
}
