import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { rngOf } from "../random.ts";
import { payment } from "./service.ts";

const main = new URL("../../src/main.ts", import.meta.url).pathname;

type Decision = Readonly<Record<string, unknown>> & { readonly id: string; readonly eventId: string };

/** Senders of streams, and of single events. */
const STREAMS = 3;
const SINGLES = 4;
const LINES = 40;
/** After this long under load at most the process is killed. */
const LIFE_MS = 700;

interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  /** How long the log took to read, in milliseconds, and how many records it had. */
  readonly read: { readonly records: number; readonly durationMs: number };
}

/** The real service as a process of its own. */
async function start(rules: string, data: string, durability: string): Promise<Process> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|SLUICE_|NODE_OPTIONS|NODE_TEST)/.test(name)));
  const child = spawn(process.execPath, [main, "serve", "--rules", rules, "--data", data, "--port", "0"], {
    env: { ...clean, SLUICE_DURABILITY: durability, OTEL_SDK_DISABLED: "true" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Process>();
  child.once("exit", (code, signal) => reject(new Error(`the service ended with ${code ?? signal}`)));
  let read = { records: 0, durationMs: 0 };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const entry = JSON.parse(line) as { readonly msg: string; readonly url: string; readonly records: number; readonly durationMs: number };
    if (entry.msg === "log read") read = { records: entry.records, durationMs: entry.durationMs };
    if (entry.msg === "serving") resolve({ url: entry.url, child, read });
  });
  return promise;
}

async function kill({ child }: Process): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** What happened over all rounds. */
export interface Toll {
  rounds: number;
  sent: number;
  acknowledged: number;
  /** Acknowledged decisions that the log does not have as they were acknowledged. */
  readonly lost: string[];
  /** Events that stand in the log twice, or that features count another number of times. */
  readonly miscounted: string[];
  recoveries: { records: number; durationMs: number }[];
}

/** Sends payments from everywhere until the process dies, and notes what it acknowledged. */
class Load {
  readonly acknowledged = new Map<string, Decision>();
  readonly unanswered = new Set<number>();
  sent = 0;

  async run(url: string, over: AbortSignal): Promise<void> {
    const streams = Array.from({ length: STREAMS }, () => this.#repeat(over, () => this.send(url, this.#take(LINES))));
    const singles = Array.from({ length: SINGLES }, () => this.#repeat(over, () => this.#single(url, this.#take(1))));
    await Promise.all([...streams, ...singles]);
  }

  #take(count: number): number[] {
    const numbers = Array.from({ length: count }, (_, n) => this.sent + n);
    this.sent += count;
    for (const n of numbers) this.unanswered.add(n);
    return numbers;
  }

  async #repeat(over: AbortSignal, work: () => Promise<void>): Promise<void> {
    while (!over.aborted) {
      // A connection that breaks is what the harness is for.
      await work().catch(() => sleep(5));
    }
  }

  async #single(url: string, [n = 0]: readonly number[]): Promise<void> {
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(payment(n, 1)) });
    if (reply.status === 200) this.note((await reply.json()) as Decision);
  }

  /** A stream whose answers count line by line as they come. */
  async send(url: string, numbers: readonly number[]): Promise<void> {
    const body = numbers.map((n) => JSON.stringify(payment(n, 1))).join("\n");
    const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of reply.body ?? []) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.note(JSON.parse(line) as Decision);
    }
  }

  note(decision: Decision): void {
    if (decision.eventId === undefined) return;
    const known = this.acknowledged.get(decision.eventId);
    if (known === undefined) this.acknowledged.set(decision.eventId, decision);
    this.unanswered.delete(Number(decision.eventId.slice(1)));
  }
}

/**
 * Starts the service over one data folder, kills it under load at a random moment, starts it again, and compares what it
 * knows with what it acknowledged; so many times. Whatever was not answered is sent again, as a client would.
 */
export async function massacre(rules: string, data: string, rounds: number, seed: number, durability: string): Promise<Toll> {
  const random = rngOf(seed);
  const load = new Load();
  const toll: Toll = { rounds: 0, sent: 0, acknowledged: 0, lost: [], miscounted: [], recoveries: [] };
  let service = await start(rules, data, durability);
  try {
    for (; toll.rounds < rounds && toll.lost.length === 0; toll.rounds++) {
      const over = new AbortController();
      const running = load.run(service.url, over.signal);
      await sleep(100 + random.below(LIFE_MS));
      await kill(service);
      over.abort();
      await running;
      service = await start(rules, data, durability);
      toll.recoveries.push(service.read);
      await compare(service.url, load, toll);
    }
  } finally {
    if (service.child.exitCode === null) await kill(service);
  }
  toll.sent = load.sent;
  toll.acknowledged = load.acknowledged.size;
  return toll;
}

async function compare(url: string, load: Load, toll: Toll): Promise<void> {
  const found = await everything(url);
  for (const [eventId, decision] of load.acknowledged) {
    if (!same(found.get(eventId), decision)) toll.lost.push(eventId);
  }
  // What was not answered may be there or not; sent again it is there once.
  const again = [...load.unanswered];
  for (let at = 0; at < again.length; at += LINES) await load.send(url, again.slice(at, at + LINES));
  assert.equal(load.unanswered.size, 0, "everything is answered in the end");
  const counts = new Map<string, number>();
  for (let n = 0; n < load.sent; n++) counts.set(`c${n % 4}`, (counts.get(`c${n % 4}`) ?? 0) + 1);
  for (const [card, count] of counts) {
    const at = encodeURIComponent("2026-11-01T00:00:00Z");
    const { value } = (await (await fetch(`${url}/v1/features/card_tx?key=${card}&at=${at}`)).json()) as { value: number };
    if (value !== count) toll.miscounted.push(`${card}: ${value} counted, ${count} sent`);
  }
  const ids = await everything(url);
  if (ids.size !== load.sent) toll.miscounted.push(`${ids.size} events in the log, ${load.sent} sent`);
}

/** Every decision of the log by its event; an event that stands there twice fails. */
async function everything(url: string): Promise<Map<string, Decision>> {
  const found = new Map<string, Decision>();
  for (let cursor = ""; ; ) {
    const page = (await (await fetch(`${url}/v1/decisions?limit=500${cursor}`)).json()) as { readonly decisions: Decision[]; readonly next: string | null };
    for (const decision of page.decisions) {
      assert.ok(!found.has(decision.eventId), `${decision.eventId} stands in the log twice`);
      found.set(decision.eventId, decision);
    }
    if (page.next === null) return found;
    cursor = `&cursor=${page.next}`;
  }
}

/** A retry that was answered from the log says so, and nothing else is different. */
function same(found: Decision | undefined, acknowledged: Decision): boolean {
  return found !== undefined && JSON.stringify({ ...found, replayed: false }) === JSON.stringify({ ...acknowledged, replayed: false });
}
