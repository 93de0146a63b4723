import assert from "node:assert/strict";
import { test } from "node:test";
import { DataPointType } from "@opentelemetry/sdk-metrics";
import fc from "fast-check";
import { Histograms } from "../../src/telemetry/histograms.ts";

const BOUNDS = [0.1, 0.5, 1];

test("every value is in the bucket of the first bound that it does not pass", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.constantFrom(0, ...BOUNDS), fc.double({ min: 0, max: 3, noNaN: true })), { minLength: 1 }), async (values) => {
      const histograms = new Histograms("test", BOUNDS, 0);
      const series = histograms.open("some.duration", "Some.")({ kind: "a" });
      for (const value of values) series.record(value);
      const { resourceMetrics } = await histograms.collect();
      const metric = resourceMetrics.scopeMetrics[0]?.metrics[0];
      assert.ok(metric?.dataPointType === DataPointType.HISTOGRAM);
      const [point] = metric.dataPoints;
      const counts = [0, 0, 0, 0];
      for (const value of values) {
        const at = BOUNDS.findIndex((bound) => value <= bound);
        counts[at === -1 ? 3 : at] = (counts[at === -1 ? 3 : at] ?? 0) + 1;
      }
      assert.deepEqual(point?.value.buckets, { boundaries: BOUNDS, counts });
      assert.equal(point?.value.count, values.length);
      assert.equal(point?.value.min, Math.min(...values));
      assert.equal(point?.value.max, Math.max(...values));
      assert.deepEqual(point?.attributes, { kind: "a" });
    }),
    { numRuns: 200 },
  );
});

test("a histogram without values is not told", async () => {
  const histograms = new Histograms("test", BOUNDS, 0);
  histograms.open("some.duration", "Some.");
  assert.deepEqual((await histograms.collect()).resourceMetrics.scopeMetrics[0]?.metrics, []);
});
