import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { exp, random } from "../../src/simulate/random.ts";

const DRAWS = 40_000;

function draws(draw: () => number): { mean: number; variance: number; least: number; most: number } {
  const values = Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / DRAWS;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / DRAWS;
  return { mean, variance, least: values.reduce((a, b) => Math.min(a, b)), most: values.reduce((a, b) => Math.max(a, b)) };
}

function near(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} is not within ${tolerance} of ${expected}`);
}

test("equal seeds and labels give equal sequences, others do not", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (seed, other) => {
      const take = (each: string, label: string): number[] => {
        const chance = random(each, label);
        return Array.from({ length: 8 }, () => chance.next());
      };
      assert.deepEqual(take(seed, "a"), take(seed, "a"));
      assert.notDeepEqual(take(seed, "a"), take(seed, "b"));
      if (seed !== other) assert.notDeepEqual(take(seed, "a"), take(other, "a"));
    }),
  );
});

test("exp agrees with the engine's to the last bits", () => {
  fc.assert(
    fc.property(fc.double({ min: -200, max: 200, noNaN: true }), (x) => {
      assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 1e-13, `exp(${x})`);
    }),
  );
  assert.equal(exp(0), 1);
});

// Tolerances are five standard errors of the estimate.
test("uniform numbers fill [0, 1) evenly", () => {
  const chance = random("1", "uniform");
  const { mean, variance, least, most } = draws(() => chance.next());
  near(mean, 1 / 2, 5 * Math.sqrt(1 / 12 / DRAWS), "mean");
  near(variance, 1 / 12, 0.002, "variance");
  assert.ok(least >= 0 && most < 1);
});

test("whole numbers reach both ends and nothing beyond", () => {
  const chance = random("1", "int");
  const { least, most } = draws(() => chance.int(-2, 3));
  assert.deepEqual([least, most], [-2, 3]);
});

test("normal numbers have mean 0 and variance 1", () => {
  const chance = random("1", "normal");
  const { mean, variance } = draws(() => chance.normal());
  near(mean, 0, 5 / Math.sqrt(DRAWS), "mean");
  near(variance, 1, 5 * Math.sqrt(2 / DRAWS), "variance");
});

test("a log-normal number has the mean of the textbook", () => {
  const chance = random("1", "lognormal");
  const { mean } = draws(() => chance.logNormal(3, 0.5));
  near(mean, Math.exp(3 + 0.125), 5 * 0.06, "mean");
});

test("Poisson numbers have their mean as variance", () => {
  const chance = random("1", "poisson");
  const { mean, variance } = draws(() => chance.poisson(1.7));
  near(mean, 1.7, 5 * Math.sqrt(1.7 / DRAWS), "mean");
  near(variance, 1.7, 0.1, "variance");
});
