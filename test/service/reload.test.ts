import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Served, serve } from "./process.ts";

const SAVES = 100;
const CLIENTS = 4;
const LINES = 50;

/** Each good version declines above a threshold of its own and scores with it, so a decision tells which one made it. */
function good(threshold: number): string {
  return `event tx {
  id: string @id
  at: timestamp @time
  client: string @key
  amount: number
}
feature seen = count of tx by client over 1h
ruleset limits on tx {
  outcomes allow < decline
  rule big { when amount > ${threshold} then decline score ${threshold} reason R1 "{seen}" }
  rule any { when seen >= 1 score 0 reason R2 "{seen}" }
}
`;
}

interface Decision {
  readonly version: string;
  readonly decisions: { readonly limits: { readonly outcome: string; readonly score: number; readonly rules: readonly Hit[] } };
  readonly replayed: boolean;
}

interface Hit {
  readonly id: string;
  readonly reason: { readonly text: string };
}

interface Status {
  readonly version: string;
  readonly attempts: number;
  readonly stale: boolean;
  readonly lastAttempt: { readonly ok: boolean; readonly diagnostics: readonly { readonly code: string; readonly help?: string; readonly span: { readonly file: string; readonly line: number } }[] };
}

const folder = mkdtempSync(join(tmpdir(), "sluice-reload-"));
const file = join(folder, "limits.risk");
let service: Served;

before(async () => {
  writeFileSync(file, good(0));
  service = await serve(folder);
});

after(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

async function status(): Promise<Status> {
  return (await (await fetch(`${service.url}/v1/status`)).json()) as Status;
}

async function saved(text: string): Promise<Status> {
  const { attempts } = await status();
  writeFileSync(file, text);
  for (let i = 0; i < 500; i++) {
    const now = await status();
    if (now.attempts > attempts) return now;
    await sleep(10);
  }
  throw new Error("a save was not noticed within 5 s");
}

/** One client with a key of its own: sends until told to stop and notes amount, order and answer of each event. */
class Client {
  readonly answers: { readonly amount: number; readonly nth: number; readonly decision: Decision }[] = [];
  readonly #name: string;
  #sent = 0;

  constructor(name: string) {
    this.#name = name;
  }

  #next(): { readonly amount: number; readonly nth: number; readonly body: string } {
    const nth = ++this.#sent;
    const amount = (nth * 37) % (SAVES + 20);
    const event = { id: `${this.#name}-${nth}`, at: "2026-11-21T00:00:00Z", client: this.#name, amount };
    return { amount, nth, body: JSON.stringify({ type: "tx", event }) };
  }

  async single(): Promise<void> {
    const { amount, nth, body } = this.#next();
    const response = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/json" }, body });
    assert.equal(response.status, 200);
    this.answers.push({ amount, nth, decision: (await response.json()) as Decision });
  }

  async stream(): Promise<void> {
    const sent = Array.from({ length: LINES }, () => this.#next());
    const body = sent.map((each) => `${each.body}\n`).join("");
    const response = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    assert.equal(response.status, 200);
    const lines = (await response.text()).trimEnd().split("\n");
    assert.equal(lines.length, LINES);
    lines.forEach((line, i) => {
      const { amount, nth } = sent[i] as (typeof sent)[number];
      this.answers.push({ amount, nth, decision: JSON.parse(line) as Decision });
    });
  }
}

test(`${SAVES} saves of good and broken rules under load: no failed request, each decision under exactly its version`, async () => {
  const thresholds = new Map<string, number>([[(await status()).version, 0]]);
  const traffic = { running: true };
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client(`c${i}`));
  const load = clients.map(async (client, i) => {
    while (traffic.running) await (i % 2 === 0 ? client.single() : client.stream());
  });
  try {
    for (let i = 1; i <= SAVES; i++) {
      const before = await status();
      if (i % 2 === 1) {
        const now = await saved(good(i));
        assert.equal(now.lastAttempt.ok, true);
        assert.equal(now.stale, false);
        thresholds.set(now.version, i);
      } else {
        const now = await saved(good(i).replace("amount >", "amuont >"));
        assert.equal(now.lastAttempt.ok, false);
        assert.equal(now.version, before.version);
        assert.equal(now.stale, true);
        const [finding] = now.lastAttempt.diagnostics;
        assert.deepEqual([finding?.span.file, finding?.span.line, finding?.help], ["limits.risk", 10, "did you mean `amount`?"]);
      }
    }
  } finally {
    traffic.running = false;
    await Promise.all(load);
  }
  assert.equal(thresholds.size, SAVES / 2 + 1);
  const versions = new Set<string>();
  for (const client of clients) {
    for (const { amount, nth, decision } of client.answers) {
      const threshold = thresholds.get(decision.version);
      assert.notEqual(threshold, undefined, `unknown version ${decision.version}`);
      versions.add(decision.version);
      const declined = amount > (threshold as number);
      const { outcome, score, rules } = decision.decisions.limits;
      assert.equal(outcome, declined ? "decline" : "allow");
      assert.equal(score, declined ? threshold : 0);
      // The window is kept through every reload: the count goes on, event by event.
      assert.deepEqual(rules.map((hit) => [hit.id, hit.reason.text]), [...(declined ? [["big", String(nth)]] : []), ["any", String(nth)]]);
      assert.equal(decision.replayed, false);
    }
  }
  assert.ok(versions.size > SAVES / 4, `only ${versions.size} versions decided anything`);
});

test("saving a mended file makes the status whole again, and the next decision follows it", async () => {
  const now = await saved(good(5));
  assert.equal(now.lastAttempt.ok, true);
  assert.equal(now.stale, false);
  const client = new Client("last");
  await client.single();
  assert.equal(client.answers[0]?.decision.version, now.version);
});
