import type { Clock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import { lineageOf, type Lineage } from "../ir/lineage.ts";
import { printTimestamp } from "../types/time.ts";
import type { Comparison } from "../windows/compare.ts";
import type { Draft } from "../windows/draft.ts";
import type { LogId, WindowPlan } from "../windows/spec.ts";
import { type Retry, waitAfter } from "./backoff.ts";
import { faultDiagnostics, type StageName, type StageTime } from "./build.ts";
import type { Built } from "./builder.ts";
import type { Linted } from "./linter.ts";
import { namesOf, planState, returnable, standingAfter } from "./plan.ts";
import type { Attempt, AttemptReport, FeatureChanges, ReloadPlan, ReloadStatus, Success } from "./status.ts";
import { type Beginning, type Candidate, fillNothing, type Warmer } from "./warm.ts";

/** Whether features that begin are filled from the log before their version becomes active, or after nothing. */
export type Activation = "warm" | "cold";

export interface RegistryOptions {
  /** Builds what the folder holds, beside features of earlier versions; null when nothing has changed. See `Builder.build`. */
  readonly builder: { build(past: readonly Lineage[]): Promise<Built | null> };
  /** Takes over the windows of a program; must either do all of it or throw. */
  readonly windows: { adopt(plan: WindowPlan, draft?: Draft): unknown; compare(plan: WindowPlan): Pick<Comparison, "rebuild"> };
  readonly clock: Clock;
  /** Fills features from the log; without it they begin with nothing. */
  readonly warmer?: Warmer;
  /** Looks for the warnings of a version that is too large to be looked at before it becomes active. */
  readonly linter?: { look(): Promise<Linted | null>; stop(): void };
  /** `warm` unless given. */
  readonly activation?: Activation;
  /** Called in the moment in which a version has become active. */
  readonly activated?: (program: Program, lineage: Lineage) => void;
}

/** A version that passed its build and is not active yet. */
interface Coming extends Candidate {
  readonly built: Built;
  readonly course: Begun;
  readonly lineage: Lineage;
  readonly stages: StageTime[];
  plan: ReloadPlan;
  events: number;
  readonly abort: AbortController;
  /** Resolves when it is active, has failed or was given up. */
  done: Promise<void>;
}

/** When an attempt began. */
interface Begun {
  readonly number: number;
  readonly startedAt: number;
  readonly begun: number;
}

export interface ReloadOptions {
  /** Activate what the folder holds without the past of its features, also what is being filled now. */
  readonly cold?: boolean;
  /** Whether nothing but the time asks for it: then a folder whose builds broke down is left alone for a while. */
  readonly poll?: boolean;
  /** Whether to resolve only when it is active or has failed; else when it is built. True unless given. */
  readonly wait?: boolean;
}

/** An attempt whose build is over. Wrapped, since a promise of a promise waits for both. */
interface Settling {
  readonly settled: Promise<void>;
}

interface Failure {
  readonly stage: StageName;
  readonly fault: unknown;
}

/**
 * Holds the active program. A build that fails leaves it as it is. One whose features need their past waits until they have
 * it, while the active program goes on; a later build that passes takes its place.
 */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #listeners = new Set<(report: AttemptReport) => void>();
  readonly #warmingListeners = new Set<(version: string, plan: ReloadPlan) => void>();
  #active: Program | null = null;
  #running: Promise<Built | null> | null = null;
  #queued: Promise<Settling> | null = null;
  /** Whether the next build is to become active without waiting for the past of its features. */
  #cold = false;
  /** What is being filled. */
  #coming: Coming | null = null;
  /** What could not be filled, to be tried again. */
  #unfilled: Coming | null = null;
  /** Versions that were active, newest first. */
  #past: readonly Lineage[] = [];
  #plan: ReloadPlan | null = null;
  #lastAttempt: Attempt | null = null;
  /** Number of the attempt that `#lastAttempt` is about: one that is filled may end after a later one. */
  #lastNumber = 0;
  #lastSuccess: Success | null = null;
  #retry: Retry | null = null;
  #started = 0;
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
    const coming = this.#coming;
    return {
      version: this.#active?.version ?? null,
      activeSince: success?.at ?? null,
      lastAttempt: this.#lastAttempt,
      lastSuccess: success,
      attempts: this.#attempts,
      successes: this.#successes,
      stale: this.#lastAttempt !== null && !this.#lastAttempt.ok,
      reload: {
        plan: this.#plan,
        warming: coming === null ? null : {
          version: coming.program.version,
          at: printTimestamp(coming.course.startedAt),
          plan: coming.plan,
          events: coming.events,
          total: coming.plan.fills.reduce((sum, { events }) => sum + events, 0),
        },
        retry: this.#retry === null ? null : { failures: this.#retry.failures, at: printTimestamp(this.#retry.next) },
        retained: this.#active?.retained.map(({ name, version }) => ({ name, version })) ?? [],
      },
    };
  }

  /** Calls `listener` after every attempt, until the function it returns is called. */
  onAttempt(listener: (report: AttemptReport) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `listener` when the features of a version begin to be filled. */
  onWarming(listener: (version: string, plan: ReloadPlan) => void): void {
    this.#warmingListeners.add(listener);
  }

  /** Tells of the versions that were active before this process began, newest first; to be called before the first `reload`. */
  remember(past: readonly Lineage[]): void {
    this.#past = past;
  }

  /**
   * Resolves when a build that began after this call has been activated, has failed or was given up for a later one.
   * Calls during a build share the one that follows it: builds never overlap, and none that was asked for is lost. A build
   * does overlap the filling of features for the one before.
   */
  async reload({ cold = false, poll = false, wait = true }: ReloadOptions = {}): Promise<void> {
    if (poll && this.#retry !== null && this.#options.clock.now() < this.#retry.next) return;
    if (cold) this.#cold = true;
    const { settled } = await this.#build();
    if (wait) await settled;
  }

  #build(): Promise<Settling> {
    if (this.#running === null) return this.#attempt();
    this.#queued ??= this.#running.then(() => {
      this.#queued = null;
      return this.#build();
    });
    return this.#queued;
  }

  /** Gives up what is being filled. */
  async close(): Promise<void> {
    const coming = this.#coming;
    this.#coming = null;
    this.#options.linter?.stop();
    coming?.abort.abort();
    await coming?.done;
  }

  async #attempt(): Promise<Settling> {
    const course: Begun = { number: (this.#started += 1), startedAt: this.#options.clock.now(), begun: performance.now() };
    const cold = this.#cold || this.#options.activation === "cold";
    this.#cold = false;
    this.#running = this.#options.builder.build(this.#past);
    let built: Built | null;
    try {
      built = await this.#running;
    } finally {
      this.#running = null;
    }
    const failures = built === null || built.error === null ? 0 : (this.#retry?.failures ?? 0) + 1;
    this.#retry = failures === 0 ? null : { failures, next: this.#options.clock.now() + waitAfter(failures) };
    if (built === null) return { settled: this.#again(cold) };
    // What it looks at is not what the folder holds any more.
    this.#options.linter?.stop();
    const { made, work } = built;
    if (made !== null) return { settled: this.#bring(work.run(() => this.#candidate(built, made, course)), cold) };
    this.#record(built, course, built.stages, null);
    return { settled: Promise.resolve() };
  }

  /** The folder is as it was: what is being filled goes on, what could not be filled is tried again. */
  #again(cold: boolean): Promise<void> {
    const coming = this.#coming;
    if (coming !== null && cold) return this.#bring(coming, true);
    if (coming !== null) return coming.done;
    const { number } = this.#unfilled?.course ?? { number: 0 };
    // A later build has failed: what the folder holds is not this.
    if (this.#unfilled === null || number !== this.#lastNumber) return Promise.resolve();
    return this.#bring(this.#unfilled, cold);
  }

  #candidate(built: Built, made: Candidate, course: Begun): Coming {
    const lineage = lineageOf(made.ir);
    const plan: ReloadPlan = { ...planState(standingAfter(this.#past), lineage, made.retained), fills: [] };
    return { ...made, built, course, lineage, plan, stages: [...built.stages], events: 0, abort: new AbortController(), done: Promise.resolve() };
  }

  /** Makes a version active, at once or when its features have their past. What came before it is given up. */
  #bring(next: Coming, cold: boolean): Promise<void> {
    this.#coming?.abort.abort();
    this.#coming = null;
    this.#unfilled = null;
    const { warmer, windows } = this.#options;
    const { rebuild } = this.#active === null ? { rebuild: [] } : windows.compare(next.program.windows);
    if (rebuild.length === 0 || cold || warmer === undefined) {
      const reason = warmer === undefined ? "there is no data folder, so nothing is known of the past" : "it was asked for";
      if (rebuild.length > 0) next.plan = { ...next.plan, fills: fillNothing(next, this.#beginning(next, rebuild), reason) };
      this.#settle(next, null);
      return Promise.resolve();
    }
    const coming: Coming = { ...next, stages: [...next.built.stages], abort: new AbortController(), events: 0 };
    this.#coming = coming;
    coming.done = this.#fill(coming, warmer, this.#beginning(coming, rebuild));
    return coming.done;
  }

  #beginning({ plan }: Coming, logs: readonly LogId[]): Beginning {
    const going = this.#active?.windows.features.map(({ identity }) => identity);
    return { started: new Set(namesOf(plan, "start")), logs, going: new Set(going) };
  }

  async #fill(coming: Coming, warmer: Warmer, beginning: Beginning): Promise<void> {
    const start = performance.now();
    const { signal } = coming.abort;
    const stage = (): void => void coming.stages.push({ name: "warm", startMs: start - coming.course.begun, durationMs: performance.now() - start });
    let active = false;
    const activate = (draft: Draft | null, reason?: string): void => {
      active = true;
      if (reason !== undefined) coming.plan = { ...coming.plan, fills: fillNothing(coming, beginning, reason) };
      this.#coming = null;
      stage();
      this.#settle(coming, draft);
    };
    try {
      const fills = await warmer.survey(coming, beginning);
      if (signal.aborted) return;
      coming.plan = { ...coming.plan, fills };
      for (const listener of this.#warmingListeners) listener(coming.program.version, coming.plan);
      if (fills.every(({ from }) => from === "nothing")) {
        for (let held = this.#running; held !== null && !signal.aborted; held = this.#running) await held;
        if (!signal.aborted) activate(null);
        return;
      }
      await warmer.warm(coming, fills, { signal, progress: (events) => (coming.events = events), hold: () => this.#running, activate });
    } catch (fault) {
      if (signal.aborted || active) return;
      this.#coming = null;
      this.#unfilled = coming;
      stage();
      this.#record(coming.built, coming.course, coming.stages, { stage: "warm", fault });
    }
  }

  /** Activates a version and records the attempt. */
  #settle(coming: Coming, draft: Draft | null): void {
    const start = performance.now();
    let failure: Failure | null = null;
    try {
      coming.built.work.run(() => this.#activate(coming, draft));
    } catch (fault) {
      failure = { stage: "activate", fault };
    }
    coming.stages.push({ name: "activate", startMs: start - coming.course.begun, durationMs: performance.now() - start });
    this.#record(coming.built, coming.course, coming.stages, failure, failure === null ? coming.plan : null);
  }

  /** INVARIANT: nothing else runs between the windows being taken over and the program that reads them being active. */
  #activate({ program, lineage, plan }: Coming, draft: Draft | null): void {
    if (draft === null) this.#options.windows.adopt(program.windows);
    else this.#options.windows.adopt(program.windows, draft);
    this.#active = program;
    this.#past = returnable([lineage, ...this.#past]);
    this.#plan = plan;
    this.#options.activated?.(program, lineage);
  }

  #record(built: Built, { number, startedAt, begun }: Begun, stages: readonly StageTime[], failure: Failure | null, plan: ReloadPlan | null = null): void {
    const { version, omitted } = built;
    const fault = failure?.fault;
    const attempt: Attempt = {
      at: printTimestamp(startedAt),
      version,
      ok: plan !== null,
      stage: failure?.stage ?? built.failed,
      durationMs: performance.now() - begun,
      stages,
      main: { ms: built.work.ms, longestMs: built.work.longestMs },
      diagnostics: failure === null ? built.diagnostics : [...built.diagnostics, ...faultDiagnostics(failure.stage, fault)],
      omitted,
      error: failure === null ? built.error : fault instanceof Error ? fault.message : String(fault),
    };
    const features: FeatureChanges | null = plan === null ? null : { kept: namesOf(plan, "keep"), started: namesOf(plan, "start"), dropped: namesOf(plan, "drop") };
    this.#attempts++;
    if (number >= this.#lastNumber) {
      this.#lastAttempt = attempt;
      this.#lastNumber = number;
    }
    if (features !== null && version !== null) {
      this.#successes++;
      const at = printTimestamp(this.#options.clock.now());
      this.#lastSuccess = { at, version, durationMs: attempt.durationMs, features };
    }
    const report: AttemptReport = { attempt, startedAt, active: this.#active?.version ?? null, features };
    for (const listener of this.#listeners) listener(report);
    if (attempt.ok && !built.looked) void this.#look(attempt);
  }

  /** Adds the warnings of a version that was activated without them. */
  async #look(attempt: Attempt): Promise<void> {
    const linted = await this.#options.linter?.look();
    if (linted === null || linted === undefined || linted.version !== attempt.version || this.#lastAttempt !== attempt) return;
    this.#lastAttempt = { ...attempt, diagnostics: linted.diagnostics, omitted: linted.omitted };
  }
}
