import assert from "node:assert/strict";
import { test } from "node:test";
import { hand } from "../../perf/peers/hand.ts";
import { pinned } from "../../perf/peers/peer.ts";
import { sluice } from "../../perf/peers/sluice.ts";
import { payment } from "../../perf/rules/events.ts";
import { manyRules, TEMPLATES } from "../../perf/rules/templates.ts";
import { rngOf } from "../random.ts";

/* What peers are given to translate is what the rules mean: code made out of the trees, and this program, say what the plain functions say. */

test("rules in other words find what the rules mean", async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const rng = rngOf(seed);
  const rules = manyRules(rng, 10 * TEMPLATES.length, 0.1);
  const events = Array.from({ length: 200 }, (_, i) => payment(rng, i));
  const decide = await hand.prepare(rules.map(({ asks }) => asks));
  const { found } = sluice(rules);
  let matched = 0;
  for (const event of events) {
    const wanted = rules.flatMap(({ holds }, i) => (holds(event) ? [i] : []));
    matched += wanted.length;
    assert.deepEqual(await decide(event), wanted);
    assert.deepEqual(found(event), wanted);
  }
  assert.ok(matched > events.length, "the rules match too little to tell anything");
});

test("there are enough templates, and versions of peers are exact", () => {
  assert.ok(TEMPLATES.length >= 40);
  for (const [name, version] of Object.entries(pinned())) assert.match(version, /^\d+\.\d+\.\d+$/, name);
});
