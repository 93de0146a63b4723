import { Missing } from "../../src/types/value.ts";
import type { Money, Value } from "../../src/types/value.ts";
import type { Aggregate } from "../../src/windows/spec.ts";

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

export class NaiveWindows {
  /** Whether events far behind the newest of their entity are unseen, as documented, or everything is seen for ever. */
  readonly #forgets: boolean;
  readonly #events: Event[] = [];
  /** How far a computed value may be from the last one read, which is exact: above 0 for deviations only. */
  slack = 0;
  #arrivals = 0;
  #current: Event | null = null;
  #asked: Sent | null = null;
  #definitions: readonly Definition[] = [];
  /** By meaning and by log, the first arrival that counts. */
  #starts = new Map<string, number>();
  #births = new Map<string, number>();

  constructor(forgets: boolean) {
    this.#forgets = forgets;
  }

  adopt(definitions: readonly Definition[]): { kept: string[]; started: string[]; dropped: string[] } {
    const has = (definition: Definition): boolean => this.#starts.has(meaning(definition));
    const kept = definitions.filter(has);
    const started = definitions.filter((definition) => !has(definition));
    const dropped = this.#definitions.filter((old) => !definitions.some((each) => meaning(each) === meaning(old)));
    const now = this.#arrivals;
    const births = new Map(definitions.map((each) => [logOf(each), now]));
    for (const each of kept) births.set(logOf(each), this.#births.get(logOf(each)) ?? now);
    this.#starts = new Map(definitions.map((each) => [meaning(each), this.#starts.get(meaning(each)) ?? now]));
    this.#births = births;
    this.#definitions = definitions;
    return { kept: kept.map((each) => each.name), started: started.map((each) => each.name), dropped: dropped.map((each) => each.name) };
  }

  arrive(sent: Sent, fold: boolean): void {
    const event = { sent, arrival: this.#arrivals++ };
    this.#asked = sent;
    this.#current = fold ? event : null;
    if (fold) this.#events.push(event);
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

  #value(definition: Definition, key: (key: Key) => string | undefined, at: number, excluded: Event | null): Value | Missing {
    const { source, keys, over, delay } = definition;
    const birth = this.#births.get(logOf(definition)) as number;
    const start = this.#starts.get(meaning(definition)) as number;
    const own = this.#events.filter(
      ({ sent, arrival }) => arrival >= birth && sent.type === source && keys.every((each) => sent[each] === key(each)),
    );
    const newest = Math.max(...own.map(({ sent }) => sent.at));
    const kept = newest - over - delay - (definition.lateness ?? LATENESS);
    if (this.#forgets && kept >= at - delay) return new Missing(`event too late for ${definition.name}`);
    const seen = this.#forgets ? own.filter(({ sent }) => sent.at > kept) : own;
    const window = seen
      .filter(({ sent }) => sent.at > at - delay - over && sent.at <= at - delay)
      .filter((event) => event !== excluded && event.arrival >= start)
      .filter(({ sent }) => !definition.flagged || sent.flag === true)
      .filter(({ sent }) => definition.field === null || sent[definition.field] !== undefined)
      .sort((a, b) => a.sent.at - b.sent.at || a.arrival - b.arrival)
      .map(({ sent }) => sent);
    this.slack = definition.aggregate === "stddev" ? SLACK * Math.max(0, ...amounts(definition, window).map(Math.abs)) : 0;
    // Equal values deviate by nothing at all.
    if (new Set(amounts(definition, window)).size === 1) this.slack = 0;
    return fold(definition, window);
  }
}

/** Relative to the largest value: some hundred roundings. */
const SLACK = 1e-13;

function amounts({ field }: Definition, window: readonly Sent[]): number[] {
  return window.map((sent) => (field === "paid" ? (sent.paid?.minor ?? 0) : field === "amount" ? (sent.amount ?? 0) : 0) + 0);
}

function logOf({ source, keys }: Definition): string {
  return [source, ...keys].join(" ");
}

function fold(definition: Definition, window: readonly Sent[]): Value | Missing {
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
