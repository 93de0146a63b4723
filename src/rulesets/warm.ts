import type { Retained } from "../compile/retain.ts";
import type { Program } from "../compile/program.ts";
import type { StateIr } from "../ir/lineage.ts";
import type { Draft } from "../windows/draft.ts";
import { logId, type LogId, type WindowSpec } from "../windows/spec.ts";

/** Where features of one source and key that begin get their past from. */
export interface FillPlan {
  readonly source: string;
  readonly keys: readonly string[];
  /** Those that begin. */
  readonly features: readonly string[];
  /** Those beside them that go on, of earlier versions with the version: where the past is read, it is read for them too. */
  readonly kept: readonly string[];
  readonly from: "log" | "nothing";
  /** Why from nothing; null where from the log. */
  readonly reason: string | null;
  /** Event time from which on events are read, RFC 3339; null for all that there are, or none. */
  readonly since: string | null;
  /** Time of the oldest event of the source that is there, RFC 3339; null where none is or none is read. */
  readonly oldest: string | null;
  /** Events of the source in that time, as far as is known before they are read. */
  readonly events: number;
}

/** A program that is about to become active. */
export interface Candidate {
  readonly program: Program;
  readonly ir: StateIr;
  readonly retained: Retained;
}

/** What begins with a program. */
export interface Beginning {
  /** Names of the features that start. */
  readonly started: ReadonlySet<string>;
  /** The logs that they live in. */
  readonly logs: readonly LogId[];
  /** Identities of the features that have state by now. */
  readonly going: ReadonlySet<string>;
}

/** Fills features from what was recorded, before the program that reads them becomes active. */
export interface Warmer {
  /** Says what filling the features that start would take. */
  survey(candidate: Candidate, beginning: Beginning): Promise<readonly FillPlan[]>;
  /**
   * Fills what `survey` said can be filled. At the end, between two events, `activate` is called once; or never, where
   * `signal` gave the filling up. Rejects where reading or filling fails.
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
  /**
   * The switch: runs in one stretch, and what it throws ends the filling.
   * @param draft null where it cannot be used, for the reason given: then features start from nothing
   */
  activate(draft: Draft | null, reason?: string): void;
}

/** Where nobody looks for the past. */
export function fillNothing({ program }: Candidate, beginning: Beginning, reason: string): readonly FillPlan[] {
  return fillsOf(program, beginning).map(({ fill }) => unfilled(fill, reason));
}

export function unfilled(fill: FillOf, reason: string): FillPlan {
  return { ...fill, from: "nothing", reason, since: null, oldest: null, events: 0 };
}

type FillOf = Pick<FillPlan, "source" | "keys" | "features" | "kept">;

/** The logs in which features start, with the specifications of all features in them; what starts for an earlier version is not named. */
export function fillsOf({ windows, retained }: Program, { started, logs, going }: Beginning): readonly { readonly fill: FillOf; readonly specs: readonly WindowSpec[] }[] {
  const wanted = new Set(logs);
  const own = windows.features.length - retained.length;
  const titles = new Map(windows.features.map((spec, i) => [spec, i < own ? spec.name : `${spec.name} (${retained[i - own]?.version})`]));
  const titleOf = (spec: WindowSpec): string => titles.get(spec) ?? spec.name;
  return windows.logs
    .filter((log) => wanted.has(logId(log)))
    .map(({ source, keys, features }) => {
      const specs = features.flatMap((number) => windows.features[number] ?? []);
      const begin = specs.filter((spec) => titleOf(spec) === spec.name && started.has(spec.name));
      return { fill: { source, keys, features: begin.map(titleOf), kept: specs.filter(({ identity }) => going.has(identity)).map(titleOf) }, specs };
    });
}
