import assert from "node:assert/strict";
import { once } from "node:events";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { decide, payment, RULES, rulesFolder, runService, type Running } from "../telemetry/process.ts";

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

async function waitFor(service: Running, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `waited in vain; ${service.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const outcomeOf = (decision: Record<string, unknown>): unknown => (decision["decisions"] as Record<string, { outcome: string }>)["card_payments"]?.outcome;

test("saving a rule changes the next decision; saving a broken one changes nothing but the status", async (t) => {
  const folder = rulesFolder(RULES);
  const file = join(folder, "payments.risk");
  const service = await runService(folder);
  t.after(() => service.stop());
  const first = await decide(service.url, payment("a", "c1", "100.00 USD"));
  assert.equal(outcomeOf(first), "allow");

  writeFileSync(file, RULES.replace("220 USD", "50 USD"));
  await waitFor(service, async () => (await json(`${service.url}/v1/rules`))["version"] !== first["version"]);
  const second = await decide(service.url, payment("b", "c1", "100.00 USD"));
  assert.equal(outcomeOf(second), "review");
  assert.deepEqual((await json(`${service.url}/v1/features/card_tx_1h?key=c1&at=2026-11-21T02:59:00Z`))["value"], 2, "the feature keeps its state");

  writeFileSync(`${file}.new`, RULES.replace("220 USD", "50 parsecs"));
  renameSync(`${file}.new`, file);
  await waitFor(service, async () => (await json(`${service.url}/v1/status`))["stale"] === true);
  const third = await decide(service.url, payment("c", "c2", "100.00 USD"));
  assert.equal(third["version"], second["version"]);
  assert.equal(outcomeOf(third), "review");
  const ready = await fetch(`${service.url}/readyz`);
  assert.equal(ready.status, 200);
  assert.equal(((await ready.json()) as { stale: boolean }).stale, true);
  const status = await json(`${service.url}/v1/status`);
  const attempt = status["lastAttempt"] as { ok: boolean; diagnostics: { code: string; span: { file: string } }[] };
  assert.equal(attempt.ok, false);
  assert.equal(attempt.diagnostics[0]?.span.file, "payments.risk");
  assert.equal((status["lastSuccess"] as { version: string }).version, second["version"]);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  assert.match(metrics, /^sluice_rules_stale 1$/m);
  assert.match(metrics, /^sluice_reload_attempts_total\{result="success"\} 2$/m);
  assert.match(metrics, /^sluice_reload_attempts_total\{result="failure"\} 1$/m);
});

test("a service over a bad folder starts, says why it is not ready, and is ready once the folder is mended", async (t) => {
  const folder = rulesFolder("event payment {");
  const service = await runService(folder);
  t.after(() => service.stop());
  const ready = await fetch(`${service.url}/readyz`);
  assert.equal(ready.status, 503);
  const problem = (await ready.json()) as { code: string; detail: string };
  assert.equal(problem.code, "rules_absent");
  assert.match(problem.detail, /RSK\d{4} in payments\.risk/);
  assert.equal((await decide(service.url, payment("a", "c1", "1.00 USD")))["code"], "rules_absent");
  assert.equal((await fetch(`${service.url}/livez`)).status, 200);
  writeFileSync(join(folder, "payments.risk"), RULES);
  await waitFor(service, async () => (await fetch(`${service.url}/readyz`)).status === 200);
  assert.equal(outcomeOf(await decide(service.url, payment("a", "c1", "1.00 USD"))), "allow");
});

test("a service over a folder that is not there starts too", async (t) => {
  const folder = rulesFolder(RULES);
  rmSync(folder, { recursive: true });
  const service = await runService(folder);
  t.after(() => service.stop());
  assert.equal((await fetch(`${service.url}/readyz`)).status, 503);
});

const HEAD = "POST /v1/decisions HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

test("a signal lets a stream in flight end, refuses what is new, and ends with 0", async (t) => {
  const service = await runService(rulesFolder(RULES));
  t.after(() => service.child.kill("SIGKILL"));
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  const closed = once(socket, "close");
  let answer = "";
  socket.on("data", (data: Buffer) => (answer += data.toString()));
  socket.write(HEAD + chunk(`${payment("a", "c", "1.00 USD")}\n`));
  await waitFor(service, () => Promise.resolve(answer.includes('"eventId":"a"')));
  const stopped = service.stop();
  await waitFor(service, () => Promise.resolve(service.output().includes("stopping")));
  await assert.rejects(fetch(`${service.url}/livez`));
  socket.write(`${chunk(`${payment("b", "c", "1.00 USD")}\n`)}0\r\n\r\n`);
  await closed;
  assert.match(answer, /"eventId":"b"[\s\S]*0\r\n\r\n$/);
  assert.equal(await stopped, 0, service.output());
});

test("what does not end in time is cut, and the exit code says so", async (t) => {
  const service = await runService(rulesFolder(RULES), { SLUICE_SHUTDOWN_TIMEOUT_MS: "200" });
  t.after(() => service.child.kill("SIGKILL"));
  const socket = connect(Number(new URL(service.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  let answer = "";
  socket.on("data", (data: Buffer) => (answer += data.toString()));
  socket.write(HEAD + chunk(`${payment("a", "c", "1.00 USD")}\n`));
  await waitFor(service, () => Promise.resolve(answer.includes('"eventId":"a"')));
  assert.equal(await service.stop(), 1, service.output());
  socket.destroy();
});
