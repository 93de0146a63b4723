import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, readConfig } from "../../src/config.ts";
import { DEFAULT_BUDGET, DEFAULT_MAX_KEYS } from "../../src/windows/store.ts";

test("defaults need no setting and send no telemetry", () => {
  const config = readConfig({}, {});
  assert.equal(config.rules, "rules");
  assert.equal(config.host, "127.0.0.1");
  assert.equal(config.data, "data");
  assert.equal(config.durability, "disk");
  assert.equal(config.future, "refuse");
  assert.equal(config.activation, "warm");
  assert.equal(config.windowBytes, DEFAULT_BUDGET);
  assert.equal(config.windowKeys, DEFAULT_MAX_KEYS);
  assert.equal(config.port, 8080);
  assert.equal(config.bodyLimit, 65_536);
  assert.equal(config.logLevel, "info");
  assert.deepEqual(config.telemetry, {
    disabled: false,
    serviceName: "sluice",
    traces: "none",
    logs: "none",
    metrics: { exporter: "none", protocol: "http/protobuf", intervalMs: 60_000 },
  });
  assert.ok(Object.isFrozen(config));
});

test("flags win over the environment, the environment over defaults", () => {
  const config = readConfig({ port: "1" }, { SLUICE_PORT: "2", SLUICE_HOST: "0.0.0.0", SLUICE_RULES: "/r", SLUICE_LOG_LEVEL: "debug" });
  assert.equal(config.port, 1);
  assert.equal(config.host, "0.0.0.0");
  assert.equal(config.rules, "/r");
  assert.equal(readConfig({ data: "d" }, { SLUICE_DATA: "e" }).data, "d");
  assert.equal(readConfig({ data: "none" }, { SLUICE_DATA: "e" }).data, null);
  assert.equal(config.logLevel, "debug");
});

const bad: readonly (readonly [string, string, RegExp])[] = [
  ["SLUICE_PORT", "http", /SLUICE_PORT: `http` is no whole number from 0 to 65535/],
  ["SLUICE_PORT", "65536", /65535/],
  ["SLUICE_PORT", "-1", /whole number/],
  ["SLUICE_PORT", "80.5", /whole number/],
  ["SLUICE_PORT", "1e3", /whole number/],
  ["SLUICE_PORT", "tcp://10.0.0.1:8080", /service links/],
  ["SLUICE_BODY_LIMIT", "12", /1024/],
  ["SLUICE_BODY_LIMIT", "1048577", /1048576/],
  ["SLUICE_LOG_LEVEL", "loud", /`loud` is none of `fatal`/],
  ["SLUICE_HOST", "http://x", /no host/],
  ["SLUICE_RULES", " ", /folder/],
  ["SLUICE_DATA", " ", /folder/],
  ["SLUICE_SHUTDOWN_TIMEOUT_MS", "1s", /whole number/],
  ["SLUICE_REPLAY_CAPACITY", "-1", /from 0/],
  ["SLUICE_DURABILITY", "full", /none of `none`, `os`, `disk`/],
  ["SLUICE_ACTIVATION", "lukewarm", /none of `warm`, `cold`/],
  ["SLUICE_FUTURE", "allow", /none of `refuse`, `clamp`/],
  ["SLUICE_WINDOW_BYTES", "15MB", /no size from 16MB to 32GB, such as `512MB`/],
  ["SLUICE_WINDOW_BYTES", "33GB", /from 16MB to 32GB/],
  ["SLUICE_WINDOW_BYTES", "512 TB", /no size/],
  ["SLUICE_WINDOW_BYTES", "-1", /no size/],
  ["SLUICE_WINDOW_BYTES", "MB", /no size/],
  ["SLUICE_WINDOW_BYTES", "1e9", /no size/],
  ["SLUICE_WINDOW_KEYS", "999", /from 1000/],
  ["SLUICE_RETENTION_DAYS", "0", /from 1/],
  ["SLUICE_RETENTION_MB", "9", /from 10/],
];
for (const [name, value, message] of bad) {
  test(`${name}=${value} is refused with the name of the setting and what would do`, () => {
    assert.throws(
      () => readConfig({}, { [name]: value }),
      (error) => error instanceof ConfigError && error.code === "config_invalid" && error.setting === name && message.test(error.message),
    );
  });
}

test("a size is a number of bytes or has a unit", () => {
  for (const [text, bytes] of [["16777216", 2 ** 24], ["16mb", 2 ** 24], ["65536KB", 2 ** 26], ["32 GB", 2 ** 35]] as const) {
    assert.equal(readConfig({}, { SLUICE_WINDOW_BYTES: text }).windowBytes, bytes);
  }
});

test("a bad flag is named as a flag", () => {
  assert.throws(() => readConfig({ port: "x" }, {}), /^ConfigError: --port: /);
});

test("unknown names under SLUICE_ are told, those of container platforms are not", () => {
  const config = readConfig({}, { SLUICE_PROT: "1", SLUICE_SERVICE_HOST: "x", SLUICE_PORT_8080_TCP: "x", PATH: "x" });
  assert.deepEqual(config.unknown, ["SLUICE_PROT"]);
});

test("a signal is sent once an endpoint or an exporter is named", () => {
  const all = readConfig({}, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }).telemetry;
  assert.equal(all.traces, "environment");
  assert.equal(all.logs, "environment");
  assert.equal(all.metrics.exporter, "otlp");
  assert.equal(all.metrics.protocol, "http/json");
  const one = readConfig({}, { OTEL_TRACES_EXPORTER: "otlp", OTEL_SERVICE_NAME: "x" }).telemetry;
  assert.equal(one.traces, "environment");
  assert.equal(one.logs, "none");
  assert.equal(one.metrics.exporter, "none");
  assert.equal(one.serviceName, null);
  const none = readConfig({}, { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318", OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "prometheus" }).telemetry;
  assert.equal(none.logs, "none");
  assert.equal(none.metrics.exporter, "none");
  assert.throws(() => readConfig({}, { OTEL_METRICS_EXPORTER: "graphite" }), /OTEL_METRICS_EXPORTER/);
  assert.throws(() => readConfig({}, { OTEL_EXPORTER_OTLP_PROTOCOL: "smoke" }), /OTEL_EXPORTER_OTLP_PROTOCOL/);
});
