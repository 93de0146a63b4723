/*
 * Does a flood of random keys, ten million unless said otherwise, stay within the budget of 256 MB, tables included, and is
 * it reported? How fast does it go, and how long does the longest event take?
 *
 *   npm run bench -- flood [EVENTS]
 */
import type { Frame } from "../src/windows/spec.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { threeWindows } from "./windows/three.ts";

const given = readArguments();
const events = Number(given.positional[0] ?? 10_000_000);
const report = openReport(given);
const WEEK = 7 * 86_400_000;
const BUDGET = 256 * 2 ** 20;
/** One event in so many is of a key that comes again and again. */
const REGULAR = 1_000;

const plan = threeWindows(WEEK, WEEK, WEEK);
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const mega = (bytes: number): number => Math.round(bytes / 1e6);

const store = new WindowStore({ budget: BUDGET });
store.adopt(plan);
const bare = process.memoryUsage.rss();
const begun = process.threadCpuUsage();
const started = performance.now();
let [longest, bytes, resident, regulars] = [0, 0, 0, 0];
for (let number = 0; number < events; number++) {
  const isRegular = number % REGULAR === 0;
  if (isRegular) regulars++;
  const frame: Frame = [isRegular ? "regular" : `r${Math.imul(number, 0x9e3779b1) >>> 0}`, { minor: 100 + (number % 977), currency: "USD" }, `shop ${number % 1_009}`];
  const before = performance.now();
  store.arrive("payment", frame, number, true);
  for (let feature = 0; feature < plan.features.length; feature++) store.read(feature);
  longest = Math.max(longest, performance.now() - before);
  if (number % 4_096 === 0) bytes = Math.max(bytes, store.stats.bytes);
  if (number % 65_536 === 0) resident = Math.max(resident, process.memoryUsage.rss());
}
const { user, system } = process.threadCpuUsage(begun);
const seconds = (performance.now() - started) / 1_000;
const { entities, evicted, live } = store.stats;
const seen = regulars - (store.inspect(0, "regular", events) as number);
report.figure("an event", [(user + system) / events], { unit: "µs", better: "less" });
report.figure("slabs and tables at most", [bytes], { unit: "B", better: "less" });
report.figure("resident at most", [resident], { unit: "B", better: "less" });
write(`${events} events: ${Math.round(events / seconds)} a second, ${((user + system) / events).toFixed(2)} µs of processor time each, the longest ${longest.toFixed(1)} ms (with whatever else the machine did)`);
write(`${entities} keys kept, ${mega(live)} MB in use; at most ${mega(bytes)} MB of slabs and tables: ${bytes <= BUDGET ? "within" : "BEYOND"} the budget of ${mega(BUDGET)} MB; ${mega(resident)} MB resident at most, ${mega(bare)} before`);
write(`reported: ${evicted} evicted; ${entities + evicted === events - regulars + 1 ? "every key is accounted for" : "KEYS ARE MISSING"}; a key met throughout ${seen === 0 ? "kept all of its events" : `LOST ${seen} of its events`}`);
report.end();
