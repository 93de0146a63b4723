import { LRUCache } from "lru-cache";
import { eventDecoder } from "../types/decode.ts";
import { keyOf } from "../types/equality.ts";
import type { EventSchema } from "../types/schema.ts";
import { Missing } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Decision } from "./decision.ts";
import { type Entry, Slabs } from "./slabs.ts";

/** Decisions of one event type kept in memory for retries; some 250 MB where each has ten hits. */
export const REPLAY_CAPACITY = 100_000;
/**
 * Bytes of the texts of one event type. Beyond it the oldest go before there are so many: of events with long decisions
 * fewer are kept. It is many times what may wait to be written, since only what is written is looked up in the log.
 */
export const MAX_REPLAY_BYTES = 256 * 2 ** 20;
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
  /** As text where it is kept as text; null for an event that was only counted. */
  readonly decision: Decision | string | null;
}

/** Events of one type, the oldest first: whole, or where their texts stand. */
interface Kept {
  readonly slabs: Slabs;
  readonly places: LRUCache<string | number, Accepted | number>;
}

/** Events of the last day by their ids, as many as there is room for. */
export class Retries {
  /** By event type, then by the value of the `@id` field: joining the two would make a new text for every event. */
  readonly #kept = new Map<string, Kept>();
  readonly #capacity: number;
  readonly #maxBytes: number;

  /** @param capacity events kept of each type; 0 for none @param maxBytes of their texts */
  constructor(capacity: number, maxBytes: number = MAX_REPLAY_BYTES) {
    this.#capacity = capacity;
    this.#maxBytes = maxBytes;
  }

  has(type: string, id: string | number, now: number): boolean {
    const kept = this.#kept.get(type);
    const found = kept?.places.peek(id);
    if (kept === undefined || found === undefined) return false;
    return (typeof found === "number" ? kept.slabs.received(found) : found.received) > now - RETRY_WINDOW_MS;
  }

  /** An event that is asked for counts as the newest: who retries once may do so again. */
  get(type: string, id: string | number, now: number): Accepted | undefined {
    const kept = this.#kept.get(type);
    const found = kept?.places.peek(id);
    if (kept === undefined || found === undefined) return undefined;
    if (typeof found !== "number") {
      kept.places.get(id);
      return found.received <= now - RETRY_WINDOW_MS ? undefined : found;
    }
    if (kept.slabs.received(found) <= now - RETRY_WINDOW_MS) return undefined;
    const entry = kept.slabs.read(found);
    // Slabs are given up in the order in which they were filled, so what becomes newer has to move.
    kept.places.set(id, kept.slabs.put(entry));
    return acceptedOf(entry);
  }

  /** For who has neither text at hand. */
  keep(type: string, id: string | number, accepted: Accepted): void {
    if (this.#capacity > 0) this.#of(type).places.set(id, accepted);
  }

  /** Keeps no more than texts and numbers: of objects the collector would carry a hundred thousand about. */
  keepText(type: string, id: string | number, entry: Entry): void {
    if (this.#capacity === 0) return;
    const { places, slabs } = this.#of(type);
    places.set(id, slabs.put(entry));
  }

  /** Whether anything is kept at all. */
  get keeps(): boolean {
    return this.#capacity > 0;
  }

  #of(type: string): Kept {
    const known = this.#kept.get(type);
    if (known !== undefined) return known;
    const slabs = new Slabs(this.#maxBytes, () => void places.pop());
    const places = new LRUCache<string | number, Accepted | number>({
      max: this.#capacity,
      dispose: (each) => {
        if (typeof each === "number") slabs.drop(each);
      },
    });
    const made: Kept = { slabs, places };
    this.#kept.set(type, made);
    return made;
  }
}

/** What cannot be read any more, because the rules have changed since, is missing. */
function acceptedOf({ schema, version, seq, received, body, decision }: Entry): Accepted {
  const frame: Frame = [];
  eventDecoder(schema)(JSON.parse(body), frame, []);
  return { schema, frame, seq, version, received, decision };
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
