import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../harness/machine.ts";
import { flagsOfStart } from "../harness/names.ts";

/** `sluice serve` in a process of its own, with folders of its own. */
export interface Service {
  readonly port: number;
  /** Processor time of all its threads so far, in microseconds; null where the system does not tell. */
  readonly spent: () => number | null;
  readonly stop: () => Promise<void>;
}

/** Long enough on a machine that does much besides. */
const START_MS = 60_000;

/** Serves one file of rules with the durability of an answer that is wanted; `memory` keeps no log at all. */
export async function serve(rules: string, durability: string): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-streams-"));
  mkdirSync(join(folder, "rules"));
  writeFileSync(join(folder, "rules/stream.risk"), rules);
  const data = durability === "memory" ? "none" : join(folder, "data");
  const child = spawn(process.execPath, [...flagsOfStart(), join(ROOT, "src/main.ts"), "serve", "--rules", join(folder, "rules"), "--port", "0", "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", SLUICE_DURABILITY: durability === "memory" ? "none" : durability },
  });
  const port = Number(new URL(await listening(child)).port);
  const stop = async (): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
    await promise;
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, spent: () => spentBy(child.pid ?? 0), stop };
}

async function listening(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error("the service did not start")), START_MS);
  child.once("exit", (code) => reject(new Error(`the service ended with ${code}`)));
  if (child.stdout !== null) {
    createInterface(child.stdout).on("line", (line) => {
      const { msg, url } = JSON.parse(line) as { readonly msg?: string; readonly url?: string };
      if (msg === "serving" && url !== undefined) resolve(url);
    });
  }
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** From the scheduler of Linux, in nanoseconds. */
function spentBy(pid: number): number | null {
  try {
    const tasks = `/proc/${pid}/task`;
    return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(join(tasks, task, "schedstat"), "latin1").split(" ")[0]) / 1_000, 0);
  } catch {
    return null;
  }
}
