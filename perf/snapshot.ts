/*
 * What does a snapshot cost, and taking it up? 100,000 entities with 10 events each and three features (count, sum of
 * money, distinct texts). Processor time of the whole, how long a single `next` with a budget of 1.5 ms takes, and a
 * single `restore`, and what an event costs more while a snapshot is taken (every one of them changes an entity that is
 * not written yet), against the same events with none.
 *
 *   npm run bench -- snapshot [ROUNDS]
 */
import type { Frame } from "../src/windows/spec.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";
import { threeWindows } from "./windows/three.ts";

const KEYS = 100_000;
const EVENTS = 10;
const HOUR = 3_600_000;
const BUDGET_MS = 1.5;
const given = readArguments();
const rounds = Number(given.positional[0] ?? 3);
const report = openReport(given);

const plan = threeWindows(HOUR, HOUR, HOUR);

function send(store: WindowStore, number: number): void {
  const frame: Frame = [`card ${number % KEYS}`, { minor: number % 5_000, currency: "EUR" }, `device ${number % 3_001}`];
  store.arrive("payment", frame, number * 2, true);
}

/** Milliseconds of the processor that this thread took: others wait for the same two cores. */
function cpu(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

const found: Record<string, number[]> = {};
const note = (name: string, value: number): void => void (found[name] ??= []).push(value);
/** By the clock on the wall, which goes on while others have the processor: hence not the longest alone. */
const tell = (what: string, times: readonly number[]): void => {
  const sorted = times.toSorted((a, b) => a - b);
  for (const share of [0.5, 0.9, 0.99, 1]) note(`${what}, ${share * 100} % within, ms`, sorted[Math.ceil(share * sorted.length) - 1] as number);
};
let bytes = 0;

for (let round = 0; round < rounds; round++) {
  const store = new WindowStore();
  store.adopt(plan);
  for (let number = 0; number < KEYS * EVENTS; number++) send(store, number);
  const pieces: Uint8Array[] = [];
  let times: number[] = [];
  note("snapshot, ms", cpu(() => {
    const snapshot = store.snapshot();
    for (;;) {
      const began = performance.now();
      const piece = snapshot.next(BUDGET_MS);
      times.push(performance.now() - began);
      if (piece === null) break;
      pieces.push(piece);
    }
  }));
  tell("next", times);
  bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const resumed = new WindowStore();
  resumed.adopt(plan);
  times = [];
  note("restore, ms", cpu(() => {
    for (const piece of pieces) {
      const began = performance.now();
      resumed.restore(piece);
      times.push(performance.now() - began);
    }
  }));
  tell("restore of a piece", times);
  if (resumed.stats.events !== store.stats.events) throw new Error("events are missing");
  const more = KEYS / 2;
  const calm = cpu(() => {
    for (let number = 0; number < more; number++) send(resumed, KEYS * EVENTS + number);
  });
  const snapshot = store.snapshot();
  const busy = cpu(() => {
    for (let number = 0; number < more; number++) send(store, KEYS * EVENTS + number);
  });
  snapshot.close();
  note("an event, µs", (calm / more) * 1_000);
  note("an event that copies its entity first, µs", (busy / more) * 1_000);
}

console.log(`${KEYS} entities, ${KEYS * EVENTS} events, ${(bytes / 1e6).toFixed(1)} MB of snapshot, medians of ${rounds} rounds`);
for (const [name, values] of Object.entries(found)) console.log(`  ${name}: ${median(values).toFixed(3)} (${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)})`);
for (const [name, values] of Object.entries(found)) report.figure(name, values, { unit: name.endsWith("µs") ? "µs" : "ms", better: "less" });
report.end();
