import type { Retained } from "../compile/retain.ts";
import type { Program } from "../compile/program.ts";
import type { ProgramIr } from "../ir/ir.ts";
import type { Draft } from "../windows/draft.ts";
import { logId, type LogId } from "../windows/spec.ts";

/** Where features of one source and key that begin get their past from. */
export interface FillPlan {
  readonly source: string;
  readonly keys: readonly string[];
  /** Those that begin. */
  readonly features: readonly string[];
  readonly from: "log" | "nothing";
  /** Why from nothing; null where from the log. */
  readonly reason: string | null;
  /** Event time from which on events are read, RFC 3339; null for all that there are, or none. */
  readonly since: string | null;
  /** Events of the source in that time, as far as is known before they are read. */
  readonly events: number;
}

/** A program that is about to become active. */
export interface Candidate {
  readonly program: Program;
  readonly ir: ProgramIr;
  readonly retained: Retained;
}

/** Fills features from what was recorded, before the program that reads them becomes active. */
export interface Warmer {
  /** Says what filling the features that start in these logs would take. */
  survey(candidate: Candidate, started: ReadonlySet<string>, logs: readonly LogId[]): Promise<readonly FillPlan[]>;
  /**
   * Fills what `survey` said can be filled. At the end, between two events, `activate` is called with the draft to adopt; it
   * is called once or, where `signal` gave the filling up, never. Rejects where reading or filling fails.
   */
  warm(candidate: Candidate, fills: readonly FillPlan[], course: Course): Promise<void>;
}

/** How a filling is watched, held and given up. */
export interface Course {
  readonly signal: AbortSignal;
  /** Told how many events were read so far. */
  progress(events: number): void;
  /** Resolves when it may become active; null where it may now. */
  hold(): Promise<unknown> | null;
  /** The switch: runs in one stretch, and what it throws ends the filling. */
  activate(draft: Draft): void;
}

/** Why features start from nothing where nobody looks for their past. */
export function fillNothing({ program }: Candidate, started: ReadonlySet<string>, logs: readonly LogId[], reason: string): readonly FillPlan[] {
  return fillsOf(program, started, logs).map((fill) => ({ ...fill, from: "nothing", reason, since: null, events: 0 }));
}

/** The logs of a program in which features start, with the names of these; features of earlier versions are not named. */
export function fillsOf({ windows, retained }: Program, started: ReadonlySet<string>, logs: readonly LogId[]): readonly Pick<FillPlan, "source" | "keys" | "features">[] {
  const wanted = new Set(logs);
  const declared = windows.features.length - retained.length;
  return windows.logs
    .filter((log) => wanted.has(logId(log)))
    .map(({ source, keys, features }) => {
      const names = features.flatMap((number) => (number < declared ? [windows.features[number]?.name ?? ""] : []));
      return { source, keys, features: names.filter((name) => started.has(name)) };
    });
}
