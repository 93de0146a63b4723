/*
 * How much of bare Fastify's throughput is left once its requests are decided by rules? The service and Fastify run as
 * processes of their own with the same flags and are asked in turn, in rounds, by a client that costs little: single
 * requests with 10 to 10,000 rules; with ten windows, a log on the disk and traces of 1 %; streams of 100 lines against
 * streams that are only parsed; traces off, of 1 % and of all; and a Poisson process at a fifth of the load.
 * Ratios are per round, medians over the rounds: by requests a second, and by processor time of the thread with the event
 * loop and of the whole process, which other work on the machine disturbs least. Linux only, for its clock of threads.
 *
 *   npm run bench -- http [ROUNDS] [SLOT_MS] [PART,PART…] [--flags FLAGS]    parts: single, lines, telemetry, full, open
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rngOf } from "../test/random.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport, type Report } from "./harness/report.ts";
import { median, quantile, ratiosOf } from "./harness/statistics.ts";
import { type Child, start } from "./http/child.ts";
import { Client } from "./http/client.ts";
import { type Folder, folderOf } from "./http/folder.ts";
import { payments, single, stream } from "./http/requests.ts";
import type { Payment } from "./rules/events.ts";

const given = readArguments(["flags"]);
const rounds = Number(given.positional[0] ?? 9);
const slotMs = Number(given.positional[1] ?? 400);
const parts = new Set((given.positional[2] ?? "single,lines,telemetry,full,open").split(","));
const CONNECTIONS = 32;
const STREAMS = 4;
const LINES = 100;
/** Code goes on getting faster for some ten seconds: it is warmed until three steps bring less than a twentieth, and no longer than this. */
const WARM_STEP_MS = 1_000;
const WARM_STEPS = 12;
const WARM_GAIN = 1.05;
/** A service lints its rules in a thread after its start: it is calm when it takes less than this share of a processor. */
const CALM_SHARE = 0.02;
const CALM_STEP_MS = 250;
const CALM_MS = 60_000;
const OPEN_MS = 1_500;
const OPEN_SHARE = 0.2;
/** To a service that is profiled, such as `--cpu-prof`. */
const EXTRA = (given.options.get("flags") ?? "").split(" ").filter((flag) => flag !== "");

const folders: string[] = [];
const children: Child[] = [];

async function run(script: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): Promise<Child> {
  const child = await start(script, args, environment, script === "src/main.ts" ? EXTRA : []);
  children.push(child);
  return child;
}

const SAMPLE = 64;

interface Hit {
  readonly id: string;
}

/** Throws unless the service finds exactly the rules that match. */
async function compare({ url }: Child, { rules }: Folder): Promise<void> {
  for (const [i, event] of payments(7, SAMPLE).entries()) {
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ type: "payment", event: { ...event, id: `check-${i}` } }) });
    const { decisions } = (await reply.json()) as { readonly decisions?: { readonly card?: { readonly rules: readonly Hit[] } } };
    const found = decisions?.card?.rules.map(({ id }) => id).join();
    const wanted = rules.flatMap((rule, at) => (rule.holds(event) ? [`r${at}`] : [])).join();
    if (found !== wanted) throw new Error(`event ${i} is decided by ${found}, which should be ${wanted}`);
  }
}

async function service(folder: Folder, environment: Readonly<Record<string, string>>, data = "none"): Promise<Child> {
  const child = await run("src/main.ts", ["serve", "--rules", folder.path, "--port", "0", "--data", data], environment);
  await compare(child, folder);
  return child;
}

function folder(count: number, withFeatures = false): Folder {
  const made = folderOf(count, withFeatures);
  folders.push(made.path);
  return made;
}

/** One thing that is measured. */
interface Target {
  readonly name: string;
  readonly child: Child;
  readonly client: Client;
  /** Events of one request. */
  readonly events: number;
  /** Bytes of an answer to one event. */
  readonly bytes: number;
  readonly rounds: Round[];
}

/** What a round came to: events a second, and microseconds an event. */
interface Round {
  readonly rate: number;
  readonly main: number;
  readonly all: number;
}

const targets = new Map<string, Target>();

/** Resolves once a process does nothing but wait. */
async function calm(child: Child): Promise<void> {
  const until = performance.now() + CALM_MS;
  for (let quiet = 0; quiet < 2 && performance.now() < until; ) {
    const before = child.spent().all;
    await new Promise((resolve) => setTimeout(resolve, CALM_STEP_MS));
    quiet = child.spent().all - before < CALM_SHARE * CALM_STEP_MS * 1_000 ? quiet + 1 : 0;
  }
}

/** Asks until that makes nothing faster. */
async function warm(client: Client): Promise<void> {
  let best = 0;
  for (let step = 0, since = 0; step < WARM_STEPS && since < 3; step++) {
    const began = performance.now();
    const rate = (await client.closed(WARM_STEP_MS)) / (performance.now() - began);
    since = rate > best * WARM_GAIN ? 0 : since + 1;
    best = Math.max(best, rate);
  }
}

async function answerBytes({ url }: Child, path: string, lines: number, made: (seed: number, count: number) => readonly Payment[]): Promise<number> {
  const type = lines === 1 ? "application/json" : "application/x-ndjson";
  const body = made(9, lines === 1 ? SAMPLE : lines).map((event, i) => JSON.stringify({ type: "payment", event: { ...event, id: `size-${path}-${lines}-${i}` } }));
  if (lines > 1) return (await (await fetch(`${url}${path}`, { method: "POST", headers: { "content-type": type }, body: body.join("\n") })).arrayBuffer()).byteLength / lines;
  let bytes = 0;
  for (const each of body) bytes += (await (await fetch(`${url}${path}`, { method: "POST", headers: { "content-type": type }, body: each })).arrayBuffer()).byteLength;
  return bytes / SAMPLE;
}

async function target(name: string, child: Child, path: string, lines = 1, made: (seed: number, count: number) => readonly Payment[] = payments): Promise<void> {
  const bytes = await answerBytes(child, path, lines, made);
  const client = await Client.open(child.port, lines === 1 ? CONNECTIONS : STREAMS, (connection) => {
    const events = made(connection, lines === 1 ? SAMPLE : 4 * lines);
    if (lines === 1) return events.map((event) => single(path, event));
    return [0, 1, 2, 3].map((i) => stream(path, events.slice(i * lines, (i + 1) * lines)));
  });
  targets.set(name, { name, child, client, events: lines, bytes, rounds: [] });
  await calm(child);
  await warm(client);
}

async function measure({ child, client, events }: Target): Promise<Round> {
  const before = child.spent();
  const began = performance.now();
  const count = (await client.closed(slotMs)) * events;
  const ms = performance.now() - began;
  const after = child.spent();
  return { rate: (count / ms) * 1_000, main: (after.main - before.main) / count, all: (after.all - before.all) / count };
}

const DECISIONS = "/v1/decisions";
const traced = (share: number, url: string): Readonly<Record<string, string>> => ({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/v1/traces`,
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: String(share),
});

async function prepare(): Promise<void> {
  const plain = await run("perf/http/plain.ts");
  await target("bare Fastify", plain, DECISIONS);
  const receiver = await run("perf/http/receiver.ts");
  const thousand = folder(1_000);
  const common = await service(thousand, {});
  await target("1,000 rules", common, DECISIONS);
  if (parts.has("single")) await target("1,000 rules, few hits", common, DECISIONS, 1, fewHits(thousand));
  if (parts.has("single")) {
    for (const count of [10, 10_000]) await target(`${count.toLocaleString("en")} rules`, await service(folder(count), {}), DECISIONS);
  }
  if (parts.has("full") || parts.has("lines")) {
    const full = folder(1_000, true);
    const data = mkdtempSync(join(tmpdir(), "sluice-http-data-"));
    folders.push(data);
    const child = await service(full, traced(0.01, receiver.url), data);
    if (parts.has("full")) await target("windows, disk, 1 % traced", child, DECISIONS);
    if (parts.has("lines")) await target("lines: windows, disk", child, DECISIONS, LINES);
  }
  if (parts.has("lines")) {
    await target("lines: parse only", plain, "/v1/lines", LINES);
    await target("lines: 1,000 rules", common, DECISIONS, LINES);
  }
  if (parts.has("telemetry")) {
    await target("traced 1 %", await service(thousand, traced(0.01, receiver.url)), DECISIONS);
    await target("traced 100 %", await service(thousand, traced(1, receiver.url)), DECISIONS);
  }
}

const TRIED = 4_096;

/** Of many events those that match the fewest rules: what is left of the cost of an event without that of its hits. */
function fewHits({ rules }: Folder): (seed: number, count: number) => readonly Payment[] {
  const counted = payments(8, TRIED).map((event) => ({ event, hits: rules.filter((rule) => rule.holds(event)).length }));
  const few = counted.toSorted((a, b) => a.hits - b.hits).slice(0, SAMPLE).map(({ event }) => event);
  return (_seed, count) => Array.from({ length: count }, (_, i) => few[i % few.length] as Payment);
}

interface Ratio {
  readonly rate: number;
  readonly main: number;
  readonly all: number;
}

/** How much faster one is than another, round by round. */
function against(name: string, base: string): Ratio | null {
  const [one, other] = [targets.get(name)?.rounds, targets.get(base)?.rounds];
  if (one === undefined || other === undefined) return null;
  const of = (ratio: (a: Round, b: Round) => number): number => median(one.map((a, i) => ratio(a, other[i] as Round)));
  return { rate: of((a, b) => a.rate / b.rate), main: of((a, b) => b.main / a.main), all: of((a, b) => b.all / a.all) };
}

const column = (value: number, digits: number, width: number): string => value.toFixed(digits).padStart(width);

function table(): void {
  process.stdout.write(`\n${"".padEnd(26)} ${"events/s".padStart(9)} ${"loop µs".padStart(8)} ${"all µs".padStart(8)} ${"bytes".padStart(7)}   × bare Fastify by rate, loop, all\n`);
  for (const { name, bytes, rounds: measured } of targets.values()) {
    const of = (pick: (round: Round) => number): number => median(measured.map(pick));
    const ratio = against(name, "bare Fastify") as Ratio;
    process.stdout.write(`${name.padEnd(26)} ${column(of(({ rate }) => rate), 0, 9)} ${column(of(({ main }) => main), 1, 8)} ${column(of(({ all }) => all), 1, 8)} ${column(bytes, 0, 7)} ${column(ratio.rate, 2, 10)} ${column(ratio.main, 2, 6)} ${column(ratio.all, 2, 6)}\n`);
  }
}

function goal(text: string, name: string, base: string, least: number): void {
  const ratio = against(name, base);
  if (ratio !== null) process.stdout.write(`${text.padEnd(58)} ${column(ratio.rate, 2, 7)} ${column(ratio.main, 2, 6)} ${column(ratio.all, 2, 6)}   goal ${least}\n`);
}

function goals(): void {
  process.stdout.write(`\n${"".padEnd(58)} ${"rate".padStart(7)} ${"loop".padStart(6)} ${"all".padStart(6)}\n`);
  goal("G6   1,000 rules × bare Fastify", "1,000 rules", "bare Fastify", 0.95);
  goal("G6   10,000 rules × bare Fastify", "10,000 rules", "bare Fastify", 0.9);
  goal("G6   ten windows, disk, 1 % traced × bare Fastify", "windows, disk, 1 % traced", "bare Fastify", 0.75);
  goal("G7   lines of 1,000 rules × single requests of Fastify", "lines: 1,000 rules", "bare Fastify", 12);
  goal("G7   lines of 1,000 rules × lines only parsed", "lines: 1,000 rules", "lines: parse only", 0.5);
  goal("G10  traced 1 % × untraced", "traced 1 %", "1,000 rules", 0.97);
  goal("G10  traced 100 % × untraced", "traced 100 %", "1,000 rules", 0.8);
}

/** Latency at a fifth of the service's load, the same rate for both. */
async function openLoop(report: Report): Promise<void> {
  const [bare, ours] = [targets.get("bare Fastify") as Target, targets.get("1,000 rules") as Target];
  const rate = OPEN_SHARE * median(ours.rounds.map((round) => round.rate));
  const rng = rngOf(11);
  const found = { bare: [] as number[][], ours: [] as number[][] };
  for (let round = 0; round < rounds; round++) {
    for (const which of round % 2 === 0 ? (["bare", "ours"] as const) : (["ours", "bare"] as const)) {
      found[which].push(await (which === "bare" ? bare : ours).client.open(OPEN_MS, rate, () => rng.next()));
    }
  }
  process.stdout.write(`\nOpen loop, ${rate.toFixed(0)} requests/s, ms from the time a request was due (medians of ${rounds} rounds)\n`);
  for (const [q, most] of [[0.5, 1.3], [0.9, null], [0.99, 1.25]] as const) {
    const [a, b] = [found.bare.map((each) => quantile(each, q)), found.ours.map((each) => quantile(each, q))];
    const ratio = median(b.map((each, i) => each / (a[i] as number)));
    report.figure(`open loop: p${q * 100} / bare Fastify`, ratiosOf(b, a), { unit: "×", better: "less" });
    process.stdout.write(`${most === null ? "     " : "G11  "}p${String(q * 100).padEnd(4)} bare Fastify ${column(median(a), 3, 7)}   1,000 rules ${column(median(b), 3, 7)}   ratio ${column(ratio, 2, 5)}${most === null ? "" : `   goal ${most}`}\n`);
  }
}

try {
  const report = openReport(given);
  process.stdout.write(`${rounds} rounds of ${slotMs} ms, ${CONNECTIONS} connections\n`);
  await prepare();
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [...targets.values()] : [...targets.values()].toReversed();
    for (const each of order) each.rounds.push(await measure(each));
  }
  table();
  goals();
  for (const { name, rounds: measured } of targets.values()) {
    const bare = targets.get("bare Fastify")?.rounds ?? [];
    report.figure(`${name}: events`, measured.map(({ rate }) => rate), { unit: "events/s", better: "more" });
    report.figure(`${name}: processor time`, measured.map(({ all }) => all), { unit: "µs an event", better: "less" });
    report.figure(`${name} / bare Fastify`, ratiosOf(measured.map(({ rate }) => rate), bare.map(({ rate }) => rate)), { unit: "×", better: "more" });
  }
  if (parts.has("open")) await openLoop(report);
  report.end();
} finally {
  for (const { client } of targets.values()) client.close();
  await Promise.all(children.map((child) => child.stop()));
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}
