import type { StateChange } from "../store/record.ts";
import type { EntityKey } from "../windows/spec.ts";

/**
 * Entities of all rules together whose state is kept, for held conditions and for cooldowns each; 180 MB of held conditions
 * when full, and less of cooldowns. Beyond it the one that was asked longest ago is forgotten: its condition begins anew, its
 * cooldown is over.
 */
export const MAX_ENTITIES = 1_000_000;

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

/**
 * The state of rules that look beyond one event. It lives outside of the program and goes by the names of ruleset and rule,
 * so it outlives a reload, also one in which the rule changes or is away for a while; what nobody asks for any more is
 * pushed out by what is.
 */
export class RuleStates {
  readonly #held: Recent<Held>;
  readonly #cooled: Recent<number>;

  #noted: StateChange[] | null = null;

  constructor(capacity = MAX_ENTITIES) {
    this.#held = new Recent(capacity);
    this.#cooled = new Recent(capacity);
  }

  /** The state of a condition for an entity, made where there is none yet. */
  held(state: string, entity: EntityKey): Held {
    const key = keyOf(state, entity);
    return this.#held.get(key) ?? this.#held.set(key, { newest: Number.NEGATIVE_INFINITY, since: null, clearSince: null, latched: false });
  }

  /** Says that the state of a condition has changed. */
  keep(state: string, entity: EntityKey, { newest, since, clearSince, latched }: Held): void {
    this.#noted?.push({ kind: "held", state, entity, newest, since, clearSince, latched });
  }

  /** The same without taking note that it was asked for; undefined where there is none. */
  peek(state: string, entity: EntityKey): Readonly<Held> | undefined {
    return this.#held.peek(keyOf(state, entity));
  }

  /** Time of the last match that began a cooldown for an entity, without taking note. */
  peekCooled(state: string, entity: EntityKey): number | undefined {
    return this.#cooled.peek(keyOf(state, entity));
  }

  /** Time of the last match that began a cooldown for an entity. */
  cooledAt(state: string, entity: EntityKey): number | undefined {
    return this.#cooled.get(keyOf(state, entity));
  }

  cool(state: string, entity: EntityKey, at: number): void {
    this.#cooled.set(keyOf(state, entity), at);
    this.#noted?.push({ kind: "cooled", state, entity, at });
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

  /** Does again what was noted. A change tells the whole state, so doing it twice, or one after a later one, ends as the last. */
  repeat(change: StateChange): void {
    const key = keyOf(change.state, change.entity);
    if (change.kind === "cooled") this.#cooled.set(key, change.at);
    else this.#held.set(key, { newest: change.newest, since: change.since, clearSince: change.clearSince, latched: change.latched });
  }

  /**
   * Everything, least recently used first. What is used while it is told may be told as it is then, twice, or not at all:
   * who noted the changes meanwhile has it.
   */
  *all(): Generator<StateChange, void> {
    let left = this.#held.size;
    for (const [key, held] of this.#held.entries()) {
      if (left-- <= 0) break;
      yield { kind: "held", ...nameOf(key), ...held };
    }
    left = this.#cooled.size;
    for (const [key, at] of this.#cooled.entries()) {
      if (left-- <= 0) break;
      yield { kind: "cooled", ...nameOf(key), at };
    }
  }

  get size(): { readonly held: number; readonly cooled: number } {
    return { held: this.#held.size, cooled: this.#cooled.size };
  }
}

const NOTHING: readonly StateChange[] = Object.freeze([]);

/** A number and the text of its digits are two entities. */
function keyOf(state: string, entity: EntityKey): string {
  return typeof entity === "number" ? `${state}#${entity}` : `${state}"${entity}`;
}

/** What `keyOf` put together: names of states hold neither of the two marks. */
function nameOf(key: string): { readonly state: string; readonly entity: EntityKey } {
  const at = key.search(/[#"]/);
  const rest = key.slice(at + 1);
  return { state: key.slice(0, at), entity: key[at] === "#" ? Number(rest) : rest };
}

/** A map that keeps what was used last. A `Map` hands out its keys in the order in which they were put in. */
class Recent<V> {
  readonly #values = new Map<string, V>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  peek(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): V {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#capacity) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest);
        break;
      }
    }
    return value;
  }

  entries(): Iterable<readonly [string, V]> {
    return this.#values;
  }

  get size(): number {
    return this.#values.size;
  }
}
