import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Decision } from "../../src/engine/decision.ts";
import { type Accepted, Retries, RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import { TableWriter } from "../../src/replay/columns.ts";
import { Seen } from "../../src/replay/seen.ts";
import { eventDecoder } from "../../src/types/decode.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { rngOf } from "../random.ts";
import { type Given, type Outcome, programOf, run } from "./stage.ts";

const RULES = `event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: money
  score: number?
  trusted: bool = true
  ip: ip?
  wait: duration?
  kind: enum(a, b)?
  places: list[string]?
  more: map[string, number]?
}
event login { number: number @id user: string @key at: timestamp? }
feature spent_1h = sum of payment.amount by card over 1h
feature cards_1d = distinct of payment.card by ip over 1d
ruleset cards on payment {
  outcomes allow < review < decline
  rule much { when spent_1h > 100 EUR then decline reason M "{amount} {score} {wait} {ip} {kind} {places} {at}" }
  rule risky { when score > 0.5 and not trusted then review }
  rule many { when cards_1d > 2 then review }
  rule listed { when "x" in places or more["k"] > 1 then review }
}
ruleset logins on login { outcomes ok < lock rule root { when user == "root" then lock } }
`;

const wanted = (i: number, below: number): number => Math.imul(i + 1, 0x9e3779b1) >>> 0 < below * 2 ** 32 ? i : -1;

/** Lines of both types, some of them again, some under an id that is taken, some wrong in each way there is. */
function lines(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    if (i % 97 === 5) return "{not json";
    if (i % 89 === 7) return JSON.stringify({ type: "nothing", event: { at: "2026-01-01T00:00:00Z" } });
    const at = new Date(Date.UTC(2026, 0, 1) + i * 1_000).toISOString();
    if (i % 7 === 0) return JSON.stringify({ type: "login", event: { number: i % 901, user: i % 901 === 14 ? "root" : `u${i % 3_001 % 890}`, ...(i % 3 === 0 ? { at } : {}) } });
    const again = wanted(i, 0.1) === i ? i - 3 : i;
    const event = {
      id: `p${again}`,
      at: new Date(Date.UTC(2026, 0, 1) + again * 1_000).toISOString(),
      card: `c${again % 11}${i % 50 === 3 ? "ü" : ""}${i % 70 === 3 ? "€" : ""}`,
      amount: i % 61 === 9 ? "much" : `${again % 40}.${10 + (again % 90)} ${again % 13 === 0 ? "USD" : "EUR"}`,
      ...(again % 4 === 0 ? {} : { score: again % 9 === 0 ? -0 : (again % 100) / 100 }),
      ...(again % 5 === 0 ? { trusted: again % 10 === 0 } : {}),
      ...(again % 3 === 0 ? { ip: again % 6 === 0 ? `10.0.0.${again % 9}` : `2001:db8::${again % 9}` } : {}),
      ...(again % 8 === 0 ? { wait: "1h30m", kind: again % 16 === 0 ? "a" : null } : {}),
      ...(again % 12 === 1 ? { places: ["x", `${again}`], more: { k: again % 3 } } : {}),
      ...(i % 113 === 4 ? { unknown: 1 } : {}),
    };
    return JSON.stringify({ type: "payment", event });
  });
}

function assertSame(found: Outcome, wanted: Outcome, text = wanted.text): void {
  const facts = ({ summary: { seconds: _seconds, rowsPerSecond: _rate, ...rest } }: Outcome): unknown => rest;
  assert.deepEqual(found.bad, wanted.bad);
  assert.deepEqual(facts(found), facts(wanted));
  assert.ok(found.text === text, "other decisions");
}

async function inFolder(files: Given["files"], work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-thread-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content as string | Buffer);
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

suite("files read by a thread", () => {
  const stream = lines(6_000);
  const files = {
    "a.ndjson": stream.slice(0, 2_500).join("\n"),
    "b.ndjson.gz": gzipSync(stream.slice(2_500, 5_000).join("\n")),
    "c.ndjson.gz": gzipSync(stream.slice(5_000, 5_900).join("\n")).subarray(0, 2_000),
    "d.ndjson": stream.slice(5_900).join("\n"),
  };

  test("come to what they come to without one", async () => {
    await inFolder(files, async (folder) => {
      const given: Given = { files, rules: RULES, features: true, ticks: true };
      const here = await run(given);
      assert.ok(here.summary.replayed > 100 && here.summary.bad > 200 && here.summary.decided > 4_000, JSON.stringify(here.summary));
      assert.ok(here.bad.some((each) => /gzip data ends early/.test(each)));
      assert.ok(here.bad.some((each) => /another event was accepted with the id/.test(each)));
      assertSame(await run({ ...given, folder }), here);
      assertSame(await run({ ...given, folder, from: 3_000 }), await run({ ...given, from: 3_000 }));
    });
  });

  test("come to the same where no decision is written", async () => {
    await inFolder(files, async (folder) => {
      const written = await run({ files, rules: RULES, ticks: true });
      for (const given of [{}, { folder }]) assertSame(await run({ files, rules: RULES, quiet: true, ticks: true, ...given }), written, "");
    });
  });

  test("are told as they would be where they cannot be read, and end where they are interrupted", async () => {
    await inFolder({ "b.ndjson": files["a.ndjson"] }, async (folder) => {
      const { bad, summary } = await run({ files: { "a.ndjson": "", "b.ndjson": "" }, rules: RULES, folder });
      assert.equal(bad[0], "a.ndjson:null the file cannot be read to its end: no such file");
      assert.ok(summary.decided > 2_000);
      const ended = new AbortController();
      const cut = await run({ files: { "b.ndjson": "", "c.ndjson": "" }, rules: RULES, folder, signal: ended.signal, onProgress: () => ended.abort() });
      assert.equal(cut.summary.complete, false);
      assert.ok(cut.summary.rows > 0);
      assert.ok(!cut.bad.some((each) => each.startsWith("c.ndjson")));
    });
  });
});

suite("what a replay remembers of events", () => {
  test("is what the desk remembers", () => {
    const program = programOf(RULES).events.get("payment");
    assert.ok(program !== undefined);
    const { schema } = program;
    const decode = eventDecoder(schema);
    const rng = rngOf(20_261_121);
    let [found, conflicts] = [0, 0];
    for (let round = 0; round < 50; round++) {
      const capacity = 1 + rng.below(8);
      const [seen, retries] = [new Seen(schema, capacity), new Retries(capacity)];
      let now = 0;
      for (let step = 0; step < 200; step++) {
        now += rng.chance(0.02) ? RETRY_WINDOW_MS / 2 : rng.below(1_000);
        const id = `p${rng.below(12)}`;
        const frame: Frame = [];
        decode({ id, at: "2026-01-01T00:00:00Z", card: `c${rng.below(2)}`, amount: "1.00 EUR", ...(rng.chance(0.2) ? { score: 1 } : {}) }, frame, []);
        const [known, wanted] = [seen.find(id, frame, now), retries.get("payment", id, now)];
        assert.equal(known?.decisions["cards"]?.outcome, (wanted?.decision as Decision | undefined)?.decisions["cards"]?.outcome, `round ${round}, step ${step}`);
        if (wanted !== undefined) {
          const same = JSON.stringify(wanted.frame.map(String)) === JSON.stringify(frame.map(String));
          assert.equal(known?.same, same, `round ${round}, step ${step}`);
          found++;
          if (!same) conflicts++;
          continue;
        }
        const decisions = { cards: { outcome: `o${rng.below(3)}`, score: 0, rules: [] } };
        const writer = new TableWriter(schema);
        writer.add(frame);
        seen.keep(id, writer.finish(), 0, now, decisions);
        retries.keep("payment", id, { schema, frame, seq: 0, version: "", received: now, decision: { decisions } as unknown as Decision } satisfies Accepted);
      }
    }
    assert.ok(found > 500 && conflicts > 100, `${found} found, ${conflicts} of them another event`);
  });
});
