import type { EventSchema } from "../types/schema.ts";
import type { FeatureIr, ListIr, ProgramIr, RatesIr } from "./ir.ts";

/** The features of a version with all that their filters ask: enough to go on counting for them without the version. */
export interface Lineage {
  readonly version: string;
  readonly features: readonly FeatureIr[];
  /** All events of the version. */
  readonly schemas: readonly EventSchema[];
  /** Lists and rates as the filters count them. */
  readonly lists: readonly ListIr[];
  readonly rates: readonly RatesIr[];
}

/** What of a program its windows are made from. */
export type StateIr = Pick<ProgramIr, "version" | "events" | "features" | "lists" | "rates">;

/** What numbers in an expression stand for: places in a frame, lists and rates of the program. */
export type Numbered = "slot" | "list" | "rates";

/** By the name of the property that holds a number. */
const NUMBERED: Readonly<Record<string, Numbered>> = { slot: "slot", time: "slot", list: "list", rates: "rates" };

/** Takes out of a program what outlives it. */
export function lineageOf({ version, features, events, lists, rates }: StateIr): Lineage {
  const used = { list: new Map<number, number>(), rates: new Map<number, number>() };
  const own = features.map((feature) => ({
    ...feature,
    where: renumber(feature.where, (what, number) => {
      if (what === "slot") return number;
      const known = used[what].get(number) ?? used[what].size;
      used[what].set(number, known);
      return known;
    }),
  }));
  return {
    version,
    features: own,
    schemas: events.map(({ schema }) => schema),
    lists: [...used.list.keys()].map((number) => lists[number] as ListIr),
    rates: [...used.rates.keys()].map((number) => rates[number] as RatesIr),
  };
}

/** A copy of plain data of the IR in which every slot, list and rates has another number, or a name. */
export function renumber<T>(data: T, of: (what: Numbered, number: number) => number | string): T {
  if (Array.isArray(data)) return data.map((each: unknown) => renumber(each, of)) as T;
  if (typeof data !== "object" || data === null) return data;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(data)) {
    const what = typeof value === "number" ? NUMBERED[key] : undefined;
    copy[key] = what === undefined ? renumber(value, of) : of(what, value as number);
  }
  return copy as T;
}
