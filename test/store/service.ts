import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Writable } from "node:stream";
import { readConfig } from "../../src/config.ts";
import { type Service, type ServiceOptions, startService } from "../../src/service.ts";

export const RULES = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key
  amount: number
}
list watched: string managed
feature card_tx = count of payment by card over 30d
feature card_sum = sum of payment.amount by card over 30d
ruleset cards on payment {
  outcomes allow < review < decline
  rule big { when amount > 900 then review reason R1 "{card_tx} payments, {card_sum}" do add card to watched }
  rule known { when card in watched then decline reason R2 "watched" }
  rule often { when card_tx > 1000000 then decline }
  rule first { when amount > 500 then review cooldown 10m by card reason R3 "first in a while" }
}
`;

export function rulesFolder(t: TestContext, text = RULES): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-rules-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "cards.risk"), text);
  return folder;
}

export interface Running extends Service {
  readonly logs: () => string;
  post(path: string, body: unknown): Promise<Answer>;
  get(path: string): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Record<string, unknown>;
}

async function answer(reply: Promise<Response>): Promise<Answer> {
  const { status, headers, ...rest } = await reply.then(async (each) => ({ status: each.status, headers: each.headers, text: await each.text() }));
  return { status, headers, json: rest.text === "" ? {} : (JSON.parse(rest.text) as Record<string, unknown>) };
}

/** The whole service in this process, over a data folder. */
export async function run(t: TestContext, rules: string, data: string, options: ServiceOptions = {}, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  let logs = "";
  const logStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logs += chunk.toString();
      done();
    },
  });
  const config = readConfig({ rules, data, port: "0" }, { OTEL_SDK_DISABLED: "true", ...env });
  const service = await startService(config, { logStream, ...options });
  let closed: Promise<boolean> | null = null;
  const close = (): Promise<boolean> => (closed ??= service.close());
  t.after(close);
  return {
    ...service,
    close,
    logs: () => logs,
    post: (path, body) => answer(fetch(service.url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })),
    get: (path) => answer(fetch(service.url + path)),
  };
}

/** Payment number n; four cards take turns. Weeks ago, so that none is ahead of the clock. */
export const payment = (n: number, amount = n): object => ({
  type: "payment",
  event: { id: `p${n}`, at: new Date(Date.UTC(2026, 9, 21) + n * 1_000).toISOString(), card: `c${n % 4}`, amount },
});
