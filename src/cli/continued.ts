import { systemClock } from "../clock.ts";
import type { Program } from "../compile/program.ts";
import { readConfig } from "../config.ts";
import type { DecisionRequest } from "../engine/decision.ts";
import { Desk } from "../engine/desk.ts";
import { KnownIds } from "../engine/known.ts";
import { ManagedLists } from "../engine/lists.ts";
import { RETRY_WINDOW_MS } from "../engine/retries.ts";
import { RuleStates } from "../engine/states.ts";
import { MAX_PENDING_RECORDS } from "../store/pending.ts";
import { StoreRefused } from "../store/refusal.ts";
import { Store } from "../store/store.ts";
import { Upkeep } from "../upkeep.ts";
import { WindowStore } from "../windows/store.ts";
import { StreamClock } from "./stream.ts";

/** A data folder that a recorded stream goes on in. */
export interface Continued {
  /** The time of the stream. */
  readonly clock: StreamClock;
  readonly desk: Desk;
  /** What an event waits for before it is decided: room in the log, and its id looked up there. */
  readonly admit: (request: DecisionRequest) => Promise<void> | null;
  /** Resolves when all that was decided is durable. */
  readonly durable: () => Promise<void> | null;
  /** Writes a last snapshot, and lets go of the folder. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a data folder and brings the state to where its log ends, by the desk, log and recovery of the service. Events
 * arrive now, so that retries and retention go by today, and are of the time of the stream, by which entries of lists end.
 * Rejects with `StoreRefused` where the folder cannot be used, with `ConfigError` for a bad setting.
 */
export async function continueFrom(folder: string, program: Program, tell: (text: string) => void): Promise<Continued> {
  const { durability, windowBytes, windowKeys, retentionDays, retentionMb, snapshotRecords, replayCapacity } = readConfig({ data: folder });
  const onChange = ({ status, reason }: Store["state"]): void => {
    if (status === "failed") tell(`the store cannot write: ${reason ?? "unknown"}`);
  };
  const store = await Store.open(folder, { durability, onChange });
  const clock = new StreamClock();
  const windows = new WindowStore({ budget: windowBytes, maxKeys: windowKeys });
  windows.adopt(program.windows);
  const lists = new ManagedLists(clock);
  const states = new RuleStates(windows);
  const ids = new KnownIds(RETRY_WINDOW_MS);
  const active = (): Program => program;
  const upkeep = new Upkeep({ store, windows, states, lists, ids, active, clock: systemClock, events: clock, retentionDays, retentionMb, snapshotRecords });
  const close = async (): Promise<void> => {
    await upkeep.close();
    await store.close();
  };
  upkeep.recover(linesTo(tell));
  await upkeep.reading;
  if (upkeep.recovered === null) {
    await close();
    throw new StoreRefused("unusable", `the log in \`${folder}\` could not be read`);
  }
  const desk = new Desk({
    active, windows, lists, states,
    clock: systemClock,
    events: clock,
    // What waits to be written is not in the log yet, so memory must have room for it.
    replayCapacity: Math.max(replayCapacity, 2 * MAX_PENDING_RECORDS),
    log: { journal: store, ids, find: (type, eventId) => store.event(type, eventId) },
  });
  return {
    clock, desk, close,
    admit: (request) => {
      const room = store.room();
      return room === null ? desk.recall(request) : room.then(() => desk.recall(request) ?? undefined);
    },
    durable: () => store.committed(store.last),
  };
}

/** What a person at a terminal wants to know of reading the log; the rest is for those who run services. */
function linesTo(tell: (text: string) => void): Parameters<Upkeep["recover"]>[0] {
  const words = (facts: object, message: string): void => {
    const said = Object.entries(facts).map(([name, value]) => `${name} ${value instanceof Error ? value.message : typeof value === "string" ? value : JSON.stringify(value)}`);
    tell([message, ...said].join("; "));
  };
  return { info: () => undefined, warn: words, error: words };
}
