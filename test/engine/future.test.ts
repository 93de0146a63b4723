import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Answer } from "../../src/engine/decision.ts";
import { Desk, type DeskOptions } from "../../src/engine/desk.ts";
import { FUTURE_MS, type FuturePolicy } from "../../src/engine/future.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { KnownIds } from "../../src/engine/known.ts";
import type { Fold, LogRecord, StoredRecord } from "../../src/store/record.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { Page } from "../../src/types/page.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

const RULES = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
}
feature tx = count of payment by card over 1h
feature newest = last of payment by card over 1h
ruleset pay on payment {
  outcomes allow < review
  rule many { when tx >= 3 then review reason R1 "{tx} at {payment.at}" }
}`;

const NOON = Date.UTC(2026, 5, 15, 12);

function bench(future: FuturePolicy | undefined, more: Partial<DeskOptions> = {}) {
  const program = compile(RULES);
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const counted: string[] = [];
  const self = { now: NOON, counted, windows };
  const clock = { now: () => self.now };
  const desk = new Desk({
    active: () => program,
    windows,
    lists: new ManagedLists(clock),
    clock,
    observer: { decided: () => undefined, future: (type, policy) => counted.push(`${type} ${policy}`) },
    ...(future === undefined ? {} : { future }),
    ...more,
  });
  const request = (id: string, at: number) => ({ type: "payment", event: { id, at: new Date(at).toISOString(), card: "c" }, explain: true, version: null });
  const decide = (id: string, at: number): Answer => desk.decide(request(id, at));
  const fromBytes = (id: string, at: number): Answer => {
    const page = new Page();
    page.load(Buffer.from(JSON.stringify(request(id, at).event)));
    const scanned = desk.scan("payment", page, 0);
    assert.ok(scanned !== null);
    return desk.decide({ ...request(id, at), event: undefined, scanned });
  };
  return Object.assign(self, { desk, request, decide, fromBytes });
}

function tx(answer: Answer): unknown {
  assert.equal(answer.kind, "decided", JSON.stringify(answer));
  return answer.decision.features?.["tx"];
}

suite("an event ahead of the clock", () => {
  test("is taken up to five seconds ahead", () => {
    const { decide, counted } = bench("refuse");
    assert.equal(FUTURE_MS, 5_000);
    assert.equal(tx(decide("a", NOON + FUTURE_MS)), 1);
    assert.deepEqual(counted, []);
  });

  test("is refused beyond that: named, with the field, how far ahead and what to do", () => {
    const { decide, counted } = bench("refuse");
    const answer = decide("a", NOON + FUTURE_MS + 1);
    assert.deepEqual(answer, {
      kind: "refused",
      refusal: {
        code: "event_future",
        message: "the `payment` happens 6s ahead of the clock",
        remedy: "set the clock of the sender; events up to 5 s ahead are taken, and SLUICE_FUTURE=clamp has later ones happen when they arrive",
        violations: [{ path: "/at", message: "2026-06-15T12:00:05.001Z is after 2026-06-15T12:00:00Z, the time here" }],
      },
    });
    assert.deepEqual(counted, ["payment refuse"]);
  });

  for (const policy of ["refuse", "clamp"] as const) {
    test(`flushes no window (${policy})`, () => {
      const { decide } = bench(policy);
      tx(decide("a", NOON - 1_000));
      decide("b", NOON + 365 * 86_400_000);
      assert.equal(tx(decide("c", NOON)), policy === "refuse" ? 2 : 3);
    });
    test(`is looked at where events are only counted (${policy})`, () => {
      const { desk, request, decide } = bench(policy);
      const receipt = desk.observe(request("b", NOON + 60_000));
      assert.equal(receipt.kind, policy === "refuse" ? "refused" : "observed");
      if (receipt.kind === "observed") assert.equal(receipt.degraded[0]?.part, "time");
      assert.equal(tx(decide("c", NOON)), policy === "refuse" ? 1 : 2);
    });
  }

  test("happens at the time of the clock where that is wanted, and the answer says so", () => {
    const { decide, counted } = bench("clamp");
    tx(decide("a", NOON));
    tx(decide("b", NOON));
    const answer = decide("c", NOON + 7_200_000);
    assert.ok(answer.kind === "decided");
    const { decisions, degraded, features } = answer.decision;
    assert.equal(decisions["pay"]?.rules[0]?.reason?.text, "3 at 2026-06-15T12:00:00Z");
    assert.deepEqual(features?.["newest"], { value: null, at: "2026-06-15T12:00:00Z" });
    assert.deepEqual(degraded, [
      {
        ruleset: null, rule: null, row: null, part: "time",
        missing: "the event says 2026-06-15T14:00:00Z, 2h ahead of the clock; it was taken to happen at 2026-06-15T12:00:00Z",
      },
    ]);
    assert.deepEqual(counted, ["payment clamp"]);
  });

  test("is a retry of what was accepted, whatever the clock says", () => {
    for (const policy of ["refuse", "clamp"] as const) {
      const self = bench(policy);
      const first = self.decide("a", NOON + 4_000);
      self.now -= 60_000;
      const again = self.decide("a", NOON + 4_000);
      assert.ok(first.kind === "decided" && again.kind === "decided");
      assert.deepEqual(again.decision, { ...first.decision, replayed: true });
      assert.deepEqual(self.counted, []);
    }
    for (const way of ["decide", "fromBytes"] as const) {
      const self = bench("clamp");
      const first = self[way]("a", NOON + 60_000);
      self.now += 1_000;
      const again = self[way]("a", NOON + 60_000);
      assert.ok(first.kind === "decided" && again.kind === "decided");
      assert.deepEqual(again.decision, { ...first.decision, replayed: true });
      assert.equal(self[way]("a", NOON).kind, "refused");
      assert.equal(tx(self[way]("b", NOON)), 2);
    }
  });

  test("that was clamped is recovered at the time it was given, and its retry is known", async () => {
    const records: LogRecord[] = [];
    const frames: Frame[] = [];
    let stored: StoredRecord | null = null;
    const append = (record: LogRecord, fold: Fold | null): void => {
      records.push(record);
      if (fold !== null) frames.push([...fold.frame]);
    };
    const journal = { seed: 0, last: 0, received: 0, append };
    const log = { journal, ids: new KnownIds(86_400_000), find: () => Promise.resolve(stored) };
    const first = bench("clamp", { log });
    first.decide("a", NOON + 86_400_000);
    const [record] = records;
    assert.ok(record !== undefined);
    assert.equal(record.at, NOON);
    assert.match(record.body, /2026-06-16/);
    stored = { ...record, seq: 1 };
    const second = bench("clamp", { log });
    second.windows.arrive("payment", frames[0] as Frame, record.at, true);
    const answer = second.decide("b", NOON - 1);
    assert.equal(tx(answer), 1);
    const at = second.decide("c", NOON + 1);
    assert.equal(tx(at), 3);
    await second.desk.recall(second.request("a", NOON + 86_400_000));
    const again = second.decide("a", NOON + 86_400_000);
    assert.ok(again.kind === "decided" && again.decision.replayed);
  });

  test("is taken where the clock is that of the stream", () => {
    assert.equal(tx(bench(undefined).decide("a", NOON + 86_400_000)), 1);
  });
});
