/*
 * Does the state behind features stay small? A million keys with ten events each and three windows (count, sum of money,
 * distinct texts), events in random order: the memory of the whole process, at most 600 MB. Then as many events as half of
 * that again while old ones leave the windows, as it goes on in a service.
 *
 *   npm run bench -- memory [KEYS]
 */
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { threeWindows } from "./windows/three.ts";

const given = readArguments();
const keys = Number(given.positional[0] ?? 1_000_000);
const report = openReport(given);
const EVENTS = 10;
const GOAL_MB = 600;
const WEEK = 7 * 86_400_000;
const START = Date.UTC(2026, 0, 1);

const plan = threeWindows(WEEK, WEEK, WEEK);
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const mega = (bytes: number): number => Math.round(bytes / 1e6);

/** A prime, so that it has no factor in common with the number of events, so that all numbers below it come up once, in no order. */
const STRIDE = 7_368_787;

function card(number: number): string {
  return `4539${String(number).padStart(12, "0")}`;
}

const store = new WindowStore();
store.adopt(plan);
const bare = process.memoryUsage.rss();
const total = keys * EVENTS;
let most = 0;

function feed(from: number, to: number): number {
  const begun = process.threadCpuUsage();
  for (let number = from; number < to; number++) {
    const key = Math.floor(((number * STRIDE) % total) / EVENTS);
    store.arrive("payment", [card(key), { minor: 100 + (number % 977), currency: "USD" }, `shop ${number % 1_009}`], START + Math.floor((number / total) * WEEK), true);
    for (let feature = 0; feature < plan.features.length; feature++) store.read(feature);
    if (number % 65_536 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  most = Math.max(most, process.memoryUsage.rss());
  const { user, system } = process.threadCpuUsage(begun);
  return (user + system) / (to - from);
}

function tell(title: string, micros: number): void {
  const { entities, events, bytes, live, evicted } = store.stats;
  report.figure(`${title}: a key`, [live / entities], { unit: "B a key", better: "less" });
  report.figure(`${title}: resident at most`, [most], { unit: "B", better: "less" });
  report.figure(`${title}: an event`, [micros], { unit: "µs", better: "less" });
  write(`${title}: ${entities} keys, ${events} events; ${mega(bytes)} MB of slabs and tables, ${mega(live)} in use, ${Math.round(live / entities)} B a key; ${mega(most)} MB resident at most (${mega(bare)} before); ${evicted} evicted; ${micros.toFixed(2)} µs of processor time an event`);
}

tell("filled", feed(0, total));
for (const key of [0, keys >> 1, keys - 1]) {
  const count = store.inspect(0, card(key), START + WEEK - 1);
  if (count !== EVENTS) throw new Error(`a key whose events are not ${EVENTS}`);
}
const filled = most;
tell("going on", feed(total, total * 1.5));
write(`${mega(filled)} MB for ${keys} keys of ${EVENTS} events: ${filled <= GOAL_MB * 1e6 ? "within" : "BEYOND"} ${GOAL_MB} MB; going on ${mega(most)} MB: ${most <= GOAL_MB * 1e6 ? "within" : "BEYOND"}`);
report.end();
