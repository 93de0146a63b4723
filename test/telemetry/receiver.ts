import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean };
}

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

export interface ReceivedLog {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly body?: { readonly stringValue?: string };
}

export interface ReceivedMetric {
  readonly name: string;
  readonly unit?: string;
  readonly histogram?: { readonly dataPoints: readonly { readonly explicitBounds: readonly number[] }[] };
}

/** A receiver of OTLP over HTTP with JSON bodies, on loopback. */
export class Receiver {
  readonly spans: ReceivedSpan[] = [];
  readonly logs: ReceivedLog[] = [];
  readonly metrics: ReceivedMetric[] = [];
  /** Bodies as they came, to search for what must not be in them. */
  readonly bodies: string[] = [];
  readonly resources = new Set<string>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.#take(request.url ?? "", Buffer.concat(chunks).toString());
        response.setHeader("content-type", "application/json").end("{}");
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(path: string, body: string): void {
    this.bodies.push(body);
    const parsed = JSON.parse(body) as Record<string, readonly Record<string, readonly Record<string, readonly never[]>[]>[]>;
    const [signal, scope, items, into]: readonly [string, string, string, unknown[]] =
      path === "/v1/traces"
        ? ["resourceSpans", "scopeSpans", "spans", this.spans]
        : path === "/v1/logs"
          ? ["resourceLogs", "scopeLogs", "logRecords", this.logs]
          : ["resourceMetrics", "scopeMetrics", "metrics", this.metrics];
    for (const resource of parsed[signal] ?? []) {
      this.resources.add(JSON.stringify(resource["resource"]));
      for (const each of resource[scope] ?? []) into.push(...(each[items] ?? []));
    }
  }
}

export function attribute(span: ReceivedSpan, key: string): string | number | boolean | undefined {
  const value = span.attributes.find((each) => each.key === key)?.value;
  if (value === undefined) return undefined;
  return value.stringValue ?? value.boolValue ?? (value.intValue === undefined ? undefined : Number(value.intValue));
}
