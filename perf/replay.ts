/*
 * How many rows a second does `sluice replay` decide over the four Handbook months, with ten windowed features and five
 * rules? Measured in rounds against a hand-written loop that reads the same files, computes the same ten features with
 * Maps and arrays, and tests the same five conditions: what a good programmer would write for this one question.
 *
 *   npm run bench -- replay [ROUNDS]
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { gunzipSync } from "node:zlib";

const data = new URL("../../shared/data/handbook/", import.meta.url).pathname;
const months = ["04", "05", "06", "07"].map((month) => `${data}transactions-2018-${month}.csv.gz`);
const rounds = Number(process.argv[2] ?? 3);

if (!existsSync(data)) {
  process.stderr.write("the Handbook data are not beside the repository; there is nothing to measure\n");
  process.exit(1);
}

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly large: number;
}

function product(): Measured {
  const here = (path: string): string => new URL(path, import.meta.url).pathname;
  const args = [here("../src/main.ts"), "replay", ...months, "--rules", here("../test/handbook/rules"), "--map", here("../test/handbook/map.yaml")];
  const text = execFileSync(process.execPath, [...process.execArgv, ...args, "--format", "json"], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const summary = JSON.parse(text) as {
    readonly rows: number;
    readonly seconds: number;
    readonly rulesets: readonly { readonly rules: readonly { readonly name: string; readonly count: number }[] }[];
  };
  const large = summary.rulesets[0]?.rules.find((rule) => rule.name === "large")?.count ?? -1;
  return { rows: summary.rows, seconds: summary.seconds, large };
}

interface Payment {
  readonly at: number;
  readonly amount: number;
  readonly terminal: string;
  readonly fraud: boolean;
}

const DAY = 86_400_000;

/** Events of one key, oldest first; `from` is the first that any window can still reach. */
class Track {
  readonly events: Payment[] = [];
  from = 0;

  add(event: Payment, reach: number): void {
    while (this.from < this.events.length && (this.events[this.from]?.at ?? 0) <= event.at - reach) this.from++;
    this.events.push(event);
  }
}

function track(map: Map<string, Track>, key: string): Track {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = new Track()));
  return found;
}

function byHand(): Measured {
  const begun = performance.now();
  const customers = new Map<string, Track>();
  const terminals = new Map<string, Track>();
  const counts = { rows: 0, large: 0, other: 0 };
  for (const file of months) {
    const lines = gunzipSync(readFileSync(file)).toString().split("\n");
    for (let i = 1; i < lines.length; i++) {
      const line = lines[i] as string;
      if (line === "") continue;
      const [, time, customer, terminal, amount, label] = line.split(",") as [string, string, string, string, string, string];
      const event = { at: Date.parse(`${time}Z`), amount: Math.round(Number(amount) * 100), terminal, fraud: label === "1" };
      decideByHand(event, track(customers, customer), track(terminals, terminal), counts);
    }
  }
  return { rows: counts.rows, seconds: (performance.now() - begun) / 1_000, large: counts.large };
}

function decideByHand(event: Payment, mine: Track, place: Track, counts: { rows: number; large: number; other: number }): void {
  mine.add(event, 30 * DAY);
  place.add(event, 14 * DAY);
  let hour = 0;
  let day = 0;
  let week = 0;
  let month = 0;
  let spent = 0;
  let sum = 0;
  const met = new Set<string>();
  for (let i = mine.from; i < mine.events.length; i++) {
    const each = mine.events[i] as Payment;
    const age = event.at - each.at;
    month++;
    if (i < mine.events.length - 1) sum += each.amount;
    if (age < 7 * DAY) week++;
    if (age < 3_600_000) hour++;
    if (age >= DAY) continue;
    day++;
    spent += each.amount;
    met.add(each.terminal);
  }
  let seen = 0;
  let frauds = 0;
  for (let i = place.from; i < place.events.length; i++) {
    const each = place.events[i] as Payment;
    if (each.at > event.at - 7 * DAY) break;
    seen++;
    if (each.fraud) frauds++;
  }
  counts.rows++;
  if (event.amount > 22_000) counts.large++;
  if (hour >= 4 || day >= 15 || spent > 100_000 || met.size > 10 || week < 0) counts.other++;
  if (frauds >= 3 && frauds / seen > 0.3) counts.other++;
  if (month > 5 && event.amount > (3 * sum) / (month - 1)) counts.other++;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

const ours: number[] = [];
const theirs: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (const [measure, into] of [[product, ours], [byHand, theirs]] as const) {
    const { rows, seconds, large } = measure();
    if (rows !== 1_150_370 || large !== 2_117) throw new Error(`wrong answers: ${rows} rows, ${large} over 220 USD`);
    into.push(rows / seconds);
  }
}
const write = (line: string): void => void process.stdout.write(`${line}\n`);
write(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown"}, ${rounds} interleaved rounds, rows a second (median, least, most)`);
for (const [name, rates] of [["sluice replay", ours], ["by hand", theirs]] as const) {
  write(`${name.padEnd(14)} ${Math.round(median(rates))}  ${Math.round(Math.min(...rates))}  ${Math.round(Math.max(...rates))}`);
}
write(`ratio to the hand-written loop: ${(median(ours) / median(theirs)).toFixed(2)}`);
