import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dataFolder, decide, payment, RULES, rulesFolder, runService, type Running } from "./process.ts";

let service: Running;
let text: string;
before(async () => {
  service = await runService(rulesFolder(RULES), {}, dataFolder());
  for (const id of ["a", "b", "c"]) await decide(service.url, payment(id, "4000001234567899", "300.00 USD"));
  const reply = await fetch(`${service.url}/metrics`);
  assert.equal(reply.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  text = await reply.text();
});
after(() => service.stop());

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads the Prometheus text format strictly; throws at a line that is none. */
function parse(exposition: string): readonly Sample[] {
  const samples: Sample[] = [];
  const typed = new Set<string>();
  assert.ok(exposition.endsWith("\n"));
  for (const line of exposition.split("\n").slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line);
    if (comment !== null) {
      if (comment[1] === "TYPE") {
        assert.ok(!typed.has(comment[2] ?? ""), `two types for ${comment[2]}`);
        assert.match(comment[3] ?? "", /^(counter|gauge|histogram|summary|untyped)$/);
        typed.add(comment[2] ?? "");
      }
      continue;
    }
    if (/^# (?!HELP|TYPE)/.test(line)) continue;
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?(?:[\d.]+(?:e[+-]?\d+)?|Inf)|\+Inf|NaN)$/.exec(line);
    assert.ok(sample !== null, `no sample: ${line}`);
    const labels: Record<string, string> = {};
    let rest = sample[2] ?? "";
    while (rest !== "") {
      const label = /^([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/.exec(rest);
      assert.ok(label !== null, `no label: ${line}`);
      labels[label[1] ?? ""] = label[2] ?? "";
      rest = rest.slice(label[0].length);
    }
    const name = sample[1] ?? "";
    assert.ok(typed.has(name) || typed.has(name.replace(/_(bucket|count|sum)$/, "")), `no type for ${name}`);
    samples.push({ name, labels, value: Number(sample[3]?.replace("Inf", "Infinity")) });
  }
  return samples;
}

const find = (name: string, labels: Readonly<Record<string, string>> = {}): Sample | undefined =>
  parse(text).find((each) => each.name === name && Object.entries(labels).every(([key, value]) => each.labels[key] === value));

test("the text is well-formed and every histogram adds up", () => {
  const samples = parse(text);
  const key = ({ le: _le, ...labels }: Readonly<Record<string, string>>): string => JSON.stringify(labels);
  for (const total of samples.filter(({ name }) => name.endsWith("_count"))) {
    const buckets = samples.filter((each) => each.name === total.name.replace(/_count$/, "_bucket") && key(each.labels) === key(total.labels));
    assert.equal(buckets.find(({ labels }) => labels["le"] === "+Inf")?.value, total.value);
    assert.deepEqual(buckets.map(({ value }) => value), buckets.map(({ value }) => value).toSorted((a, b) => a - b));
  }
});

test("every documented series is there without any OTLP setting", () => {
  const expected: readonly (readonly [string, Record<string, string>, number | null])[] = [
    ["sluice_decisions_total", { event: "payment", ruleset: "card_payments", outcome: "review" }, 2],
    ["sluice_decisions_total", { event: "payment", ruleset: "card_payments", outcome: "decline" }, 1],
    ["sluice_rule_hits_total", { ruleset: "card_payments", rule: "large" }, 3],
    ["sluice_rule_hits_total", { ruleset: "card_payments", rule: "velocity" }, 1],
    ["sluice_rule_missing_total", { ruleset: "card_payments", rule: "large" }, 0],
    ["sluice_events_total", { event: "payment", use: "decided" }, 3],
    ["sluice_events_total", { event: "payment", use: "observed" }, 0],
    ["sluice_decision_duration_seconds_count", { event: "payment" }, 3],
    ["sluice_decision_duration_seconds_bucket", { event: "payment", le: "0.00005" }, null],
    ["http_server_request_duration_seconds_count", { http_route: "/v1/decisions", http_request_method: "POST", http_response_status_code: "200" }, 3],
    ["sluice_reload_attempts_total", { result: "success" }, 1],
    ["sluice_reload_attempts_total", { result: "failure" }, 0],
    ["sluice_reload_duration_seconds_count", { result: "success" }, 1],
    ["sluice_rules_stale", {}, 0],
    ["sluice_rules_info", {}, 1],
    ["sluice_windows", { kind: "entities" }, 1],
    ["sluice_windows", { kind: "events" }, 3],
    ["sluice_windows_memory_bytes", { kind: "taken" }, null],
    ["sluice_windows_memory_bytes", { kind: "live" }, null],
    ["sluice_windows_memory_bytes", { kind: "budget" }, 512 * 2 ** 20],
    ["sluice_windows_late_total", { kind: "late" }, 0],
    ["sluice_windows_late_total", { kind: "too_late" }, 0],
    ["sluice_windows_late_total", { kind: "dropped" }, 0],
    ["sluice_windows_removed_total", { kind: "expired" }, 0],
    ["sluice_windows_removed_total", { kind: "evicted" }, 0],
    ["sluice_windows_values_total", { kind: "approx" }, 0],
    ["sluice_store_failed", {}, 0],
    ["sluice_store_pending", {}, 0],
    ["sluice_store_failures_total", {}, 0],
    ["sluice_store_commits_total", {}, 3],
    ["sluice_store_commit_duration_seconds_count", {}, 3],
    ["sluice_store_bytes", {}, null],
    ["nodejs_eventloop_delay_p99_seconds", {}, null],
    ["nodejs_eventloop_utilization", {}, null],
    ["v8js_gc_duration_seconds_count", {}, null],
    ["v8js_memory_heap_used_bytes", { v8js_heap_space_name: "old_space" }, null],
    ["process_cpu_time_seconds_total", { cpu_mode: "user" }, null],
    ["process_memory_usage_bytes", {}, null],
    ["process_uptime_seconds", {}, null],
  ];
  for (const [name, labels, value] of expected) {
    const sample = find(name, labels);
    assert.ok(sample !== undefined, `${name} ${JSON.stringify(labels)} is missing in\n${text}`);
    if (value !== null) assert.equal(sample.value, value, name);
  }
});

test("no label carries a value out of an event", () => {
  assert.ok(!text.includes("4000001234567899"));
});

test("switched off, the service works and /metrics says so", async () => {
  const silent = await runService(rulesFolder(RULES), { OTEL_SDK_DISABLED: "true" });
  const answer = await decide(silent.url, payment("a", "c", "300.00 USD"));
  assert.equal(answer["traceId"], null);
  assert.match(await (await fetch(`${silent.url}/metrics`)).text(), /^# telemetry is switched off/);
  assert.equal(await silent.stop(), 0);
});
