/*
 * Does the state behind features stay small? First a million entities with ten events each and three windows (count, sum
 * of money, distinct texts) within 600 MB of resident memory; then a flood of random keys, ten million unless said
 * otherwise, against a budget of 256 MB.
 *
 *   npm run bench -- flood [ENTITIES] [FLOOD]
 */
import type { Frame, WindowPlan, WindowSpec } from "../src/windows/spec.ts";
import { WindowStore } from "../src/windows/store.ts";

const entities = Number(process.argv[2] ?? 1_000_000);
const flood = Number(process.argv[3] ?? 10_000_000);
const DAY = 86_400_000;
const BUDGET = 256 * 2 ** 20;

function spec(name: string, aggregate: WindowSpec["aggregate"], more: Partial<WindowSpec>): WindowSpec {
  return {
    name, identity: name, source: "payment", keys: ["card"], aggregate, argument: null, domain: "none", over: 7 * DAY, delay: 0,
    excludingCurrent: false, where: null, value: null, key: (value) => value as string, compare: () => 0, ...more,
  };
}

const features: readonly WindowSpec[] = [
  spec("count", "count", {}),
  spec("spent", "sum", { domain: "money", value: (frame) => frame[1] ?? null }),
  spec("shops", "distinct", { domain: "other", value: (frame) => frame[2] ?? null }),
];
const plan: WindowPlan = {
  features,
  logs: [{ source: "payment", keys: ["card"], features: [0, 1, 2] }],
  access: new Map([["payment", [{ log: 0, entity: (frame: Frame) => frame[0] as string, records: true }]]]),
};
const write = (line: string): void => void process.stdout.write(`${line}\n`);

function run(title: string, store: WindowStore, events: number, card: (number: number) => string): void {
  store.adopt(plan);
  const begun = process.threadCpuUsage();
  let longest = 0;
  let most = 0;
  for (let number = 0; number < events; number++) {
    const frame: Frame = [card(number), { minor: 100 + (number % 977), currency: "USD" }, `shop ${number % 1_009}`];
    const started = performance.now();
    store.arrive("payment", frame, number, true);
    for (let feature = 0; feature < features.length; feature++) store.read(feature);
    longest = Math.max(longest, performance.now() - started);
    if (number % 65_536 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  const { user, system } = process.threadCpuUsage(begun);
  const { entities, events: held, bytes, evicted } = store.stats;
  const mega = (count: number): string => `${Math.round(count / 1e6)} MB`;
  most = Math.max(most, process.memoryUsage.rss());
  write(`${title}: ${entities} entities, ${held} events, ${mega(bytes)} of slabs, ${mega(most)} resident at most, ${evicted} evicted, ${((user + system) / events).toFixed(2)} µs an event, longest ${longest.toFixed(1)} ms`);
}

run("active", new WindowStore(), entities * 10, (number) => `4539${String(number % entities).padStart(12, "0")}`);
run("flood", new WindowStore({ budget: BUDGET }), flood, (number) => `r${Math.imul(number, 0x9e3779b1) >>> 0}`);
