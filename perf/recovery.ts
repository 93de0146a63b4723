/*
 * How long does a service take to read a log of a million events at its start? Measured on the whole way, from the file
 * to windows that answer, against a plain loop that reads the same segments and looks at every byte; and from a snapshot.
 * In processor time, which other work on the machine disturbs least.
 *
 *   npm run bench -- recovery [EVENTS]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { Writable } from "node:stream";
import { systemClock } from "../src/clock.ts";
import type { Program } from "../src/compile/program.ts";
import { readConfig } from "../src/config.ts";
import { KnownIds } from "../src/engine/known.ts";
import { ManagedLists } from "../src/engine/lists.ts";
import { recoverFrom } from "../src/engine/recovery.ts";
import { RETRY_WINDOW_MS } from "../src/engine/retries.ts";
import { Snapshotter } from "../src/engine/snapshotter.ts";
import { RuleStates } from "../src/engine/states.ts";
import { Builder } from "../src/rulesets/builder.ts";
import { startService } from "../src/service.ts";
import { Store } from "../src/store/store.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";

const given = readArguments();
const events = Number(given.positional[0] ?? 200_000);
const LINES = 2_000;
const CARDS = 20_000;

const data = mkdtempSync(join(tmpdir(), "sluice-recovery-"));
const rules = mkdtempSync(join(tmpdir(), "sluice-rules-"));
writeFileSync(
  join(rules, "payments.risk"),
  `event payment {
  id: string @id
  at: timestamp @time
  card: string @key @pii
  merchant: string @key
  ip: ip @key
  amount: money[USD]
  country: string
}
feature card_tx_1h = count of payment by card over 1h
feature card_sum_1d = sum of payment.amount by card over 1d
feature card_countries = distinct of payment.country by card over 1d
feature ip_cards = distinct of payment.card by ip over 1h
feature merchant_mean = average of payment.amount by merchant over 7d
ruleset cards on payment {
  outcomes allow < review < decline
  rule fast { when card_tx_1h > 12 then decline }
  rule much { when card_sum_1d > 5000 USD then review }
  rule far { when card_countries > 3 or ip_cards > 20 then review }
}
`,
);

async function run(): Promise<{ readonly url: string; readonly logs: () => string; readonly close: () => Promise<boolean> }> {
  let logs = "";
  const logStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs += chunk.toString();
      done();
    },
  });
  const config = readConfig({ rules, data, port: "0" }, { SLUICE_DURABILITY: "os", SLUICE_SNAPSHOT_RECORDS: "100000000", OTEL_SDK_DISABLED: "true" });
  const service = await startService(config, { logStream });
  return { url: service.url, logs: () => logs, close: () => service.close() };
}

function payment(n: number): string {
  const event = {
    id: `p${n}`,
    at: new Date(Date.UTC(2026, 10, 1) + n * 250).toISOString(),
    card: `c${(n * 7_919) % CARDS}`,
    amount: `${10 + (n % 90)}.00 USD`,
    merchant: `m${n % 400}`,
    country: "DE",
    ip: `10.${n % 250}.${n % 199}.7`,
  };
  return JSON.stringify({ type: "payment", event });
}

/** Writes the log through the service, as its events would come. */
async function fill(): Promise<number> {
  const service = await run();
  const began = performance.now();
  let refused = 0;
  for (let at = 0; at < events; at += LINES) {
    const body = Array.from({ length: Math.min(LINES, events - at) }, (_, n) => payment(at + n)).join("\n");
    const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`refused: ${text.slice(0, 400)}`);
    refused += text.match(/^\{"error"/gm)?.length ?? 0;
    if (refused > 0) throw new Error(`refused: ${text.slice(0, 400)}`);
  }
  const seconds = (performance.now() - began) / 1_000;
  await service.close();
  return seconds;
}

/** The segments out of the file, every byte looked at, and nothing else. */
function plain(): number {
  const began = process.threadCpuUsage();
  const db = new DatabaseSync(join(data, "sluice.db"), { readOnly: true });
  let sum = 0;
  for (const row of db.prepare("select bytes from segments order by seq").iterate()) for (const byte of row["bytes"] as Uint8Array) sum += byte;
  db.close();
  if (sum === 0) throw new Error("the log is empty");
  return seconds(process.threadCpuUsage(began));
}

const seconds = ({ user, system }: { readonly user: number; readonly system: number }): number => (user + system) / 1e6;

interface Start {
  readonly records: number;
  /** Processor time of the thread that recovers, and of all threads. */
  readonly own: number;
  readonly all: number;
  readonly wall: number;
}

/** The way of a service at its start, then a snapshot of what it came to. */
async function recover(program: Program, snapshots: boolean): Promise<Start & { readonly snapshot: { readonly seconds: number; readonly bytes: number; readonly longest: number } | null }> {
  const store = await Store.open(data, { durability: "os" });
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const [states, ids, lists] = [new RuleStates(), new KnownIds(RETRY_WINDOW_MS), new ManagedLists(systemClock)];
  const [wall, own, all] = [performance.now(), process.threadCpuUsage(), process.cpuUsage()];
  const { records } = await recoverFrom(store.reader, program, { windows, states, lists, ids }, { clock: systemClock });
  const start = { records, own: seconds(process.threadCpuUsage(own)), all: seconds(process.cpuUsage(all)), wall: (performance.now() - wall) / 1_000 };
  let snapshot = null;
  if (snapshots) {
    const pauses = monitorEventLoopDelay({ resolution: 1 });
    pauses.enable();
    const snapshotter = new Snapshotter({ store, windows, ids, clock: systemClock, active: () => program, records: 1 }, null);
    if (!(await snapshotter.run())) throw new Error("no snapshot was written");
    pauses.disable();
    const { bytes, seconds: took } = snapshotter.stats;
    snapshot = { seconds: took, bytes, longest: pauses.percentile(99) / 1e6 };
  }
  await store.close();
  return { ...start, snapshot };
}

async function programOf(): Promise<Program> {
  const builder = new Builder({ folder: rules });
  const built = await builder.build();
  await builder.close();
  if (built === null || built.made === null) throw new Error("the rules are broken");
  return built.made.program;
}

try {
  const filled = await fill();
  const program = await programOf();
  const baseline = plain();
  const tail = await recover(program, true);
  const again = await recover(program, false);
  if (tail.records !== events || again.records !== 0) throw new Error(`${tail.records} and ${again.records} records were read`);
  const perMillion = (each: number): string => ((each / events) * 1e6).toFixed(2);
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const report = openReport(given);
  report.figure("recovery of the tail, a million, of its thread", [(tail.own / events) * 1e6], { unit: "s", better: "less" });
  report.figure("recovery of the tail, a million, by the wall", [(tail.wall / events) * 1e6], { unit: "s", better: "less" });
  report.figure("recovery of the tail / plain loop", [tail.own / baseline], { unit: "×", better: "less" });
  report.figure("recovery of the snapshot, of its thread", [again.own], { unit: "s", better: "less" });
  report.figure("written through HTTP", [events / filled], { unit: "events/s", better: "more" });
  report.end();
  say(`${events} events, ${CARDS} cards`);
  say(`written through HTTP (durability os)  ${Math.round(events / filled)} events/s`);
  say(`recovery of the tail, a million       ${perMillion(tail.own)} s of its thread, ${perMillion(tail.all)} s of all, ${perMillion(tail.wall)} s by the wall`);
  say(`plain loop over the bytes, a million  ${perMillion(baseline)} s of its thread, ratio ${(tail.own / baseline).toFixed(2)}`);
  const { snapshot } = tail;
  if (snapshot !== null) say(`snapshot                              ${(snapshot.bytes / 1e6).toFixed(1)} MB in ${snapshot.seconds.toFixed(2)} s, loop delay p99 ${snapshot.longest.toFixed(2)} ms`);
  say(`recovery of the snapshot              ${again.own.toFixed(2)} s of its thread, ${again.wall.toFixed(2)} s by the wall`);
} finally {
  for (const folder of [data, rules]) rmSync(folder, { recursive: true, force: true });
}
