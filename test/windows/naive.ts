import { Missing } from "../../src/types/value.ts";
import type { Money, Value } from "../../src/types/value.ts";
import type { Aggregate } from "../../src/windows/spec.ts";
import type { Quality } from "../../src/windows/spec.ts";

/*
 * Windows as a person would compute them with a pencil: keep every event, filter, sort, fold. Shares nothing with the
 * store but the types of values.
 */

export type Field = "amount" | "paid" | "text";
export type Key = "card" | "shop";

/** An event as sent; what is undefined is missing. */
export interface Sent {
  readonly type: string;
  readonly at: number;
  readonly card?: string | undefined;
  readonly shop?: string | undefined;
  readonly amount?: number | undefined;
  readonly paid?: Money | undefined;
  readonly text?: string | undefined;
  readonly flag?: boolean | undefined;
}

/** A feature as plain data. Two definitions that differ in no more than the name mean the same. */
export interface Definition {
  readonly name: string;
  readonly source: string;
  readonly keys: readonly Key[];
  readonly aggregate: Aggregate;
  /** The per cent of a percentile. */
  readonly argument?: number | null;
  readonly over: number;
  readonly delay: number;
  /** How late an event may come, in milliseconds. */
  readonly lateness?: number;
  readonly excludingCurrent: boolean;
  readonly flagged: boolean;
  readonly field: Field | null;
}

export function meaning(definition: Definition): string {
  return JSON.stringify({ ...definition, name: "" });
}

/** What a feature allows for unless it says otherwise: five minutes. */
const LATENESS = 5 * 60 * 1000;

interface Event {
  readonly sent: Sent;
  readonly arrival: number;
}

/** What there is to know of an entity besides its events. */
interface Entity {
  /** The first arrival that it counts. */
  readonly born: number;
  /** Newest time of the entities that had been given up before. */
  readonly whole: number;
  newest: number;
  touched: number;
}

/** All entities of one source and key, from the arrival on at which its first feature was asked for. */
interface Log {
  readonly entities: Map<string, Entity>;
  /** Newest time of an entity that was given up for want of room. */
  evictedUntil: number;
  /** How much older the event at hand was than the newest of its entity. */
  behind: number;
}

/** A feature as it is counted: from an arrival on, and from the time of the first event from there on. */
interface Count {
  readonly start: number;
  since: number;
}

export interface NaiveOptions {
  /** Whether events far behind the newest of their entity are unseen, as documented, or everything is seen for ever. */
  readonly forgets: boolean;
  /** Entities of a log; the one that was met least recently gives way. */
  readonly most?: number;
}

export class NaiveWindows {
  readonly #forgets: boolean;
  readonly #most: number;
  readonly #events: Event[] = [];
  /** How far a computed value may be from the last one read, which is exact: above 0 for deviations only. */
  slack = 0;
  #arrivals = 0;
  #current: Event | null = null;
  #asked: Sent | null = null;
  #definitions: readonly Definition[] = [];
  /** By meaning, and by log. */
  #counts = new Map<string, Count>();
  #logs = new Map<string, Log>();

  constructor({ forgets, most = Infinity }: NaiveOptions) {
    this.#forgets = forgets;
    this.#most = most;
  }

  adopt(definitions: readonly Definition[]): { kept: string[]; started: string[]; dropped: string[] } {
    const has = (definition: Definition): boolean => this.#counts.has(meaning(definition));
    const kept = definitions.filter(has);
    const started = definitions.filter((definition) => !has(definition));
    const dropped = this.#definitions.filter((old) => !definitions.some((each) => meaning(each) === meaning(old)));
    const survivors = new Set(kept.map(logOf));
    const old = this.#logs;
    this.#logs = new Map(definitions.map(logOf).map((id) => [id, (survivors.has(id) ? old.get(id) : undefined) ?? { entities: new Map(), evictedUntil: -Infinity, behind: 0 }]));
    this.#counts = new Map(definitions.map((each) => [meaning(each), this.#counts.get(meaning(each)) ?? { start: this.#arrivals, since: Infinity }]));
    this.#definitions = definitions;
    return { kept: kept.map((each) => each.name), started: started.map((each) => each.name), dropped: dropped.map((each) => each.name) };
  }

  arrive(sent: Sent, fold: boolean): void {
    const event = { sent, arrival: this.#arrivals++ };
    this.#asked = sent;
    this.#current = fold ? event : null;
    for (const log of this.#logs.values()) log.behind = 0;
    if (!fold) return;
    this.#events.push(event);
    for (const [id, log] of this.#logs) this.#record(log, this.#definitions.filter((each) => logOf(each) === id), event);
  }

  #record(log: Log, definitions: readonly Definition[], { sent, arrival }: Event): void {
    const [{ source, keys }] = definitions as [Definition];
    const key = keyOf(keys, (each) => sent[each]);
    if (sent.type !== source || key === null) return;
    let entity = log.entities.get(key);
    if (entity === undefined) {
      if (log.entities.size >= this.#most) this.#evict(log);
      entity = { born: arrival, whole: log.evictedUntil, newest: sent.at, touched: arrival };
      log.entities.set(key, entity);
    }
    entity.touched = arrival;
    log.behind = Math.max(0, entity.newest - sent.at);
    // So late an event is not taken up at all.
    if (sent.at <= entity.newest - Math.max(...definitions.map(keep))) return;
    entity.newest = Math.max(entity.newest, sent.at);
    for (const each of definitions) {
      const count = this.#counts.get(meaning(each)) as Count;
      count.since = Math.min(count.since, count.since === Infinity ? sent.at : Infinity);
    }
  }

  #evict(log: Log): void {
    const [key, entity] = [...log.entities].toSorted(([, a], [, b]) => a.touched - b.touched)[0] as [string, Entity];
    log.evictedUntil = Math.max(log.evictedUntil, entity.newest);
    log.entities.delete(key);
  }

  read(index: number): Value | Missing {
    const definition = this.#definitions[index] as Definition;
    const sent = this.#asked as Sent;
    if (definition.keys.some((key) => sent[key] === undefined)) return new Missing(`key of ${definition.name} is missing`);
    return this.#value(definition, (key) => sent[key], sent.at, definition.excludingCurrent ? this.#current : null);
  }

  inspect(index: number, entity: Readonly<Record<Key, string>>, at: number): Value | Missing {
    return this.#value(this.#definitions[index] as Definition, (key) => entity[key], at, null);
  }

  quality(index: number): Quality {
    const definition = this.#definitions[index] as Definition;
    const sent = this.#asked as Sent;
    const log = this.#logs.get(logOf(definition)) as Log;
    if (definition.keys.some((key) => sent[key] === undefined)) return { coverage: 0, approx: false, late: false, evicted: false };
    return this.#quality(definition, (key) => sent[key], sent.at, log.behind > allowed(definition));
  }

  qualityOf(index: number, entity: Readonly<Record<Key, string>>, at: number): Quality {
    return this.#quality(this.#definitions[index] as Definition, (key) => entity[key], at, false);
  }

  #quality(definition: Definition, key: (key: Key) => string | undefined, at: number, late: boolean): Quality {
    const { over, delay, keys } = definition;
    const log = this.#logs.get(logOf(definition)) as Log;
    const entity = log.entities.get(keyOf(keys, key) ?? "");
    const start = at - delay - over;
    const whole = this.#whole(definition, key);
    const from = Math.max(start, whole, (this.#counts.get(meaning(definition)) as Count).since, entity === undefined ? -Infinity : entity.newest - keep(definition));
    return { coverage: Math.min(1, Math.max(0, (at - delay - from) / over)), approx: false, late, evicted: whole > start };
  }

  #value(definition: Definition, key: (key: Key) => string | undefined, at: number, excluded: Event | null): Value | Missing {
    const { over, delay } = definition;
    const end = at - delay;
    const own = this.#own(definition, key);
    const newest = Math.max(...own.map(({ sent }) => sent.at));
    if (this.#forgets && newest - keep(definition) >= end) return new Missing(`event too late for ${definition.name}`);
    const seen = this.#forgets ? own.filter(({ sent }) => sent.at > newest - keep(definition)) : own;
    const window = this.#counted(definition, seen, excluded);
    const inside = window.filter(({ at: time }) => time > end - over && time <= end);
    if (inside.length === 0 && this.#whole(definition, key) >= end) return new Missing(`evicted window ${definition.name}`);
    return this.fold(definition, inside);
  }

  /** The time after which no event of the entity was evicted. */
  #whole(definition: Definition, key: (key: Key) => string | undefined): number {
    const log = this.#logs.get(logOf(definition)) as Log;
    return log.entities.get(keyOf(definition.keys, key) ?? "")?.whole ?? log.evictedUntil;
  }

  /** All events of the entity of the last event that the feature counts, in order of time, but for those that came too late to be taken up. */
  history(index: number): readonly Sent[] {
    const definition = this.#definitions[index] as Definition;
    let newest = -Infinity;
    const taken = this.#own(definition, (key) => this.#asked?.[key]).filter(({ sent }) => {
      newest = Math.max(newest, sent.at);
      return sent.at > newest - keep(definition);
    });
    return this.#counted(definition, taken, definition.excludingCurrent ? this.#current : null);
  }

  #own(definition: Definition, key: (key: Key) => string | undefined): readonly Event[] {
    const { source, keys } = definition;
    const log = this.#logs.get(logOf(definition)) as Log;
    const entity = log.entities.get(keyOf(keys, key) ?? "");
    if (entity === undefined) return [];
    return this.#events.filter(({ sent, arrival }) => arrival >= entity.born && sent.type === source && keys.every((each) => sent[each] === key(each)));
  }

  #counted(definition: Definition, events: readonly Event[], excluded: Event | null): readonly Sent[] {
    const { start } = this.#counts.get(meaning(definition)) as Count;
    return events
      .filter((event) => event !== excluded && event.arrival >= start)
      .filter(({ sent }) => !definition.flagged || sent.flag === true)
      .filter(({ sent }) => definition.field === null || sent[definition.field] !== undefined)
      .toSorted((a, b) => a.sent.at - b.sent.at || a.arrival - b.arrival)
      .map(({ sent }) => sent);
  }

  /** What events come to; sets `slack`. */
  fold(definition: Definition, window: readonly Sent[]): Value | Missing {
    this.slack = definition.aggregate === "stddev" ? SLACK * Math.max(0, ...amounts(definition, window).map(Math.abs)) : 0;
    // Equal values deviate by nothing at all.
    if (new Set(amounts(definition, window)).size === 1) this.slack = 0;
    return fold(definition, window);
  }
}

/** How far behind the newest event of its entity an event may be and is still seen. */
export function keep(definition: Definition): number {
  return definition.over + definition.delay + allowed(definition);
}

function allowed({ lateness = LATENESS }: Definition): number {
  return lateness;
}

function keyOf(keys: readonly Key[], key: (key: Key) => string | undefined): string | null {
  const parts = keys.map(key);
  return parts.includes(undefined) ? null : JSON.stringify(parts);
}

/** Relative to the largest value: some hundred roundings. */
const SLACK = 1e-13;

function amounts({ field }: Definition, window: readonly Sent[]): number[] {
  return window.map((sent) => (field === "paid" ? (sent.paid?.minor ?? 0) : field === "amount" ? (sent.amount ?? 0) : 0) + 0);
}

function logOf({ source, keys }: Definition): string {
  return [source, ...keys].join(" ");
}

export function fold(definition: Definition, window: readonly Sent[]): Value | Missing {
  const { name, aggregate, field, over } = definition;
  const nothing = new Missing(`empty window ${name}`);
  const newest = window.at(-1);
  if (aggregate === "rate" && field === null) return window.length / (over / 1_000);
  if (aggregate === "count") return window.length;
  if (aggregate === "exists") return window.length > 0;
  if (aggregate === "last") {
    return newest === undefined ? nothing : { value: field === null ? null : (newest[field] as Value), at: newest.at };
  }
  if (aggregate === "first") {
    const [oldest] = window;
    return oldest === undefined ? nothing : { value: field === null ? null : (oldest[field] as Value), at: oldest.at };
  }
  const values = window.map((sent) => sent[field as Field] as Value);
  if (aggregate === "distinct") return new Set(values.map((value) => JSON.stringify(value))).size;
  if (aggregate === "change" || aggregate === "stddev" || aggregate === "percentile" || aggregate === "rate") {
    const codes = new Set(window.map((sent) => (field === "paid" ? sent.paid?.currency : "")).filter((code) => code !== ""));
    if (values.length === 0) return nothing;
    if (codes.size > 1) return new Missing(`mixed currencies in ${name}`);
    const result = spreadOf(definition, window, amounts(definition, window));
    return typeof result === "number" && field === "paid" ? { minor: result, currency: [...codes][0] ?? "" } : result;
  }
  if (field === "paid") return foldMoney(name, aggregate, values as Money[]);
  if (aggregate === "sum") return add(values as number[]);
  if (values.length === 0) return nothing;
  if (aggregate === "average") return add(values as number[]) / values.length;
  return best(aggregate, values as (number | string)[], (value) => value);
}

function spreadOf({ name, aggregate, argument }: Definition, window: readonly Sent[], values: readonly number[]): number | Missing {
  const difference = (values.at(-1) as number) - (values[0] as number);
  if (aggregate === "change") return difference;
  // The least value that at least so many per cent of all do not exceed.
  if (aggregate === "percentile") return Math.min(...values.filter((value) => values.filter((each) => each <= value).length * 100 >= (argument ?? 0) * values.length));
  if (values.length < 2) return new Missing(`fewer than two values in ${name}`);
  if (aggregate === "stddev") return deviation(values);
  const time = ((window.at(-1) as Sent).at - (window[0] as Sent).at) / 1_000;
  return time === 0 ? new Missing(`no time between the values in ${name}`) : difference / time;
}

/** Every double is a whole number of these. */
const LEAST_BITS = 1_074;

/** The sample standard deviation by whole numbers, rounded only at the end. */
function deviation(values: readonly number[]): number {
  const whole = values.map(exact);
  const count = BigInt(values.length);
  const sum = whole.reduce((a, b) => a + b, 0n);
  const squares = whole.reduce((a, b) => a + b * b, 0n);
  const root = squareRoot(((count * squares - sum * sum) << 200n) / (count * (count - 1n)));
  const surplus = Math.max(0, root.toString(2).length - 64);
  const power = surplus - LEAST_BITS - 100;
  const half = Math.trunc(power / 2);
  return Number(root >> BigInt(surplus)) * 2 ** half * 2 ** (power - half);
}

function exact(value: number): bigint {
  let scaled = value;
  let bits = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    bits++;
  }
  return BigInt(scaled) << BigInt(LEAST_BITS - bits);
}

function squareRoot(square: bigint): bigint {
  if (square < 2n) return square;
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2));
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function foldMoney(name: string, aggregate: Aggregate, values: readonly Money[]): Value | Missing {
  const codes = [...new Set(values.map((value) => value.currency))].filter((code) => code !== "");
  if (values.length === 0) return aggregate === "sum" ? { minor: 0, currency: "" } : new Missing(`empty window ${name}`);
  if (codes.length > 1) return new Missing(`mixed currencies in ${name}`);
  const sum = add(values.map((value) => value.minor));
  if (aggregate === "sum") return { minor: sum, currency: codes[0] ?? "" };
  if (aggregate === "average") return { minor: sum / values.length, currency: codes[0] ?? "" };
  return best(aggregate, values, (value) => value.minor);
}

function add(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Of equal values the newest. */
function best<T>(aggregate: Aggregate, values: readonly T[], rank: (value: T) => number | string): T {
  return values.reduce((a, b) => {
    const replaces = aggregate === "min" ? rank(b) <= rank(a) : rank(b) >= rank(a);
    return replaces ? b : a;
  });
}
