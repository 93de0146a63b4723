import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Decision } from "../../src/engine/decision.ts";
import { Desk, type DeskOptions } from "../../src/engine/desk.ts";
import { inspectFeature } from "../../src/engine/inspect.ts";
import { KnownIds } from "../../src/engine/known.ts";
import { ManagedLists } from "../../src/engine/lists.ts";
import type { TraceNode } from "../../src/engine/trace.ts";
import { explainer } from "../../src/explain/explain.ts";
import type { LogRecord } from "../../src/store/record.ts";
import { WindowStore, type WindowOptions } from "../../src/windows/store.ts";
import { compile } from "../oracle/pipeline.ts";

const RULES = `
event payment {
  at: timestamp @time
  card: string @key
  amount: number
}
feature tx = count of payment by card over 1h
feature patient = count of payment by card over 1h lateness 20m
feature mean = average of payment.amount by card over 1h
feature before = count of payment by card over 10m ending 1h ago
ruleset pay on payment {
  outcomes allow < review
  rule seen { when known(tx) then review }
  rule unseen { when not known(tx) and tx >= 0 then review }
  rule waited { when known(patient) then review }
  rule gone { when tx is missing then review }
  rule average { when known(mean) then review }
  rule delayed { when before is missing then review }
}`;

const NOON = Date.UTC(2026, 5, 15, 12);
const MINUTE = 60_000;

function bench(windowOptions: WindowOptions = {}, more: Partial<DeskOptions> = {}) {
  const program = compile(RULES);
  const windows = new WindowStore(windowOptions);
  windows.adopt(program.windows);
  const clock = { now: () => NOON };
  const desk = new Desk({ active: () => program, windows, lists: new ManagedLists(clock), clock, explain: explainer(), ...more });
  const pay = (minute: number, card = "c", explain = true): Decision => {
    const answer = desk.decide({ type: "payment", event: { at: new Date(NOON + minute * MINUTE).toISOString(), card, amount: 5 }, explain, version: null });
    assert.ok(answer.kind === "decided", JSON.stringify(answer));
    return answer.decision;
  };
  const hits = (decision: Decision): string => (decision.decisions["pay"]?.rules ?? []).map(({ id }) => id).join(" ");
  return { program, windows, pay, hits };
}

function nodes(tree: readonly TraceNode[]): readonly TraceNode[] {
  return tree.flatMap((node) => [node, ...nodes(node.parts)]);
}

suite("a feature whose counting began", () => {
  test("is known once its window is past the beginning", () => {
    const { pay, hits } = bench();
    assert.equal(hits(pay(0)), "unseen");
    assert.equal(hits(pay(59)), "unseen");
    assert.equal(hits(pay(60)), "seen waited average");
  });

  test("is known from the first event on where nothing was before", () => {
    const { pay, hits } = bench({ whole: true });
    assert.equal(hits(pay(0)), "seen waited average");
  });

  test("says how much of its window it stands for, and since when, in answers, traces and texts", () => {
    const { pay } = bench();
    pay(0);
    const { quality, features, trace, degraded } = pay(24);
    const cold = { coverage: 0.4, since: "2026-06-15T12:00:00Z", approx: false, late: false, evicted: false };
    assert.deepEqual(quality, { tx: cold, patient: cold, mean: cold, before: { ...cold, coverage: 0, since: null } });
    assert.deepEqual(features, { tx: 2, patient: 2, mean: 5, before: 0 });
    assert.deepEqual(degraded, [], "that counting began lately is no fault");
    const all = nodes(trace?.["pay"]?.rules.find(({ id }) => id === "unseen")?.tree ?? []);
    const told = all.find(({ text }) => text === "tx");
    assert.equal(told?.shown, "2 (since 2026-06-15T12:00:00Z, 40 % of the window)");
    assert.deepEqual(told.quality, cold);
    assert.deepEqual(all.find(({ text }) => text === "known(tx)")?.value, false);
  });

  test("is whole in the end, and then nothing is said of it", () => {
    const { pay } = bench();
    pay(0);
    assert.deepEqual(pay(71).quality, {});
    assert.equal(pay(72, "c", false).quality, undefined);
  });

  test("is told by a look without an event", () => {
    const { pay, program, windows } = bench();
    pay(0);
    const reading = (minute: number): unknown => inspectFeature(program, windows, "tx", ["c"], NOON + minute * MINUTE);
    assert.deepEqual(reading(30), { kind: "read", value: 1, missing: null, quality: { coverage: 0.5, since: "2026-06-15T12:00:00Z", approx: false, late: false, evicted: false } });
    assert.deepEqual(reading(60), { kind: "read", value: 0, missing: null, quality: null });
  });
});

suite("an event that comes late", () => {
  test("by no more than its feature allows finds all of its window; another feature may be in doubt", () => {
    const { pay, hits } = bench({ whole: true });
    pay(0);
    pay(60);
    assert.equal(hits(pay(55)), "seen waited average");
    const late = pay(54.9);
    assert.equal(hits(late), "unseen waited");
    assert.deepEqual(late.degraded.map(({ part, feature, ruleset }) => [part, feature, ruleset]), [["feature", "tx", null], ["feature", "mean", null], ["feature", "before", null]]);
    assert.match(late.degraded[0]?.missing ?? "", /^`tx`: the event came later than it allows/);
    assert.equal(late.quality?.["tx"]?.late, true);
    assert.equal(hits(pay(40)), "unseen waited delayed");
    assert.equal(hits(pay(39.9)), "unseen delayed");
  });

  test("than everything that is kept makes its features missing, and says why", () => {
    const { pay, hits } = bench({ whole: true });
    pay(0);
    pay(200);
    const { features, ...late } = pay(100);
    assert.deepEqual(features, { tx: null, patient: null, mean: null, before: null });
    assert.equal(hits(late), "gone delayed");
    const all = nodes(late.trace?.["pay"]?.rules.find(({ id }) => id === "gone")?.tree ?? []);
    assert.equal(all.find(({ text }) => text === "tx")?.missing, "event too late for tx");
  });
});

suite("an entity that was evicted", () => {
  test("is in doubt until its window is past that, and missing where nothing of the window is known", () => {
    const { pay, hits } = bench({ whole: true, maxKeys: 1 });
    pay(0, "c");
    pay(1, "d");
    const back = pay(2, "c");
    assert.deepEqual(back.quality?.["tx"], { coverage: 0.0166, since: "2026-06-15T12:01:00Z", approx: false, late: false, evicted: true });
    assert.equal(hits(back), "unseen delayed");
    assert.equal(back.degraded.find(({ feature }) => feature === "tx")?.missing, "`tx`: events of its window may have been evicted");
    assert.equal(back.features?.["before"], null);
    assert.equal(hits(pay(61, "c")), "seen waited average delayed");
    assert.equal(hits(pay(131, "c")), "seen waited average");
  });
});

test("a value that is approximate is known, and says so", () => {
  const { pay, hits, windows } = bench({ whole: true, exact: 4 });
  for (let minute = 0; minute < 30; minute++) pay(minute);
  const last = pay(30);
  assert.equal(hits(last), "seen waited average");
  assert.equal(last.quality?.["tx"]?.approx, true);
  assert.equal(last.quality["tx"].coverage, 1);
  assert.deepEqual(last.degraded, []);
  assert.ok(windows.stats.approx > 0);
});

test("the log keeps the quality of the features that were read, beside their values", () => {
  const records: LogRecord[] = [];
  const journal = { seed: 0, last: 0, received: 0, append: (record: LogRecord) => void records.push(record) };
  const { pay } = bench({}, { log: { journal, ids: new KnownIds(86_400_000), find: () => Promise.resolve(null) } });
  pay(0, "c", false);
  pay(600, "c", false);
  const [first, second] = records.map(({ features }) => JSON.parse(features ?? "null") as Record<string, unknown>);
  assert.deepEqual(Object.keys(first ?? {}), ["tx", "patient", "mean", "before", "@quality"]);
  assert.deepEqual(Object.keys(first?.["@quality"] ?? {}), ["tx", "patient", "mean", "before"]);
  assert.deepEqual(second, { tx: 1, patient: 1, mean: 5, before: 0 });
});
