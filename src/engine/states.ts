import type { StateChange } from "../store/record.ts";
import { Reader } from "../windows/bytes.ts";
import type { Records } from "../windows/records.ts";
import type { EntityKey } from "../windows/spec.ts";
import { WindowStore } from "../windows/store.ts";

/**
 * So long after it says nothing any more a state may be forgotten: an event that is later than this by the times of others
 * is decided as if its entity were new.
 */
export const SPARE_MS = 86_400_000;

/** What is known of a condition for one entity. Times are event times in milliseconds since 1970. */
export interface Held {
  /** Time of the newest event; older ones change nothing. */
  newest: number;
  /** Since when the condition has been true without a break; null while it is not. */
  since: number | null;
  /** The same for the condition of `clear when`. */
  clearSince: number | null;
  /** Whether the rule has fired and was not cleared since. */
  latched: boolean;
}

/** Where states are: beside the windows, under their budget and in their snapshots. */
export interface StateRoom {
  readonly held: Records;
  readonly cooled: Records;
}

/**
 * The state of rules that look beyond one event. It lives outside of the program and goes by the names of ruleset and rule,
 * so it outlives a reload, also one in which the rule changes or is away for a while. Beyond `maxStates` of the windows, and
 * where their budget bites, the one that changed longest ago is forgotten: its condition begins anew, its cooldown is over.
 */
export class RuleStates {
  readonly #room: StateRoom;
  readonly #values = new Float64Array(4);
  #noted: StateChange[] | null = null;

  constructor(room: StateRoom = new WindowStore()) {
    this.#room = room;
  }

  /** The state of a condition for an entity as it is now, or that of one that is new. What becomes of it is to be told to `keep`. */
  held(state: string, entity: EntityKey): Held {
    return this.#held(state, entity) ?? { newest: Number.NEGATIVE_INFINITY, since: null, clearSince: null, latched: false };
  }

  /** Says what became of the state of a condition. */
  keep(state: string, entity: EntityKey, { newest, since, clearSince, latched }: Held): void {
    const change = { kind: "held", state, entity, newest, since, clearSince, latched } as const;
    this.repeat(change);
    this.#noted?.push(change);
  }

  /** The state of a condition for an entity; undefined where there is none. */
  peek(state: string, entity: EntityKey): Readonly<Held> | undefined {
    return this.#held(state, entity);
  }

  /** Time of the last match that began a cooldown for an entity. */
  cooledAt(state: string, entity: EntityKey): number | undefined {
    return this.#room.cooled.read(keyOf(state, entity), this.#values) ? this.#values[0] : undefined;
  }

  /** Begins a cooldown of so many milliseconds. */
  cool(state: string, entity: EntityKey, at: number, duration: number): void {
    const change = { kind: "cooled", state, entity, at, until: at + duration } as const;
    this.repeat(change);
    this.#noted?.push(change);
  }

  /** Notes from now on what changes, for the log. */
  note(): void {
    this.#noted ??= [];
  }

  /** What was noted since the last call. */
  take(): readonly StateChange[] {
    const noted = this.#noted;
    if (noted === null || noted.length === 0) return NOTHING;
    this.#noted = [];
    return noted;
  }

  /** Does again what was noted, and notes nothing. */
  repeat(change: StateChange): void {
    const { held, cooled } = this.#room;
    const values = this.#values;
    const key = keyOf(change.state, change.entity);
    if (change.kind === "cooled") {
      values[0] = change.at;
      cooled.write(key, values, change.at, change.until + SPARE_MS);
      return;
    }
    const { newest, since, clearSince, latched } = change;
    values[0] = newest;
    values[1] = since ?? Number.NaN;
    values[2] = clearSince ?? Number.NaN;
    values[3] = latched ? 1 : 0;
    // One that is neither true nor latched only tells which events are too late for it.
    const isIdle = since === null && clearSince === null && !latched;
    held.write(key, values, newest, isIdle ? newest + SPARE_MS : Infinity);
  }

  /** Everything, of either kind least recently changed first; nothing may change meanwhile. */
  *all(): Generator<StateChange, void> {
    const { held, cooled } = this.#room;
    for (let at = held.first; at !== 0; at = held.after(at)) {
      const [newest, since, clearSince, latched] = [0, 1, 2, 3].map((index) => held.value(at, index)) as [number, number, number, number];
      yield { kind: "held", ...nameOf(held.key(at)), newest, since: orNull(since), clearSince: orNull(clearSince), latched: latched === 1 };
    }
    for (let at = cooled.first; at !== 0; at = cooled.after(at)) {
      yield { kind: "cooled", ...nameOf(cooled.key(at)), at: cooled.value(at, 0), until: cooled.until(at) - SPARE_MS };
    }
  }

  get size(): { readonly held: number; readonly cooled: number } {
    return { held: this.#room.held.size, cooled: this.#room.cooled.size };
  }

  #held(state: string, entity: EntityKey): Held | undefined {
    const values = this.#values;
    if (!this.#room.held.read(keyOf(state, entity), values)) return undefined;
    return { newest: values[0] as number, since: orNull(values[1] as number), clearSince: orNull(values[2] as number), latched: values[3] === 1 };
  }
}

const NOTHING: readonly StateChange[] = Object.freeze([]);

function orNull(time: number): number | null {
  return Number.isNaN(time) ? null : time;
}

/** A number and the text of its digits are two entities. */
function keyOf(state: string, entity: EntityKey): string {
  return typeof entity === "number" ? `${state}#${entity}` : `${state}"${entity}`;
}

/** What `keyOf` put together: names of states hold neither of the two marks. */
function nameOf(bytes: Uint8Array): { readonly state: string; readonly entity: EntityKey } {
  const key = new Reader(bytes).value() as string;
  const at = key.search(/[#"]/);
  const rest = key.slice(at + 1);
  return { state: key.slice(0, at), entity: key[at] === "#" ? Number(rest) : rest };
}
