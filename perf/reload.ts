/*
 * What does saving one rule of many cost, and whom? Rules of the 44 templates of `perf/rules`, in rulesets of 500 or all in
 * one; each save changes one rule. First in this process, with nothing else to do: how long until the version is live after
 * the save is seen, what of that the thread does that decides events (its processor time in all, and the longest stretch),
 * and the first event after it. Then a service in a process of its own, at a steady rate of requests over HTTP: the 99 % of
 * latencies while it reloads over and over against those before. Last one process that reloads a small folder again and
 * again against a fresh one.
 *
 *   npm run bench -- reload [SIZE,SIZE…] [SAVES] [RELOADS] [SECONDS]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../src/clock.ts";
import { Desk } from "../src/engine/desk.ts";
import { ManagedLists } from "../src/engine/lists.ts";
import { Builder } from "../src/rulesets/builder.ts";
import { Registry } from "../src/rulesets/registry.ts";
import type { StageName } from "../src/rulesets/build.ts";
import { WindowStore } from "../src/windows/store.ts";
import { rngOf } from "../test/random.ts";
import type { Wear } from "../test/rulesets/wear.ts";
import { countOf, readArguments, sizesOf } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median, quantile } from "./harness/statistics.ts";
import { figure } from "./harness/table.ts";
import { start } from "./http/child.ts";
import { Client } from "./http/client.ts";
import { payments, single } from "./http/requests.ts";
import type { Written } from "./rules/conditions.ts";
import { EVENT } from "./rules/events.ts";
import { manyRules } from "./rules/templates.ts";

const SEED = 20_261_121;
const SHARE = 0.01;
const RULES_A_RULESET = 500;
/** Requests a second of the service under load: a fifth of what it bears with ten thousand rules, or less. */
const RATE = 500;
const CONNECTIONS = 8;
/** Between two saves under load. */
const PAUSE_MS = 500;
const WORN_RULES = 100;

const given = readArguments();
const sizes = sizesOf(given.positional[0], [1_000, 10_000]);
const saves = countOf(given.positional[1], 6);
const reloads = countOf(given.positional[2], 300);
const seconds = countOf(given.positional[3], 8);
const report = openReport({ ...given, seed: SEED });

/** A folder of rules in rulesets of so many. */
class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "sluice-reload-"));
  readonly #rules: readonly Written[];
  readonly #each: number;

  constructor(count: number, each: number) {
    this.#rules = manyRules(rngOf(SEED), count, SHARE);
    this.#each = each;
    writeFileSync(join(this.path, "event.risk"), EVENT);
    for (let from = 0; from < count; from += each) this.#write(from, 0);
  }

  /** Changes one rule in the middle. */
  save(version: number): void {
    this.#write(Math.floor(this.#rules.length / 2 / this.#each) * this.#each, version);
  }

  #write(from: number, version: number): void {
    const rules = this.#rules.slice(from, from + this.#each).map(({ rule }, i) => {
      const changed = version > 0 && i === Math.floor(this.#each / 2) ? ` and amount != ${version}` : "";
      return `  rule r${from + i} { when (${rule})${changed} then review score 1 reason R${from + i} "rule ${from + i}" }`;
    });
    writeFileSync(join(this.path, `rules${from}.risk`), `import payment from "event.risk"\nruleset card${from} on payment {\n  outcomes allow < review\n  policy worst\n${rules.join("\n")}\n}\n`);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Milliseconds of one save. */
interface Save {
  readonly live: number;
  readonly main: number;
  readonly longest: number;
  readonly first: number;
  readonly stages: ReadonlyMap<StageName, number>;
}

function spentMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function alone(count: number, each: number): Promise<readonly Save[]> {
  const folder = new Folder(count, each);
  const windows = new WindowStore();
  const builder = new Builder({ folder: folder.path });
  const registry = new Registry({ builder, windows, clock: systemClock });
  const desk = new Desk({ active: () => registry.active(), windows, lists: new ManagedLists(systemClock), clock: systemClock, replayCapacity: 0 });
  const events = payments(SEED, 256);
  let next = 0;
  const decide = (): void => {
    const { kind } = desk.decide({ type: "payment", event: { ...(events[next++ % events.length] as object), id: String(next) }, explain: false, version: null });
    if (kind !== "decided") throw new Error("an event was refused");
  };
  const results: Save[] = [];
  try {
    await registry.reload();
    for (let i = 0; i < 2_000; i++) decide();
    for (let version = 1; version <= saves; version++) {
      folder.save(version);
      const spent = spentMs();
      await registry.reload();
      const main = spentMs() - spent;
      const attempt = registry.status().lastAttempt;
      if (attempt === null || !attempt.ok) throw new Error(JSON.stringify(attempt));
      const begun = performance.now();
      decide();
      const first = performance.now() - begun;
      for (let i = 0; i < 500; i++) decide();
      results.push({ live: attempt.durationMs, main, longest: attempt.main.longestMs, first, stages: new Map(attempt.stages.map(({ name, durationMs }) => [name, durationMs])) });
      await setImmediate();
    }
    // The first saves still warm up what the thread does.
    return results.slice(Math.min(2, results.length - 1));
  } finally {
    await registry.close();
    await builder.close();
    folder.remove();
  }
}

interface Loaded {
  readonly calm: readonly number[];
  readonly reloading: readonly number[];
  readonly saves: number;
}

async function underLoad(count: number, each: number): Promise<Loaded> {
  const folder = new Folder(count, each);
  const service = await start("src/main.ts", ["serve", "--rules", folder.path, "--data", "none", "--port", "0"]);
  const rng = rngOf(SEED);
  const client = await Client.open(service.port, CONNECTIONS, (i) => payments(i, 64).map((event) => single("/v1/decisions", event)));
  try {
    await client.open(2_000, RATE, () => rng.next());
    const calm = await client.open(seconds * 1_000, RATE, () => rng.next());
    let version = 0;
    const state = { over: false };
    const saving = (async () => {
      while (!state.over) {
        folder.save(++version);
        await sleep(PAUSE_MS);
      }
    })();
    const reloading = await client.open(seconds * 1_000, RATE, () => rng.next());
    state.over = true;
    await saving;
    return { calm, reloading, saves: version };
  } finally {
    client.close();
    await service.stop();
    folder.remove();
  }
}

function wear(from: number): Wear {
  const folder = mkdtempSync(join(tmpdir(), "sluice-wear-"));
  const script = join(import.meta.dirname, "../test/rulesets/wear.ts");
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", script, folder, String(from), String(reloads), String(WORN_RULES)], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Wear;
}

const layouts = sizes.flatMap((count) => (count > RULES_A_RULESET && count <= 10_000 ? [[count, RULES_A_RULESET], [count, count]] : [[count, RULES_A_RULESET]]) as [number, number][]);
const nameOf = (count: number, each: number): string => `${count} rules, ${each === count ? "one ruleset" : `${each} a ruleset`}`;

const rows: string[][] = [];
const staged: string[][] = [];
const STAGES: readonly StageName[] = ["read", "parse", "check", "lower", "verify", "index", "transfer", "link", "activate"];
for (const [count, each] of layouts) {
  const found = await alone(count, each);
  const name = nameOf(count, each);
  const columns = (["live", "main", "longest", "first"] as const).map((what) => {
    const times = found.map((save) => save[what]);
    report.figure(`${name}: ${what}`, times, { unit: "ms", better: "less" });
    return figure(median(times));
  });
  rows.push([name, ...columns]);
  staged.push([name, ...STAGES.map((stage) => figure(median(found.map(({ stages }) => stages.get(stage) ?? 0))))]);
}
report.table(["one rule saved, ms", "live", "main thread", "longest", "first event"], rows);
report.table(["stages, ms", ...STAGES], staged);
report.note("G8  10,000 rules: live ≤ 300 ms after the save is seen, main thread ≤ 1 ms, first event ≤ 1 ms");

const loaded: string[][] = [];
for (const [count, each] of layouts) {
  const { calm, reloading, saves: made } = await underLoad(count, each);
  const [before, during] = [quantile(calm, 0.99), quantile(reloading, 0.99)];
  report.figure(`${nameOf(count, each)}: p99 while reloading by calm`, [during / before], { unit: "", better: "less" });
  loaded.push([nameOf(count, each), figure(median(calm)), figure(before), figure(median(reloading)), figure(during), figure(during / before), String(made)]);
}
report.table([`${RATE} requests a second, ms`, "calm p50", "calm p99", "reloading p50", "reloading p99", "ratio", "saves"], loaded);
report.note("G8  10,000 rules: 99 % of requests while reloading within 1.2 × calm");

const [worn, fresh] = [wear(0), wear(Math.max(0, reloads - 3))];
report.figure("event after many reloads by fresh", [worn.eventUs / fresh.eventUs], { unit: "", better: "less" });
report.table(
  ["one process", "versions held", "event, µs", "memory early, MB", "late, MB"],
  [[`${reloads} reloads`, worn.held, figure(worn.eventUs), figure(worn.early / 2 ** 20), figure(worn.late / 2 ** 20)], ["fresh", fresh.held, figure(fresh.eventUs), "", figure(fresh.late / 2 ** 20)]],
);
report.note(`an event takes ${figure(worn.eventUs / fresh.eventUs)} × that of a fresh process (goal 1.1)`);
report.end();
