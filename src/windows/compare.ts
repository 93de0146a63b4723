import type { LogId, WindowPlan, WindowSpec } from "./spec.ts";
import { logId } from "./spec.ts";

/** What became of the features at a change of program, by name. */
export interface Adoption {
  /** Features of the new plan that go on with the state of a feature of equal identity. */
  readonly kept: readonly string[];
  /** Features of the new plan that begin with no events. */
  readonly started: readonly string[];
  /** Features of the old plan whose state is given up. */
  readonly dropped: readonly string[];
}

/** What would become of them. */
export interface Comparison extends Adoption {
  /** Logs in which a feature starts: to have its past, the log must be made anew from the events. */
  readonly rebuild: readonly LogId[];
}

/** Compares plans by what their features mean; `old` is null where nothing was adopted before. */
export function compare(old: WindowPlan | null, next: WindowPlan): Comparison {
  const before = members(old ?? NOTHING);
  const after = members(next);
  const known = new Set(before.map(({ id }) => id));
  const wanted = new Set(after.map(({ id }) => id));
  const started = after.filter(({ id }) => !known.has(id));
  return {
    kept: after.filter(({ id }) => known.has(id)).map(({ name }) => name),
    started: started.map(({ name }) => name),
    dropped: before.filter(({ id }) => !wanted.has(id)).map(({ name }) => name),
    rebuild: [...new Set(started.map(({ log }) => log))],
  };
}

const NOTHING: Pick<WindowPlan, "logs" | "features"> = { logs: [], features: [] };

interface Member {
  readonly name: string;
  readonly log: LogId;
  /** Of log and meaning. */
  readonly id: string;
}

/** The features of a plan in their order. */
function members({ logs, features }: Pick<WindowPlan, "logs" | "features">): readonly Member[] {
  const found: Member[] = [];
  for (const spec of logs) {
    const log = logId(spec);
    for (const number of spec.features) {
      const { name, identity } = features[number] as WindowSpec;
      found[number] = { name, log, id: `${log} ${identity}` };
    }
  }
  return found.filter((member) => member !== undefined);
}
