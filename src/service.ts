import type { Writable } from "node:stream";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Desk } from "./engine/desk.ts";
import { inspectFeature } from "./engine/inspect.ts";
import { ManagedLists } from "./engine/lists.ts";
import { explainer } from "./explain/explain.ts";
import type { Rooms } from "./http/context.ts";
import { Builder } from "./rulesets/builder.ts";
import { Checker } from "./rulesets/checker.ts";
import { Registry } from "./rulesets/registry.ts";
import type { AttemptReport } from "./rulesets/status.ts";
import { FolderWatch } from "./rulesets/watch.ts";
import type { Telemetry } from "./telemetry/setup.ts";
import { WindowStore } from "./windows/store.ts";

/** The log of the service, as far as others write to it. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

export interface Service {
  /** Where it listens, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly log: Log;
  /**
   * Takes no new requests, lets those in flight end for at most `shutdownTimeoutMs`, and sends what telemetry is left.
   * Yields whether all of them ended by themselves.
   */
  close(): Promise<boolean>;
}

export interface ServiceOptions {
  readonly clock?: Clock;
  /** Where log lines go; standard output unless given. */
  readonly logStream?: Writable;
}

/** Sending the last telemetry may take this long; a receiver that is gone must not keep the process. */
const FLUSH_TIMEOUT_MS = 3_000;

/** Log lines name this many findings of a failed reload; `GET /v1/status` has them all. */
const MAX_LOGGED = 5;

/**
 * Puts the service together and starts it. Resolves when it listens and the rules folder was tried once. A folder that
 * cannot be used is no reason not to start: decisions are refused with `rules_absent` until it is mended.
 * Rejects where it cannot listen.
 */
export async function startService(config: Config, options: ServiceOptions = {}): Promise<Service> {
  const clock = options.clock ?? systemClock;
  // Telemetry first, Fastify after it: libraries are instrumented while they load.
  const { startTelemetry } = await import("./telemetry/setup.ts");
  const telemetry = await startTelemetry(config.telemetry);
  const { createApp } = await import("./http/app.ts");
  const windows = new WindowStore();
  const lists = new ManagedLists(clock);
  const builder = new Builder({ folder: config.rules });
  const checker = new Checker();
  const registry = new Registry({ builder, windows, clock });
  const desk = new Desk({
    active: () => registry.active(),
    windows,
    lists,
    clock,
    replayCapacity: config.replayCapacity,
    explain: explainer(),
    observer: { decided: (decision, _program, missing) => telemetry.instruments.decided(decision, missing) },
  });
  const rooms: Rooms = {
    desk,
    registry,
    lists,
    clock,
    telemetry,
    readFeature: (program, name, texts, at) => inspectFeature(program, windows, name, texts, at),
    check: (files, data) => checker.check(files, data),
    bodyLimit: config.bodyLimit,
  };
  const app = await createApp({ rooms, logLevel: config.logLevel, ...(options.logStream === undefined ? {} : { logStream: options.logStream }) });
  watchGauges(telemetry, registry, windows);
  registry.onAttempt((report) => tell(report, telemetry, app.log));
  const watch = new FolderWatch({ folder: config.rules, onHint: () => void registry.reload() });
  const release = async (): Promise<void> => {
    watch.stop();
    await Promise.all([builder.close(), checker.close()]);
    await telemetry.shutdown(FLUSH_TIMEOUT_MS);
  };
  let url: string;
  try {
    url = await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await release();
    throw error;
  }
  if (config.data !== null) app.log.warn({ data: config.data }, "state is kept in memory; nothing is written to the data folder");
  for (const name of config.unknown) app.log.warn({ setting: name }, "unknown setting");
  watch.start();
  await registry.reload();
  let closed: Promise<boolean> | null = null;
  const close = async (): Promise<boolean> => {
    const drained = await drain(app, config.shutdownTimeoutMs);
    await release();
    return drained;
  };
  return { url, log: app.log, close: () => (closed ??= close()) };
}

interface Closable {
  close(): PromiseLike<unknown>;
  readonly server: { closeAllConnections(): void };
}

/** Closes the app; connections that are left at the end of the time are cut. */
async function drain(app: Closable, timeoutMs: number): Promise<boolean> {
  let drained = true;
  const timer = setTimeout(() => {
    drained = false;
    app.server.closeAllConnections();
  }, timeoutMs);
  await app.close();
  clearTimeout(timer);
  return drained;
}

function watchGauges(telemetry: Telemetry, registry: Registry, windows: WindowStore): void {
  telemetry.instruments.watch(() => {
    const { version, stale } = registry.status();
    const { entities, events, late, tooLate } = windows.stats;
    return { version, stale, windows: { entities, events, late, too_late: tooLate } };
  });
}

/** Tells metrics, traces and the log of one attempt to load the rules. */
function tell({ attempt, startedAt, active, features }: AttemptReport, telemetry: Telemetry, log: Log): void {
  telemetry.instruments.reloaded(attempt.ok, attempt.durationMs / 1_000);
  const { version, stage, durationMs, error } = attempt;
  const stages = attempt.stages.map(({ name, startMs, durationMs }) => ({
    name,
    start: startedAt + startMs,
    end: startedAt + startMs + durationMs,
  }));
  const trace = { version, ok: attempt.ok, failed: stage, start: startedAt, end: startedAt + durationMs, stages };
  telemetry.tracing.reload(trace, () => {
    if (attempt.ok) {
      log.info({ version, durationMs, features }, "rules loaded");
      return;
    }
    const findings = attempt.diagnostics.slice(0, MAX_LOGGED).map(({ code, span, message }) => `${code} ${span.file}:${span.line ?? "?"}: ${message}`);
    const more = attempt.diagnostics.length - findings.length + attempt.omitted;
    log.error({ version, active, stage, findings, more, error }, "rules not loaded, the active version stays");
  });
}
