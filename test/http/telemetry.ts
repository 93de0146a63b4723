import { trace } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { Histograms } from "../../src/telemetry/histograms.ts";
import { Instruments } from "../../src/telemetry/instruments.ts";
import { Scrape } from "../../src/telemetry/scrape.ts";
import type { Telemetry } from "../../src/telemetry/setup.ts";
import { Tracing } from "../../src/telemetry/tracing.ts";
import { DURATION_BUCKETS, views } from "../../src/telemetry/views.ts";

/** The real instruments over a meter of their own, so that several services can run in one test process. */
export function testTelemetry(): Telemetry {
  const histograms = new Histograms("test", DURATION_BUCKETS, performance.timeOrigin);
  const scrape = new Scrape(histograms);
  const provider = new MeterProvider({ readers: [scrape.reader], views: [...views] });
  return {
    instruments: new Instruments(provider.getMeter("test"), histograms),
    tracing: new Tracing(trace.getTracer("test")),
    scrape: () => scrape.text(),
    shutdown: () => provider.shutdown(),
  };
}
