import {
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

/** What a server span tells of its request; attribute names by the HTTP semantic conventions. */
export interface RequestFacts {
  readonly method: string;
  /** Without the query: that may hold entity values. */
  readonly path: string;
  readonly protocol: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** A request streams any number of events; more spans than this tell nothing new and crowd out other traces. */
export const MAX_DECIDE_SPANS = 100;

/** The server span of one request and what hangs below it. */
export class RequestTrace {
  /** Null where there is no trace: nothing is exported and the caller brought none. */
  readonly traceId: string | null;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  readonly #method: string;
  #decided = 0;

  constructor(tracer: Tracer, span: Span, parent: Context, method: string) {
    this.#tracer = tracer;
    this.#span = span;
    this.#context = trace.setSpan(parent, span);
    this.#method = method;
    const ids = span.spanContext();
    this.traceId = isSpanContextValid(ids) ? ids.traceId : null;
  }

  /** Runs with the span active, so that log lines carry its ids. */
  within<T>(run: () => T): T {
    return this.traceId === null ? run() : context.with(this.#context, run);
  }

  /** Runs one decision in a span of its own; `describe` is only called when the span is recorded. */
  decide<T>(run: () => T, describe: (result: T) => Attributes): T {
    this.#decided += 1;
    if (!this.#span.isRecording() || this.#decided > MAX_DECIDE_SPANS) return run();
    const span = this.#tracer.startSpan("sluice.decide", {}, this.#context);
    try {
      const result = context.with(trace.setSpan(this.#context, span), run);
      span.setAttributes(describe(result));
      return result;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Waits in a span of its own for what is decided to become durable. */
  async commit(waiting: Promise<void>): Promise<void> {
    if (!this.#span.isRecording()) return waiting;
    const span = this.#tracer.startSpan("sluice.commit", {}, this.#context);
    try {
      await waiting;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Ends the server span. `route` is the pattern that matched, null for none. */
  end(route: string | null, status: number): void {
    if (this.#span.isRecording()) {
      this.#span.setAttribute("http.response.status_code", status);
      if (route !== null) {
        this.#span.setAttribute("http.route", route);
        this.#span.updateName(`${this.#method} ${route}`);
      }
      if (this.#decided > 0) this.#span.setAttribute("sluice.events", this.#decided);
      if (status >= 500) {
        this.#span.setAttribute("error.type", String(status));
        this.#span.setStatus({ code: SpanStatusCode.ERROR });
      }
    }
    this.#span.end();
  }
}

/** One attempt to load the rules folder, as a trace tells it. Times are milliseconds since 1970. */
export interface ReloadSpans {
  readonly version: string | null;
  readonly ok: boolean;
  /** Stage that failed. */
  readonly failed: string | null;
  readonly start: number;
  readonly end: number;
  readonly stages: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

export class Tracing {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** Starts the server span, as child of the caller's where the headers name one. */
  request(facts: RequestFacts): RequestTrace {
    const parent = propagation.extract(ROOT_CONTEXT, facts.headers);
    const attributes: Attributes = {
      "http.request.method": facts.method,
      "url.path": facts.path,
      "url.scheme": "http",
      "network.protocol.version": facts.protocol,
    };
    const span = this.#tracer.startSpan(facts.method, { kind: SpanKind.SERVER, attributes }, parent);
    return new RequestTrace(this.#tracer, span, parent, facts.method);
  }

  /** Records a finished reload as a trace of its own with a span a stage; `log` runs inside of it. */
  reload(reload: ReloadSpans, log: () => void): void {
    const span = this.#tracer.startSpan("sluice.reload", { root: true, startTime: reload.start }, ROOT_CONTEXT);
    span.setAttribute("sluice.reload.result", reload.ok ? "success" : "failure");
    if (reload.version !== null) span.setAttribute("sluice.version", reload.version);
    const within = trace.setSpan(ROOT_CONTEXT, span);
    for (const stage of reload.stages) {
      const child = this.#tracer.startSpan(`sluice.reload.${stage.name}`, { startTime: stage.start }, within);
      if (stage.name === reload.failed) child.setStatus({ code: SpanStatusCode.ERROR });
      child.end(stage.end);
    }
    if (!reload.ok) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (reload.failed !== null) span.setAttribute("sluice.reload.failed_stage", reload.failed);
    }
    context.with(within, log);
    span.end(reload.end);
  }
}
