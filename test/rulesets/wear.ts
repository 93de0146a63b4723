import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import type { Program } from "../../src/compile/program.ts";
import { Desk } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { Builder } from "../../src/rulesets/builder.ts";
import { Registry } from "../../src/rulesets/registry.ts";
import { WindowStore } from "../../src/windows/store.ts";

/*
 * Reloads one folder again and again and tells what that leaves behind: `node --expose-gc wear.ts FOLDER FROM TO RULES`. A
 * process that begins a few versions before the last has the same features of earlier versions, and is fresh otherwise.
 */

/** What many reloads left behind. */
export interface Wear {
  /** Versions but the active one that are still held, after the heap was collected. */
  readonly held: number;
  /** Processor time of an event in microseconds after the last reload. */
  readonly eventUs: number;
  /** Bytes of the heap and of memory outside of it, after a tenth of the reloads and after all. */
  readonly early: number;
  readonly late: number;
  readonly retained: number;
}

const EVENTS = 20_000;
const ROUNDS = 9;

/** Rules enough for an index; the version decides one limit, and the window of a feature that a new version leaves behind. */
export function rulesOf(count: number, version: number): string {
  const rules = Array.from({ length: count }, (_, i) => `  rule r${i} { when amount > ${1_000 + i} and often >= ${i % 7} or amount == ${i + version} then review score ${i % 5} reason R${i} "{often} of {amount}" }`);
  return `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
}
list bad: string = ["a", "b"]
feature often = count of payment by card over 30m
feature moving = sum of payment.amount by card over ${1 + (version % 40)}m where card not in bad
ruleset cards on payment {
  outcomes allow < review < decline
  policy worst
  rule moved { when moving > 1000000 then decline }
${rules.join("\n")}
}
`;
}

function spentUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function collect(): void {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
}

function bytes(): number {
  collect();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

export async function wear(folder: string, from: number, to: number, rules: number): Promise<Wear> {
  const file = join(folder, "rules.risk");
  const windows = new WindowStore();
  const builder = new Builder({ folder });
  const registry = new Registry({ builder, windows, clock: systemClock });
  const desk = new Desk({ active: () => registry.active(), windows, lists: new ManagedLists(systemClock), clock: systemClock, replayCapacity: 0 });
  let number = 0;
  const decide = (count: number): void => {
    for (let i = 0; i < count; i++) {
      number++;
      const event = { id: `p${number}`, at: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(), card: `c${number % 50}`, amount: number % 1_100 };
      const answer = desk.decide({ type: "payment", event, explain: false, version: null });
      if (answer.kind !== "decided") throw new Error(JSON.stringify(answer));
    }
  };
  const timed = (): number => {
    const times = Array.from({ length: ROUNDS }, () => {
      const start = spentUs();
      decide(EVENTS / ROUNDS);
      return (spentUs() - start) / (EVENTS / ROUNDS);
    });
    // The least disturbed: what else runs only ever adds.
    return Math.min(...times);
  };
  const versions: WeakRef<Program>[] = [];
  const reload = async (version: number): Promise<void> => {
    writeFileSync(file, rulesOf(rules, version));
    await registry.reload();
    const program = registry.active();
    if (program === null || registry.status().stale) throw new Error(JSON.stringify(registry.status().lastAttempt));
    versions.push(new WeakRef(program));
    decide(20);
  };
  try {
    let early = 0;
    for (let version = from; version <= to; version++) {
      await reload(version);
      if (version === from + Math.ceil((to - from) / 10)) early = bytes();
    }
    await setImmediate();
    const late = bytes();
    // The targets of weak references live until the end of the turn that made or read them.
    await setImmediate();
    collect();
    const held = versions.slice(0, -1).filter((each) => each.deref() !== undefined).length;
    decide(EVENTS);
    return { held, eventUs: timed(), early, late, retained: registry.active()?.retained.length ?? 0 };
  } finally {
    await registry.close();
    await builder.close();
  }
}

const [folder, ...numbers] = process.argv.slice(2);
if (import.meta.main && folder !== undefined) process.stdout.write(JSON.stringify(await wear(folder, ...(numbers.map(Number) as [number, number, number]))));
