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
  readonly over: number;
  readonly delay: number;
  readonly excludingCurrent: boolean;
  readonly flagged: boolean;
  readonly field: Field | null;
}

export function meaning(definition: Definition): string {
  return JSON.stringify({ ...definition, name: "" });
}

const DAY = 24 * 60 * 60 * 1000;

interface Event {
  readonly sent: Sent;
  readonly arrival: number;
}

export class NaiveWindows {
  /** Whether events far behind the newest of their entity are unseen, as documented, or everything is seen for ever. */
  readonly #forgets: boolean;
  readonly #events: Event[] = [];
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
    const seen = this.#forgets ? own.filter(({ sent }) => sent.at > newest - 2 * (over + delay) - DAY) : own;
    const window = seen
      .filter(({ sent }) => sent.at > at - delay - over && sent.at <= at - delay)
      .filter((event) => event !== excluded && event.arrival >= start)
      .filter(({ sent }) => !definition.flagged || sent.flag === true)
      .filter(({ sent }) => definition.field === null || sent[definition.field] !== undefined)
      .sort((a, b) => a.sent.at - b.sent.at || a.arrival - b.arrival)
      .map(({ sent }) => sent);
    return fold(definition, window);
  }
}

function logOf({ source, keys }: Definition): string {
  return [source, ...keys].join(" ");
}

function fold({ name, aggregate, field }: Definition, window: readonly Sent[]): Value | Missing {
  const nothing = new Missing(`empty window ${name}`);
  const newest = window.at(-1);
  if (aggregate === "count") return window.length;
  if (aggregate === "exists") return window.length > 0;
  if (aggregate === "last") {
    return newest === undefined ? nothing : { value: field === null ? null : (newest[field] as Value), at: newest.at };
  }
  const values = window.map((sent) => sent[field as Field] as Value);
  if (aggregate === "distinct") return new Set(values.map((value) => JSON.stringify(value))).size;
  if (field === "paid") return foldMoney(name, aggregate, values as Money[]);
  if (aggregate === "sum") return add(values as number[]);
  if (values.length === 0) return nothing;
  if (aggregate === "average") return add(values as number[]) / values.length;
  return best(aggregate, values as (number | string)[], (value) => value);
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
