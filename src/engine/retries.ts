import { LRUCache } from "lru-cache";
import type { EventSchema } from "../types/schema.ts";
import type { Frame } from "../windows/spec.ts";
import type { Decision } from "./decision.ts";

/** Decisions of one event type kept in memory for retries; about 100 MB at 1 KB each. */
export const REPLAY_CAPACITY = 100_000;
/** An event with an id that arrived at most this long ago is the same event again; later it is another one. */
export const RETRY_WINDOW_MS = 86_400_000;

/** What is kept of an accepted event with an `@id`. */
export interface Accepted {
  /** Its schema and frame, to tell a retry from another event with its id. */
  readonly schema: EventSchema;
  readonly frame: Frame;
  readonly seq: number;
  readonly version: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly received: number;
  /** As text where it was read from the log; null for an event that was only counted. */
  readonly decision: Decision | string | null;
}

/** Events of the last day by their ids, as many as there is room for. */
export class Retries {
  /** By event type, then by the value of the `@id` field: joining the two would make a new text for every event. */
  readonly #accepted = new Map<string, LRUCache<string | number, Accepted>>();
  readonly #capacity: number;

  /** @param capacity events kept of each type; 0 for none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(type: string, id: string | number, now: number): Accepted | undefined {
    const found = this.#accepted.get(type)?.get(id);
    return found === undefined || found.received <= now - RETRY_WINDOW_MS ? undefined : found;
  }

  keep(type: string, id: string | number, accepted: Accepted): void {
    if (this.#capacity === 0) return;
    let known = this.#accepted.get(type);
    if (known === undefined) this.#accepted.set(type, (known = new LRUCache({ max: this.#capacity })));
    known.set(id, accepted);
  }

  /** Whether anything is kept at all. */
  get keeps(): boolean {
    return this.#capacity > 0;
  }
}
