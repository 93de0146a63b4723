import { trace } from "@opentelemetry/api";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { Instruments } from "../../src/telemetry/instruments.ts";
import { Scrape } from "../../src/telemetry/scrape.ts";
import type { Telemetry } from "../../src/telemetry/setup.ts";
import { Tracing } from "../../src/telemetry/tracing.ts";
import { views } from "../../src/telemetry/views.ts";

/** The real instruments over a meter of their own, so that several services can run in one test process. */
export function testTelemetry(): Telemetry {
  const scrape = new Scrape();
  const provider = new MeterProvider({ readers: [scrape.reader], views: [...views] });
  return {
    instruments: new Instruments(provider.getMeter("test")),
    tracing: new Tracing(trace.getTracer("test")),
    scrape: () => scrape.text(),
    shutdown: () => provider.shutdown(),
  };
}
