import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const MAIN = new URL("../../../src/main.ts", import.meta.url).pathname;
const WITH_WRITER = new URL("../workers/serve.ts", import.meta.url).pathname;

type Line = Readonly<Record<string, unknown>> & { readonly level: number; readonly msg: string };

export interface Setup {
  readonly rules: string;
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another script for the writing thread, as a test has it. */
  readonly writer?: URL;
}

/** The real service as a process of its own. */
export class Process {
  readonly child: ChildProcess;
  /** Lines of its log that tell of errors. */
  readonly errors: string[] = [];
  /** What reading the log took. */
  read = { records: 0, durationMs: 0, snapshot: false };
  /** Whether features were being filled for a version that was not active yet. */
  filling = false;
  /** When the log was read, by `performance.now`. */
  readAt = 0;
  /** Snapshots that were written. */
  snapshots = 0;
  readonly #serving = Promise.withResolvers<string>();

  constructor({ rules, data, env = {}, writer }: Setup) {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|SLUICE_|NODE_OPTIONS|NODE_TEST)/.test(name)));
    const script = writer === undefined ? [MAIN, "serve"] : [WITH_WRITER, writer.href];
    this.child = spawn(process.execPath, [...script, "--rules", rules, "--data", data, "--port", "0"], {
      // Snapshots as often as can be.
      env: { ...clean, OTEL_SDK_DISABLED: "true", SLUICE_SNAPSHOT_RECORDS: "100", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.child.once("exit", (code, signal) => this.#serving.reject(new Error(`the service ended with ${code ?? signal}: ${this.errors.join("; ")}`)));
    this.#serving.promise.catch(() => undefined);
    if (this.child.stdout !== null) createInterface({ input: this.child.stdout }).on("line", (text) => this.#hear(text));
  }

  #hear(text: string): void {
    // A line that the kill has cut.
    if (!text.endsWith("}")) return;
    const line = JSON.parse(text) as Line;
    if (line.level >= 50 && line.msg !== "rules not loaded, the active version stays") this.errors.push(text);
    if (line.msg === "log read") this.readAt = performance.now();
    if (line.msg === "log read") this.read = { records: Number(line["records"]), durationMs: Number(line["durationMs"]), snapshot: typeof line["snapshot"] === "number" };
    if (line.msg === "filling features from the log") this.filling = true;
    if (line.msg.startsWith("rules ")) this.filling = false;
    if (line.msg === "snapshot written") this.snapshots += 1;
    if (line.msg === "serving") this.#serving.resolve(String(line["url"]));
  }

  /** Resolves with its address when it serves; rejects when it ends before. */
  get url(): Promise<string> {
    return this.#serving.promise;
  }

  /** Yields the exit code, null for a process that was killed. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, "exit");
      this.child.kill(signal);
      await ended;
    }
    return this.child.exitCode;
  }
}
