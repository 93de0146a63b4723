import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** A folder for data, gone when the test process ends. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-data-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder of rules in the system's folder for temporary files; gone when the test process ends. */
export function rulesFolder(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-rules-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "payments.risk"), text);
  return folder;
}

export const RULES = `
event payment {
  id: string @id
  at: timestamp @time
  card: string @key @pii
  amount: money[USD]
}
feature card_tx_1h = count of payment by card over 1h
ruleset card_payments on payment {
  outcomes allow < review < decline
  policy worst
  default allow
  rule large "Large amount" {
    when amount > 220 USD
    then review
    reason R1 "large amount"
  }
  rule velocity {
    when card_tx_1h >= 3
    then decline
  }
}
`;

export interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Asks the process to end and yields its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** The real service as a process of its own, on a free port. */
export async function runService(rules: string, environment: Readonly<Record<string, string>> = {}, data = "none"): Promise<Running> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|SLUICE_|NODE_OPTIONS|NODE_TEST)/.test(name)));
  const child = spawn(process.execPath, [join(root, "src", "main.ts"), "serve", "--rules", rules, "--port", "0", "--data", data], {
    cwd: root,
    env: { ...clean, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    const url = /"url":"([^"]+)"[^\n]*"msg":"serving"/.exec(output)?.[1];
    if (url !== undefined) resolve(url);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const exited = once(child, "exit") as Promise<[number | null]>;
  void exited.then(() => reject(new Error(`the service ended: ${output}`)));
  const url = await promise;
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
    child.kill(signal);
    return (await exited)[0];
  };
  return { url, child, output: () => output, stop };
}

export function payment(id: string, card: string, amount: string): string {
  return JSON.stringify({ type: "payment", event: { id, card, amount, at: "2026-11-21T02:59:00Z" } });
}

export async function decide(url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const reply = await fetch(`${url}/v1/decisions`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  return (await reply.json()) as Record<string, unknown>;
}
