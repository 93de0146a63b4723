import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Hit, HIT_KEPT, nothingKept } from "../../src/compile/program.ts";
import type { Decision, RuleHit } from "../../src/engine/decision.ts";
import { decisionText } from "../../src/engine/text.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const reason = fc.option(fc.record({ code: text, text }));

const computed: fc.Arbitrary<RuleHit> = fc.record({
  id: text,
  row: fc.option(fc.nat()),
  outcome: fc.option(text),
  score: fc.double({ noNaN: true, noDefaultInfinity: true }),
  reason,
  notice: reason,
  tags: fc.array(text, { maxLength: 3 }),
  mode: fc.constantFrom("live", "shadow"),
});

/** As the linker makes them. */
const fixed = computed.map((hit): Hit => Object.freeze(Object.defineProperty({ ...hit }, HIT_KEPT, { value: nothingKept() })));

const ruleset = fc.record(
  { outcome: text, outcomes: fc.array(text, { maxLength: 3 }), score: fc.double({ noNaN: true, noDefaultInfinity: true }), rules: fc.array(fc.oneof(computed, fixed), { maxLength: 5 }) },
  { requiredKeys: ["outcome", "score", "rules"] },
);
const effects = fc.array(fc.record({ do: fc.constant("emit" as const), ruleset: text, rule: text, row: fc.constant(null), name: text, fields: fc.dictionary(text, fc.jsonValue() as fc.Arbitrary<string>) }), { maxLength: 2 });
const degraded = fc.array(fc.record({ ruleset: fc.option(text), rule: fc.option(text), row: fc.constant(null), part: fc.constant("score" as const), missing: text }), { maxLength: 2 });
const object = fc.dictionary(text, fc.jsonValue());

const decision = fc.record(
  {
    id: fc.uuid(),
    type: text,
    eventId: fc.option(text),
    version: text,
    seq: fc.nat(),
    evaluatedAt: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(9_999, 0)) }).map((date) => date.toISOString()),
    decisions: fc.dictionary(text, ruleset, { maxKeys: 3 }),
    effects,
    degraded,
    replayed: fc.boolean(),
    traceId: fc.option(fc.stringMatching(/^[0-9a-f]{32}$/)),
    durationUs: fc.nat(),
    features: object,
    quality: object,
    trace: object,
  },
  { requiredKeys: ["id", "type", "eventId", "version", "seq", "evaluatedAt", "decisions", "effects", "degraded", "replayed", "traceId", "durationUs"] },
) as unknown as fc.Arbitrary<Decision>;

test("the text of a decision is what JSON.stringify makes of it, also the second time", () => {
  fc.assert(
    fc.property(decision, (each) => {
      const wanted = JSON.stringify(each);
      assert.equal(decisionText(each), wanted);
      assert.equal(decisionText(each), wanted);
    }),
    { numRuns: 500 },
  );
});
