import type { Decision } from "../engine/decision.ts";
import { REPLAY_CAPACITY, RETRY_WINDOW_MS } from "../engine/retries.ts";
import { keyOf } from "../types/equality.ts";
import type { Target } from "../types/decode.ts";
import type { EventSchema } from "../types/schema.ts";
import { Missing } from "../types/value.ts";
import { type Table, TableReader } from "./columns.ts";

type Decisions = Decision["decisions"];

/** In place of a neighbour: there is none. */
const NONE = 0xffffffff;

/**
 * The events of one type that were decided last, by their ids, as `Retries` keeps them for a service. They stay in the
 * columns in which they came, so that keeping them makes nothing for the collector to carry.
 */
export class Seen {
  readonly #fields: number;
  readonly #reader: TableReader;
  readonly #capacity: number;
  readonly #slots = new Map<string | number, number>();
  readonly #ids: (string | number)[] = [];
  readonly #tables: Table[] = [];
  readonly #records: Uint32Array;
  readonly #received: Float64Array;
  readonly #decisions: Decisions[] = [];
  /** From the one that was met longest ago to the newest. */
  readonly #before: Uint32Array;
  readonly #after: Uint32Array;
  #oldest = NONE;
  #newest = NONE;
  /** Of an event without a hit: most come to the same. */
  #quiet: Decisions | null = null;
  readonly #scratch: Target = [];

  constructor(schema: EventSchema, capacity = REPLAY_CAPACITY) {
    this.#fields = schema.fields.length;
    this.#reader = new TableReader(schema);
    this.#capacity = capacity;
    this.#records = new Uint32Array(capacity);
    this.#received = new Float64Array(capacity);
    this.#before = new Uint32Array(capacity);
    this.#after = new Uint32Array(capacity);
  }

  /** What the event of an id came to, or that it was another event than this one; null where there is none of the last day. */
  find(id: string | number, frame: Target, now: number): { readonly same: boolean; readonly decisions: Decisions } | null {
    const slot = this.#slots.get(id);
    if (slot === undefined) return null;
    this.#unlink(slot);
    this.#link(slot);
    if ((this.#received[slot] as number) <= now - RETRY_WINDOW_MS) return null;
    this.#reader.read(this.#tables[slot] as Table, this.#records[slot] as number, this.#scratch);
    return { same: this.#equals(frame), decisions: this.#decisions[slot] as Decisions };
  }

  /** Remembers an event, which stands in a table, in place of the one met longest ago. */
  keep(id: string | number, table: Table, record: number, now: number, decisions: Decisions): void {
    const slot = this.#place(id);
    this.#tables[slot] = table;
    this.#records[slot] = record;
    this.#received[slot] = now;
    this.#decisions[slot] = this.#shared(decisions);
    this.#link(slot);
  }

  #place(id: string | number): number {
    const known = this.#slots.get(id);
    if (known !== undefined) {
      this.#unlink(known);
      return known;
    }
    let slot = this.#ids.length;
    if (slot === this.#capacity) {
      slot = this.#oldest;
      this.#unlink(slot);
      this.#slots.delete(this.#ids[slot] as string | number);
    }
    this.#ids[slot] = id;
    this.#slots.set(id, slot);
    return slot;
  }

  #link(slot: number): void {
    this.#before[slot] = this.#newest;
    this.#after[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#after[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const before = this.#before[slot] as number;
    const after = this.#after[slot] as number;
    if (before === NONE) this.#oldest = after;
    else this.#after[before] = after;
    if (after === NONE) this.#newest = before;
    else this.#before[after] = before;
  }

  #shared(decisions: Decisions): Decisions {
    for (const name in decisions) {
      const made = decisions[name] as Decisions[string];
      if (made.rules.length > 0) return decisions;
      if (this.#quiet?.[name]?.outcome !== made.outcome) this.#quiet = decisions;
    }
    return this.#quiet ?? decisions;
  }

  #equals(frame: Target): boolean {
    for (let field = 0; field < this.#fields; field++) if (fieldKey(frame[field]) !== fieldKey(this.#scratch[field])) return false;
    return true;
  }
}

function fieldKey(value: Target[number]): string | number | undefined {
  return value === undefined || value instanceof Missing ? undefined : keyOf(value);
}
