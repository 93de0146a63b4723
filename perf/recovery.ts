/*
 * How long does a service take to read a log of a million events at its start? Measured on the whole way, from the file
 * to windows that answer, against a plain loop that reads the same rows and parses their JSON and does nothing with it.
 *
 *   npm run bench -- recovery [EVENTS]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Writable } from "node:stream";
import { readConfig } from "../src/config.ts";
import { startService } from "../src/service.ts";

const events = Number(process.argv[2] ?? 200_000);
const LINES = 2_000;
const CARDS = 20_000;

const data = mkdtempSync(join(tmpdir(), "sluice-recovery-"));
const rules = mkdtempSync(join(tmpdir(), "sluice-rules-"));
writeFileSync(
  join(rules, "payments.risk"),
  `event payment {
  id: string @id
  at: timestamp @time
  card: string @key @pii
  merchant: string @key
  ip: ip @key
  amount: money[USD]
  country: string
}
feature card_tx_1h = count of payment by card over 1h
feature card_sum_1d = sum of payment.amount by card over 1d
feature card_countries = distinct of payment.country by card over 1d
feature ip_cards = distinct of payment.card by ip over 1h
feature merchant_mean = average of payment.amount by merchant over 7d
ruleset cards on payment {
  outcomes allow < review < decline
  rule fast { when card_tx_1h > 12 then decline }
  rule much { when card_sum_1d > 5000 USD then review }
  rule far { when card_countries > 3 or ip_cards > 20 then review }
}
`,
);

async function run(): Promise<{ readonly url: string; readonly logs: () => string; readonly close: () => Promise<boolean> }> {
  let logs = "";
  const logStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs += chunk.toString();
      done();
    },
  });
  const config = readConfig({ rules, data, port: "0" }, { SLUICE_DURABILITY: "os", OTEL_SDK_DISABLED: "true" });
  const service = await startService(config, { logStream });
  return { url: service.url, logs: () => logs, close: () => service.close() };
}

function payment(n: number): string {
  const event = {
    id: `p${n}`,
    at: new Date(Date.UTC(2026, 10, 1) + n * 250).toISOString(),
    card: `c${(n * 7_919) % CARDS}`,
    amount: `${10 + (n % 90)}.00 USD`,
    merchant: `m${n % 400}`,
    country: "DE",
    ip: `10.${n % 250}.${n % 199}.7`,
  };
  return JSON.stringify({ type: "payment", event });
}

/** Writes the log through the service, as its events would come. */
async function fill(): Promise<number> {
  const service = await run();
  const began = performance.now();
  let refused = 0;
  for (let at = 0; at < events; at += LINES) {
    const body = Array.from({ length: Math.min(LINES, events - at) }, (_, n) => payment(at + n)).join("\n");
    const reply = await fetch(`${service.url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body });
    const text = await reply.text();
    if (reply.status !== 200) throw new Error(`refused: ${text.slice(0, 400)}`);
    refused += text.match(/^\{"error"/gm)?.length ?? 0;
    if (refused > 0) throw new Error(`refused: ${text.slice(0, 400)}`);
  }
  const seconds = (performance.now() - began) / 1_000;
  await service.close();
  return seconds;
}

/** The rows and their JSON, and nothing else. */
function plain(): number {
  const began = performance.now();
  const db = new DatabaseSync(join(data, "sluice.db"), { readOnly: true });
  let fields = 0;
  for (const row of db.prepare("select seq, kind, type, event_id, at, received, version, body, edits, decision_id, decision, features from log order by seq").iterate()) {
    fields += Object.keys(JSON.parse(String(row["body"])) as object).length;
  }
  db.close();
  if (fields === 0) throw new Error("the log is empty");
  return (performance.now() - began) / 1_000;
}

try {
  const filled = await fill();
  const baseline = plain();
  const again = await run();
  const found = /"records":(\d+),"durationMs":(\d+),"msg":"log read"/.exec(again.logs());
  await again.close();
  const seconds = Number(found?.[2]) / 1_000;
  if (Number(found?.[1]) !== events) throw new Error(`${found?.[1]} of ${events} records were read`);
  const perMillion = (each: number): string => ((each / events) * 1e6).toFixed(2);
  process.stdout.write(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, ${events} events\n`);
  process.stdout.write(`written through HTTP (durability os)  ${Math.round(events / filled)} events/s\n`);
  process.stdout.write(`recovery                              ${perMillion(seconds)} s a million\n`);
  process.stdout.write(`plain loop over rows and JSON         ${perMillion(baseline)} s a million, ratio ${(seconds / baseline).toFixed(2)}\n`);
} finally {
  for (const folder of [data, rules]) rmSync(folder, { recursive: true, force: true });
}
