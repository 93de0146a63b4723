import { context, logs, metrics, propagation, trace } from "@opentelemetry/api";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { ConsoleMetricExporter, type IMetricReader, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { Histograms } from "./histograms.ts";
import { Instruments } from "./instruments.ts";
import { Scrape } from "./scrape.ts";
import { Tracing } from "./tracing.ts";
import { DURATION_BUCKETS, views } from "./views.ts";

/** What is sent where; the rest of `OTEL_*` is read by the SDK. */
export interface TelemetryOptions {
  readonly disabled: boolean;
  readonly serviceName: string | null;
  readonly traces: "environment" | "none";
  readonly logs: "environment" | "none";
  readonly metrics: {
    readonly exporter: "otlp" | "console" | "none";
    readonly protocol: "grpc" | "http/json" | "http/protobuf";
    readonly intervalMs: number;
  };
}

export interface Telemetry {
  readonly instruments: Instruments;
  readonly tracing: Tracing;
  /** All series in the Prometheus text format; a comment only when telemetry is switched off. */
  scrape(): Promise<string>;
  /** Sends what is left; at most `timeoutMs`, whatever the receiver does. Never rejects. */
  shutdown(timeoutMs: number): Promise<void>;
}

const SCOPE = "sluice";

/**
 * Starts traces, metrics and logs for the process. Must run before Fastify is imported: libraries are instrumented while
 * they load. Server spans are made by hand (`tracing.ts`), the instrumentation of node:http costs half of the throughput;
 * everything else is left to auto-instrumentation. Names and files (dns, net, fs) are noise here.
 */
export async function startTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const histograms = new Histograms(SCOPE, DURATION_BUCKETS, performance.timeOrigin);
  const prometheus = new Scrape(histograms);
  const sdk = new NodeSDK({
    ...(options.serviceName === null ? {} : { serviceName: options.serviceName }),
    ...(options.traces === "none" ? { spanProcessors: [] } : {}),
    ...(options.logs === "none" ? { logRecordProcessors: [] } : {}),
    metricReaders: [prometheus.reader, ...(await pushReaders(options.metrics, histograms))],
    views: [...views],
    instrumentations: [
      getNodeAutoInstrumentations({
        "@opentelemetry/instrumentation-dns": { enabled: false },
        "@opentelemetry/instrumentation-fs": { enabled: false },
        "@opentelemetry/instrumentation-net": { enabled: false },
        "@opentelemetry/instrumentation-http": { disableIncomingRequestInstrumentation: true },
        "@opentelemetry/instrumentation-pino": { disableLogSending: options.logs === "none" },
      }),
    ],
  });
  sdk.start();
  return {
    instruments: new Instruments(metrics.getMeter(SCOPE), histograms),
    tracing: new Tracing(trace.getTracer(SCOPE)),
    async scrape() {
      if (options.disabled) return "# telemetry is switched off by OTEL_SDK_DISABLED\n";
      return prometheus.text();
    },
    async shutdown(timeoutMs) {
      await settle(sdk.shutdown(), timeoutMs);
      for (const api of [trace, metrics, logs, context, propagation]) api.disable();
    },
  };
}

async function settle(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutMs);
  await Promise.race([work.catch(() => undefined), promise]);
  clearTimeout(timer);
}

async function pushReaders({ exporter, protocol, intervalMs }: TelemetryOptions["metrics"], histograms: Histograms): Promise<IMetricReader[]> {
  if (exporter === "none") return [];
  const target = exporter === "console" ? new ConsoleMetricExporter() : await otlpExporter(protocol);
  return [new PeriodicExportingMetricReader({ exporter: target, exportIntervalMillis: intervalMs, exportTimeoutMillis: Math.min(intervalMs, MAX_EXPORT_MS), metricProducers: [histograms] })];
}

/** The SDK's own default. */
const MAX_EXPORT_MS = 30_000;

async function otlpExporter(protocol: TelemetryOptions["metrics"]["protocol"]): Promise<PushMetricExporter> {
  if (protocol === "grpc") return new (await import("@opentelemetry/exporter-metrics-otlp-grpc")).OTLPMetricExporter();
  if (protocol === "http/json") return new (await import("@opentelemetry/exporter-metrics-otlp-http")).OTLPMetricExporter();
  return new (await import("@opentelemetry/exporter-metrics-otlp-proto")).OTLPMetricExporter();
}
