import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionFilter } from "../../src/store/queries.ts";
import { dataFolder, decided, type Given, idOf, openStore, START, write } from "./records.ts";

const ANY: DecisionFilter = { type: null, ruleset: null, outcome: null, rule: null, eventId: null, from: null, to: null };

const pick = <T>(of: readonly T[], n: number): T => of[n % of.length] as T;

/** Event number n: every property changes with another period, so that every combination comes about. */
const given = (n: number): Required<Pick<Given, "type" | "outcome" | "rules" | "received" | "eventId">> => ({
  type: pick(["payment", "login"], n),
  outcome: pick(["allow", "review", "decline"], n),
  rules: pick([[], ["r1"], ["r1", "r2"], ["r3"], []], n),
  received: START + Math.floor(n / 3),
  eventId: `e${n % 50}`,
});

const ALL = Array.from({ length: 400 }, (_, index) => index + 1);

function naive(filter: DecisionFilter): string[] {
  const fits = (n: number): boolean => {
    const each = given(n);
    return (
      (filter.type === null || each.type === filter.type) &&
      (filter.ruleset === null || filter.ruleset === "card") &&
      (filter.outcome === null || each.outcome === filter.outcome) &&
      (filter.rule === null || each.rules.includes(filter.rule)) &&
      (filter.eventId === null || each.eventId === filter.eventId) &&
      (filter.from === null || each.received >= filter.from) &&
      (filter.to === null || each.received < filter.to)
    );
  };
  return ALL.filter(fits).reverse().map(idOf);
}

test("every combination of filters finds what reading all decisions finds, page by page, newest first", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, ...ALL.map((n) => decided(n, given(n))));
  const choices = {
    type: [null, "payment", "unknown"],
    ruleset: [null, "card", "car"],
    outcome: [null, "decline"],
    rule: [null, "r1", "r2"],
    eventId: [null, "e7"],
    from: [null, START + 40],
    to: [null, START + 100],
  } as const;
  const names = Object.keys(choices) as (keyof typeof choices)[];
  const combinations = names.reduce<DecisionFilter[]>((found, name) => found.flatMap((filter) => choices[name].map((value) => ({ ...filter, [name]: value }))), [ANY]);
  assert.equal(combinations.length, 432);
  for (const filter of combinations) {
    const expected = naive(filter);
    const found: string[] = [];
    let before: number | null = null;
    do {
      const page = await store.reader.decisions(filter, 37, before);
      assert.ok(page.decisions.length <= 37);
      found.push(...page.decisions.map((text) => (JSON.parse(text) as { id: string }).id));
      before = page.next;
    } while (before !== null);
    assert.deepEqual(found, expected, JSON.stringify(filter));
  }
});

test("a cursor stays where it is while decisions are added", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, ...[1, 2, 3, 4].map((n) => decided(n)));
  const first = await store.reader.decisions(ANY, 2, null);
  await write(store, ...[5, 6].map((n) => decided(n)));
  const second = await store.reader.decisions(ANY, 2, first.next);
  assert.deepEqual([...first.decisions, ...second.decisions].map((text) => (JSON.parse(text) as { id: string }).id), [4, 3, 2, 1].map(idOf));
  assert.equal(second.next, null);
});

test("a decision comes with the labels of its event, an event by its newest record", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const label = (text: string, eventId: string) => ({ ...decided(0), kind: "label" as const, type: "", eventId, body: JSON.stringify(text), decisionId: null, decision: null, marks: [] });
  await write(store, decided(1), label("fraud", "e1"), label("other", "e2"), label("paid", "e1"), decided(2), decided(3, { eventId: "e1" }));
  assert.deepEqual((await store.reader.decision(idOf(1)))?.labels, ['"fraud"', '"paid"']);
  assert.deepEqual((await store.reader.decision(idOf(2)))?.labels, ['"other"']);
  assert.equal(await store.reader.decision(idOf(9)), null);
  assert.equal((await store.reader.event("payment", "e1"))?.seq, 6);
  assert.equal(await store.reader.event("login", "e1"), null);
});

test("events of one type since a time, in order", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, ...ALL.map((n) => decided(n, given(n))));
  const found: number[] = [];
  for await (const page of store.reader.events("login", START + 50)) found.push(...page.map((record) => record.seq));
  assert.deepEqual(found, ALL.filter((n) => given(n).type === "login" && given(n).received >= START + 50));
});
