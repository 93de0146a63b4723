import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import type { Histograms } from "./histograms.ts";
import type { IMetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** Units as Prometheus writes them at the end of a name. */
const SUFFIXES: ReadonlyMap<string, string> = new Map([
  ["s", "seconds"],
  ["By", "bytes"],
]);

/** All series of a process in the Prometheus text format. */
export class Scrape {
  readonly #exporter: PrometheusExporter;
  readonly #serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  /** @param histograms read beside the meter provider */
  constructor(histograms: Histograms) {
    this.#exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [histograms] });
  }

  /** What the meter provider reads into. */
  get reader(): IMetricReader {
    return this.#exporter;
  }

  async text(): Promise<string> {
    const { resourceMetrics } = await this.#exporter.collect();
    return this.#serializer.serialize(withUnits(resourceMetrics));
  }
}

/** The serializer leaves units out of names, against the conventions of Prometheus and of OpenTelemetry's own mapping. */
function withUnits(collected: ResourceMetrics): ResourceMetrics {
  const scopeMetrics = collected.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.map((metric) => {
      const suffix = SUFFIXES.get(metric.descriptor.unit);
      if (suffix === undefined || metric.descriptor.name.endsWith(suffix)) return metric;
      return { ...metric, descriptor: { ...metric.descriptor, name: `${metric.descriptor.name}.${suffix}` } };
    }),
  }));
  return { ...collected, scopeMetrics };
}
