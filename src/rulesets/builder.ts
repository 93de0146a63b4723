import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { linkProgram } from "../compile/link.ts";
import type { Program } from "../compile/program.ts";
import type { ProgramIr } from "../ir/ir.ts";
import { Report } from "../text/report.ts";
import { reportFault, type StageName, type StageTime } from "./build.ts";
import { ProgramAssembler } from "./parts.ts";
import type { Findings, FromWorker, ToWorker } from "./protocol.ts";
import { runInSlices } from "./slices.ts";

/** A build that takes longer hangs; the largest allowed folder takes a few seconds. */
export const BUILD_TIMEOUT_MS = 60_000;

/** A worker that needs more is stopped before it takes the memory of the service; the largest folder needs about half. */
const WORKER_HEAP_MB = 1_024;

export interface BuilderOptions {
  readonly folder: string;
  /** The worker's script; a test may give one that fails. */
  readonly script?: URL;
  /** Milliseconds; `BUILD_TIMEOUT_MS` unless a test says otherwise. */
  readonly timeoutMs?: number;
  readonly link?: (ir: ProgramIr) => Generator<void, Program>;
}

/** What came of one build. */
export interface Built extends Findings {
  /** Null when a stage failed. */
  readonly program: Program | null;
  /** Why the build itself broke down; null when it ran to its end, well or not. */
  readonly error: string | null;
}

/** Builds programs from a folder: in a worker as far as can be, then here in slices. One build at a time. */
export class Builder {
  readonly #folder: string;
  readonly #script: URL;
  readonly #timeoutMs: number;
  readonly #link: (ir: ProgramIr) => Generator<void, Program>;
  #worker: Worker | null = null;
  #closed = false;

  constructor(options: BuilderOptions) {
    this.#folder = options.folder;
    this.#script = options.script ?? new URL("worker.ts", import.meta.url);
    this.#timeoutMs = options.timeoutMs ?? BUILD_TIMEOUT_MS;
    this.#link = options.link ?? linkProgram;
  }

  /** Builds what the folder holds now. Null when it holds what the build before saw. Never rejects. */
  async build(): Promise<Built | null> {
    let findings: Findings = { version: null, diagnostics: [], omitted: 0, stages: [], failed: "read" };
    let stage: StageName = "read";
    const begun = performance.now();
    const stages: StageTime[] = [];
    const timed = async <T>(name: StageName, run: () => Promise<T>): Promise<T> => {
      stage = name;
      const start = performance.now();
      try {
        return await run();
      } finally {
        stages.push({ name, startMs: start - begun, durationMs: performance.now() - start });
      }
    };
    try {
      const answer = await this.#ask({ kind: "build", folder: this.#folder });
      if (answer.kind === "unchanged") return null;
      if (answer.kind !== "analysed") throw new Error(`the build worker answered \`${answer.kind}\``);
      findings = answer;
      stages.push(...answer.stages);
      if (answer.failed !== null) return { ...findings, program: null, error: null };
      const ir = await timed("transfer", () => this.#receive());
      const program = await timed("link", () => runInSlices(this.#link(ir)));
      return { ...findings, stages, program, error: null };
    } catch (error) {
      // After a fault the worker's state is unknown; a new one forgets, so that the next look builds again.
      if (stage !== "link") await this.#stop();
      const report = new Report();
      report.addAll(findings.diagnostics);
      reportFault(report, stage, error);
      const text = error instanceof Error ? error.message : String(error);
      return { ...findings, stages, diagnostics: report.sorted(), failed: stage, program: null, error: text };
    }
  }

  /** Ends the worker; a build under way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#stop();
  }

  async #receive(): Promise<ProgramIr> {
    const assembler = new ProgramAssembler();
    for (;;) {
      const answer = await this.#ask({ kind: "next" });
      if (answer.kind === "end") return assembler.finish();
      if (answer.kind !== "part") throw new Error(`the build worker answered \`${answer.kind}\``);
      assembler.add(answer.part);
      await setImmediate();
    }
  }

  /** Posts one message and waits for its answer; rejects when the worker fails, ends or takes too long. */
  #ask(message: ToWorker): Promise<FromWorker> {
    if (this.#closed) return Promise.reject(new Error("the builder is closed"));
    const worker = this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<FromWorker>();
    const failed = (error: unknown): void => reject(error instanceof Error ? error : new Error(String(error)));
    const ended = (code: number): void => reject(new Error(`the build worker ended with code ${code}`));
    const timer = setTimeout(() => reject(new Error(`the build took over ${this.#timeoutMs} ms`)), this.#timeoutMs);
    worker.once("message", resolve).once("error", failed).once("exit", ended);
    worker.postMessage(message);
    return promise.finally(() => {
      clearTimeout(timer);
      worker.off("message", resolve).off("error", failed).off("exit", ended);
    });
  }

  #start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#script, { name: "sluice-build", resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } });
    // A worker may also fail while nobody waits for it; the next build starts a new one.
    worker.on("error", () => this.#forget(worker)).on("exit", () => this.#forget(worker));
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #forget(worker: Worker): void {
    if (this.#worker === worker) this.#worker = null;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}
