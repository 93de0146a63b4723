import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { trace } from "@opentelemetry/api";
import { Instruments } from "../../src/telemetry/instruments.ts";
import type { Telemetry } from "../../src/telemetry/setup.ts";
import { Tracing } from "../../src/telemetry/tracing.ts";
import { views } from "../../src/telemetry/views.ts";

/** The real instruments over a meter of their own, so that several services can run in one test process. */
export function testTelemetry(): Telemetry {
  const prometheus = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({ readers: [prometheus], views: [...views] });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  return {
    instruments: new Instruments(provider.getMeter("test")),
    tracing: new Tracing(trace.getTracer("test")),
    scrape: async () => serializer.serialize((await prometheus.collect()).resourceMetrics),
    shutdown: () => provider.shutdown(),
  };
}
