import type { Writable } from "node:stream";
import { deserialize, serialize } from "node:v8";
import { Backfill } from "./backfill/backfill.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Desk } from "./engine/desk.ts";
import { inspectFeature } from "./engine/inspect.ts";
import { KnownIds } from "./engine/known.ts";
import { ManagedLists } from "./engine/lists.ts";
import { RETRY_WINDOW_MS } from "./engine/retries.ts";
import { RuleStates } from "./engine/states.ts";
import type { Program } from "./compile/program.ts";
import type { Lineage } from "./ir/lineage.ts";
import { explainer } from "./explain/explain.ts";
import type { Rooms } from "./http/context.ts";
import { Builder } from "./rulesets/builder.ts";
import { Checker } from "./rulesets/checker.ts";
import { Linter } from "./rulesets/linter.ts";
import { Registry } from "./rulesets/registry.ts";
import type { AttemptReport } from "./rulesets/status.ts";
import { FolderWatch } from "./rulesets/watch.ts";
import { MAX_PENDING_RECORDS } from "./store/pending.ts";
import { Store, type StoreState } from "./store/store.ts";
import type { Telemetry } from "./telemetry/setup.ts";
import { Upkeep } from "./upkeep.ts";
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
  /** The script of the store's writing thread; a test may give one with faults. */
  readonly storeWriter?: URL;
  /** The script of the worker that fills features; a test may give one that is slow. */
  readonly fillWorker?: URL;
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
  // Telemetry first, Fastify after it: libraries are instrumented while they load.
  const { startTelemetry } = await import("./telemetry/setup.ts");
  const telemetry = await startTelemetry(config.telemetry);
  const { createApp } = await import("./http/app.ts");
  const log: { current: Log | null } = { current: null };
  const store = await openStore(config, options, telemetry, log);
  const { rooms, parts, close: closeParts } = assemble(config, options, telemetry, store, log);
  const app = await createApp({ rooms, logLevel: config.logLevel, ...(options.logStream === undefined ? {} : { logStream: options.logStream }) });
  log.current = app.log;
  watchGauges(telemetry, parts, store);
  parts.registry.onAttempt((report) => {
    tell(report, telemetry, app.log);
    parts.upkeep?.recover(app.log);
  });
  const watch = new FolderWatch({ folder: config.rules, onHint: (why) => void parts.registry.reload({ poll: why === "poll" }) });
  const release = async (): Promise<void> => {
    watch.stop();
    await closeParts();
    await telemetry.shutdown(FLUSH_TIMEOUT_MS);
  };
  let url: string;
  try {
    url = await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await release();
    throw error;
  }
  if (store === null) app.log.warn({}, "everything is kept in memory: nothing outlives the process");
  for (const name of config.unknown) app.log.warn({ setting: name }, "unknown setting");
  parts.registry.onWarming((version, { fills }) => app.log.info({ version, fills }, "filling features from the log"));
  if (store !== null) parts.remember(await pastVersions(store, app.log));
  watch.start();
  await parts.registry.reload();
  await parts.upkeep?.reading;
  let closed: Promise<boolean> | null = null;
  const close = async (): Promise<boolean> => {
    const drained = await drain(app, config.shutdownTimeoutMs);
    await release();
    return drained;
  };
  return { url, log: app.log, close: () => (closed ??= close()) };
}

/** What the service is put together from. */
interface Assembly {
  readonly rooms: Rooms;
  readonly parts: {
    readonly registry: Registry;
    readonly windows: WindowStore;
    /** Null where nothing is kept. */
    readonly upkeep: Upkeep | null;
    /** Tells of the versions that the log knows to have been active, newest first. */
    readonly remember: (past: readonly Lineage[]) => void;
  };
  readonly close: () => Promise<void>;
}

function assemble(config: Config, options: ServiceOptions, telemetry: Telemetry, store: Store | null, log: { readonly current: Log | null }): Assembly {
  const clock = options.clock ?? systemClock;
  const windows = new WindowStore({ budget: config.windowBytes, maxKeys: config.windowKeys });
  const lists = new ManagedLists(clock);
  const states = new RuleStates(windows);
  const ids = new KnownIds(RETRY_WINDOW_MS);
  const builder = new Builder({ folder: config.rules });
  const checker = new Checker();
  const { retentionDays, retentionMb, snapshotRecords } = config;
  const upkeep =
    store === null ? null : new Upkeep({ store, windows, states, lists, ids, active: () => registry.active(), clock, retentionDays, retentionMb, snapshotRecords });
  // Windows of another program would begin in the middle of the log.
  let newest: string | null = null;
  const remember = (past: readonly Lineage[]): void => {
    newest = past[0]?.version ?? null;
    registry.remember(past);
  };
  const registry = new Registry({
    builder: { build: (past) => upkeep === null ? builder.build(past) : upkeep.reading.then(() => builder.build(past)) },
    windows,
    clock,
    activation: config.activation,
    linter: new Linter(config.rules),
    ...(store === null || config.data === null ? {} : { warmer: warmerOf(config, config.data, windows, store, telemetry, options.fillWorker) }),
    activated: (program, lineage) => {
      if (store !== null && program.version !== newest) void note(program, lineage, store, clock, log.current);
      newest = program.version;
    },
  });
  // What waits to be written is not in the log yet, so memory must have room for it.
  const least = store === null || config.replayCapacity === 0 ? 0 : 2 * MAX_PENDING_RECORDS;
  const desk = new Desk({
    active: () => registry.active(),
    windows,
    lists,
    clock,
    replayCapacity: Math.max(config.replayCapacity, least),
    explain: explainer(),
    future: config.future,
    states,
    ...(store === null ? {} : { log: { journal: store, ids, find: (type, eventId) => store.event(type, eventId) } }),
    observer: {
      decided: (decision, _program, missing) => telemetry.instruments.decided(decision, missing),
      future: (type, policy) => telemetry.instruments.counts.future(type, policy),
    },
  });
  const rooms: Rooms = {
    desk,
    registry,
    store,
    recovery: () => upkeep?.recovery ?? NO_LOG,
    snapshots: () => upkeep?.snapshots ?? null,
    lists,
    clock,
    telemetry,
    windowStats: () => ({ ...windows.stats, logs: windows.logs }),
    readFeature: (program, name, texts, at) => inspectFeature(program, windows, name, texts, at),
    check: (files, data) => checker.check(files, data),
    bodyLimit: config.bodyLimit,
  };
  const close = async (): Promise<void> => {
    await registry.close();
    await upkeep?.close();
    await Promise.all([builder.close(), checker.close(), store?.close()]);
  };
  return { rooms, parts: { registry, windows, upkeep, remember }, close };
}

function warmerOf({ windowBytes }: Config, folder: string, windows: WindowStore, store: Store, telemetry: Telemetry, script?: URL): Backfill {
  return new Backfill({ store, folder, windows, budget: windowBytes, filled: (events, seconds) => telemetry.instruments.filled(events, seconds), ...(script === undefined ? {} : { script }) });
}

/** Versions read at the start: enough for those to return to, also where one of them was returned to again and again. */
const VERSIONS_READ = 32;

/** The versions that were active before, newest first. What cannot be read is passed over: a return to it begins anew. */
async function pastVersions(store: Store, log: Log): Promise<readonly Lineage[]> {
  try {
    const found = await store.reader.versions(VERSIONS_READ);
    return found.map(({ features }) => deserialize(features) as Lineage);
  } catch (error) {
    log.warn({ err: error }, "the versions before could not be read: features that only they declare begin anew");
    return [];
  }
}

/** Writes down that a version has become active, for a return to it after a restart. */
async function note(program: Program, lineage: Lineage, store: Store, clock: Clock, log: Log | null): Promise<void> {
  const { version, sources } = program;
  // A getter makes the text: where its bytes are shared, they are passed on as they are.
  const files = sources.map((source) => ({ path: source.path, text: source.bytes ?? source.text }));
  try {
    await store.activated({ version, seq: store.last, at: clock.now(), files, features: serialize(lineage) });
  } catch (error) {
    log?.warn({ version, err: error }, "the version could not be noted: after a restart a return to it begins anew");
  }
}

const NO_LOG = { status: "done", records: 0, total: 0 } as const;

async function openStore(config: Config, options: ServiceOptions, telemetry: Telemetry, log: { readonly current: Log | null }): Promise<Store | null> {
  if (config.data === null) return null;
  const onChange = ({ status, reason }: StoreState): void => {
    if (status === "failed") log.current?.error({ reason }, "the store cannot write: events are refused");
    else log.current?.info({}, "the store writes again");
  };
  const onCommit = (seconds: number): void => telemetry.instruments.committed(seconds);
  return Store.open(config.data, { durability: config.durability, onChange, onCommit, ...(options.storeWriter === undefined ? {} : { writer: options.storeWriter }) });
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

function watchGauges(telemetry: Telemetry, { registry, windows, upkeep }: Assembly["parts"], store: Store | null): void {
  telemetry.instruments.watch(() => {
    const { version, stale } = registry.status();
    return {
      version,
      stale,
      windows: windows.stats,
      store: store === null ? null : { failed: store.state.status !== "ok", ...store.stats, snapshot: upkeep?.snapshots ?? null },
    };
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
