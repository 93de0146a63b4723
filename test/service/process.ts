import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const main = new URL("../../src/main.ts", import.meta.url).pathname;

/** A running `sluice serve`, on a free loopback port. */
export interface Served {
  readonly url: string;
  readonly child: ChildProcess;
  /** Log lines so far. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<number | null>;
}

export async function serve(rules: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const child = spawn(process.execPath, [main, "serve", "--rules", rules, "--port", "0", "--data", "none"], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const log: Readonly<Record<string, unknown>>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`sluice serve ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
      log.push(entry);
      if (entry["msg"] === "serving") resolve(String(entry["url"]));
    });
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null) return child.exitCode;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    return child.exitCode;
  };
  return { url, child, log, stop };
}
