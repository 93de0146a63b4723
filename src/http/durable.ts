import type { DecisionRequest } from "../engine/decision.ts";
import type { LogRecord } from "../store/record.ts";
import type { Rooms } from "./context.ts";
import { ProblemError } from "./problem.ts";

type Parts = Pick<Rooms, "store" | "recovery">;

/** Throws where the service cannot promise anything of an event: before its log is read, and while it cannot be written. */
export function demandStore({ store, recovery }: Parts): void {
  const { status, records, total } = recovery();
  if (status === "failed") throw new ProblemError("store_failed", "the log could not be read at the start");
  if (status !== "done") throw new ProblemError("recovering", `${records} of ${total} records of the log are read`);
  if (store !== null && store.state.status !== "ok") throw storeFailed(store.state.reason);
}

/** Waits for what events need before they are worked on: room in the log, and their ids looked up. Null for nothing. */
export function admit(rooms: Parts & Pick<Rooms, "desk">, events: readonly DecisionRequest[]): Promise<void> | null {
  demandStore(rooms);
  if (rooms.store === null) return null;
  const waits = [rooms.store.room(), ...events.map((event) => rooms.desk.recall(event))].filter((each) => each !== null);
  if (waits.length === 0) return null;
  return Promise.all(waits).then(
    () => demandStore(rooms),
    (error: unknown) => {
      throw storeFailed(error);
    },
  );
}

/**
 * Yields what resolves once a record is durable, null where there is nothing to wait for. Rejects with a `ProblemError`.
 * Records that are written together have one promise, which is so for the answers too.
 */
export function commits({ store }: Parts): (seq: number) => Promise<void> | null {
  let last: { readonly wait: Promise<void>; readonly settled: Promise<void> } | null = null;
  return (seq) => {
    const wait = store?.committed(seq) ?? null;
    if (wait === null) return null;
    if (last?.wait !== wait) last = { wait, settled: orStoreFailed(wait) };
    return last.settled;
  };
}

async function orStoreFailed(wait: Promise<void>): Promise<void> {
  try {
    await wait;
  } catch (error) {
    throw storeFailed(error);
  }
}

/** What is no event, as it is written down. */
type Note = Pick<LogRecord, "kind" | "type" | "eventId" | "body" | "label"> & { readonly at?: number };

/** Writes down what is no event. Resolves once it is durable; null where there is nothing to wait for. */
export function writeDown(rooms: Parts & Pick<Rooms, "clock">, record: Note): Promise<void> | null {
  const { store, clock } = rooms;
  if (store === null) return null;
  const received = Math.max(clock.now(), store.received);
  store.append({ at: received, ...record, received, version: "", edits: null, decisionId: null, decision: null, features: null, marks: [] });
  return commits(rooms)(store.last);
}

export function storeFailed(cause: unknown): ProblemError {
  const why = cause instanceof Error ? cause.message : typeof cause === "string" ? cause : "it is closed";
  return new ProblemError("store_failed", why);
}
