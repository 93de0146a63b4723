import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Program } from "../../src/compile/program.ts";
import type { Decision, DecisionRequest, Refusal } from "../../src/engine/decision.ts";
import { Desk, type DeskOptions } from "../../src/engine/desk.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import { Page } from "../../src/types/page.ts";
import { WindowStore } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

const RULES = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: money
  note: string?
  tags: list[string]?
}
event ping { n: number }
feature tx = count of payment by card over 1h
ruleset pay on payment {
  outcomes allow < review < decline
  rule many { when tx >= 3 then review reason R1 "{tx} payments of {amount}" }
  rule noted { when note == "bad" then decline score 1 / size(note.trim()) }
}
ruleset scored on payment {
  outcomes allow < decline
  policy sum
  thresholds decline at 2
  rule a { when true score 1 }
  rule b { when amount > 5.00 USD score 1 }
  rule c { when note == "empty" score 1 / 0 }
}
ruleset pings on ping { outcomes a < b  rule one { when n > 1 then b } }`;

interface Bench {
  readonly desk: Desk;
  readonly decide: (event: Record<string, unknown>, more?: Partial<DecisionRequest>) => Decision;
  readonly refuse: (event: unknown, more?: Partial<DecisionRequest>) => Refusal;
  now: number;
  active: Program | null;
}

/** An event as it comes over the wire, where it is plain enough to be read from its bytes. */
function scannedBy(desk: Desk, event: unknown): Partial<DecisionRequest> {
  const page = new Page();
  const scanned = page.load(Buffer.from(JSON.stringify(event))) ? desk.scan("payment", page, 0) : null;
  return scanned === null ? { event } : { event: undefined, scanned };
}

function bench(more: Partial<DeskOptions> = {}, fromBytes = false): Bench {
  const program = compile(RULES);
  const windows = new WindowStore();
  windows.adopt(program.windows);
  const clock = { now: () => self.now };
  const desk = new Desk({ active: () => self.active, windows, lists: new ManagedLists(clock), clock, ...more });
  const ask = (event: unknown, rest: Partial<DecisionRequest>) => desk.decide({ type: "payment", event, explain: true, version: null, ...(fromBytes ? scannedBy(desk, event) : {}), ...rest });
  const self: Bench = {
    desk,
    now: Date.UTC(2026, 0),
    active: program,
    decide: (event, rest = {}) => {
      const answer = ask(event, rest);
      assert.equal(answer.kind, "decided", JSON.stringify(answer));
      return answer.decision;
    },
    refuse: (event, rest = {}) => {
      const answer = ask(event, rest);
      assert.equal(answer.kind, "refused", JSON.stringify(answer));
      return answer.refusal;
    },
  };
  return self;
}

function payment(id: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { id, at: "2026-01-01T00:00:00Z", card: "c1", amount: "1.00 USD", ...more };
}

/** Events that were parsed are kept as they are, events from bytes as texts. */
for (const fromBytes of [false, true]) suite(`retries of events ${fromBytes ? "read from their bytes" : "that were parsed"}`, () => {
  test("the same event, spelt otherwise, gets the stored decision and is counted once", () => {
    const { decide } = bench({}, fromBytes);
    const first = decide(payment("p1", { note: null }));
    const again = decide({ amount: { currency: "USD", amount: "1" }, card: "c1", at: "2026-01-01T01:00:00.000+01:00", id: "p1" });
    assert.deepEqual(again, { ...first, replayed: true });
    assert.equal(decide(payment("p2")).features?.["tx"], 2);
  });
  test("another event under the same id is a conflict and is not counted", () => {
    const { decide, refuse } = bench({}, fromBytes);
    decide(payment("p1"));
    for (const other of [{ amount: "1.01 USD" }, { amount: "1.00 EUR" }, { card: "c2" }, { note: "" }, { tags: [] }, { at: "2026-01-01T00:00:00.001Z" }]) {
      assert.equal(refuse(payment("p1", other)).code, "id_conflict", JSON.stringify(other));
    }
    assert.equal(decide(payment("p2")).features?.["tx"], 2);
  });
  test("neighbouring fields do not run together", () => {
    const { decide, refuse } = bench({}, fromBytes);
    decide(payment("p1", { card: "a", note: "1:b" }));
    assert.equal(refuse(payment("p1", { card: "a1:", note: "b" })).code, "id_conflict");
    decide(payment("p2", { tags: ["a", "b"] }));
    assert.equal(refuse(payment("p2", { tags: ["a,b"] })).code, "id_conflict");
  });
  test("an event that was counted cannot be decided, one that was decided can be counted", () => {
    const { desk, decide, refuse } = bench({}, fromBytes);
    const receipt = desk.observe({ type: "payment", event: payment("p1"), explain: false, version: null });
    assert.deepEqual(receipt, { kind: "observed", type: "payment", seq: 1, eventId: "p1", version: "v1", replayed: false, degraded: [] });
    assert.match(refuse(payment("p1")).message, /counted before without a decision/);
    decide(payment("p2"));
    const second = desk.observe({ type: "payment", event: payment("p2"), explain: false, version: null });
    assert.ok(second.kind === "observed" && second.replayed && second.seq === 2);
    assert.equal(decide(payment("p3")).features?.["tx"], 3);
  });
  test("the oldest are forgotten beyond the capacity, and are then counted again", () => {
    const { decide } = bench({ replayCapacity: 2 }, fromBytes);
    for (const id of ["p1", "p2", "p3"]) decide(payment(id));
    assert.equal(decide(payment("p3")).replayed, true);
    assert.equal(decide(payment("p2")).replayed, true);
    const forgotten = decide(payment("p1"));
    assert.equal(forgotten.replayed, false);
    assert.equal(forgotten.features?.["tx"], 4);
  });
  test("with no capacity every event is new", () => {
    const { decide } = bench({ replayCapacity: 0 }, fromBytes);
    assert.equal(decide(payment("p1")).features?.["tx"], 1);
    assert.equal(decide(payment("p1")).features?.["tx"], 2);
  });
  test("an id means one event of one type, and types without an id have no retries", () => {
    const { desk } = bench({}, fromBytes);
    for (const seq of [1, 2]) {
      const answer = desk.decide({ type: "ping", event: { n: 5 }, explain: false, version: null });
      assert.ok(answer.kind === "decided" && answer.decision.seq === seq && answer.decision.eventId === null && !answer.decision.replayed);
      assert.equal(answer.decision.features, undefined);
    }
  });
});

suite("envelopes", () => {
  test("id and time of the envelope fill what the event lacks", () => {
    const { decide } = bench();
    const { id: _id, at: _at, ...bare } = payment("p1");
    const decision = decide(bare, { envelopeId: "e1", envelopeTime: "2026-01-01T00:00:00Z" });
    assert.equal(decision.eventId, "e1");
    assert.equal(decide(payment("p2", { at: "2026-01-01T00:59:59Z" })).features?.["tx"], 2);
  });
  test("what the event says itself goes before the envelope", () => {
    const { decide } = bench();
    assert.equal(decide(payment("p1"), { envelopeId: "e1", envelopeTime: "nonsense" }).eventId, "p1");
  });
  test("a bad time of the envelope is a violation at the field", () => {
    const { refuse } = bench();
    const { at: _at, ...bare } = payment("p1");
    assert.deepEqual(refuse(bare, { envelopeTime: "yesterday" }).violations.map(({ path }) => path), ["/at"]);
    assert.deepEqual(refuse(bare).violations.map(({ path }) => path), ["/at"]);
  });
});

suite("refusals count nothing", () => {
  test("each with its code", () => {
    const one = bench();
    assert.equal(one.refuse(payment("p1"), { version: "v0" }).code, "version_unknown");
    assert.equal(one.refuse(payment("p1"), { type: "order" }).code, "event_type_unknown");
    assert.equal(one.refuse(payment("p1"), { type: "__proto__" }).code, "event_type_unknown");
    assert.deepEqual(one.refuse(payment("p1", { amount: 5, extra: 1 })).violations.map(({ path }) => path), ["/amount", "/extra"]);
    for (const event of [null, [], "x", 5]) assert.equal(one.refuse(event).code, "event_invalid");
    const { active } = one;
    one.active = null;
    assert.equal(one.refuse(payment("p1")).code, "rules_absent");
    one.active = active;
    const decision = one.decide(payment("p1"), { version: "v1" });
    assert.equal(decision.features?.["tx"], 1);
    assert.equal(decision.seq, 1);
  });
  test("long names of senders are cut", () => {
    assert.ok(bench().refuse(payment("p1"), { type: "x".repeat(10_000) }).message.length < 300);
  });
});

suite("decisions", () => {
  test("every ruleset of the type answers, with what matched and why", () => {
    const { decide } = bench();
    decide(payment("p1"));
    decide(payment("p2", { at: "2025-12-31T23:00:00Z" }));
    const { decisions, degraded, version, evaluatedAt } = decide(payment("p3", { amount: "5.01 USD", note: "empty" }));
    assert.deepEqual(decisions["pay"], { outcome: "allow", score: 0, rules: [] });
    assert.equal(decisions["scored"]?.outcome, "decline");
    assert.deepEqual(decisions["scored"]?.rules.map(({ id, score }) => [id, score]), [["a", 1], ["b", 1], ["c", 0]]);
    assert.deepEqual(degraded, [{ ruleset: "scored", rule: "c", row: null, part: "score", missing: "division by zero" }]);
    assert.deepEqual([version, evaluatedAt], ["v1", "2026-01-01T00:00:00.000Z"]);
    const third = decide(payment("p4"));
    assert.deepEqual(third.decisions["pay"]?.rules.map(({ id, outcome, reason }) => [id, outcome, reason?.code, reason?.text]), [["many", "review", "R1", "3 payments of 1.00 USD"]]);
    assert.deepEqual(Object.keys(third.decisions), ["pay", "scored"]);
  });
  test("a condition that ends missing is told to the observer", () => {
    const missed: string[] = [];
    const { decide } = bench({ observer: { decided: (_decision, _program, missing) => missed.push(...missing.map(({ rule }) => rule)) } });
    decide(payment("p1", { amount: "9.00 EUR" }));
    assert.deepEqual(missed, ["noted", "b", "c"]);
  });
  test("one event sees one version, even where the active one changes while it is decided", () => {
    const program = compile(RULES);
    const next = compile(RULES.replace("tx >= 3", "tx >= 1"), "v2");
    const windows = new WindowStore();
    windows.adopt(program.windows);
    let asked = 0;
    const clock = { now: () => 0 };
    const desk = new Desk({ active: () => (asked++ === 0 ? program : next), windows, lists: new ManagedLists(clock), clock });
    const decided = (id: string): Decision => {
      const answer = desk.decide({ type: "payment", event: payment(id), explain: false, version: null });
      assert.ok(answer.kind === "decided");
      return answer.decision;
    };
    const first = decided("p1");
    assert.deepEqual([asked, first.version, first.decisions["pay"]?.outcome], [1, "v1", "allow"]);
    const second = decided("p2");
    assert.deepEqual([asked, second.version, second.decisions["pay"]?.outcome], [2, "v2", "review"]);
    const retried = decided("p1");
    assert.deepEqual([retried.version, retried.replayed], ["v1", true]);
  });
  test("programs and what they reach are frozen", () => {
    const seen = new Set<object>();
    const look = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null || seen.has(value)) return;
      seen.add(value);
      if (value instanceof Map) for (const [key, each] of value) look(each, `${path}.${String(key)}`);
      else {
        assert.ok(Object.isFrozen(value), `${path} is not frozen`);
        for (const [key, each] of Object.entries(value)) look(each, `${path}.${key}`);
      }
    };
    look(compile(RULES), "program");
  });
});
