import { randomInt } from "node:crypto";
import { textHash } from "../store/idhash.ts";
import { eventDecoder } from "../types/decode.ts";
import { keyOf } from "../types/equality.ts";
import type { EventSchema } from "../types/schema.ts";
import { Missing } from "../types/value.ts";
import type { Frame } from "../windows/spec.ts";
import type { Decision } from "./decision.ts";
import { type Entry, Slabs } from "./slabs.ts";
import { NO_SLOT, Slots } from "./slots.ts";

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

/** An event that is kept as it is. */
interface Whole {
  readonly id: string;
  readonly accepted: Accepted;
}

/** Where no text is kept of an event. */
const NO_TEXT = 0xffffffff;

/** Events of one type. Once there are too many the one goes that was asked for longest ago, of their texts those that came first. */
class Shelf {
  readonly #slots: Slots;
  readonly #slabs: Slabs;
  /** By slot: where the texts stand, or `NO_TEXT`. */
  readonly #places: Uint32Array;
  /** By slot. */
  readonly #whole: (Whole | undefined)[] = [];
  readonly #seed = randomInt(2 ** 32);
  /** What is looked for; a member, so that looking makes nothing. */
  #wanted = "";
  readonly #isWanted = (slot: number): boolean => {
    const place = this.#places[slot] as number;
    return (place === NO_TEXT ? this.#whole[slot]?.id : this.#slabs.id(place)) === this.#wanted;
  };

  constructor(capacity: number, maxBytes: number) {
    this.#places = new Uint32Array(capacity);
    this.#slabs = new Slabs(maxBytes, (slot, place) => {
      if (this.#places[slot] === place) this.#slots.drop(slot);
    });
    this.#slots = new Slots(capacity, (slot) => this.#clear(slot));
  }

  received(id: string): number | undefined {
    const slot = this.#find(id);
    if (slot === NO_SLOT) return undefined;
    const place = this.#places[slot] as number;
    return place === NO_TEXT ? this.#whole[slot]?.accepted.received : this.#slabs.received(place);
  }

  read(id: string): Accepted | undefined {
    const slot = this.#find(id);
    if (slot === NO_SLOT) return undefined;
    this.#slots.touch(slot);
    const place = this.#places[slot] as number;
    return place === NO_TEXT ? this.#whole[slot]?.accepted : acceptedOf(this.#slabs.read(place));
  }

  keep(id: string, accepted: Accepted): void {
    const slot = this.#open(id);
    this.#places[slot] = NO_TEXT;
    this.#whole[slot] = { id, accepted };
  }

  keepText(entry: Entry): void {
    const slot = this.#open(entry.id);
    // Until it has a place nothing is to be found there: making room may give up what stood in its slot before.
    this.#places[slot] = NO_TEXT;
    this.#places[slot] = this.#slabs.put(slot, entry);
  }

  #find(id: string): number {
    this.#wanted = id;
    return this.#slots.find(textHash(id, this.#seed), this.#isWanted);
  }

  /** A slot for an id, instead of the one that it had. */
  #open(id: string): number {
    const known = this.#find(id);
    if (known !== NO_SLOT) this.#slots.drop(known);
    return this.#slots.take(textHash(id, this.#seed));
  }

  #clear(slot: number): void {
    const place = this.#places[slot] as number;
    if (place === NO_TEXT) this.#whole[slot] = undefined;
    else this.#slabs.drop(place);
    this.#places[slot] = NO_TEXT;
  }
}

/** Events of the last day by their ids, as many as there is room for. */
export class Retries {
  readonly #shelves = new Map<string, Shelf>();
  readonly #capacity: number;
  readonly #maxBytes: number;

  /** @param capacity events kept of each type; 0 for none @param maxBytes of the texts of each */
  constructor(capacity: number, maxBytes: number = MAX_REPLAY_BYTES) {
    this.#capacity = capacity;
    this.#maxBytes = maxBytes;
  }

  has(type: string, id: string | number, now: number): boolean {
    const received = this.#shelves.get(type)?.received(String(id));
    return received !== undefined && received > now - RETRY_WINDOW_MS;
  }

  /** Who asks for an event may do so again: it counts as the newest. */
  get(type: string, id: string | number, now: number): Accepted | undefined {
    return this.has(type, id, now) ? this.#shelves.get(type)?.read(String(id)) : undefined;
  }

  /** For who has no texts at hand. */
  keep(type: string, id: string | number, accepted: Accepted): void {
    if (this.#capacity > 0) this.#of(type).keep(String(id), accepted);
  }

  /** Keeps no more than texts and numbers: of objects the collector would carry a hundred thousand about. */
  keepText(type: string, entry: Entry): void {
    if (this.#capacity > 0) this.#of(type).keepText(entry);
  }

  /** Whether anything is kept at all. */
  get keeps(): boolean {
    return this.#capacity > 0;
  }

  #of(type: string): Shelf {
    let shelf = this.#shelves.get(type);
    if (shelf === undefined) this.#shelves.set(type, (shelf = new Shelf(this.#capacity, this.#maxBytes)));
    return shelf;
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
