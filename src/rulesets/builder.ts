import { setImmediate } from "node:timers/promises";
import { type Linked, linkProgram, nothingLinked, type ProgramCode } from "../compile/link.ts";
import type { RulesetProgram } from "../compile/program.ts";
import { retain } from "../compile/retain.ts";
import type { Lineage } from "../ir/lineage.ts";
import { faultDiagnostics, type StageName, type StageTime } from "./build.ts";
import { beside } from "./plan.ts";
import { type HeldCode, heldOf, ProgramAssembler } from "./parts.ts";
import type { Findings, FromWorker, Holds, ToWorker } from "./protocol.ts";
import { MainWork, runInSlices } from "./slices.ts";
import { Thread } from "./thread.ts";
import type { Candidate } from "./warm.ts";

/** A build that takes longer hangs; the largest allowed folder takes a few seconds. */
export const BUILD_TIMEOUT_MS = 60_000;

export interface BuilderOptions {
  readonly folder: string;
  /** The worker's script; a test may give one that fails. */
  readonly script?: URL;
  /** Milliseconds; `BUILD_TIMEOUT_MS` unless a test says otherwise. */
  readonly timeoutMs?: number;
}

/** What came of one build. */
export interface Built extends Findings {
  /** The program, linked and ready to be activated; null when a stage failed. */
  readonly made: Candidate | null;
  /** What was done of it where events are decided. */
  readonly work: MainWork;
  /** Why the build itself broke down; null when it ran to its end, well or not. */
  readonly error: string | null;
}

/** What of the program that was linked last the next one may consist of. */
interface Held {
  readonly surroundings: string;
  readonly lists: ProgramCode["lists"];
  readonly rates: ProgramCode["rates"];
  readonly linked: Linked;
  readonly code: HeldCode;
}

const NOTHING_KNOWN: Findings = { version: null, diagnostics: [], omitted: 0, stages: [], looked: true, failed: "read" };

/** Builds programs from a folder: in a worker as far as can be, then here in slices. One build at a time. */
export class Builder {
  readonly #folder: string;
  readonly #thread: Thread<ToWorker, FromWorker>;
  #held: Held | null = null;

  constructor({ folder, script, timeoutMs }: BuilderOptions) {
    this.#folder = folder;
    this.#thread = new Thread({
      script: script ?? new URL("worker.ts", import.meta.url),
      name: "sluice-build",
      timeoutMs: timeoutMs ?? BUILD_TIMEOUT_MS,
    });
  }

  /**
   * Builds what the folder holds now. Null when it holds what the build before saw. Never rejects.
   * @param past versions that were active, newest first: the program goes on with features of them
   */
  async build(past: readonly Lineage[] = []): Promise<Built | null> {
    const stages = new Stages();
    const work = new MainWork();
    let findings = NOTHING_KNOWN;
    try {
      const answer = await this.#thread.ask({ kind: "build", folder: this.#folder, holds: this.#holds() });
      if (answer.kind === "unchanged") return null;
      if (answer.kind !== "analysed") throw new Error(`the build worker answered \`${answer.kind}\``);
      findings = answer;
      stages.times.push(...answer.stages);
      if (answer.failed !== null) return { ...findings, made: null, work, error: null };
      const held = this.#held?.surroundings === answer.surroundings ? this.#held : null;
      const received = await stages.time("transfer", () => this.#receive(held?.code, work));
      const ir = held === null ? received : { ...received, lists: held.lists, rates: held.rates };
      const linked = held?.linked ?? nothingLinked();
      const made = await stages.time("link", async () => {
        const retained = work.run(() => retain(ir, beside(ir.version, past)));
        return { program: await runInSlices(linkProgram(ir, linked, retained), work), ir, retained };
      });
      const rulesets = new Map(ir.rulesets.flatMap(({ key }, i) => (key === undefined ? [] : [[key, made.program.rulesets[i] as RulesetProgram]])));
      this.#held = { surroundings: answer.surroundings, lists: ir.lists, rates: ir.rates, linked: { ...linked, rulesets }, code: heldOf(ir) };
      return { ...findings, stages: stages.times, made, work, error: null };
    } catch (error) {
      return {
        ...findings,
        stages: stages.times,
        diagnostics: [...findings.diagnostics, ...faultDiagnostics(stages.current, error)],
        failed: stages.current,
        made: null,
        work,
        error: error instanceof Error ? error.message : String(error),
      };
    }
  }

  /** Ends the worker; a build under way fails. */
  close(): Promise<void> {
    return this.#thread.stop();
  }

  #holds(): Holds | null {
    if (this.#held === null) return null;
    const { surroundings, code } = this.#held;
    return { surroundings, keys: [...code.sources.keys(), ...code.rulesets.keys()] };
  }

  async #receive(held: HeldCode | undefined, work: MainWork): Promise<ProgramCode> {
    const assembler = new ProgramAssembler(held);
    for (;;) {
      const answer = await this.#thread.ask({ kind: "next" });
      if (answer.kind !== "parts") throw new Error(`the build worker answered \`${answer.kind}\``);
      work.run(() => answer.parts.forEach((part) => assembler.add(part)));
      if (answer.last) return assembler.finish();
      await setImmediate();
    }
  }
}

/** Times the stages that run here, from the start of the attempt. */
class Stages {
  readonly times: StageTime[] = [];
  /** The stage that runs, or ran last. */
  current: StageName = "read";
  readonly #begun = performance.now();

  async time<T>(name: StageName, run: () => Promise<T>): Promise<T> {
    this.current = name;
    const start = performance.now();
    try {
      return await run();
    } finally {
      this.times.push({ name, startMs: start - this.#begun, durationMs: performance.now() - start });
    }
  }
}
