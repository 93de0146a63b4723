/*
 * How many rows a second does `sluice replay` decide over the four Handbook months, with ten windowed features over two
 * keys and five rules, and with a hundred? Measured in rounds against a hand-written loop that reads the same files,
 * computes the same features with Maps and arrays, and tests the same conditions: what a good programmer would write for
 * this one question. Every rule must match as often by both. By the wall clock, since reading has a thread of its own.
 *
 *   npm run bench -- replay [ROUNDS]
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { rngOf } from "../test/random.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median, ratiosOf } from "./harness/statistics.ts";
import { type Facts, type HandbookRule, handbookRules } from "./rules/handbook.ts";

const data = new URL("../../shared/data/handbook/", import.meta.url).pathname;
const months = ["04", "05", "06", "07"].map((month) => `${data}transactions-2018-${month}.csv.gz`);
const given = readArguments();
const rounds = Number(given.positional[0] ?? 2);
const GOAL = 120_000;
const RULES = 100;
const SEED = 20_261_121;

if (!existsSync(data)) {
  process.stderr.write("the Handbook data are not beside the repository; there is nothing to measure\n");
  process.exit(1);
}

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  /** How often each rule matched. */
  readonly hits: Readonly<Record<string, number>>;
}

const here = (path: string): string => new URL(path, import.meta.url).pathname;

/** The five rules of the equality test, by hand. */
const FIVE: readonly HandbookRule[] = [
  { name: "large", when: "", hand: "f.amount > 22000" },
  { name: "burst", when: "", hand: "f.hour1 >= 4 || f.day1 >= 15" },
  { name: "spend", when: "", hand: "f.spent > 100000 || f.terminals > 10" },
  { name: "terminal", when: "", hand: "f.frauds >= 3 && f.frauds / f.seen > 0.3" },
  { name: "habit", when: "", hand: "f.amount > 3 * f.mean && f.previous >= 5" },
];
const MADE = handbookRules(rngOf(SEED), RULES - FIVE.length);

function product(rules: string): Measured {
  const args = [here("../src/main.ts"), "replay", ...months, "--rules", rules, "--map", here("../test/handbook/map.yaml")];
  const text = execFileSync(process.execPath, [...process.execArgv, ...args, "--format", "json"], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const summary = JSON.parse(text) as {
    readonly rows: number;
    readonly seconds: number;
    readonly rulesets: readonly { readonly rules: readonly { readonly name: string; readonly count: number }[] }[];
  };
  return { rows: summary.rows, seconds: summary.seconds, hits: Object.fromEntries(summary.rulesets[0]?.rules.map(({ name, count }) => [name, count]) ?? []) };
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

type Chain = (f: Facts, counts: Uint32Array) => void;

/** The rules as a chain of `if`. */
function chain(rules: readonly HandbookRule[]): Chain {
  const lines = rules.map(({ hand }, i) => `if (${hand}) counts[${i}]++;`);
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- code written by hand for comparison, made up here
  return new Function("f", "counts", lines.join("\n")) as Chain;
}

function byHand(rules: readonly HandbookRule[]): Measured {
  const decide = chain(rules);
  const counts = new Uint32Array(rules.length);
  const begun = performance.now();
  const customers = new Map<string, Track>();
  const terminals = new Map<string, Track>();
  let rows = 0;
  for (const file of months) {
    const lines = gunzipSync(readFileSync(file)).toString().split("\n");
    for (let i = 1; i < lines.length; i++) {
      const line = lines[i] as string;
      if (line === "") continue;
      const [, time, customer, terminal, amount, label] = line.split(",") as [string, string, string, string, string, string];
      const event = { at: Date.parse(`${time}Z`), amount: Math.round(Number(amount) * 100), terminal, fraud: label === "1" };
      decide(factsOf(event, Number(customer), track(customers, customer), track(terminals, terminal)), counts);
      rows++;
    }
  }
  const hits = Object.fromEntries(rules.map(({ name }, i) => [name, counts[i] as number]));
  return { rows, seconds: (performance.now() - begun) / 1_000, hits };
}

function factsOf(event: Payment, customer: number, mine: Track, place: Track): Facts {
  mine.add(event, 30 * DAY);
  place.add(event, 14 * DAY);
  const f = { hour1: 0, day1: 0, day7: 0, day30: 0, spent: 0, seen: 0, frauds: 0 };
  let sum = 0;
  const met = new Set<string>();
  for (let i = mine.from; i < mine.events.length; i++) {
    const each = mine.events[i] as Payment;
    const age = event.at - each.at;
    f.day30++;
    if (i < mine.events.length - 1) sum += each.amount;
    if (age < 7 * DAY) f.day7++;
    if (age < 3_600_000) f.hour1++;
    if (age >= DAY) continue;
    f.day1++;
    f.spent += each.amount;
    met.add(each.terminal);
  }
  for (let i = place.from; i < place.events.length; i++) {
    const each = place.events[i] as Payment;
    if (each.at > event.at - 7 * DAY) break;
    f.seen++;
    if (each.fraud) f.frauds++;
  }
  const previous = f.day30 - 1;
  const hour = Math.floor((event.at % DAY) / 3_600_000);
  return { ...f, amount: event.amount, customer, terminal: Number(event.terminal), hour, terminals: met.size, mean: sum / previous, previous };
}

/** A folder of the five rules and those made up. */
function manyRules(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-replay-"));
  const text = readFileSync(here("../test/handbook/rules/handbook.risk"), "utf8").trimEnd();
  const made = MADE.map(({ name, when }) => `  rule ${name} { when ${when} then review }`);
  writeFileSync(join(folder, "handbook.risk"), `${text.slice(0, -1)}${made.join("\n")}\n}\n`);
  return folder;
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = manyRules();
try {
  const report = openReport({ ...given, seed: SEED });
  write(`${rounds} interleaved rounds, rows a second (median, least, most)`);
  for (const [title, rules, hands] of [["5 rules", here("../test/handbook/rules"), FIVE], [`${RULES} rules`, folder, [...FIVE, ...MADE]]] as const) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const [mine, plain] = [product(rules), byHand(hands)];
      if (mine.rows !== 1_150_370 || mine.hits["large"] !== 2_117) throw new Error(`wrong answers: ${mine.rows} rows, ${mine.hits["large"]} over 220 USD`);
      const wrong = hands.filter(({ name }) => mine.hits[name] !== plain.hits[name]);
      if (wrong.length > 0) throw new Error(`other matches than by hand: ${wrong.map(({ name }) => `${name} ${mine.hits[name]} and ${plain.hits[name]}`).join(", ")}`);
      ours.push(mine.rows / mine.seconds);
      theirs.push(plain.rows / plain.seconds);
    }
    report.figure(`${title}: sluice replay`, ours, { unit: "rows/s", better: "more" });
    report.figure(`${title}: sluice replay / by hand`, ratiosOf(ours, theirs), { unit: "×", better: "more" });
    for (const [name, rates] of [["sluice replay", ours], ["by hand", theirs]] as const) {
      write(`${title.padEnd(10)} ${name.padEnd(14)} ${[median(rates), Math.min(...rates), Math.max(...rates)].map((rate) => String(Math.round(rate)).padStart(8)).join("")}`);
    }
    write(`${title.padEnd(10)} ratio to the hand-written loop ${(median(ours) / median(theirs)).toFixed(2)}${median(ours) >= GOAL ? "" : `, goal of ${GOAL} rows a second missed`}`);
  }
  report.end();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
