/*
 * What does an event of a known key cost: to fold it in and read three windows (count over an hour, sum of money over a
 * day, distinct texts over a week)? Against the same by a plain Map from key to an array of events, as one would write it
 * at first, in one process and by turns, batch by batch, on the same events. Texts are fresh for each event, as a parser
 * makes them. Once with few keys, whose state stays in the processor's caches, then with so many that each event goes to
 * cold memory; the keys have ten events in a week each, or two hundred ("busy").
 *
 *   npm run bench -- known [BATCHES]
 */
import { isDeepStrictEqual } from "node:util";
import type { Money, Value } from "../src/types/value.ts";
import type { Frame, WindowPlan, WindowSpec } from "../src/windows/spec.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median } from "./harness/statistics.ts";

const given = readArguments();
const batches = Number(given.positional[0] ?? 2_000);
const BATCH = 64;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const START = Date.UTC(2026, 0, 1);
const GOAL_MICROS = 1.5;

const [AT, CARD, AMOUNT, SHOP] = [0, 1, 2, 3] as const;

function spec(name: string, aggregate: WindowSpec["aggregate"], over: number, more: Partial<WindowSpec>): WindowSpec {
  return {
    name, identity: name, source: "payment", keys: ["card"], aggregate, argument: null, domain: "none", over, delay: 0,
    excludingCurrent: false, where: null, value: null, key: (value) => value as string, compare: () => 0, ...more,
  };
}

const features: readonly WindowSpec[] = [
  spec("count_1h", "count", HOUR, {}),
  spec("spent_1d", "sum", DAY, { domain: "money", value: (frame) => frame[AMOUNT] as Value }),
  spec("shops_7d", "distinct", WEEK, { domain: "other", value: (frame) => frame[SHOP] as Value }),
];
const plan: WindowPlan = {
  features,
  logs: [{ source: "payment", keys: ["card"], features: [0, 1, 2] }],
  access: new Map([["payment", [{ log: 0, entity: (frame: Frame) => frame[CARD] as string, records: true }]]]),
};

interface Spent {
  readonly at: number;
  readonly minor: number;
  readonly shop: string;
}

/** As one would write it at first. */
class ArraysInMap {
  readonly #cards = new Map<string, Spent[]>();

  put(frame: Frame): Spent[] {
    const card = frame[CARD] as string;
    let list = this.#cards.get(card);
    if (list === undefined) this.#cards.set(card, (list = []));
    list.push({ at: frame[AT] as number, minor: (frame[AMOUNT] as Money).minor, shop: frame[SHOP] as string });
    return list;
  }

  take(frame: Frame): [number, number, number] {
    const at = frame[AT] as number;
    const list = this.put(frame);
    while ((list[0] as Spent).at <= at - WEEK) list.shift();
    let count = 0;
    let sum = 0;
    const shops = new Set<string>();
    for (const each of list) {
      if (each.at > at - HOUR) count++;
      if (each.at > at - DAY) sum += each.minor;
      shops.add(each.shop);
    }
    return [count, sum, shops.size];
  }
}

function take(store: WindowStore, frame: Frame): [number, number, number] {
  store.arrive("payment", frame, frame[AT] as number, true);
  return [store.read(0) as number, (store.read(1) as Money).minor, store.read(2) as number];
}

/** Texts of an event are cut out of bytes: new, flat, and without a hash yet. */
const scratch = Buffer.alloc(32);
function fresh(text: string): string {
  return scratch.toString("latin1", 0, scratch.write(text, "latin1"));
}

/** The event of a number; each key has `events` of them in a week. */
function event(number: number, keys: number, events: number): Frame {
  const random = (salt: number): number => Math.imul(number ^ salt, 0x9e3779b1) >>> 8;
  return [
    START + Math.floor((number * WEEK) / (keys * events)),
    // Each key about as often as any other, in no order that caches could foresee.
    fresh(`4539${String((Math.imul(number, 0x2c1b3c6d) >>> 4) % keys).padStart(12, "0")}`),
    { minor: 100 + (random(0x77ab11) % 20_000), currency: "USD" },
    fresh(`shop ${random(0x2f0b43) % 1_009}`),
  ];
}

interface Result {
  readonly store: number;
  readonly hand: number;
}

/** Microseconds an event, medians over the batches. */
function measure(keys: number, events: number): Result {
  const store = new WindowStore({ budget: 2 ** 32 });
  store.adopt(plan);
  const hand = new ArraysInMap();
  let number = 0;
  for (; number < keys * events; number++) {
    const frame = event(number, keys, events);
    take(store, frame);
    hand.put(frame);
  }
  const times: { readonly store: number[]; readonly hand: number[] } = { store: [], hand: [] };
  let [ours, theirs]: [unknown, unknown] = [0, 0];
  for (let batch = 0; batch < batches; batch++) {
    const frames = Array.from({ length: BATCH }, () => event(number++, keys, events));
    // By turns: whoever comes second finds the texts hashed and warm.
    for (const turn of batch % 2 === 0 ? ["store", "hand"] as const : ["hand", "store"] as const) {
      const begun = performance.now();
      if (turn === "store") for (const frame of frames) ours = take(store, frame);
      else for (const frame of frames) theirs = hand.take(frame);
      times[turn].push(((performance.now() - begun) * 1_000) / BATCH);
    }
    if (!isDeepStrictEqual(ours, theirs)) throw new Error(`wrong answers: ${String(ours)} and ${String(theirs)}`);
  }
  const { stats } = store;
  if (stats.evicted > 0) throw new Error("the budget is too small");
  return { store: median(times.store), hand: median(times.hand) };
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const report = openReport(given);
write(`${batches} batches of ${BATCH} events, one fold and three reads each`);
for (const [title, keys, events] of [["hot", 100, 10], ["hot, busy", 20, 200], ["cold", 100_000, 10], ["cold, busy", 10_000, 200], ["cold, many", 1_000_000, 10]] as const) {
  const { store, hand } = measure(keys, events);
  report.figure(`${title}: store`, [store], { unit: "µs an event", better: "less" });
  report.figure(`${title}: store / arrays in a Map`, [store / hand], { unit: "×", better: "less" });
  write(`${title.padEnd(10)} ${String(keys).padStart(9)} keys × ${String(events).padStart(3)} events: ${store.toFixed(2)} µs by the store, ${hand.toFixed(2)} by arrays in a Map, ratio ${(store / hand).toFixed(2)}: ${store <= GOAL_MICROS ? "within" : "BEYOND"} ${GOAL_MICROS} µs`);
}
report.end();
