import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { combineLines, interval, isWithin, NOWHERE, sample, wholeOnly, type Line } from "../../src/analysis/line.ts";
import { rngOf, type Rng } from "../random.ts";

/* Lines against a naive idea of them: the truth at and between the few numbers that can be ends. */

const ENDS = [-2, -1, 0, 1, 2];
const PROBES = [-Infinity, -3, ...ENDS.flatMap((end) => [end - 0.5, end]), 2.5, 3, Infinity];

interface Both {
  readonly line: Line;
  readonly has: (at: number) => boolean;
}

function draw(rng: Rng): Both {
  let both: Both = { line: NOWHERE, has: () => false };
  for (let parts = rng.below(4); parts > 0; parts--) {
    const [low, high] = [rng.pick([-Infinity, ...ENDS]), rng.pick([...ENDS, Infinity])];
    const [lowOpen, highOpen] = [rng.chance(0.5), rng.chance(0.5)];
    const before = both;
    const one = interval(low, lowOpen, high, highOpen);
    both = {
      line: combineLines(before.line, one, (a, b) => a || b),
      has: (at) => before.has(at) || ((lowOpen ? at > low : at >= low) && (highOpen ? at < high : at <= high)),
    };
  }
  return both;
}

const SEED = 20_261_121;

suite("lines are sets of numbers", () => {
  test(`5,000 pairs from seed ${SEED}`, () => {
    const rng = rngOf(SEED);
    for (let run = 0; run < 5_000; run++) {
      const [a, b] = [draw(rng), draw(rng)];
      const contains = (line: Line, at: number): boolean => combineLines(line, interval(at, false, at, false), (x, y) => x && y).length > 0;
      const met = combineLines(a.line, b.line, (x, y) => x && y);
      const rest = combineLines(a.line, b.line, (x, y) => x && !y);
      for (const at of PROBES) {
        assert.equal(contains(a.line, at), a.has(at), `run ${run} at ${at}`);
        assert.equal(contains(met, at), a.has(at) && b.has(at), `run ${run} at ${at}`);
        assert.equal(contains(rest, at), a.has(at) && !b.has(at), `run ${run} at ${at}`);
        if (Number.isInteger(at)) assert.equal(contains(wholeOnly(a.line), at), a.has(at), `run ${run} at ${at}, whole`);
      }
      assert.equal(isWithin(a.line, b.line), PROBES.every((at) => !a.has(at) || b.has(at)), `run ${run}`);
      const found = sample(a.line, false);
      if (found !== undefined) assert.ok(a.has(found), `run ${run}: ${found}`);
      // A set of infinity alone has no number that an event could carry.
      else assert.ok(!PROBES.some((at) => Number.isFinite(at) && a.has(at)), `run ${run}`);
    }
  });
  test("whole numbers between two neighbours are none", () => {
    assert.deepEqual(wholeOnly(interval(3, true, 4, true)), NOWHERE);
    assert.equal(sample(wholeOnly(interval(3, true, 4.5, true)), true), 4);
  });
});
