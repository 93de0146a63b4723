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

/** The server span of one request and what hangs below it. For a request that is not recorded it does next to nothing. */
export class RequestTrace {
  /** Null where there is no trace: nothing is exported and the caller brought none. */
  readonly traceId: string | null;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #parent: Context;
  readonly #method: string;
  readonly #recorded: boolean;
  /** With the span in it; made when it is needed. */
  #inner: Context | null = null;
  #decided = 0;

  constructor(tracer: Tracer, span: Span, parent: Context, method: string) {
    this.#tracer = tracer;
    this.#span = span;
    this.#parent = parent;
    this.#method = method;
    this.#recorded = span.isRecording();
    const ids = span.spanContext();
    this.traceId = this.#recorded || isSpanContextValid(ids) ? ids.traceId : null;
  }

  get #context(): Context {
    return (this.#inner ??= trace.setSpan(this.#parent, this.#span));
  }

  /** Runs with the span active, so that log lines carry its ids. */
  within<T>(run: () => T): T {
    return this.traceId === null ? run() : context.with(this.#context, run);
  }

  /** Runs one decision in a span of its own; `describe` is only called when the span is recorded. */
  decide<T>(run: () => T, describe: (result: T) => Attributes): T {
    if (!this.#recorded || (this.#decided += 1) > MAX_DECIDE_SPANS) return run();
    const span = this.#tracer.startSpan("sluice.decide", {}, this.#context);
    try {
      const result = run();
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
    if (!this.#recorded) return waiting;
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
    if (!this.#recorded) return;
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

const SERVER = { kind: SpanKind.SERVER };

export class Tracing {
  readonly #tracer: Tracer;
  /** Headers that tell of a caller's trace. */
  readonly #carriers: readonly string[];

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
    this.#carriers = propagation.fields();
  }

  /**
   * Starts the server span, as child of the caller's where the headers name one. Whether it is recorded is decided before
   * anything else is done for it: most requests are not.
   */
  request(facts: RequestFacts): RequestTrace {
    const { method, headers } = facts;
    const parent = this.#carriers.some((name) => headers[name] !== undefined) ? propagation.extract(ROOT_CONTEXT, headers) : ROOT_CONTEXT;
    const span = this.#tracer.startSpan(method, SERVER, parent);
    if (span.isRecording()) {
      span.setAttributes({ "http.request.method": method, "url.path": facts.path, "url.scheme": "http", "network.protocol.version": facts.protocol });
    }
    return new RequestTrace(this.#tracer, span, parent, method);
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
