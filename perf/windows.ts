/*
 * What does the state behind features cost an event? One million synthetic payments (5,000 customers, 10,000 terminals,
 * in order of time over four months, whole cents) with the ten features of the Handbook rules over two logs, all read
 * for every event. Measured in interleaved rounds against a hand-written baseline: a Map from key to an array of
 * events, which scans the array for every event. Events are made as they are needed, as a parser would; what making
 * them costs is measured alone and taken off.
 *
 *   npm run bench -- windows [ROUNDS]
 *
 * Node 26.10.0, AMD EPYC, 2 cores that other work kept busy (load 2 to 3), 3 rounds, medians: 5.23 µs an event for the
 * store (4.88 to 5.67), 11.50 for the arrays, so 2.20 times as fast. Most of it is waiting for memory: with 50 customers
 * and 100 terminals, whose state fits the cache, the store takes 1.72 µs (1.72 to 3.46).
 */
import type { Money, Value } from "../src/types/value.ts";
import type { Frame, WindowPlan, WindowSpec } from "../src/windows/spec.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";

const EVENTS = 1_000_000;
const CUSTOMERS = 5_000;
const TERMINALS = 10_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SPAN = 120 * DAY;
const given = readArguments();
const rounds = Number(given.positional[0] ?? 3);

/** Frame slots. */
const AT = 0;
const CUSTOMER = 1;
const TERMINAL = 2;
const AMOUNT = 3;
const FRAUD = 4;

function event(number: number): Frame {
  // Multiplicative hashing: no two fields in step, and the same events in every run.
  const random = (salt: number): number => Math.imul(number ^ salt, 0x9e3779b1) >>> 8;
  return [
    Math.floor((number / EVENTS) * SPAN),
    `c${random(0x51ed27) % CUSTOMERS}`,
    `t${random(0x2f0b43) % TERMINALS}`,
    { minor: 100 + (random(0x77ab11) % 20_000), currency: "USD" },
    random(0x13579b) % 100 === 0,
  ];
}

function spec(name: string, key: "customer" | "terminal", aggregate: WindowSpec["aggregate"], over: number, more: Partial<WindowSpec> = {}): WindowSpec {
  const rest = { argument: null, delay: 0, excludingCurrent: false, domain: "none", where: null, value: null } as const;
  return {
    ...rest, name, identity: name, source: "payment", keys: [key], aggregate, over,
    key: (value) => value as string,
    compare: (a, b) => (a as Money).minor - (b as Money).minor,
    ...more,
  };
}

const paid = { domain: "money", value: (frame: Frame) => frame[AMOUNT] as Value } as const;
const week = { delay: 7 * DAY } as const;
const features: readonly WindowSpec[] = [
  spec("count_1h", "customer", "count", HOUR),
  spec("count_1d", "customer", "count", DAY),
  spec("count_7d", "customer", "count", 7 * DAY),
  spec("count_30d", "customer", "count", 30 * DAY),
  spec("spent_1d", "customer", "sum", DAY, paid),
  spec("terminals_1d", "customer", "distinct", DAY, { domain: "other", value: (frame) => frame[TERMINAL] as Value }),
  spec("usual_30d", "customer", "average", 30 * DAY, { ...paid, excludingCurrent: true }),
  spec("before_30d", "customer", "count", 30 * DAY, { excludingCurrent: true }),
  spec("terminal_7d", "terminal", "count", 7 * DAY, week),
  spec("terminal_fraud_7d", "terminal", "count", 7 * DAY, { ...week, where: (frame) => frame[FRAUD] === true }),
];
const plan: WindowPlan = {
  features,
  logs: [
    { source: "payment", keys: ["customer"], features: [0, 1, 2, 3, 4, 5, 6, 7] },
    { source: "payment", keys: ["terminal"], features: [8, 9] },
  ],
  access: new Map([
    [
      "payment",
      [
        { log: 0, entity: (frame: Frame) => frame[CUSTOMER] as string, records: true },
        { log: 1, entity: (frame: Frame) => frame[TERMINAL] as string, records: true },
      ],
    ],
  ]),
};

/** A round: microseconds of this thread for each event (by the wall, other work on the machine would count too), bytes held at the end, and a sum over all counts to hold the two together. */
interface Round {
  readonly micros: number;
  readonly bytes: number;
  readonly check: number;
}

const recent: Frame[] = Array.from({ length: 64 }, () => []);

/** `step` takes an event up, reads its features and gives the sum of those that are numbers. */
function measure(step: (frame: Frame) => number): Round {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const begun = process.threadCpuUsage();
  let check = 0;
  for (let number = 0; number < EVENTS; number++) {
    const frame = event(number);
    // Held for a moment, so that no compiler makes away with it.
    recent[number % recent.length] = frame;
    check += step(frame);
  }
  const { user, system } = process.threadCpuUsage(begun);
  globalThis.gc?.();
  return { micros: (user + system) / EVENTS, bytes: process.memoryUsage().heapUsed - before, check };
}

function making(): Round {
  return measure((frame) => frame[AT] as number);
}

function ours(): Round {
  const store = new WindowStore();
  store.adopt(plan);
  const round = measure((frame) => {
    store.arrive("payment", frame, frame[AT] as number, true);
    let sum = 0;
    for (let feature = 0; feature < features.length; feature++) {
      const value = store.read(feature);
      if (typeof value === "number") sum += value;
    }
    return sum + (store.read(4) as Money).minor;
  });
  // Also keeps the store alive until its memory is measured.
  if (store.stats.late !== 0) throw new Error("events out of order");
  return round;
}

/** Adds to the list of a key, lets go of what is out of reach, and gives the list. */
function take(map: Map<string, Frame[]>, key: string, frame: Frame, reach: number): Frame[] {
  const list = map.get(key) ?? [];
  if (list.length === 0) map.set(key, list);
  const oldest = (frame[AT] as number) - reach;
  while (list.length > 0 && (list[0]?.[AT] as number) <= oldest) list.shift();
  list.push(frame);
  return list;
}

function byHand(): Round {
  const customers = new Map<string, Frame[]>();
  const terminals = new Map<string, Frame[]>();
  let averages = 0;
  const round = measure((frame) => {
    const at = frame[AT] as number;
    const counts = [0, 0, 0, 0];
    const mine = take(customers, frame[CUSTOMER] as string, frame, 30 * DAY);
    let [spent, total, seen, frauds] = [0, 0, 0, 0];
    const met = new Set<Value>();
    for (const each of mine) {
      const age = at - (each[AT] as number);
      const { minor } = each[AMOUNT] as Money;
      if (each !== frame) total += minor;
      (counts[3] as number)++;
      if (age < 7 * DAY) (counts[2] as number)++;
      if (age < HOUR) (counts[0] as number)++;
      if (age >= DAY) continue;
      (counts[1] as number)++;
      spent += minor;
      met.add(each[TERMINAL] as Value);
    }
    for (const each of take(terminals, frame[TERMINAL] as string, frame, 14 * DAY)) {
      if ((each[AT] as number) > at - 7 * DAY) break;
      seen++;
      if (each[FRAUD] === true) frauds++;
    }
    const sum = counts.reduce((a, b) => a + b, 0) + spent + met.size + seen + frauds + mine.length - 1;
    averages += total / Math.max(mine.length - 1, 1);
    return sum;
  });
  if (customers.size !== CUSTOMERS || Number.isNaN(averages)) throw new Error("events are not as meant");
  return round;
}

const results: { readonly event: Round[]; readonly store: Round[]; readonly hand: Round[] } = { event: [], store: [], hand: [] };
for (let round = 0; round < rounds; round++) {
  results.event.push(making());
  const store = ours();
  const hand = byHand();
  if (store.check !== hand.check) throw new Error(`wrong answers: ${store.check} and ${hand.check}`);
  results.store.push(store);
  results.hand.push(hand);
}
const made = median(results.event.map((each) => each.micros));
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const report = openReport(given);
write(`${EVENTS} events, ${features.length} features, ${rounds} interleaved rounds`);
for (const [name, list] of [["window store", results.store], ["arrays in a Map", results.hand]] as const) {
  const micros = list.map((each) => each.micros - made);
  report.figure(name, micros, { unit: "µs an event", better: "less" });
  report.figure(`${name}: held`, list.map((each) => each.bytes), { unit: "B", better: "less" });
  const held = Math.round(median(list.map((each) => each.bytes)) / 1e6);
  write(`${name.padEnd(16)} ${median(micros).toFixed(2)} µs an event (${Math.min(...micros).toFixed(2)} to ${Math.max(...micros).toFixed(2)}), ${held} MB held`);
}
const ratio = (median(results.hand.map((each) => each.micros)) - made) / (median(results.store.map((each) => each.micros)) - made);
write(`the store is ${ratio.toFixed(2)} times as fast; making an event took ${made.toFixed(2)} µs`);
report.end();
