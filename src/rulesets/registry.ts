import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import { printTimestamp } from "../types/time.ts";
import type { WindowPlan } from "../windows/spec.ts";
import { faultDiagnostics, type StageTime } from "./build.ts";
import type { Built } from "./builder.ts";
import type { Attempt, AttemptReport, FeatureChanges, ReloadStatus, Success } from "./status.ts";

export interface RegistryOptions {
  /** Builds what the folder holds; null when nothing has changed. See `Builder.build`. */
  readonly builder: { build(): Promise<Built | null> };
  /** Takes over the windows of a program; must either do all of it or throw. */
  readonly windows: { adopt(plan: WindowPlan): FeatureChanges };
  readonly clock: Clock;
}

/** Holds the active program. A build that fails leaves it as it is. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #listeners = new Set<(report: AttemptReport) => void>();
  #active: Program | null = null;
  #running: Promise<void> | null = null;
  #queued: Promise<void> | null = null;
  #lastAttempt: Attempt | null = null;
  #lastSuccess: Success | null = null;
  #attempts = 0;
  #successes = 0;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /** The program that decides; null before the first success. */
  active(): Program | null {
    return this.#active;
  }

  status(): ReloadStatus {
    const success = this.#lastSuccess;
    return {
      version: this.#active?.version ?? null,
      activeSince: success?.at ?? null,
      lastAttempt: this.#lastAttempt,
      lastSuccess: success,
      attempts: this.#attempts,
      successes: this.#successes,
      stale: this.#lastAttempt !== null && !this.#lastAttempt.ok,
    };
  }

  /** Calls `listener` after every attempt, until the function it returns is called. */
  onAttempt(listener: (report: AttemptReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves when a build that began after this call has been activated or has failed. Calls during a build share the
   * one that follows it: builds never overlap, and none that was asked for is lost.
   */
  reload(): Promise<void> {
    if (this.#running === null) {
      this.#running = this.#attempt().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#queued ??= this.#running.then(() => {
      this.#queued = null;
      return this.reload();
    });
    return this.#queued;
  }

  async #attempt(): Promise<void> {
    const startedAt = this.#options.clock.now();
    const begun = performance.now();
    const built = await this.#options.builder.build();
    if (built !== null) this.#finish(built, startedAt, begun);
  }

  #finish(built: Built, startedAt: number, begun: number): void {
    const stages: StageTime[] = [...built.stages];
    const diagnostics = [...built.diagnostics];
    let stage = built.failed;
    let error = built.error;
    let features: FeatureChanges | null = null;
    if (built.program !== null) {
      const start = performance.now();
      try {
        features = this.#activate(built.program);
      } catch (fault) {
        stage = "activate";
        error = fault instanceof Error ? fault.message : String(fault);
        diagnostics.push(...faultDiagnostics(stage, fault));
      }
      stages.push({ name: "activate", startMs: start - begun, durationMs: performance.now() - start });
    }
    const attempt: Attempt = {
      at: printTimestamp(startedAt),
      version: built.version,
      ok: features !== null,
      stage,
      durationMs: performance.now() - begun,
      stages,
      diagnostics,
      omitted: built.omitted,
      error,
    };
    this.#record(attempt, features, startedAt);
  }

  /** INVARIANT: nothing else runs between the windows being taken over and the program that reads them being active. */
  #activate(program: Program): FeatureChanges {
    const features = this.#options.windows.adopt(program.windows);
    this.#active = program;
    return features;
  }

  #record(attempt: Attempt, features: FeatureChanges | null, startedAt: number): void {
    this.#attempts++;
    this.#lastAttempt = attempt;
    if (features !== null && attempt.version !== null) {
      this.#successes++;
      const at = printTimestamp(this.#options.clock.now());
      this.#lastSuccess = { at, version: attempt.version, durationMs: attempt.durationMs, features };
    }
    const report: AttemptReport = { attempt, startedAt, active: this.#active?.version ?? null, features };
    for (const listener of this.#listeners) listener(report);
  }
}
