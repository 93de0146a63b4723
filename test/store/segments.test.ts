import assert from "node:assert/strict";
import { test } from "node:test";
import { SegmentBatch, sealSegment, segmentFault } from "../../src/store/batch.ts";
import { FrameFiller } from "../../src/store/frames.ts";
import { Queries } from "../../src/store/queries.ts";
import { readSegments } from "../../src/store/reader.ts";
import type { Fold, StateChange } from "../../src/store/record.ts";
import { SegmentWriter } from "../../src/store/segment.ts";
import { TermBook, TermList } from "../../src/store/terms.ts";
import { parseCidr, parseIp } from "../../src/types/ip.ts";
import type { EventSchema, FieldSchema } from "../../src/types/schema.ts";
import { BOOL, CIDR, IP, MONEY, NUMBER, STRING, type Type } from "../../src/types/type.ts";
import { Missing, type Value } from "../../src/types/value.ts";
import { type Rng, rngOf } from "../random.ts";
import { dataFolder, decided, openStore, START } from "./records.ts";

const field = (name: string, type: Type): FieldSchema => ({ name, type, optional: true, default: null, range: null, key: false, pii: false, doc: null });

const LIST: Type = { kind: "list", element: STRING };
const MAP: Type = { kind: "map", key: STRING, value: NUMBER };
const TYPES: readonly Type[] = [NUMBER, STRING, BOOL, MONEY, IP, CIDR, { kind: "geo" }, LIST, MAP];

const TEXTS = ["", "card 1", "ünïcode", "日本語", "x".repeat(255), "y".repeat(256), "é".repeat(300), "z".repeat(70_000), "😀", "\u0000"];
const NUMBERS = [0, -0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 0.1, -1e300, 5e-324, Number.MAX_SAFE_INTEGER];

function valueOf(type: Type, rng: Rng): Value {
  switch (type.kind) {
    case "number":
      return rng.pick(NUMBERS);
    case "bool":
      return rng.chance(0.5);
    case "money":
      return { minor: rng.pick(NUMBERS), currency: rng.pick(["USD", "EUR", ""]) };
    case "ip":
      return parseIp(rng.pick(["0.0.0.0", "255.255.255.255", "10.1.2.3", "2001:db8::1", "::"])) as Value;
    case "cidr":
      return parseCidr(rng.pick(["10.0.0.0/8", "2001:db8::/32"])) as Value;
    case "geo":
      return { lat: rng.next() * 180 - 90, lon: rng.next() * 360 - 180 };
    case "list":
      return Array.from({ length: rng.below(4) }, () => rng.pick(TEXTS));
    case "map":
      return new Map(Array.from({ length: rng.below(4) }, (_, n) => [`k${n}`, rng.pick(NUMBERS)]));
    default:
      return rng.pick(TEXTS);
  }
}

function schemaOf(name: string, rng: Rng): EventSchema {
  return { name, doc: null, fields: Array.from({ length: rng.below(12) }, (_, n) => field(`f${n}`, rng.pick(TYPES))), id: null, time: null };
}

function statesOf(rng: Rng): StateChange[] {
  const entity = (): string | number => (rng.chance(0.5) ? rng.pick(TEXTS) : rng.pick(NUMBERS));
  const time = (): number | null => (rng.chance(0.4) ? null : rng.pick(NUMBERS));
  return Array.from({ length: rng.below(3) }, (): StateChange =>
    rng.chance(0.5)
      ? { kind: "held", state: rng.pick(["a.b", "c", ""]), entity: entity(), newest: rng.pick(NUMBERS), since: time(), clearSince: time(), latched: rng.chance(0.5) }
      : { kind: "cooled", state: "a.b", entity: entity(), at: rng.pick(NUMBERS), until: rng.pick(NUMBERS) },
  );
}

test("what is written is read, whatever the types and values", () => {
  const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 32));
  const rng = rngOf(seed);
  for (let round = 0; round < 60; round++) {
    const schemas = [schemaOf("a", rng), schemaOf("b", rng)];
    const terms = new TermBook([]);
    const list = new TermList();
    const folds: (Fold | null)[] = [];
    const segments = Array.from({ length: 3 }, (_, index) => {
      const writer = new SegmentWriter(index * 8 + 1);
      for (let n = 0; n < 8; n++) {
        const schema = rng.pick(schemas);
        const frame = schema.fields.map(({ name, type }) => (rng.chance(0.2) ? new Missing(`field ${name}`) : valueOf(type, rng)));
        const id = rng.chance(0.5) ? { low: rng.below(2 ** 32), high: rng.below(2 ** 32) } : null;
        const fold = rng.chance(0.1) ? null : { schema, frame, id, states: statesOf(rng) };
        folds.push(fold);
        writer.add(decided(n, { received: START + folds.length }), fold, terms);
      }
      list.learn(terms.take());
      const bytes = writer.finish();
      sealSegment(bytes);
      assert.equal(segmentFault(bytes), null);
      return bytes;
    });
    const batch = new SegmentBatch(Buffer.concat(segments), list, 0, null);
    const filler = new FrameFiller(new Map(schemas.map((schema) => [schema.name, { schema, frameSize: schema.fields.length + 2 }])));
    folds.forEach((fold, index) => {
      assert.ok(batch.next(), `seed ${seed}`);
      assert.deepEqual([batch.seq, batch.kind, batch.at, batch.received, batch.isEvent], [index + 1, "decided", START + index + 1, START + index + 1, fold !== null]);
      if (fold === null) return;
      assert.equal(batch.type, fold.schema.name);
      const expected = [...fold.frame, undefined, undefined];
      assert.deepEqual(filler.frameOf(batch), expected, `seed ${seed}`);
      assert.ok(expected.every((value, at) => Object.is(filler.frameOf(batch)?.[at], value) || typeof value !== "number"), `seed ${seed}`);
      assert.deepEqual(batch.hasId ? { low: batch.low, high: batch.high } : null, fold.id);
      assert.deepEqual(batch.states(), fold.states, `seed ${seed}`);
    });
    assert.equal(batch.next(), false);
  }
});

test("a byte that has changed is noticed", () => {
  const writer = new SegmentWriter(1);
  const schema: EventSchema = { name: "a", doc: null, fields: [field("n", NUMBER)], id: null, time: null };
  writer.add(decided(1), { schema, frame: [7], id: null, states: [] }, new TermBook([]));
  const whole = writer.finish();
  sealSegment(whole);
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at] = (changed[at] as number) ^ 4;
    assert.notEqual(segmentFault(changed), null, `byte ${at}`);
  }
  for (const length of [0, 10, 30]) assert.notEqual(segmentFault(whole.subarray(0, length)), null);
});

test("records meet a program of other rules by name and type", () => {
  const before: EventSchema = {
    name: "pay",
    doc: null,
    fields: [field("gone", STRING), field("kind", { kind: "enum", members: ["a", "b", "c"] }), field("text", STRING), field("sum", MONEY), field("n", NUMBER), field("same", STRING)],
    id: null,
    time: null,
  };
  const after: EventSchema = {
    ...before,
    fields: [field("same", STRING), field("new", STRING), field("n", STRING), field("sum", { kind: "money", currency: "USD" }), field("kind", { kind: "enum", members: ["a", "d"] }), field("text", { kind: "enum", members: ["x"] })],
  };
  const terms = new TermBook([]);
  const writer = new SegmentWriter(1);
  const frames: Value[][] = [
    ["1", "a", "x", { minor: 5, currency: "USD" }, 1, "s"],
    ["1", "b", "y", { minor: 5, currency: "EUR" }, 1, "t"],
  ];
  for (const frame of frames) writer.add(decided(1), { schema: before, frame, id: null, states: [] }, terms);
  const list = new TermList();
  list.learn(terms.take());
  const read = (reads?: ReadonlyMap<string, readonly number[]>): unknown[] => {
    const batch = new SegmentBatch(writer.finish(), list, 0, null);
    const filler = new FrameFiller(new Map([["pay", { schema: after, frameSize: 6 }]]), reads);
    const found: unknown[] = [];
    while (batch.next()) found.push(filler.frameOf(batch)?.map((value) => (value instanceof Missing ? value.cause : value)));
    return found;
  };
  assert.deepEqual(read(), [
    ["s", "field new", "field n", { minor: 5, currency: "USD" }, "a", "x"],
    ["t", "field new", "field n", "field sum", "field kind", "field text"],
  ]);
  assert.deepEqual(read(new Map([["pay", [0, 4]]])), [
    ["s", "field new", "field n", "field sum", "a", "field text"],
    ["t", "field new", "field n", "field sum", "field kind", "field text"],
  ]);
  const unknown = new SegmentBatch(writer.finish(), list, 0, null);
  assert.ok(unknown.next());
  assert.equal(new FrameFiller(new Map()).frameOf(unknown), null);
});

test("segments are read from any record on, by type, and without those that are too old; also from the thread at hand", async (t) => {
  const folder = dataFolder(t);
  const store = await openStore(t, folder);
  const schema = (name: string): EventSchema => ({ name, doc: null, fields: [field("n", NUMBER)], id: null, time: null });
  const [pay, login] = [schema("payment"), schema("login")];
  for (let n = 1; n <= 5_000; n++) {
    store.append(decided(n), { schema: n % 3 === 0 ? login : pay, frame: [n], id: null, states: [] });
    if (n === 2_000) await store.committed(n);
  }
  await store.committed(5_000);
  const found = async (range: Parameters<typeof store.reader.segments>[0]): Promise<number[]> => {
    const seqs: number[] = [];
    for await (const batch of store.reader.segments(range)) while (batch.next()) seqs.push(batch.seq);
    const queries = new Queries(folder);
    const here: number[] = [];
    for (const batch of readSegments(queries, range ?? {})) while (batch.next()) here.push(batch.seq);
    queries.close();
    assert.deepEqual(here, seqs);
    return seqs;
  };
  const all = Array.from({ length: 5_000 }, (_, n) => n + 1);
  assert.deepEqual(await found({}), all);
  assert.deepEqual(await found({ after: 1_234 }), all.slice(1_234));
  assert.deepEqual(await found({ after: 5_000 }), []);
  assert.deepEqual(await found({ types: new Set(["login"]), after: 100 }), all.slice(100).filter((n) => n % 3 === 0));
  const late = await found({ since: START + 2_001 });
  assert.deepEqual(late, all.slice(2_000));
  assert.deepEqual(await store.reader.segmentExtent(START + 2_001), { first: 1, last: 5_000, from: 2_001 });
});
