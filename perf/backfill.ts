/*
 * How fast does a worker fill new features from the log, and what do decisions notice of it? A log of payments is written;
 * then decisions come in at a steady rate on their own schedule (open loop: a decision that comes late waits from the time it
 * was due), each is awaited until it is durable, and in every round rules with features of other windows are taken up.
 * Told are events a second in the worker, and the p99 of decisions while it reads against that of calm stretches before and
 * after, which are interleaved.
 *
 *   npm run bench -- backfill [EVENTS] [ROUNDS] [DECISIONS A SECOND]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { Backfill } from "../src/backfill/backfill.ts";
import { linkProgram, nothingLinked } from "../src/compile/link.ts";
import { MainWork } from "../src/rulesets/slices.ts";
import { retain } from "../src/compile/retain.ts";
import { Desk } from "../src/engine/desk.ts";
import { KnownIds } from "../src/engine/known.ts";
import { ManagedLists } from "../src/engine/lists.ts";
import { RETRY_WINDOW_MS } from "../src/engine/retries.ts";
import type { Lineage } from "../src/ir/lineage.ts";
import { analyse } from "../src/rulesets/build.ts";
import type { Built } from "../src/rulesets/builder.ts";
import { beside } from "../src/rulesets/plan.ts";
import { memoryReader } from "../src/rulesets/reader.ts";
import { Registry } from "../src/rulesets/registry.ts";
import type { Warmer } from "../src/rulesets/warm.ts";
import { Store } from "../src/store/store.ts";
import { WindowStore } from "../src/windows/store.ts";
import { readArguments } from "./harness/arguments.ts";
import { openReport } from "./harness/report.ts";
import { median, quantile } from "./harness/statistics.ts";

const given = readArguments();
const [events = 400_000, rounds = 5, rate = 1_000] = given.positional.map(Number);
const report = openReport(given);
const CARDS = 20_000;
const CALM_MS = 3_000;
/** Events of the log are this far apart. */
const STEP_MS = 250;

const START = Date.UTC(2026, 10, 1);
const clock = { now: () => START + (sent + 1) * STEP_MS };
let sent = 0;

/** The rules of a round: three windows over two keys that no round before had. */
function rules(round: number): string {
  const added = `
feature round_count = count of payment by card over ${24 + round}h
feature round_sum = sum of payment.amount by card over ${48 + round}h where amount > 12.00 USD
feature round_cards = distinct of payment.card by merchant over ${12 + round}h
`;
  return `event payment {
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
feature merchant_mean = average of payment.amount by merchant over 7d
${round === 0 ? "" : added}
ruleset cards on payment {
  outcomes allow < review < decline
  rule fast { when card_tx_1h > 12 then decline }
  rule much { when card_sum_1d > 5000 USD then review }
  rule far { when card_countries > 3 or merchant_mean > 500 USD then review }
}
`;
}

function payment(n: number): object {
  return {
    id: `p${n}`,
    at: new Date(START + n * STEP_MS).toISOString(),
    card: `c${(n * 7_919) % CARDS}`,
    amount: `${10 + (n % 90)}.00 USD`,
    merchant: `m${n % 400}`,
    country: "DE",
    ip: `10.${n % 250}.${n % 199}.7`,
  };
}

function build(text: string, past: readonly Lineage[]): Built {
  const { ir, version, stages, failed } = analyse(memoryReader("bench", new Map([["a.risk", text]])));
  if (ir === null) throw new Error(`the rules fail at the stage ${String(failed)}`);
  const retained = retain(ir, beside(ir.version, past));
  const steps = linkProgram(ir, nothingLinked(), retained);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return { version, diagnostics: [], omitted: 0, looked: true, stages, failed, work: new MainWork(), made: { program: step.value, ir, retained }, error: null };
  }
}

const folder = mkdtempSync(join(tmpdir(), "sluice-backfill-"));
const store = await Store.open(folder, { durability: "os" });
const windows = new WindowStore();
const backfill = new Backfill({ store, folder, windows });

/** What the worker did: when it began to read, what it had read when it had read all that was written, and when that was. */
const reading = { from: 0, to: 0, events: 0 };
const warmer: Warmer = {
  survey: (...asked) => backfill.survey(...asked),
  warm: (candidate, fills, course) => {
    reading.from = 0;
    let last = 0;
    return backfill.warm(candidate, fills, {
      signal: course.signal,
      hold: () => course.hold(),
      activate: (...given) => course.activate(...given),
      progress: (count) => {
        // The service itself counts one by one.
        if (count > last + 1) {
          const now = performance.now();
          if (reading.from === 0) Object.assign(reading, { from: now, events: -count });
          Object.assign(reading, { to: now, events: reading.events + count - (last === 0 ? 0 : last) });
        }
        last = count;
        course.progress(count);
      },
    });
  },
};

let text = rules(0);
let before = "";
const registry = new Registry({
  builder: {
    build: (past) => {
      const fresh = text !== before;
      before = text;
      return Promise.resolve(fresh ? build(text, past) : null);
    },
  },
  windows,
  clock,
  warmer,
});
const desk = new Desk({ active: () => registry.active(), windows, lists: new ManagedLists(clock), clock, log: { journal: store, ids: new KnownIds(RETRY_WINDOW_MS), find: (type, eventId) => store.event(type, eventId) } });

function decide(): number {
  const answer = desk.decide({ type: "payment", event: payment(sent), explain: false, version: null });
  if (answer.kind !== "decided") throw new Error(JSON.stringify(answer));
  sent += 1;
  return answer.decision.seq;
}

/** Decisions on a schedule of their own, told by another thread; the latency of each in milliseconds, from when it was due. */
class Load {
  readonly #pacer: Worker;
  #told: number[] = [];

  constructor() {
    this.#pacer = new Worker(
      `const { parentPort } = require("node:worker_threads");
      const rest = new Int32Array(new SharedArrayBuffer(4));
      const clock = () => performance.timeOrigin + performance.now();
      let due = clock();
      for (;;) {
        due += (-Math.log(1 - Math.random()) * 1000) / ${rate};
        const wait = due - clock();
        if (wait > 0) Atomics.wait(rest, 0, 0, wait);
        parentPort.postMessage(due);
      }`,
      { eval: true },
    );
    this.#pacer.on("message", (due: number) => void this.#decide(due - performance.timeOrigin));
  }

  async #decide(due: number): Promise<void> {
    await store.committed(decide());
    this.#told.push(performance.now() - due);
  }

  take(): number[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  close(): Promise<number> {
    return this.#pacer.terminate();
  }
}

await registry.reload();
for (let n = 0; n < events; n++) {
  decide();
  if (n % 1_000 === 999) await store.committed(store.last);
}
await store.committed(store.last);

const load = new Load();
const calm: number[] = [];
const filling: number[] = [];
const ratios: number[] = [];
const speeds: number[] = [];
const whole: number[] = [];
await sleep(1_000);
for (let round = 1; round <= rounds; round++) {
  load.take();
  await sleep(CALM_MS);
  const quiet = load.take();
  const began = performance.now();
  text = rules(round);
  await registry.reload();
  const seconds = (performance.now() - began) / 1_000;
  const busy = load.take();
  const { lastAttempt, reload } = registry.status();
  if (lastAttempt?.ok !== true || reload.plan?.fills.some(({ from }) => from === "nothing") === true) throw new Error(JSON.stringify(lastAttempt));
  calm.push(...quiet);
  filling.push(...busy);
  ratios.push(quantile(busy, 0.99) / quantile(quiet, 0.99));
  speeds.push((reading.events / (reading.to - reading.from)) * 1_000);
  whole.push(store.last / seconds);
}
await load.close();
await registry.close();
await store.close();
rmSync(folder, { recursive: true });

const ms = (value: number): string => `${value.toFixed(2)} ms`;
report.figure("events a second in the worker", speeds, { unit: "events/s", better: "more" });
report.figure("from the save to the switch", whole, { unit: "events/s", better: "more" });
report.figure("p99 while filled / calm", ratios, { unit: "×", better: "less" });
process.stdout.write(`${events.toLocaleString("en-US")} events in the log, ${rate.toLocaleString("en-US")} decisions a second, ${rounds} rounds of 3 new features over 2 keys beside 4

events a second in the worker   ${Math.round(median(speeds)).toLocaleString("en-US")} (goal 100,000)
… from the save to the switch    ${Math.round(median(whole)).toLocaleString("en-US")}

decisions, until durable        calm        while filled
  p50                           ${ms(median(calm)).padEnd(12)}${ms(median(filling))}
  p99                           ${ms(quantile(calm, 0.99)).padEnd(12)}${ms(quantile(filling, 0.99))}
  p99 while filled / calm       ${median(ratios).toFixed(2)} (goal at most 1.25), median of rounds; rounds ${ratios.map((each) => each.toFixed(2)).join(", ")}
`);
report.end();
