import type { LocatedDiagnostic } from "../text/json.ts";
import type { StageName, StageTime } from "./build.ts";
import type { RetainedPlan, StatePlan } from "./plan.ts";
import type { FillPlan } from "./warm.ts";

/** What became of the features when a program was activated, by name. */
export interface FeatureChanges {
  /** Their state goes on. */
  readonly kept: readonly string[];
  /** They begin: from the log of events or, where that is not to be had, with nothing. */
  readonly started: readonly string[];
  /** They are not declared any more. */
  readonly dropped: readonly string[];
}

/** What a reload does to the state behind features. */
export interface ReloadPlan extends StatePlan {
  /** Where the features that begin get their past from. */
  readonly fills: readonly FillPlan[];
}

/** One attempt to make what the folder holds the active set. */
export interface Attempt {
  /** When it began, RFC 3339. */
  readonly at: string;
  /** Null when the folder could not be read. */
  readonly version: string | null;
  readonly ok: boolean;
  /** The stage that failed, or null. */
  readonly stage: StageName | null;
  readonly durationMs: number;
  readonly stages: readonly StageTime[];
  readonly diagnostics: readonly LocatedDiagnostic[];
  /** What of it was done where events are decided, in milliseconds: all of it, and the longest stretch. */
  readonly main: { readonly ms: number; readonly longestMs: number };
  /** Diagnostics beyond the ones listed. */
  readonly omitted: number;
  /** Why the attempt itself broke down, apart from anything in the rules; null when it did not. */
  readonly error: string | null;
}

export interface Success {
  readonly at: string;
  readonly version: string;
  readonly durationMs: number;
  readonly features: FeatureChanges;
}

/** A version whose features are being filled from the log while another one decides. */
export interface Warming {
  readonly version: string;
  /** When the attempt began, RFC 3339. */
  readonly at: string;
  readonly plan: ReloadPlan;
  /** Events read so far, and how many there are to read as far as is known. */
  readonly events: number;
  readonly total: number;
}

/** Attempt and success apart: the active set is that of the last success, whatever was tried since. */
export interface ReloadStatus {
  /** The active version; null before the first success. */
  readonly version: string | null;
  readonly activeSince: string | null;
  readonly lastAttempt: Attempt | null;
  readonly lastSuccess: Success | null;
  readonly attempts: number;
  readonly successes: number;
  /** Whether the folder holds something newer that could not be activated. */
  readonly stale: boolean;
  readonly reload: {
    /** What activating the active version did. */
    readonly plan: ReloadPlan | null;
    /** Null where nothing is being filled. */
    readonly warming: Warming | null;
    /** Builds that broke down one after the other, and when the folder is looked at again unless a file changes before; else null. */
    readonly retry: { readonly failures: number; readonly at: string } | null;
    /** Features of earlier versions that go on, and the version that declares each. */
    readonly retained: readonly RetainedPlan[];
  };
}

/** What listeners get after each attempt. */
export interface AttemptReport {
  readonly attempt: Attempt;
  /** When it began, in milliseconds since 1970 by the clock; stage times count from here. */
  readonly startedAt: number;
  /** The version that is active now. */
  readonly active: string | null;
  /** Null when the attempt failed. */
  readonly features: FeatureChanges | null;
}
