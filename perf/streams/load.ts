import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../harness/statistics.ts";
import { Producer } from "./producer.ts";
import type { Service } from "./service.ts";

/** What came of offering events at a rate. */
export interface Level {
  /** Events a second. */
  readonly offered: number;
  readonly answered: number;
  /** Milliseconds from the time at which an event was due to its answer. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
  /** Processor time of the service for an event, in microseconds; null where the system does not tell. */
  readonly us: number | null;
}

/** A producer sends what was due since it looked last; this often. */
const FLUSH_MS = 1;
/** Not counted at the beginning of a level. */
const SETTLE_MS = 500;
/** After this the answers that are owed are no longer waited for. */
const DRAIN_MS = 20_000;
/** Events without an answer, where it is looked how many the service takes at most: a third of a second's work. */
const WINDOW = 4_096;

/** Where the next event comes from, as a line. */
export type Lines = () => Buffer;

/** How many events a second are answered when as many are sent as are taken. */
export async function capacity(service: Service, lines: Lines, ms: number): Promise<number> {
  let answered = 0;
  const producer = await Producer.open(service.port, () => answered++);
  const fill = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const room = Math.max(0, Math.min(256, WINDOW - producer.waiting));
      const now = performance.now();
      producer.send(Array.from({ length: room }, lines), Array.from({ length: room }, () => now));
      await pause(room > 0 ? 0 : FLUSH_MS);
    }
  };
  await fill(performance.now() + ms / 2);
  const begun = performance.now();
  const before = answered;
  await fill(begun + ms);
  const rate = (answered - before) / ((performance.now() - begun) / 1_000);
  producer.close();
  return rate;
}

/** Offers events at times of a Poisson process, whatever becomes of the answers. */
export async function offer(service: Service, lines: Lines, rate: number, ms: number, chance: () => number): Promise<Level> {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + SETTLE_MS + ms;
  let answered = 0;
  let newest = begun;
  const producer = await Producer.open(service.port, (due) => {
    newest = performance.now();
    answered++;
    if (due >= begun + SETTLE_MS) latencies.push(newest - due);
  });
  const spent = service.spent();
  const gap = 1_000 / rate;
  let due = begun;
  for (let now = begun; now < until; now = performance.now()) {
    const times: number[] = [];
    for (; due <= now; due -= Math.log(1 - chance()) * gap) times.push(due);
    producer.send(times.map(lines), times);
    await pause(FLUSH_MS);
  }
  while (producer.waiting > 0 && performance.now() < until + DRAIN_MS) {
    producer.send([], []);
    await pause(5);
  }
  const left = producer.waiting;
  producer.close();
  if (left > 0) throw new Error(`${left} events were not answered within ${DRAIN_MS} ms`);
  const after = service.spent();
  return {
    offered: rate,
    answered: answered / ((newest - begun) / 1_000),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    most: quantile(latencies, 1),
    us: spent === null || after === null ? null : (after - spent) / answered,
  };
}

/** Those that no other beats in both events a second and p99. */
export function pareto(levels: readonly Level[]): ReadonlySet<Level> {
  const beats = (a: Level, b: Level): boolean => a.answered >= b.answered && a.p99 <= b.p99 && (a.answered > b.answered || a.p99 < b.p99);
  return new Set(levels.filter((level) => !levels.some((other) => beats(other, level))));
}
