import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isRetry, REPLAY_CAPACITY, Retries, RETRY_WINDOW_MS } from "../../src/engine/retries.ts";
import { type Entry, LONGEST_SHARED, SLAB_BYTES, Slabs } from "../../src/engine/slabs.ts";
import { NO_SLOT, Slots } from "../../src/engine/slots.ts";
import { eventDecoder } from "../../src/types/decode.ts";
import type { EventSchema } from "../../src/types/schema.ts";
import type { Frame } from "../../src/windows/spec.ts";
import { compile } from "../oracle/pipeline.ts";
import { rngOf } from "../random.ts";

const RULESET = "ruleset r on payment { outcomes a < b  rule one { when true then b } }";

function schemaOf(fields: string): EventSchema {
  const event = compile(`event payment {\n  id: string @id\n  at: timestamp @time\n  ${fields}\n}\n${RULESET}`).events.get("payment");
  assert.ok(event !== undefined);
  return event.schema;
}

const SCHEMA = schemaOf("note: string?");

function entryOf(id: string, note = "", seq = 1, received = 0): Entry {
  return { id, schema: SCHEMA, version: `v${seq % 3}`, seq, received, body: JSON.stringify({ id, at: "2026-01-01T00:00:00Z", note }), decision: JSON.stringify({ seq, note }) };
}

function frameOf(schema: EventSchema, event: unknown): Frame {
  const frame: Frame = [];
  const violations: [] = [];
  eventDecoder(schema)(event, frame, violations);
  assert.deepEqual(violations, []);
  return frame;
}

test("slots are the ones met last, whatever their hashes", () => {
  const rng = rngOf(20_261_121);
  for (let round = 0; round < 100; round++) {
    const capacity = 1 + rng.below(9);
    const keys: (string | undefined)[] = [];
    /** Least recently met first. */
    const naive = new Map<string, number>();
    const slots = new Slots(capacity, (slot) => {
      assert.equal(naive.get(keys[slot] as string), slot);
      naive.delete(keys[slot] as string);
      keys[slot] = undefined;
    });
    for (let step = 0; step < 300; step++) {
      const key = `k${rng.below(14)}`;
      const hash = round % 3 === 0 ? 7 : (Number(key.slice(1)) % 4) * -0x4000_0000;
      const slot = slots.find(hash, (each) => keys[each] === key);
      assert.equal(slot === NO_SLOT ? undefined : slot, naive.get(key), `round ${round}, step ${step}`);
      if (slot === NO_SLOT) {
        const [oldest] = naive.keys();
        const wasFull = naive.size === capacity;
        const taken = slots.take(hash);
        assert.ok(!wasFull || !naive.has(oldest as string), "another than the oldest went");
        assert.ok(taken >= 0 && taken < capacity && keys[taken] === undefined);
        keys[taken] = key;
        naive.set(key, taken);
      } else if (rng.chance(0.2)) slots.drop(slot);
      else {
        slots.touch(slot);
        naive.delete(key);
        naive.set(key, slot);
      }
    }
  }
});

suite("slabs", () => {
  test("give back what was put into them, in any script, until they are given up in order", () => {
    const rng = rngOf(5);
    const kept = new Map<number, Entry>();
    const places: number[] = [];
    const most = 8 * SLAB_BYTES;
    const slabs = new Slabs(most, (slot, place) => {
      if (places[slot] !== place) return;
      kept.delete(slot);
      slabs.drop(place);
    });
    let [oldest, largest] = [0, 0];
    for (let slot = 0; slot < 4_000; slot++) {
      const note = rng.pick(["a", "ü", "漢", "🙂"]).repeat(rng.below(rng.chance(0.01) ? LONGEST_SHARED : 3_000));
      const entry = rng.chance(0.1) ? { ...entryOf(`e${slot}`, note, slot), decision: null } : entryOf(`é${slot}`, note, slot, slot * 1.5);
      kept.set(slot, entry);
      places[slot] = slabs.put(slot, entry);
      assert.ok(slabs.bytes <= most, `${slabs.bytes} bytes`);
      if (rng.chance(0.1)) {
        const [some] = kept.keys();
        if (some !== undefined && some < slot) {
          kept.delete(some);
          slabs.drop(places[some] as number);
        }
      }
      if (slot % 50 === 0) {
        for (const [each, wanted] of kept) {
          assert.deepEqual(slabs.read(places[each] as number), wanted);
          assert.equal(slabs.id(places[each] as number), wanted.id);
          assert.equal(slabs.received(places[each] as number), wanted.received);
        }
      }
      oldest = Math.max(oldest, slot - kept.size);
      largest = Math.max(largest, kept.size);
    }
    assert.ok(oldest > 2_000, "nothing was given up");
    assert.ok(largest > 300, `only ${largest} were ever kept`);
  });

  test("take no more memory for entries that are dropped as new ones come", () => {
    const slabs = new Slabs(64 * SLAB_BYTES, () => assert.fail("nothing need be given up"));
    for (let i = 0; i < 5_000; i++) slabs.drop(slabs.put(0, entryOf(`e${i}`, "x".repeat(2_000))));
    assert.ok(slabs.bytes <= 2 * SLAB_BYTES, `${slabs.bytes} bytes`);
  });

  test("an entry that is longer than all of them is kept alone, and its memory goes with it", () => {
    const places = new Map<number, number>();
    const slabs = new Slabs(2 * SLAB_BYTES, (slot, place) => {
      assert.equal(places.get(slot), place);
      places.delete(slot);
      slabs.drop(place);
    });
    places.set(1, slabs.put(1, entryOf("small")));
    const large = entryOf("large", "🙂".repeat(SLAB_BYTES));
    places.set(2, slabs.put(2, large));
    assert.deepEqual([...places.keys()], [2]);
    assert.deepEqual(slabs.read(places.get(2) as number), large);
    assert.ok(slabs.bytes > 4 * SLAB_BYTES);
    places.set(3, slabs.put(3, entryOf("after")));
    assert.deepEqual([...places.keys()], [3]);
    assert.equal(slabs.bytes, SLAB_BYTES);
  });
});

suite("events kept for retries as texts", () => {
  test("are those asked for last, as many as the capacity says, and read as they were kept", () => {
    const rng = rngOf(77);
    for (let round = 0; round < 30; round++) {
      const capacity = 1 + rng.below(8);
      const retries = new Retries(capacity);
      const naive = new Map<string, Entry>();
      for (let step = 0; step < 300; step++) {
        const id = `e${rng.below(14)}`;
        const found = retries.get("payment", id, 0);
        const wanted = naive.get(id);
        assert.equal(found === undefined, wanted === undefined, `round ${round}, step ${step}`);
        naive.delete(id);
        const entry = found === undefined || rng.chance(0.1) ? entryOf(id, `n${step}`, step) : (wanted as Entry);
        naive.set(id, entry);
        if (found !== undefined && wanted !== undefined) {
          assert.deepEqual([found.seq, found.version, found.received, found.decision], [wanted.seq, wanted.version, wanted.received, wanted.decision]);
          assert.ok(isRetry(SCHEMA, frameOf(SCHEMA, JSON.parse(wanted.body)), found));
        }
        // Some are kept as they are: both are of one order.
        if (entry !== wanted && rng.chance(0.3)) retries.keep("payment", id, { ...entry, frame: frameOf(SCHEMA, JSON.parse(entry.body)) });
        else if (entry !== wanted) retries.keepText("payment", entry);
        const [oldest] = naive.keys();
        if (naive.size > capacity && oldest !== undefined) naive.delete(oldest);
      }
    }
  });

  test("are no more than fit into the bytes, the newest always among them", () => {
    const retries = new Retries(REPLAY_CAPACITY, 4 * SLAB_BYTES);
    const note = "x".repeat(5_000);
    for (let i = 0; i < 3_000; i++) {
      retries.keepText("payment", entryOf(`e${i}`, note, i));
      for (const back of [0, 200]) assert.equal(retries.get("payment", `e${i - back}`, 0)?.seq, i < back ? undefined : i - back);
    }
    // Ten thousand bytes each.
    const kept = Array.from({ length: 3_000 }, (_, i) => retries.has("payment", `e${i}`, 0));
    const first = kept.indexOf(true);
    assert.ok(kept.slice(first).every(Boolean));
    const count = 3_000 - first;
    assert.ok(count > 280 && count <= 420, `${count} kept`);
    retries.keepText("payment", entryOf("huge", "y".repeat(5 * SLAB_BYTES)));
    assert.ok(retries.has("payment", "huge", 0) && !retries.has("payment", "e2999", 0));
  });

  test("are known for a day", () => {
    const retries = new Retries(10);
    retries.keepText("payment", entryOf("a", "", 1, 1_000));
    assert.ok(retries.has("payment", "a", 1_000 + RETRY_WINDOW_MS - 1));
    assert.equal(retries.get("payment", "a", 1_000 + RETRY_WINDOW_MS), undefined);
    assert.equal(retries.get("login", "a", 1_000), undefined);
    retries.keepText("payment", entryOf("a", "", 2, RETRY_WINDOW_MS));
    assert.equal(retries.get("payment", "a", 1_000 + RETRY_WINDOW_MS)?.seq, 2);
  });

  test("are the same event under other rules where what both know is equal and nothing else has a value", () => {
    const retries = new Retries(10);
    retries.keepText("payment", entryOf("a", "x"));
    const event = { id: "a", at: "2026-01-01T01:00:00+01:00" };
    const same = (fields: string, more: object): boolean => {
      const schema = schemaOf(fields);
      const known = retries.get("payment", "a", 0);
      assert.ok(known !== undefined);
      return isRetry(schema, frameOf(schema, { ...event, ...more }), known);
    };
    assert.ok(same("note: string?", { note: "x" }));
    assert.ok(same("more: string?\n  note: string?", { note: "x" }));
    assert.ok(!same("more: string?\n  note: string?", { note: "x", more: "y" }));
    assert.ok(!same("more: string?", {}), "the note is not compared any more");
    assert.ok(!same("note: string?", { note: "y" }));
  });

  test("are none where the capacity is none", () => {
    const retries = new Retries(0);
    retries.keepText("payment", entryOf("a"));
    assert.ok(!retries.keeps && !retries.has("payment", "a", 0));
  });
});
