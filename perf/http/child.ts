import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

/** The flags of `npm start`. */
function flags(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly scripts: { readonly start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

/** A server in a process of its own. */
export interface Child {
  readonly url: string;
  readonly port: number;
  /** Processor time so far, in microseconds: of the thread with the event loop, and of all threads that still run. */
  spent(): Spent;
  stop(): Promise<void>;
}

export interface Spent {
  readonly main: number;
  readonly all: number;
}

/** Starting with ten thousand rules takes seconds, on a busy machine many. */
const START_MS = 120_000;

/** Starts a script with the flags of the service; resolves once a line of its output, JSON, names its `url`. */
export async function start(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}, extra: readonly string[] = []): Promise<Child> {
  const child = spawn(process.execPath, [...flags(), ...extra, join(ROOT, script), ...args], { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...environment } });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`\`${script}\` could not be started`);
  const url = await addressOf(child, script);
  return { url, port: Number(new URL(url).port), spent: () => spentBy(pid), stop: () => stop(child) };
}

async function addressOf(child: ChildProcess, script: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error(`\`${script}\` did not say where it listens`)), START_MS);
  child.once("exit", (code) => reject(new Error(`\`${script}\` ended with code ${code}`)));
  if (child.stdout !== null) {
    createInterface(child.stdout).on("line", (line) => {
      const { url, level, msg } = JSON.parse(line) as { readonly url?: string; readonly level?: number; readonly msg?: string };
      if (url !== undefined) resolve(url);
      else if ((level ?? 0) >= 50) reject(new Error(msg));
    });
  }
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

/** From the scheduler of Linux, whose clock ticks in nanoseconds. */
function spentBy(pid: number): Spent {
  const tasks = `/proc/${pid}/task`;
  let main = 0;
  let all = 0;
  for (const task of readdirSync(tasks)) {
    const microseconds = Number(readFileSync(`${tasks}/${task}/schedstat`, "latin1").split(" ")[0]) / 1_000;
    all += microseconds;
    if (task === String(pid)) main = microseconds;
  }
  return { main, all };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("exit", () => resolve());
  child.kill("SIGTERM");
  await promise;
}
