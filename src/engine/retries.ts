import { LRUCache } from "lru-cache";
import { keyOf } from "../types/equality.ts";
import type { EventSchema } from "../types/schema.ts";
import { Missing } from "../types/value.ts";
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

/**
 * Whether an event means the same as the one accepted under its id, however its JSON is spelt. Fields are met by name,
 * since the rules may have changed in between; one that only one of the two schemas has counts where it has a value.
 */
export function isRetry(schema: EventSchema, frame: Frame, known: Accepted): boolean {
  const names = new Set([...schema.fields, ...known.schema.fields].map((field) => field.name));
  return [...names].every((name) => fieldKey(schema, frame, name) === fieldKey(known.schema, known.frame, name));
}

/** A text or number for the value of a field; undefined where it is missing. */
function fieldKey(schema: EventSchema, frame: Frame, name: string): string | number | undefined {
  const value = frame[schema.fields.findIndex((field) => field.name === name)];
  return value === undefined || value instanceof Missing ? undefined : keyOf(value);
}
