import assert from "node:assert/strict";
import { test } from "node:test";
import { ManagedLists, MAX_MANAGED_ENTRIES } from "../../src/engine/lists.ts";

test("an entry is there until the moment it expires", () => {
  let now = 1_000;
  const lists = new ManagedLists({ now: () => now });
  lists.put("cards", "a", 2_000);
  lists.put("cards", "b", null);
  now = 1_999;
  assert.ok(lists.has("cards", "a"));
  now = 2_000;
  assert.ok(!lists.has("cards", "a"));
  assert.ok(lists.has("cards", "b"));
  assert.deepEqual(lists.entries("cards"), [{ key: "b", expiresAt: null }]);
  assert.equal(lists.remove("cards", "a"), false);
  assert.equal(lists.remove("cards", "b"), true);
  assert.deepEqual(lists.entries("cards"), []);
});

test("keys of two types and lists of two names do not meet", () => {
  const lists = new ManagedLists({ now: () => 0 });
  lists.put("cards", "1", null);
  assert.ok(!lists.has("cards", 1));
  assert.ok(!lists.has("users", "1"));
  assert.ok(!lists.has("__proto__", "1"));
});

test(`a list holds ${MAX_MANAGED_ENTRIES} entries; a full one takes renewals, and new ones where old ones have expired`, () => {
  let now = 0;
  const lists = new ManagedLists({ now: () => now });
  for (let i = 0; i < MAX_MANAGED_ENTRIES; i++) lists.put("cards", i, i === 0 ? 1_000 : null);
  assert.equal(lists.put("cards", "more", null), false);
  assert.ok(!lists.has("cards", "more"));
  assert.equal(lists.put("cards", 5, null), true);
  assert.equal(lists.put("users", "more", null), true);
  now = 1_000;
  assert.equal(lists.put("cards", "more", null), true);
  assert.equal(lists.put("cards", "one more", null), false);
});
