import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { DATABASE } from "../../../src/store/schema.ts";
import { rngOf, type Rng } from "../../random.ts";
import { Process, type Setup } from "./process.ts";
import { BROKEN, FILLING, KEEPING } from "./rules.ts";
import { type Decision, Sender } from "./sender.ts";

const SENDERS = 6;
/** After this long under load at most the process is killed. */
const LIFE_MS = 900;
/** Starting takes about this long, so kills within it meet all of it. */
const START_MS = 1_500;
/** A snapshot of what these rounds count takes about this long. */
const SNAPSHOT_MS = 50;
const DAY_MS = 86_400_000;

export interface Plan extends Setup {
  readonly rounds: number;
  readonly seed: number;
  /** Whether rule files are edited, too; `filled` with edits that add features. */
  readonly edits: "none" | "kept" | "filled";
  /** Goes on until a decision is lost, whatever else is wrong. */
  readonly onlyLost?: boolean;
}

const EDITS: Readonly<Record<Plan["edits"], readonly string[]>> = {
  none: [],
  kept: [...KEEPING.map(({ text }) => text), BROKEN],
  filled: [...KEEPING.map(({ text }) => text), BROKEN, FILLING.text, FILLING.text],
};

/** What happened over all rounds. */
export interface Toll {
  rounds: number;
  /** Kills, those before the service was ready again among them, and ends by SIGTERM. */
  kills: number;
  early: number;
  terms: number;
  events: number;
  acknowledged: number;
  retries: number;
  labels: number;
  edits: number;
  /** Snapshots that were whole, and kills while one was being written. */
  snapshots: number;
  cut: number;
  /** Kills while features were filled for a version that was not active yet. */
  filling: number;
  /** Starts that began with a snapshot. */
  restored: number;
  /** Acknowledged decisions that the log does not have as they were acknowledged. */
  readonly lost: string[];
  /** Everything else that is not as it would be if nothing had ever been killed. */
  readonly wrong: string[];
  readonly recoveries: { readonly records: number; readonly durationMs: number }[];
}

export const tollOf = (): Toll => ({ rounds: 0, kills: 0, early: 0, terms: 0, events: 0, acknowledged: 0, retries: 0, labels: 0, edits: 0, snapshots: 0, cut: 0, filling: 0, restored: 0, lost: [], wrong: [], recoveries: [] });

/**
 * Starts the service over one data folder, kills it under load at a random moment, starts it again, and compares what it
 * knows with what it acknowledged; so many times. Ends with the first round in which something is not as it should be.
 */
export async function massacre(plan: Plan): Promise<Toll> {
  const random = rngOf(plan.seed);
  const begin = Date.now() - 20 * DAY_MS;
  const senders = Array.from({ length: SENDERS }, (_, n) => new Sender(`s${n}`, rngOf(plan.seed + n + 1), begin));
  const toll = tollOf();
  save(plan.rules, KEEPING[0]?.text ?? "");
  let service = new Process(plan);
  try {
    for (; toll.rounds < plan.rounds && toll.lost.length === 0 && (plan.onlyLost === true || toll.wrong.length === 0); toll.rounds++) {
      const last = await life(service, senders, plan, toll, random);
      toll.snapshots += service.snapshots;
      if (service.filling) toll.filling += 1;
      if (wasCut(plan.data)) toll.cut += 1;
      if (last === "SIGTERM") toll.terms += 1;
      else toll.kills += 1;
      // A folder that cannot be used would keep the service from what is to be compared.
      if (plan.edits !== "none") save(plan.rules, random.pick(KEEPING).text);
      for (service = new Process(plan); random.chance(0.15); service = new Process(plan)) {
        await sleep(random.below(START_MS));
        await service.end("SIGKILL");
        toll.early += 1;
      }
      const url = await service.url;
      toll.recoveries.push(service.read);
      if (service.read.snapshot) toll.restored += 1;
      await compare(url, senders, toll);
      toll.wrong.push(...service.errors);
    }
  } finally {
    await service.end("SIGKILL");
  }
  toll.events = senders.reduce((sum, { sent }) => sum + sent, 0);
  toll.retries = senders.reduce((sum, { retried }) => sum + retried, 0);
  toll.labels = senders.reduce((sum, { labels }) => sum + labels.length, 0);
  toll.acknowledged = senders.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  return toll;
}

/** Whether a snapshot was being written when the process ended. Asks a copy: opening the file itself would mend it. */
function wasCut(data: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), "sluice-copy-"));
  for (const end of ["", "-wal"]) if (existsSync(join(data, DATABASE + end))) copyFileSync(join(data, DATABASE + end), join(copy, DATABASE + end));
  const db = new DatabaseSync(join(copy, DATABASE));
  const row = db.prepare("select count(*) as n from snapshots where finished = 0").get();
  db.close();
  rmSync(copy, { recursive: true });
  return Number(row?.["n"]) > 0;
}

/** Milliseconds until the service looks next whether a snapshot is due, which it does every second. */
function untilSnapshot({ readAt }: Process): number {
  return 1_000 - ((performance.now() - readAt) % 1_000);
}

/** Lets a service live under load for a while. Yields how it ended. */
async function life(service: Process, senders: readonly Sender[], plan: Plan, toll: Toll, random: Rng): Promise<"SIGKILL" | "SIGTERM"> {
  const url = await service.url;
  const over = new AbortController();
  const running = Promise.all([...senders.map((sender) => sender.run(url, over.signal)), edit(plan, over.signal, toll, random)]);
  await sleep(random.chance(0.4) ? untilSnapshot(service) + random.below(SNAPSHOT_MS) : 50 + random.below(LIFE_MS));
  const gently = random.chance(0.1);
  if (gently) {
    // Whoever is told to stop ends what it has begun.
    over.abort();
    await running;
  }
  const code = await service.end(gently ? "SIGTERM" : "SIGKILL");
  if (gently && code !== 0) toll.wrong.push(`the service ended with ${code}`);
  over.abort();
  await running;
  toll.wrong.push(...service.errors, ...senders.flatMap((sender) => [...sender.wrong.splice(0), ...sender.refused.splice(0)]));
  return gently ? "SIGTERM" : "SIGKILL";
}

/** Saves rule files at random moments, some of them in place and so half written for a moment. */
async function edit({ rules, edits }: Plan, over: AbortSignal, toll: Toll, random: Rng): Promise<void> {
  if (edits === "none") return;
  while (!over.aborted) {
    await sleep(random.below(400));
    if (over.aborted) return;
    const text = random.pick(EDITS[edits]);
    if (random.chance(0.5)) save(rules, text);
    else writeFileSync(join(rules, "cards.risk"), text);
    toll.edits += 1;
  }
}

function save(rules: string, text: string): void {
  writeFileSync(join(rules, "cards.risk.new"), text);
  renameSync(join(rules, "cards.risk.new"), join(rules, "cards.risk"));
}

/** Compares what a service knows with what the senders were told, and has them finish what was not answered. */
export async function compare(url: string, senders: readonly Sender[], toll: Toll): Promise<void> {
  const found = await everything(url);
  for (const { acknowledged } of senders) {
    for (const [eventId, decision] of acknowledged) if (!same(found.get(eventId), decision)) toll.lost.push(eventId);
  }
  // What was not answered may be there or not; sent again it is there once.
  for (const sender of senders) {
    await sender.settle(url).catch((error: unknown) => toll.wrong.push(String(error)));
  }
  toll.wrong.push(...senders.flatMap((sender) => [...sender.wrong.splice(0), ...sender.refused.splice(0)]));
  const { size } = await everything(url);
  const sent = senders.reduce((sum, each) => sum + each.sent, 0);
  if (size !== sent) toll.wrong.push(`${size} events in the log, ${sent} sent`);
  await compareState(url, senders, toll);
}

async function compareState(url: string, senders: readonly Sender[], toll: Toll): Promise<void> {
  const rules = await getJson<{ readonly features: readonly { readonly name: string }[] }>(`${url}/v1/rules`);
  const names = rules.features.map(({ name }) => name);
  for (const [name, card] of senders.flatMap((sender) => [...sender.cards])) {
    const newest = card.events.at(-1);
    if (newest === undefined) continue;
    const values: Readonly<Record<string, number>> = { card_tx: card.count(), tx_of_card: card.count(), card_sum: card.sum(), card_hour: card.hour(), card_week: card.count(), card_top: card.top() };
    for (const feature of names) {
      const { value } = await getJson<{ readonly value: number }>(`${url}/v1/features/${feature}?key=${name}&at=${new Date(newest.at).toISOString()}`);
      if (value !== values[feature]) toll.wrong.push(`${feature} of ${name} is ${value}, a recount says ${values[feature]}`);
    }
  }
  const { entries } = await getJson<{ readonly entries: readonly { readonly value: string }[] }>(`${url}/v1/lists/watched/entries`);
  const watched = senders.flatMap(({ cards }) => [...cards].filter(([, card]) => card.watched).map(([name]) => name));
  if (entries.map(({ value }) => value).toSorted().join() !== watched.toSorted().join()) toll.wrong.push(`watched are ${JSON.stringify(entries)} and not ${watched.join()}`);
  for (const { acknowledged, labels } of senders) {
    const [put] = labels.slice(-1);
    if (put === undefined) continue;
    const { id } = acknowledged.get(put.eventId) as Decision;
    const kept = await getJson<{ readonly labels: readonly { readonly label: string; readonly at: string }[] }>(`${url}/v1/decisions/${id}`);
    const told = (each: { readonly label: string; readonly at: string }): string => `${each.label} ${Date.parse(each.at)}`;
    const expected = [...new Set(labels.filter(({ eventId }) => eventId === put.eventId).map(told))];
    if (kept.labels.map(told).join() !== expected.join()) toll.lost.push(`labels of ${put.eventId}: ${JSON.stringify(kept.labels)} and not ${expected.join()}`);
  }
}

/** Every decision of the log by its event; an event that stands there twice fails. */
async function everything(url: string): Promise<Map<string, Decision>> {
  const found = new Map<string, Decision>();
  for (let cursor = ""; ; ) {
    const page = await getJson<{ readonly decisions: Decision[]; readonly next: string | null }>(`${url}/v1/decisions?limit=500${cursor}`);
    for (const decision of page.decisions) {
      assert.ok(!found.has(decision.eventId), `${decision.eventId} stands in the log twice`);
      found.set(decision.eventId, decision);
    }
    if (page.next === null) return found;
    cursor = `&cursor=${page.next}`;
  }
}

async function getJson<T>(url: string): Promise<T> {
  const reply = await fetch(url);
  assert.equal(reply.status, 200, url);
  return (await reply.json()) as T;
}

/** A retry that was answered from the log says so, and nothing else is different. */
function same(found: Decision | undefined, acknowledged: Decision): boolean {
  return found !== undefined && JSON.stringify({ ...found, replayed: false }) === JSON.stringify({ ...acknowledged, replayed: false });
}

/** What reading the log took, over all recoveries. */
export function rate({ recoveries }: Pick<Toll, "recoveries">): string {
  const records = recoveries.reduce((sum, each) => sum + each.records, 0);
  const ms = recoveries.reduce((sum, each) => sum + each.durationMs, 0);
  const longest = recoveries.reduce((most, each) => Math.max(most, each.durationMs), 0);
  return `${records} records read in ${ms} ms, ${((ms / Math.max(1, records)) * 1_000).toFixed(1)} µs each, at most ${longest} ms at once`;
}
