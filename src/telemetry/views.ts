import { AggregationType, type ViewOptions } from "@opentelemetry/sdk-metrics";

/** Seconds. A decision takes microseconds, a reload tenths of a second: the SDK's own buckets start at 5 ms. */
export const DURATION_BUCKETS = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
];

/** The SDK folds all series of an instrument beyond 2,000 into one; a large rule set has 10,000 rules, some of them renamed. */
export const MAX_RULE_SERIES = 50_000;

export const views: readonly ViewOptions[] = [
  ...["sluice.reload.duration", "sluice.store.commit.duration", "v8js.gc.duration"].map((instrumentName) => ({
    instrumentName,
    aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM as const, options: { boundaries: DURATION_BUCKETS } },
  })),
  ...["sluice.rule.hits", "sluice.rule.missing"].map((instrumentName) => ({
    instrumentName,
    aggregationCardinalityLimit: MAX_RULE_SERIES,
  })),
];
