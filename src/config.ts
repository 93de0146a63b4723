import { isIP } from "node:net";

/** Where signals of one kind go; `none` sends nothing. */
export type SignalExporter = "otlp" | "console" | "none";
export type OtlpProtocol = "grpc" | "http/json" | "http/protobuf";

/** What the telemetry set-up needs to know; everything else under `OTEL_*` is read by the OpenTelemetry SDK itself. */
export interface TelemetryConfig {
  /** `OTEL_SDK_DISABLED`: nothing is measured, `/metrics` is empty. */
  readonly disabled: boolean;
  /** Null where `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` names the service. */
  readonly serviceName: string | null;
  readonly traces: "environment" | "none";
  readonly logs: "environment" | "none";
  readonly metrics: { readonly exporter: SignalExporter; readonly protocol: OtlpProtocol; readonly intervalMs: number };
}

/** What an answer promises, see `store/schema.ts`. */
export const DURABILITIES = ["none", "os", "disk"] as const;

/** What becomes of events that are ahead of the clock, see `engine/future.ts`. */
export const FUTURES = ["refuse", "clamp"] as const;

/** Whether new features are filled from the log before their version becomes active, see `rulesets/registry.ts`. */
export const ACTIVATIONS = ["warm", "cold"] as const;

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Everything the service can be told from outside, checked. */
export interface Config {
  /** Folder of the rule files. */
  readonly rules: string;
  /** Folder for state that outlives the process; null keeps everything in memory. */
  readonly data: string | null;
  readonly durability: (typeof DURABILITIES)[number];
  readonly future: (typeof FUTURES)[number];
  readonly activation: (typeof ACTIVATIONS)[number];
  /** Bytes that the windows of features may take. */
  readonly windowBytes: number;
  /** Entities that features of one key may know. */
  readonly windowKeys: number;
  /** Days after which records of the log are forgotten; null for `DEFAULT_RETENTION_DAYS`, or longer where windows look back further. */
  readonly retentionDays: number | null;
  /** Megabytes of the log beyond which its oldest records are forgotten. */
  readonly retentionMb: number;
  /** Records behind the last snapshot from which on a new one is written. */
  readonly snapshotRecords: number;
  readonly host: string;
  /** 0 asks the system for a free port. */
  readonly port: number;
  /** Largest body of one decision and longest NDJSON line, in bytes. */
  readonly bodyLimit: number;
  readonly logLevel: LogLevel;
  /** How long requests in flight may take to end once the service is told to stop, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** How many decisions are kept to answer a retry of the same event; 0 for none. */
  readonly replayCapacity: number;
  readonly telemetry: TelemetryConfig;
  /** Names under `SLUICE_` that mean nothing here, for a warning. */
  readonly unknown: readonly string[];
}

/** A setting that cannot be used; the command line answers with exit code 2. */
export class ConfigError extends Error {
  readonly code = "config_invalid";
  /** The variable or flag at fault. */
  readonly setting: string;

  constructor(setting: string, problem: string) {
    super(`${setting}: ${problem}`);
    this.name = "ConfigError";
    this.setting = setting;
  }
}

/** Enough for a decision with hundreds of fields; parsing the worst body of this size costs a few milliseconds. */
export const DEFAULT_BODY_LIMIT = 64 * 1024;
/** A larger body holds the event loop for longer than a decision may take. */
export const MAX_BODY_LIMIT = 1024 * 1024;
/** Orchestrators commonly kill after 30 s: stay well below. */
export const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;
/** Over a minute of retries at 1,000 events a second, some 100 MB. */
export const DEFAULT_REPLAY_CAPACITY = 100_000;

/** Some five million entities with a few events each. */
export const DEFAULT_WINDOW_BYTES = 512 * 2 ** 20;
/** Below this the blocks that memory is taken in are too large a part of it. */
const MIN_WINDOW_BYTES = 16 * 2 ** 20;
/** Addresses of windows are numbers of 32 bits, each of eight bytes. */
const MAX_WINDOW_BYTES = 32 * 2 ** 30;
/** More entities would not leave the budget room for their events. */
export const DEFAULT_WINDOW_KEYS = 50_000_000;

/** Chargebacks come in for some three months. */
export const DEFAULT_RETENTION_DAYS = 100;
/** About thirty million events of a kilobyte. */
export const DEFAULT_RETENTION_MB = 50_000;

/** Half a second of a start. */
export const DEFAULT_SNAPSHOT_RECORDS = 250_000;

/** Flags of `sluice serve` by name, as text; they win over the environment. */
export interface ConfigFlags {
  readonly rules?: string | undefined;
  readonly data?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that container platforms add for a service named `sluice`; they are not settings. */
const PLATFORM_VARIABLE = /^SLUICE_(SERVICE_|PORT_\d+_)/;

/** Reads flags, then `SLUICE_*` and `OTEL_*` variables, then defaults. Throws `ConfigError` at the first bad value. */
export function readConfig(flags: ConfigFlags = {}, environment: Environment = process.env): Config {
  const known = new Set<string>();
  const setting = (flag: string | undefined, flagName: string | null, variable: string): Setting | null => {
    known.add(variable);
    if (flag !== undefined) return { name: `--${flagName}`, text: flag };
    const text = environment[variable];
    return text === undefined || text === "" ? null : { name: variable, text };
  };
  const rules = setting(flags.rules, "rules", "SLUICE_RULES");
  const data = setting(flags.data, "data", "SLUICE_DATA");
  const host = setting(flags.host, "host", "SLUICE_HOST");
  const port = setting(flags.port, "port", "SLUICE_PORT");
  const bodyLimit = setting(undefined, null, "SLUICE_BODY_LIMIT");
  const logLevel = setting(undefined, null, "SLUICE_LOG_LEVEL");
  const shutdown = setting(undefined, null, "SLUICE_SHUTDOWN_TIMEOUT_MS");
  const replays = setting(undefined, null, "SLUICE_REPLAY_CAPACITY");
  const durability = setting(undefined, null, "SLUICE_DURABILITY");
  const future = setting(undefined, null, "SLUICE_FUTURE");
  const activation = setting(undefined, null, "SLUICE_ACTIVATION");
  const windowBytes = setting(undefined, null, "SLUICE_WINDOW_BYTES");
  const windowKeys = setting(undefined, null, "SLUICE_WINDOW_KEYS");
  const retentionDays = setting(undefined, null, "SLUICE_RETENTION_DAYS");
  const retentionMb = setting(undefined, null, "SLUICE_RETENTION_MB");
  const snapshotRecords = setting(undefined, null, "SLUICE_SNAPSHOT_RECORDS");
  return Object.freeze({
    rules: text(rules, "rules", "name a folder of rule files, such as `rules`"),
    data: readData(data),
    durability: choice(durability, DURABILITIES, "disk"),
    future: choice(future, FUTURES, "refuse"),
    activation: choice(activation, ACTIVATIONS, "warm"),
    windowBytes: bytes(windowBytes, DEFAULT_WINDOW_BYTES, MIN_WINDOW_BYTES, MAX_WINDOW_BYTES),
    windowKeys: integer(windowKeys, DEFAULT_WINDOW_KEYS, 1_000, 500_000_000),
    retentionDays: retentionDays === null ? null : integer(retentionDays, 1, 1, 36_500),
    retentionMb: integer(retentionMb, DEFAULT_RETENTION_MB, 10, 100_000_000),
    snapshotRecords: integer(snapshotRecords, DEFAULT_SNAPSHOT_RECORDS, 100, 1_000_000_000),
    host: readHost(host),
    port: integer(port, 8080, 0, 65_535),
    bodyLimit: integer(bodyLimit, DEFAULT_BODY_LIMIT, 1024, MAX_BODY_LIMIT),
    logLevel: choice(logLevel, LOG_LEVELS, "info"),
    shutdownTimeoutMs: integer(shutdown, DEFAULT_SHUTDOWN_TIMEOUT_MS, 0, 600_000),
    replayCapacity: integer(replays, DEFAULT_REPLAY_CAPACITY, 0, 10_000_000),
    telemetry: readTelemetry(environment),
    unknown: Object.keys(environment).filter(
      (name) => name.startsWith("SLUICE_") && !known.has(name) && !PLATFORM_VARIABLE.test(name),
    ),
  });
}

interface Setting {
  readonly name: string;
  readonly text: string;
}

function text(setting: Setting | null, fallback: string, remedy: string): string {
  if (setting === null) return fallback;
  if (setting.text.trim() === "" || setting.text.includes("\0")) throw new ConfigError(setting.name, remedy);
  return setting.text;
}

/** `none` keeps nothing; a folder of that name is `./none`. */
function readData(setting: Setting | null): string | null {
  const folder = text(setting, "data", "name a folder, such as `data`, or `none` to keep nothing");
  return folder === "none" ? null : folder;
}

function readHost(setting: Setting | null): string {
  const remedy = "give an address or a host name to listen on, such as `127.0.0.1` or `0.0.0.0`";
  const host = text(setting, "127.0.0.1", remedy);
  const plain = isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(host);
  if (!plain) throw new ConfigError(setting?.name ?? "host", `\`${host}\` is no host; ${remedy}`);
  return host;
}

function integer(setting: Setting | null, fallback: number, low: number, high: number): number {
  if (setting === null) return fallback;
  const value = /^\d{1,9}$/.test(setting.text) ? Number(setting.text) : Number.NaN;
  if (value >= low && value <= high) return value;
  const linked = setting.text.startsWith("tcp://")
    ? "; a container platform set it for a service named `sluice`: switch service links off or give the port yourself"
    : "";
  throw new ConfigError(setting.name, `\`${setting.text}\` is no whole number from ${low} to ${high}${linked}`);
}

/** `536870912`, `512MB` or `2GB`; units are powers of 1,024, as memory is counted. */
function bytes(setting: Setting | null, fallback: number, low: number, high: number): number {
  if (setting === null) return fallback;
  const [, digits = "", unit = ""] = /^(\d{1,15}) ?(KB|MB|GB|)$/i.exec(setting.text) ?? [];
  const value = digits === "" ? Number.NaN : Number(digits) * (UNITS.get(unit.toUpperCase()) as number);
  if (value >= low && value <= high) return value;
  throw new ConfigError(setting.name, `\`${setting.text}\` is no size from ${low / 2 ** 20}MB to ${high / 2 ** 30}GB, such as \`512MB\``);
}

const UNITS: ReadonlyMap<string, number> = new Map([["", 1], ["KB", 2 ** 10], ["MB", 2 ** 20], ["GB", 2 ** 30]]);

function choice<T extends string>(setting: Setting | null, choices: readonly T[], fallback: T): T {
  if (setting === null) return fallback;
  const found = choices.find((each) => each === setting.text);
  if (found !== undefined) return found;
  const listed = choices.map((each) => `\`${each}\``).join(", ");
  throw new ConfigError(setting.name, `\`${setting.text}\` is none of ${listed}`);
}

const PROTOCOLS: readonly OtlpProtocol[] = ["grpc", "http/json", "http/protobuf"];
/** The interval that the OpenTelemetry specification names. */
const DEFAULT_METRIC_INTERVAL_MS = 60_000;

/** A signal is sent only where an exporter or an OTLP endpoint is named: silence is the default. */
function readTelemetry(environment: Environment): TelemetryConfig {
  const given = (name: string): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === "" ? null : value;
  };
  const sends = (signal: string): boolean => {
    const exporter = given(`OTEL_${signal}_EXPORTER`);
    if (exporter !== null) return exporter !== "none";
    return given("OTEL_EXPORTER_OTLP_ENDPOINT") !== null || given(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`) !== null;
  };
  const named = given("OTEL_SERVICE_NAME") !== null || /(^|,)\s*service\.name=/.test(given("OTEL_RESOURCE_ATTRIBUTES") ?? "");
  return Object.freeze({
    disabled: given("OTEL_SDK_DISABLED")?.toLowerCase() === "true",
    serviceName: named ? null : "sluice",
    traces: sends("TRACES") ? "environment" : "none",
    logs: sends("LOGS") ? "environment" : "none",
    metrics: Object.freeze({
      exporter: sends("METRICS") ? readMetricsExporter(given("OTEL_METRICS_EXPORTER")) : "none",
      protocol: readProtocol(given),
      intervalMs: integer(
        settingOf("OTEL_METRIC_EXPORT_INTERVAL", given("OTEL_METRIC_EXPORT_INTERVAL")),
        DEFAULT_METRIC_INTERVAL_MS,
        1,
        86_400_000,
      ),
    }),
  });
}

function settingOf(name: string, text: string | null): Setting | null {
  return text === null ? null : { name, text };
}

/** `prometheus` asks for what `/metrics` gives anyway. */
function readMetricsExporter(text: string | null): SignalExporter {
  const name = "OTEL_METRICS_EXPORTER";
  const exporter = choice(settingOf(name, text), ["otlp", "console", "prometheus", "none"], "otlp");
  return exporter === "prometheus" ? "none" : exporter;
}

function readProtocol(given: (name: string) => string | null): OtlpProtocol {
  for (const name of ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
    const text = given(name);
    if (text !== null) return choice(settingOf(name, text), PROTOCOLS, "http/protobuf");
  }
  return "http/protobuf";
}
