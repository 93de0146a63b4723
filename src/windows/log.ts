import { isMissing } from "../types/value.ts";
import type { Missing, Money, Value } from "../types/value.ts";
import { Writer } from "./bytes.ts";
import { CODE_MASK, layout, sameLayout } from "./layout.ts";
import type { Layout, Measure } from "./layout.ts";
import { migrate, passage } from "./migrate.ts";
import type { Passage } from "./migrate.ts";
import type { Contribution } from "./panes.ts";
import { draft, HEAD, LAYOUT, LIMIT, MARK, NEWEST, ROWS, Rows, SINCE, SLOT, SLOT_BITS, TOUCHED } from "./rows.ts";
import type { Draft } from "./rows.ts";
import { pageOf, wordOf } from "./slabs.ts";
import { ALL_ROWS } from "./shared.ts";
import type { Counts, Current, Shared } from "./shared.ts";
import type { EntityKey, Frame, LogId } from "./spec.ts";
import { dropPanes, spill } from "./spill.ts";
import { Table } from "./table.ts";
import { Wheel } from "./wheel.ts";

/**
 * The clock of a log moves by blocks of this many recorded events, to the earliest time in the block: one sender whose
 * clock is ahead by years must not make the windows of everyone else look expired.
 */
export const CLOCK_BLOCK = 64;

/** Entities that are looked at for being over, for one event. */
export const EXPIRED_AT_ONCE = 4;

/** Entities of which the one that was met least recently is evicted, as Redis samples. */
const SAMPLE = 8;

/** Entities that can be put into another wheel while an event waits. */
const REWOUND = 4_096;

interface Deferred {
  readonly entity: number;
  readonly measure: Measure;
  readonly event: Contribution;
}

/** The events of one source by one key, each entity apart. */
export class Log {
  readonly id: LogId;
  readonly current: Current = { entity: undefined, index: ALL_ROWS, arrival: -1, behind: 0 };
  readonly shared: Shared;
  /** Where it counts; its own while it is not live. */
  counts: Counts;
  readonly table: Table;
  readonly #writer = new Writer();
  /** For the event at hand, and for everything else. */
  readonly #rows: Rows;
  readonly #other: Rows;
  readonly #layouts: Layout[] = [];
  /** Number of the layout of now. */
  #latest = -1;
  readonly #passages: (Passage | null)[] = [];
  #layout: Layout = layout([], []);
  #draft: Draft = draft(this.#layout);
  /** Measures that count every event: their bits by integer … */
  #always: readonly { readonly integer: number; readonly bits: number }[] = [];
  /** … those that ask the event, and those that keep of it more than a number. */
  #asking: readonly Measure[] = [];
  #keeping: readonly Measure[] = [];
  /** What the event at hand brings, by integer and by word; undefined before it is asked for. */
  readonly #cells: (Value | Missing | undefined)[] = [];
  readonly #numbers: (Value | Missing | undefined)[] = [];
  /** Events that excluded themselves and would be in a pane: they go there when they are no longer at hand. */
  readonly #deferred: Deferred[] = [];
  #wheel: Wheel;
  /** Nothing in the wheel is due up to here. */
  #swept = -Infinity;
  #hand = 0;
  events = 0;
  /** By serial of a measure, the time of the first event that it could count. */
  readonly since = new Map<number, number>();
  /** Newest time of an entity that was evicted. */
  evictedUntil = -Infinity;
  /** No entity counts as expired before this has passed its newest time by the keep. */
  clock = -Infinity;
  /**
   * Entities whose newest time is not after this are over, unless they were met while the clock had passed them: such come
   * with what others brought long ago, and stay until this has passed the clock of then. That their memory comes back later is not seen, so that values
   * are the same after a restart.
   */
  floor = -Infinity;
  blockSize = 0;
  blockEarliest = Infinity;

  constructor(id: LogId, shared: Shared, counts: Counts = shared.counts) {
    this.id = id;
    this.shared = shared;
    this.counts = counts;
    this.table = new Table(shared.slabs, HEAD * 8, shared.seed);
    this.#rows = new Rows(shared.slabs, shared.values, this.#layout);
    this.#other = new Rows(shared.slabs, shared.values, this.#layout);
    this.#wheel = new Wheel(shared.slabs, 0);
  }

  get layout(): Layout {
    return this.#layout;
  }

  layoutOf(entity: number): Layout {
    return this.#layouts[this.#head(entity, LAYOUT)] as Layout;
  }

  /** Takes up another layout. What entities hold is moved over when each is next met, so that this costs no time. */
  configure(next: Layout): void {
    this.settle();
    this.#latest = this.know(next);
    this.#layouts[this.#latest] = next;
    this.#layout = next;
    this.floor = Math.max(this.floor, this.clock - next.keep);
    this.#passages.length = 0;
    this.#draft = draft(next);
    this.#sort();
    const known = new Set(next.measures.map((each) => each.serial));
    for (const serial of this.since.keys()) if (!known.has(serial)) this.since.delete(serial);
    if (!this.#wheel.fits(next.keep) && this.table.size <= REWOUND) this.#rewind();
  }

  /** Sorts measures by what they ask of an event. */
  #sort(): void {
    const { measures, masks } = this.#layout;
    this.#asking = measures.filter(({ spec }) => spec.where !== null || spec.value !== null);
    this.#keeping = measures.filter(({ code, cell }) => code >= 0 || cell >= 0);
    const always = measures.filter((each) => !this.#asking.includes(each));
    const bitsOf = (integer: number): number => always.reduce((all, { mask, bit }) => (mask === integer ? all | bit : all), 0);
    this.#always = masks.map(({ integer }) => ({ integer, bits: bitsOf(integer) })).filter(({ bits }) => bits !== 0);
  }

  /** The entity of this key in the layout of now, or null; another look-up takes the place of this one. */
  find(key: EntityKey, own: boolean): Rows | null {
    if (own) this.settle();
    const entity = this.#find(key);
    if (entity === 0 || this.isOver(entity)) return null;
    const rows = own ? this.#rows : this.#other;
    this.#load(rows, entity);
    return rows;
  }

  /** Ends what the event before left open. */
  settle(): void {
    while (this.#deferred.length > 0) {
      const { entity, measure, event } = this.#deferred.pop() as Deferred;
      this.#keep(entity);
      this.#load(this.#other, entity);
      this.#intoPane(this.#other, measure, event);
      if (event.cell !== 0) this.shared.values.release(event.cell);
    }
  }

  /** Records the event at hand and makes it the current one; when it is too late, only the entity becomes current. */
  record(key: EntityKey, frame: Frame, at: number): void {
    const { current, shared, counts } = this;
    const rows = this.#rows;
    this.settle();
    const marked = this.#gather(frame, at);
    let entity = this.#find(key);
    current.index = ALL_ROWS;
    current.entity = rows;
    current.behind = 0;
    if (entity !== 0 && this.isOver(entity)) {
      this.counts.expired++;
      this.#remove(entity);
      entity = 0;
    }
    if (entity !== 0) {
      this.#keep(entity);
      this.#load(rows, entity);
      rows.setHead(TOUCHED, shared.arrival >>> 0);
      current.behind = Math.max(0, rows.newest - at);
      if (current.behind > 0) counts.late++;
      if (current.behind > this.#layout.lateness) counts.tooLate++;
      if (at <= rows.newest - this.#layout.keep) {
        counts.dropped++;
        return;
      }
      if (rows.size >= rows.head(LIMIT)) this.#spill(rows);
    } else {
      if (this.table.size >= shared.maxKeys) this.evict(this.sample());
      // Writer and table still have the key and its hash.
      entity = this.#add(this.#writer.bytes, this.#writer.length, at, Math.max(this.evictedUntil, this.floor));
    }
    if (this.since.size < this.#layout.measures.length) this.#begin(at);
    if (at > rows.newest) rows.setNewest(at);
    if (rows.newest < this.clock || this.met(entity) !== 0) this.setMet(entity, rows.newest < this.clock ? unitOf(this.clock) : 0);
    if (marked) this.#insert(rows, at);
    this.#tick(at);
  }

  /** An entity to be evicted: the one not met for longest of the next few, or 0 where there is none. */
  sample(): number {
    let found = 0;
    let longest = -1;
    let seen = 0;
    for (let steps = 0; steps < SAMPLE * 8 && seen < SAMPLE && this.table.size > 0; steps++) {
      this.#hand = (this.#hand + 1) % this.table.buckets;
      for (let entity = this.table.first(this.#hand); entity !== 0; entity = this.table.next(entity)) {
        seen++;
        const idle = this.idle(entity);
        if (idle > longest) [found, longest] = [entity, idle];
      }
    }
    return found;
  }

  /** Arrivals since it was met. */
  idle(entity: number): number {
    return (this.shared.arrival - this.#head(entity, TOUCHED)) >>> 0;
  }

  evict(entity: number): void {
    if (entity === 0) return;
    if (this.isOver(entity)) this.counts.expired++;
    else {
      this.evictedUntil = Math.max(this.evictedUntil, this.#number(entity, NEWEST));
      this.counts.evicted++;
    }
    this.#remove(entity);
  }

  /** Gives back the memory of some entities; whether any is left. For a log that nobody reads any more. */
  release(count: number): boolean {
    const { table } = this;
    for (let freed = 0; freed < count && table.size > 0; freed++) {
      while (table.first(this.#hand % table.buckets) === 0) this.#hand++;
      this.#remove(table.first(this.#hand % table.buckets));
    }
    return table.size > 0;
  }

  /** The time after which no event of an entity was lost by eviction, or because it had been over. */
  wholeSince(entity: number): number {
    return this.#number(entity, SINCE);
  }

  #find(key: EntityKey): number {
    this.#writer.length = 0;
    this.#writer.key(key);
    return this.table.find(this.#writer.bytes, this.#writer.length);
  }

  #load(rows: Rows, entity: number): void {
    const number = this.#head(entity, LAYOUT);
    if (number === this.#latest) {
      rows.load(entity, this.#layout);
      return;
    }
    this.#keep(entity);
    const before = this.#layouts[number] as Layout;
    this.#passages[number] ??= passage(before, this.#layout);
    rows.load(entity, before);
    this.events -= migrate(rows, this.shared.panes, this.#passages[number], this.#latest);
  }

  /** The number of a layout, which is known from now on. */
  know(wanted: Layout): number {
    const known = this.#layouts.findIndex((each) => sameLayout(each, wanted));
    return known < 0 ? this.#layouts.push(wanted) - 1 : known;
  }

  layoutAt(number: number): Layout {
    return this.#layouts[number] as Layout;
  }

  /** A new entity from elsewhere, in the layout of now and without rows; 0 where there is one of the key already. */
  admit(key: Uint8Array, newest: number, since: number): number {
    if (this.table.size >= this.shared.maxKeys) this.evict(this.sample());
    return this.table.find(key, key.length) === 0 ? this.#add(key, key.length, newest, since) : 0;
  }

  #add(key: Uint8Array, length: number, newest: number, since: number): number {
    const { slabs, arrival, exact, keeper } = this.shared;
    const entity = slabs.allocate(wordsOf(length));
    this.table.add(entity, key, length);
    const integers = slabs.u32[pageOf(entity)] as Uint32Array;
    const first = wordOf(entity) * 2;
    // A loop, since it is shorter than a call of `fill` is long.
    for (let field = ROWS; field < NEWEST * 2; field++) integers[first + field] = 0;
    integers[first + LAYOUT] = this.#latest;
    integers[first + TOUCHED] = arrival >>> 0;
    integers[first + LIMIT] = exact * 2;
    integers[first + MARK] = keeper === null ? 0 : keeper.number;
    const numbers = slabs.f64[pageOf(entity)] as Float64Array;
    numbers[wordOf(entity) + NEWEST] = newest;
    numbers[wordOf(entity) + SINCE] = since;
    this.#wheel.add(entity, newest + this.#layout.keep);
    this.#rows.load(entity, this.#layout);
    return entity;
  }

  #remove(entity: number): void {
    const { slabs, panes } = this.shared;
    this.settle();
    this.#keep(entity);
    const rows = this.#other;
    const held = this.layoutOf(entity);
    rows.load(entity, held);
    this.events -= rows.size;
    dropPanes(rows, panes, held);
    rows.clear();
    this.#wheel.remove(entity);
    this.table.remove(entity);
    slabs.free(entity, wordsOf(this.table.lengthOf(entity)));
  }

  #spill(rows: Rows): void {
    const before = rows.size;
    spill(rows, this.shared.panes, this.shared.exact);
    this.events -= before - rows.size;
  }

  #insert(rows: Rows, at: number): void {
    const row = this.#draft;
    row.at = at;
    this.#hold();
    if (rows.spill !== 0 && !this.#divert(rows, at)) {
      for (const integer of this.#layout.cells) {
        const cell = row.integers[integer] as number;
        if (cell !== 0) this.shared.values.release(cell);
      }
      return;
    }
    const { size } = rows;
    const before = rows.newest - this.#layout.keep;
    if (rows.full) rows.trim(before);
    const index = rows.insert(row);
    const gone = rows.trim(before);
    this.current.index = index - gone;
    this.events += rows.size - size;
  }

  #begin(at: number): void {
    for (const { serial } of this.#layout.measures) if (!this.since.has(serial)) this.since.set(serial, at);
  }

  /** Takes a late event to the panes of the measures that have some of its time; whether others still want a row. */
  #divert(rows: Rows, at: number): boolean {
    const { panes } = this.shared;
    const { integers, numbers } = this.#draft;
    for (const measure of this.#layout.measures) {
      const { mask, bit, number, code, shift, cell } = measure;
      if (((integers[mask] as number) & bit) === 0 || !panes.load(rows, measure) || at >= panes.horizon) continue;
      integers[mask] = (integers[mask] as number) & ~bit;
      const event = {
        at,
        number: number < 0 ? 0 : (numbers[number] as number),
        code: code < 0 ? 0 : ((integers[code] as number) >>> shift) & CODE_MASK,
        cell: cell < 0 ? 0 : (integers[cell] as number),
      };
      if (!measure.spec.excludingCurrent) {
        this.#intoPane(rows, measure, event);
        continue;
      }
      if (event.cell !== 0) this.shared.values.retain(event.cell);
      this.#deferred.push({ entity: rows.entity, measure, event });
    }
    return this.#layout.masks.some(({ integer, bits }) => ((integers[integer] as number) & bits) !== 0);
  }

  #intoPane(rows: Rows, measure: Measure, event: Contribution): void {
    const { panes } = this.shared;
    if (event.at <= rows.newest - measure.keep) return;
    if (panes.load(rows, measure)) panes.put(event);
  }

  /** Works out which measures count the event and what they fold; whether there is any. All closures run before anything is stored. */
  #gather(frame: Frame, at: number): boolean {
    const { integers, numbers } = this.#draft;
    // Loops, since they are shorter than a call of `fill` is long.
    for (let index = 0; index < integers.length; index++) {
      integers[index] = 0;
      this.#cells[index] = undefined;
    }
    for (let index = 0; index < numbers.length; index++) {
      numbers[index] = 0;
      this.#numbers[index] = undefined;
    }
    for (let index = 0; index < this.#always.length; index++) {
      const { integer, bits } = this.#always[index] as Layout["masks"][number];
      integers[integer] = bits;
    }
    let any = this.#always.length > 0;
    for (let index = 0; index < this.#asking.length; index++) {
      const { spec, mask, bit, number, cell } = this.#asking[index] as Measure;
      if (spec.where !== null && !spec.where(frame)) continue;
      if (spec.value !== null) {
        const value = number >= 0 ? (this.#numbers[number] ??= spec.value(frame)) : cell >= 0 ? (this.#cells[cell] ??= spec.value(frame)) : spec.value(frame);
        if (isMissing(value)) continue;
        if (number >= 0) numbers[number] = typeof value === "number" ? value : (value as Money).minor;
      }
      integers[mask] = (integers[mask] as number) | bit;
      any = true;
    }
    this.#draft.at = at;
    return any;
  }

  /** Turns the values that measures count into currencies and cells. */
  #hold(): void {
    const { values } = this.shared;
    const { integers } = this.#draft;
    let last = -1;
    for (let index = 0; index < this.#keeping.length; index++) {
      const { spec, mask, bit, number, code, shift, cell } = this.#keeping[index] as Measure;
      if (((integers[mask] as number) & bit) === 0) continue;
      if (code >= 0 && number !== last) integers[code] = (integers[code] as number) | (values.currency((this.#numbers[number] as Money).currency) << shift);
      last = number;
      if (cell < 0 || integers[cell] !== 0) continue;
      const value = this.#cells[cell] as Value;
      integers[cell] = spec.aggregate === "distinct" ? values.holdKey(spec.key(value)) : values.hold(value);
    }
  }

  #tick(at: number): void {
    this.blockEarliest = Math.min(this.blockEarliest, at);
    if (++this.blockSize === CLOCK_BLOCK) {
      this.clock = Math.max(this.clock, this.blockEarliest);
      this.floor = Math.max(this.floor, this.clock - this.#layout.keep);
      this.blockSize = 0;
      this.blockEarliest = Infinity;
    }
    // What comes into the wheel is never due before the clock moves on.
    if (this.clock > this.#swept) this.#expire();
  }

  /** Lets go of entities that no event less late than is allowed for could still read. */
  #expire(): void {
    const { keep } = this.#layout;
    for (let count = 0; count < EXPIRED_AT_ONCE; count++) {
      const entity = this.#wheel.due(this.clock);
      if (entity === 0) {
        if (this.#wheel.isPast(this.clock)) this.#swept = this.clock;
        return;
      }
      const newest = this.#number(entity, NEWEST);
      if (this.isOver(entity) && entity !== this.#rows.entity) {
        this.counts.expired++;
        this.#remove(entity);
      } else {
        this.#wheel.remove(entity);
        this.#wheel.add(entity, Math.max(newest + keep, this.clock + Wheel.step(keep)));
      }
    }
  }

  /** A wheel whose slots fit the keep; any other looks at entities more often, or later, than it would have to. */
  #rewind(): void {
    this.#wheel = new Wheel(this.shared.slabs, this.#layout.keep);
    this.#swept = -Infinity;
    for (let bucket = 0; bucket < this.table.buckets; bucket++) {
      for (let entity = this.table.first(bucket); entity !== 0; entity = this.table.next(entity)) {
        this.#wheel.add(entity, this.#number(entity, NEWEST) + this.#layout.keep);
      }
    }
  }

  /** Whether it is over by a floor of this log. Once it is it stays so, unless it is met again. */
  isOver(entity: number, floor = this.floor): boolean {
    if (this.#number(entity, NEWEST) > floor) return false;
    const met = this.met(entity);
    return met === 0 || (unitOf(floor) !== met && modulo(unitOf(floor) - met) < MET_RANGE / 2);
  }

  /** The clock when it was met, in units, or 0 where the clock had not passed its newest time. */
  met(entity: number): number {
    return this.#head(entity, SLOT) >>> SLOT_BITS;
  }

  setMet(entity: number, met: number): void {
    const head = this.shared.slabs.u32[pageOf(entity)] as Uint32Array;
    const slot = wordOf(entity) * 2 + SLOT;
    head[slot] = ((met << SLOT_BITS) | ((head[slot] as number) & ((1 << SLOT_BITS) - 1))) >>> 0;
  }

  /** Writes an entity down for the snapshot that is being taken; to be done before anything of it changes. */
  #keep(entity: number): void {
    const { keeper } = this.shared;
    if (keeper !== null && this.#head(entity, MARK) !== keeper.number) keeper.take(this, entity);
  }

  #head(entity: number, field: number): number {
    return (this.shared.slabs.u32[pageOf(entity)] as Uint32Array)[wordOf(entity) * 2 + field] as number;
  }

  #number(entity: number, word: number): number {
    return (this.shared.slabs.f64[pageOf(entity)] as Float64Array)[wordOf(entity) + word] as number;
  }
}

/** Milliseconds by which it is told when an entity was met; there is room for 557 years of them, which then begin anew. */
const MET_UNIT = 2 ** 20;
const MET_RANGE = 2 ** (32 - SLOT_BITS) - 1;

/** The time as a number of units, 1 to `MET_RANGE`. */
function unitOf(time: number): number {
  return modulo(Math.floor(time / MET_UNIT)) + 1;
}

function modulo(units: number): number {
  return ((units % MET_RANGE) + MET_RANGE) % MET_RANGE;
}

function wordsOf(keyLength: number): number {
  return HEAD + ((keyLength + 7) >>> 3);
}
