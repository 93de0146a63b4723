import { type Attributes, ValueType } from "@opentelemetry/api";
import { AggregationTemporality, type CollectionResult, DataPointType, type HistogramMetricData, type MetricProducer } from "@opentelemetry/sdk-metrics";

/** One series of a histogram: how many values there were up to each bound, beyond the last one at the end. */
export class Series {
  readonly attributes: Attributes;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  constructor(attributes: Attributes, bounds: readonly number[]) {
    this.attributes = attributes;
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** @param value not negative */
  record(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] as number)) at++;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  get value(): HistogramMetricData["dataPoints"][number]["value"] {
    return { buckets: { boundaries: [...this.#bounds], counts: [...this.#counts] }, count: this.#count, sum: this.#sum, min: this.#min, max: this.#max };
  }
}

interface Kept {
  readonly name: string;
  readonly description: string;
  readonly series: Series[];
}

/**
 * Histograms of seconds that are recorded once an event or a request: plain numbers, which the readers of metrics fetch
 * when they are due. One of the SDK makes a text out of the attributes for every value, which takes as long as a decision.
 */
export class Histograms implements MetricProducer {
  readonly #scope: string;
  readonly #bounds: readonly number[];
  readonly #kept: Kept[] = [];
  readonly #start: [number, number];

  /** @param now milliseconds since 1970, from which on values are counted */
  constructor(scope: string, bounds: readonly number[], now: number) {
    this.#scope = scope;
    this.#bounds = bounds;
    this.#start = timeOf(now);
  }

  /** Begins a histogram. What it yields begins a series of it. */
  open(name: string, description: string): (attributes: Attributes) => Series {
    const kept: Kept = { name, description, series: [] };
    this.#kept.push(kept);
    return (attributes) => {
      const series = new Series(attributes, this.#bounds);
      kept.series.push(series);
      return series;
    };
  }

  collect(): Promise<CollectionResult> {
    const endTime = timeOf(performance.timeOrigin + performance.now());
    const metrics = this.#kept
      .filter(({ series }) => series.length > 0)
      .map(({ name, description, series }): HistogramMetricData => ({
        descriptor: { name, description, unit: "s", valueType: ValueType.DOUBLE },
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: series.map(({ attributes, value }) => ({ startTime: this.#start, endTime, attributes, value })),
      }));
    return Promise.resolve({ resourceMetrics: { resource: NOTHING, scopeMetrics: [{ scope: { name: this.#scope }, metrics }] }, errors: [] });
  }
}

/** The readers take the resource from the SDK. */
const NOTHING = { attributes: {}, merge: () => NOTHING, getRawAttributes: () => [] } as unknown as CollectionResult["resourceMetrics"]["resource"];

function timeOf(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
