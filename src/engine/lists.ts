import type { Clock } from "../clock.ts";

/** Entries of one managed list; a list that only grows must not take the process with it. */
export const MAX_MANAGED_ENTRIES = 1_000_000;

export interface ManagedEntry {
  readonly key: string | number | boolean;
  /** Milliseconds since 1970, or null for an entry that stays. */
  readonly expiresAt: number | null;
}

/**
 * Entries of the lists that are managed while the service runs. They live outside the program, so they stay when the
 * rules change. Expired entries count as absent at once and are dropped when they are met. They expire by the clock and not by
 * the time of events: people put them there too, and an event that comes late must not bring one back.
 */
export class ManagedLists {
  readonly #clock: Clock;
  readonly #lists = new Map<string, Map<string | number | boolean, number | null>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(list: string, key: string | number | boolean): boolean {
    const entries = this.#lists.get(list);
    const expiresAt = entries?.get(key);
    if (entries === undefined || expiresAt === undefined) return false;
    if (expiresAt === null || expiresAt > this.#clock.now()) return true;
    entries.delete(key);
    return false;
  }

  /** Adds or renews an entry; false when the list is full. */
  put(list: string, key: string | number | boolean, expiresAt: number | null): boolean {
    let entries = this.#lists.get(list);
    if (entries === undefined) this.#lists.set(list, (entries = new Map()));
    if (!entries.has(key) && entries.size >= MAX_MANAGED_ENTRIES) {
      this.#expire(entries);
      if (entries.size >= MAX_MANAGED_ENTRIES) return false;
    }
    entries.set(key, expiresAt);
    return true;
  }

  /** Whether there was such an entry. */
  remove(list: string, key: string | number | boolean): boolean {
    const had = this.has(list, key);
    this.#lists.get(list)?.delete(key);
    return had;
  }

  entries(list: string): readonly ManagedEntry[] {
    const entries = this.#lists.get(list);
    if (entries === undefined) return [];
    this.#expire(entries);
    return [...entries].map(([key, expiresAt]) => ({ key, expiresAt }));
  }

  #expire(entries: Map<string | number | boolean, number | null>): void {
    const now = this.#clock.now();
    for (const [key, expiresAt] of entries) if (expiresAt !== null && expiresAt <= now) entries.delete(key);
  }
}
