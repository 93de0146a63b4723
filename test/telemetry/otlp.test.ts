import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DURATION_BUCKETS } from "../../src/telemetry/views.ts";
import { dataFolder, decide, payment, RULES, rulesFolder, runService, type Running } from "./process.ts";
import { attribute, Receiver, type ReceivedSpan } from "./receiver.ts";

const CARD = "4000001234567899";
const CALLER = "4bf92f3577b34da6a3ce929d0e0e4736";

const receiver = new Receiver();
let service: Running;
let decision: Record<string, unknown>;
let exit: number | null;

before(async () => {
  const folder = rulesFolder(RULES);
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.listen(),
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
  };
  service = await runService(folder, environment, dataFolder());
  decision = await decide(service.url, payment("p1", CARD, "500.00 USD"), { traceparent: `00-${CALLER}-00f067aa0ba902b7-01` });
  await decide(service.url, payment("p2", CARD, "1.00 USD"));
  await decide(service.url, JSON.stringify({ type: "payment", event: { card: CARD } }));
  const lines = Array.from({ length: 150 }, (_, n) => payment(`s${n}`, CARD, "1.00 USD")).join("\n");
  await (await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: lines })).text();
  await (await fetch(`${service.url}/v1/features/card_tx_1h?key=${CARD}`)).text();
  writeFileSync(join(folder, "payments.risk"), RULES.replace("220 USD", "220 EUR"));
  await waitFor(() => service.output().includes("rules not loaded"));
  exit = await service.stop();
});
after(() => receiver.close());

async function waitFor(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited in vain; ${service.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const named = (name: string): readonly ReceivedSpan[] => receiver.spans.filter((span) => span.name === name);
const children = (span: ReceivedSpan): readonly ReceivedSpan[] => receiver.spans.filter((each) => each.parentSpanId === span.spanId);

test("the process ends by itself, with everything sent", () => {
  assert.equal(exit, 0, service.output());
});

test("a server span carries route and status and goes on with the caller's trace", () => {
  const span = named("POST /v1/decisions").find((each) => each.traceId === CALLER);
  assert.ok(span !== undefined);
  assert.equal(span.kind, 2);
  assert.equal(span.parentSpanId, "00f067aa0ba902b7");
  assert.equal(attribute(span, "http.route"), "/v1/decisions");
  assert.equal(attribute(span, "http.request.method"), "POST");
  assert.equal(attribute(span, "url.path"), "/v1/decisions");
  assert.equal(attribute(span, "http.response.status_code"), 200);
  assert.equal(decision["traceId"], CALLER);
});

test("below it one span tells of the decision, and one of its commit", () => {
  const server = named("POST /v1/decisions").find((each) => each.traceId === CALLER);
  const [span, commit, ...more] = server === undefined ? [] : children(server);
  assert.ok(span !== undefined && commit !== undefined);
  assert.deepEqual(more, []);
  assert.equal(commit.name, "sluice.commit");
  // A span begins by a clock that ticks in milliseconds, and ends by a finer one.
  assert.ok(BigInt(commit.startTimeUnixNano) >= BigInt(span.endTimeUnixNano) - 1_000_000n);
  assert.equal(span.name, "sluice.decide");
  assert.equal(span.traceId, CALLER);
  assert.equal(attribute(span, "sluice.event.type"), "payment");
  assert.equal(attribute(span, "sluice.version"), decision["version"]);
  assert.equal(attribute(span, "sluice.outcome.card_payments"), "review");
  assert.equal(attribute(span, "sluice.rules.matched"), 1);
});

test("a refused event is told by its code", () => {
  const refused = named("sluice.decide").filter((span) => attribute(span, "sluice.refusal") !== undefined);
  assert.deepEqual(refused.map((span) => attribute(span, "sluice.refusal")), ["event_invalid"]);
});

test("a stream has spans for its first events and tells how many there were", () => {
  const server = named("POST /v1/decisions").find((span) => attribute(span, "sluice.events") === 150);
  assert.ok(server !== undefined);
  assert.equal(children(server).length, 100);
});

test("every attempt to load is a trace with a span a stage", () => {
  const reloads = named("sluice.reload");
  assert.deepEqual(reloads.map((span) => attribute(span, "sluice.reload.result")), ["success", "failure"]);
  assert.equal(new Set(reloads.map((span) => span.traceId)).size, 2);
  for (const reload of reloads) assert.equal(reload.parentSpanId, undefined);
  const [good, bad] = reloads;
  assert.ok(good !== undefined && bad !== undefined);
  const stages = children(good);
  assert.deepEqual(stages.map((span) => span.name.replace("sluice.reload.", "")), ["read", "parse", "lists", "check", "lower", "analyse", "verify", "index", "transfer", "link", "activate"]);
  for (const stage of stages) {
    assert.ok(BigInt(stage.startTimeUnixNano) >= BigInt(good.startTimeUnixNano));
    assert.ok(BigInt(stage.endTimeUnixNano) <= BigInt(good.endTimeUnixNano) + 1_000_000n);
  }
  assert.equal(attribute(bad, "sluice.reload.failed_stage"), "check");
});

test("log lines arrive linked to the trace that they belong to, on standard output too", () => {
  const failure = named("sluice.reload").find((span) => attribute(span, "sluice.reload.result") === "failure");
  const record = receiver.logs.find((each) => each.body?.stringValue?.startsWith("rules not loaded"));
  assert.ok(failure !== undefined && record !== undefined);
  assert.equal(record.traceId, failure.traceId);
  assert.equal(record.spanId, failure.spanId);
  const line = service.output().split("\n").find((each) => each.includes("rules not loaded")) ?? "{}";
  const { trace_id: traceId, span_id: spanId, findings } = JSON.parse(line) as { trace_id: string; span_id: string; findings: string[] };
  assert.equal(traceId, failure.traceId);
  assert.equal(spanId, failure.spanId);
  assert.match(findings[0] ?? "", /^RSK\d{4} payments\.risk:\d+: /);
});

test("metrics arrive with buckets fit for decisions", () => {
  for (const name of ["sluice.decisions", "sluice.rule.hits", "sluice.reload.attempts", "sluice.rules.stale", "v8js.gc.duration", "process.cpu.time"]) {
    assert.ok(receiver.metrics.some((metric) => metric.name === name), name);
  }
  for (const name of ["sluice.decision.duration", "http.server.request.duration", "sluice.reload.duration"]) {
    const metric = receiver.metrics.find((each) => each.name === name);
    assert.equal(metric?.unit, "s");
    assert.deepEqual(metric?.histogram?.dataPoints[0]?.explicitBounds, DURATION_BUCKETS);
  }
});

test("the service is named, and no value out of an event is sent", () => {
  for (const resource of receiver.resources) {
    assert.match(resource, /"service\.name","value":\{"stringValue":"sluice"\}/);
    assert.match(resource, /deployment\.environment\.name/);
  }
  assert.ok(receiver.bodies.length >= 3);
  for (const body of receiver.bodies) assert.ok(!body.includes(CARD));
});
