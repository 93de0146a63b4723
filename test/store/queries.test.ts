import assert from "node:assert/strict";
import { test } from "node:test";
import { type DecisionFilter, Queries } from "../../src/store/queries.ts";
import { Reader } from "../../src/store/reader.ts";
import type { LogRecord } from "../../src/store/record.ts";
import { dataFolder, decided, type Given, idOf, openStore, START, write } from "./records.ts";

const ANY: DecisionFilter = { type: null, ruleset: null, outcome: null, rule: null, eventId: null, label: null, version: null, from: null, to: null };

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

/** Some events have labels, some of these were another one at first. */
const labelOf = (n: number): string | null => (n % 3 === 0 ? pick(["fraud", "genuine", "paid"], n / 3) : null);

/** A label put on the event with a number, newest event of its id or not. */
const label = (text: string, n: number, seq = n): LogRecord => ({
  ...decided(0, { received: START + 1_000 }),
  kind: "label",
  type: given(n).type,
  eventId: given(n).eventId,
  body: JSON.stringify(text),
  decisionId: null,
  decision: null,
  marks: [],
  label: { text, seq },
});

function naive(filter: DecisionFilter): string[] {
  const fits = (n: number): boolean => {
    const each = given(n);
    return (
      (filter.type === null || each.type === filter.type) &&
      (filter.ruleset === null || filter.ruleset === "card") &&
      (filter.outcome === null || each.outcome === filter.outcome) &&
      (filter.rule === null || each.rules.includes(filter.rule)) &&
      (filter.eventId === null || each.eventId === filter.eventId) &&
      (filter.label === null || labelOf(n) === filter.label) &&
      (filter.version === null || filter.version === "v1") &&
      (filter.from === null || each.received >= filter.from) &&
      (filter.to === null || each.received < filter.to)
    );
  };
  return ALL.filter(fits).reverse().map(idOf);
}

test("every combination of filters finds what reading all decisions finds, page by page, newest first", async (t) => {
  const store = await openStore(t, dataFolder(t));
  await write(store, ...ALL.map((n) => decided(n, given(n))));
  const labelled = ALL.filter((n) => labelOf(n) !== null);
  await write(store, ...labelled.filter((n) => n % 2 === 0).map((n) => label("at first", n)), ...labelled.map((n) => label(labelOf(n) ?? "", n)));
  const choices = {
    type: [null, "payment", "unknown"],
    ruleset: [null, "card", "car"],
    outcome: [null, "decline"],
    rule: [null, "r1", "r2"],
    eventId: [null, "e7"],
    label: [null, "fraud", "at first"],
    version: [null, "v1", "v2"],
    from: [null, START + 40],
    to: [null, START + 100],
  } as const;
  const names = Object.keys(choices) as (keyof typeof choices)[];
  const combinations = names.reduce<DecisionFilter[]>((found, name) => found.flatMap((filter) => choices[name].map((value) => ({ ...filter, [name]: value }))), [ANY]);
  assert.equal(combinations.length, 3_888);
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

test("a search looks at a bounded number of records for a page, and the pages together find everything", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  await write(store, ...ALL.map((n) => decided(n, given(n))));
  const queries = new Queries(folder, 30);
  t.after(() => queries.close());
  for (const filter of [ANY, { ...ANY, version: "v2" }, { ...ANY, rule: "r1", outcome: "decline" }, { ...ANY, outcome: "review", type: "login" }]) {
    const found: string[] = [];
    let pages = 0;
    for (let before: number | null = null; ; ) {
      const page = queries.decisions(filter, 50, before);
      found.push(...page.decisions.map((text) => (JSON.parse(text) as { id: string }).id));
      pages += 1;
      if (page.next === null) break;
      before = page.next;
    }
    assert.deepEqual(found, naive(filter));
    assert.ok(pages >= 3, `${pages} pages`);
  }
});

test("a decision comes with the labels of its event, an event by its newest record", async (t) => {
  const store = await openStore(t, dataFolder(t));
  const put = (text: string, eventId: string, seq: number): LogRecord => ({ ...label(text, 0, seq), type: "payment", eventId });
  await write(store, decided(1), put("fraud", "e1", 1), put("other", "e2", 1), put("paid", "e1", 1), decided(2), decided(3, { eventId: "e1" }), put("again", "e1", 6));
  assert.deepEqual((await store.reader.decision(idOf(1)))?.labels, ['"fraud"', '"paid"']);
  assert.deepEqual((await store.reader.decision(idOf(2)))?.labels, [], "what was said before the event came was of another one");
  assert.deepEqual((await store.reader.decision(idOf(3)))?.labels, ['"again"']);
  const asked = [{ eventId: "e1", type: null }, { eventId: "e1", type: "login" }, { eventId: "e2", type: "payment" }, { eventId: "e9", type: null }];
  assert.deepEqual(await store.labelled(asked), [{ seq: 6, type: "payment", labels: ['"again"'] }, null, { seq: 5, type: "payment", labels: [] }, null]);
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

test("a search that is given up takes no reading of the log with it, and the next one is answered", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  await write(store, ...ALL.map((n) => decided(n, given(n))));
  // A search begins with the start of its thread, which takes longer than that.
  const reader = new Reader(folder, 1);
  t.after(() => reader.close());
  const tail = reader.tail(0);
  const first = tail.next();
  await assert.rejects(reader.decisions(ANY, 10, null), /took over 1 ms/);
  assert.equal((await first).value?.length, 400);
  await assert.rejects(reader.decisions(ANY, 10, null), /took over 1 ms/);
  assert.equal((await tail.next()).done, true);
  assert.equal((await reader.event("payment", "e2")) === null, false);
});
