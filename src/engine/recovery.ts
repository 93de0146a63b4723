import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { StoredRecord } from "../store/record.ts";
import type { Desk } from "./desk.ts";

/** Probes and the status are answered between slices of this length. */
const SLICE_MS = 20;

/** Reads a log into the state that it left, once, and tells how far it is. */
export class LogRecovery {
  readonly #clock: Clock;
  #status: "waiting" | "reading" | "done" | "failed";
  #records = 0;
  #total = 0;
  #time: number | null = null;

  /** @param needed whether there is a log at all */
  constructor(clock: Clock, needed: boolean) {
    this.#clock = clock;
    this.#status = needed ? "waiting" : "done";
  }

  get state(): { readonly status: "waiting" | "reading" | "done" | "failed"; readonly records: number; readonly total: number } {
    return { status: this.#status, records: this.#records, total: this.#total };
  }

  /** The time in which the log is: while it is read that of its record, then that of the clock. */
  get clock(): Clock {
    return { now: () => this.#time ?? this.#clock.now() };
  }

  /** Takes up all records. Yields how many were of a type that the active rules do not have. Rejects where reading fails. */
  async read(pages: AsyncIterable<readonly StoredRecord[]>, total: number, desk: Pick<Desk, "recover">): Promise<number> {
    this.#status = "reading";
    this.#total = total;
    let unknown = 0;
    let since = performance.now();
    try {
      for await (const page of pages) {
        for (const record of page) {
          this.#time = record.received;
          if (!desk.recover(record)) unknown += 1;
          this.#records += 1;
          if (performance.now() - since < SLICE_MS) continue;
          await nextTurn();
          since = performance.now();
        }
      }
      this.#status = "done";
      return unknown;
    } catch (error) {
      this.#status = "failed";
      throw error;
    } finally {
      this.#time = null;
    }
  }
}
