import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Claim } from "../../src/analysis/claims.ts";
import { rngOf } from "../random.ts";
import { BUGS } from "./bugs.ts";
import { event, refutes, shows, trial, Truth, type Bug } from "./trial.ts";

/** `SLUICE_SETS=50000` for the long run. */
const SETS = Number(process.env["SLUICE_SETS"] ?? 600);
const EVENTS = 150;
const SEED = Number(process.env["SLUICE_SEED"] ?? 1);

/** The first false claim of a rule set, in words. */
function falsehood(seed: number, counts: Map<string, number>, bug?: Bug): string | null {
  const rng = rngOf(seed);
  const set = trial(rng, bug);
  const truth = new Truth(set.ir);
  for (const claim of set.claims) {
    counts.set(claim.kind, (counts.get(claim.kind) ?? 0) + 1);
    const shown = shows(claim, set, truth);
    if (shown !== null) counts.set(`${claim.kind} with witness`, (counts.get(`${claim.kind} with witness`) ?? 0) + 1);
    if (shown === false) return told(seed, claim, "its witness does not show it", set.text);
  }
  for (let i = 0; i < EVENTS; i++) {
    const at = event(rng, set);
    const refuted = set.claims.find((claim) => refutes(claim, set, truth, at));
    if (refuted !== undefined) return told(seed, refuted, `refuted by ${JSON.stringify(at.frame)} ${JSON.stringify(set.ir.features.map((_, feature) => at.run.feature(feature)))}`, set.text);
  }
  return null;
}

function told(seed: number, claim: Claim, why: string, text: string): string {
  const place = "span" in claim ? text.slice(claim.span.start, claim.span.end) : "";
  const { kind, ...rest } = claim;
  return `seed ${seed}: ${kind} ${place} ${"by" in rest ? JSON.stringify(rest.by) : ""} ${"rule" in rest ? `rule ${rest.rule}` : ""}: ${why}\n${text.slice(text.indexOf("ruleset"))}`;
}

suite("no claim is false", () => {
  test(`${SETS} random rulesets from seed ${SEED}, ${EVENTS} events each`, (t) => {
    const counts = new Map<string, number>();
    for (let seed = SEED; seed < SEED + SETS; seed++) assert.equal(falsehood(seed, counts), null);
    t.diagnostic([...counts].map(([kind, count]) => `${kind} ${count}`).toSorted().join(", "));
    // Without claims of every kind the test would say nothing of them.
    for (const kind of ["never", "always", "implied", "absorbed", "covered", "subsumed", "overlap", "threshold"]) assert.ok((counts.get(kind) ?? 0) >= SETS / 200, kind);
    for (const kind of ["covered", "subsumed", "overlap"]) assert.ok((counts.get(`${kind} with witness`) ?? 0) >= SETS / 200, kind);
  });
});

suite("a planted bug makes a false claim", () => {
  for (const [name, bug] of Object.entries(BUGS)) {
    test(name, () => {
      let found: string | null = null;
      for (let seed = 1; seed <= 1_500 && found === null; seed++) found = falsehood(seed, new Map(), bug);
      assert.notEqual(found, null);
    });
  }
});
