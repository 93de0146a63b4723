import type { Log } from "./log.ts";
import { SnapshotError } from "./pieces.ts";
import { Restorer } from "./restore.ts";
import type { Counts, Shared } from "./shared.ts";
import type { Frame, LogAccess, LogId, WindowPlan } from "./spec.ts";

/** What a store does for its draft. */
export interface DraftHost {
  readonly shared: Shared;
  /** Makes room for an event. */
  readonly makeRoom: () => void;
  /** The draft is not wanted any more. */
  readonly discard: () => void;
}

/**
 * Logs of a plan that is not adopted yet, filled beside the live ones in the same memory. When the budget bites, entities
 * of the draft go before live ones: a plan that is being prepared takes nothing from the one that serves.
 */
export class Draft {
  readonly plan: WindowPlan;
  readonly logs: ReadonlyMap<LogId, Log>;
  /** Apart from those of the store: what is read from the past was counted when it came. */
  readonly counts: Counts;
  readonly #host: DraftHost;
  #restorer: Restorer | null = null;
  readonly #access: ReadonlyMap<string, readonly { readonly log: Log; readonly entity: LogAccess["entity"] }[]>;

  constructor(plan: WindowPlan, logs: readonly (Log | null)[], counts: Counts, host: DraftHost) {
    this.plan = plan;
    this.logs = new Map(logs.filter((log) => log !== null).map((log) => [log.id, log]));
    this.counts = counts;
    this.#host = host;
    this.#access = new Map(
      [...plan.access].map(([event, list]) => [
        event,
        list.flatMap(({ log, entity, records }) => (records && logs[log] ? [{ log: logs[log], entity }] : [])),
      ]),
    );
  }

  /** Entities that the budget has taken: where there are any, the features will begin with holes, and will say so. */
  get evicted(): number {
    return this.counts.evicted;
  }

  /**
   * Takes up the next piece of a snapshot, before any event; logs that the draft has not are left out. Whether it was the
   * last. The snapshot must come from a store with the seed of this one. A `SnapshotError` where it does not, or where the
   * piece is not what was written; then the draft is given up.
   */
  restore(piece: Uint8Array): boolean {
    const { shared, makeRoom } = this.#host;
    this.#restorer ??= new Restorer(shared, (id) => this.logs.get(id), [], makeRoom, ({ seed }) => {
      if (seed !== shared.seed) throw new SnapshotError("snapshot_seed", "a draft takes snapshots of stores with the same seed only");
    });
    try {
      const last = this.#restorer.read(piece);
      if (last) this.#restorer = null;
      return last;
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Takes up an event of the past in its order, with its event time in milliseconds. */
  arrive(event: string, frame: Frame, at: number): void {
    const list = this.#access.get(event);
    if (list === undefined || list.length === 0) return;
    this.#host.makeRoom();
    for (const { log, entity } of list) {
      const key = entity(frame);
      if (key !== undefined) log.record(key, frame, at);
    }
  }

  /** Gives it up. Its memory comes back in slices. */
  discard(): void {
    this.#host.discard();
  }
}
