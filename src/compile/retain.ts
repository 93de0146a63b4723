import { renumber, type Lineage } from "../ir/lineage.ts";
import type { EventIr, FeatureIr, ListIr, ProgramIr, RatesIr } from "../ir/ir.ts";
import type { EventSchema } from "../types/schema.ts";
import { printType } from "../types/type.ts";

/** Features of earlier versions that go on beside those of a program, numbered after them. */
export interface Retained {
  readonly features: readonly FeatureIr[];
  /** The version that each was last declared in. */
  readonly versions: readonly string[];
  /** Numbered after the lists and rates of the program. */
  readonly lists: readonly ListIr[];
  readonly rates: readonly RatesIr[];
  /** By event type, the size of a frame that has room for what their filters keep. */
  readonly frames: ReadonlyMap<string, number>;
  /** Those that cannot go on, and why. */
  readonly lost: readonly Lost[];
}

interface Lost {
  readonly feature: FeatureIr;
  readonly version: string;
  readonly reason: string;
}

export const NOTHING_RETAINED: Retained = { features: [], versions: [], lists: [], rates: [], frames: new Map(), lost: [] };

/** What features of earlier versions are fitted to. */
type Target = Pick<ProgramIr, "features" | "lists" | "rates"> & { readonly events: readonly Pick<EventIr, "schema" | "frameSize">[] };

/**
 * Fits the features of earlier versions, newest first, to the events of a program: fields are met by name and must have
 * the type and default that they had. Rates of a name are those of the program, as for features that are kept.
 */
export function retain(ir: Target, lineages: readonly Lineage[]): Retained {
  const known = new Set(ir.features.map((feature) => feature.identity));
  const events = new Map(ir.events.map((event) => [event.schema.name, event]));
  const fit = new Fit(ir);
  const kept: { readonly feature: FeatureIr; readonly version: string }[] = [];
  const lost: Lost[] = [];
  for (const lineage of lineages) {
    for (const feature of lineage.features) {
      if (known.has(feature.identity)) continue;
      known.add(feature.identity);
      const { version } = lineage;
      const before = lineage.schemas.find((schema) => schema.name === feature.source) as EventSchema;
      const event = events.get(feature.source);
      const reason = misfit(feature, before, event?.schema);
      if (event === undefined || reason !== null) lost.push({ feature, version, reason: reason ?? "" });
      else kept.push({ feature: fit.feature(feature, lineage, before, event), version });
    }
  }
  return {
    features: kept.map(({ feature }) => feature),
    versions: kept.map(({ version }) => version),
    lists: fit.lists,
    rates: fit.rates,
    frames: fit.frames,
    lost,
  };
}

/**
 * Versions, newest first, with the features whose state was never given up: one that did not fit a version in between
 * has none, even where it fits again.
 */
export function unbroken(versions: readonly Lineage[]): readonly Lineage[] {
  return versions.map((lineage, age) => {
    const { schemas } = lineage;
    const fits = (feature: FeatureIr): boolean => {
      const own = schemas.find((schema) => schema.name === feature.source) as EventSchema;
      return versions.slice(0, age).every((later) => misfit(feature, own, later.schemas.find((schema) => schema.name === feature.source)) === null);
    };
    return { ...lineage, features: lineage.features.filter(fits) };
  });
}

/** Why an event is no longer what a feature counts; null where it is. */
function misfit(feature: FeatureIr, before: EventSchema, after: EventSchema | undefined): string | null {
  const event = `\`${feature.source}\``;
  if (after === undefined) return `there is no event ${event} any more`;
  if (timeField(before) !== timeField(after)) return `the time of ${event} is another`;
  for (const name of fieldsOf(feature, before)) {
    const change = fieldChange(name, before, after);
    if (change !== null) return change;
  }
  return null;
}

function timeField({ fields, time }: EventSchema): string | undefined {
  return time === null ? undefined : fields[time]?.name;
}

/** What became of a field between two schemas of an event, in words; null where it means the same. */
export function fieldChange(name: string, before: EventSchema, after: EventSchema): string | null {
  const old = before.fields.find((field) => field.name === name);
  const now = after.fields.find((field) => field.name === name);
  if (old === undefined || now === undefined) return old === now ? null : `\`${after.name}\` has ${now === undefined ? "no" : "a"} field \`${name}\` ${now === undefined ? "any more" : "now"}`;
  if (printType(old.type) !== printType(now.type)) return `the type of \`${name}\` changed from ${printType(old.type)} to ${printType(now.type)}`;
  return textOf(old.default) === textOf(now.default) ? null : `the default of \`${name}\` changed`;
}

/** Names of the fields that a feature goes by: its keys, and those of its filter and value. */
export function fieldsOf(feature: FeatureIr, schema: EventSchema): ReadonlySet<string> {
  const names = new Set(feature.keys);
  renumber([feature.where, feature.value], (what, number) => {
    const field = what === "slot" ? schema.fields[number] : undefined;
    if (field !== undefined) names.add(field.name);
    return number;
  });
  return names;
}

/** Gives slots, lists and rates of other versions their numbers in a program. */
class Fit {
  readonly lists: ListIr[] = [];
  readonly rates: RatesIr[] = [];
  readonly frames = new Map<string, number>();
  readonly #ir: Target;

  constructor(ir: Target) {
    this.#ir = ir;
  }

  feature(feature: FeatureIr, lineage: Lineage, before: EventSchema, event: Target["events"][number]): FeatureIr {
    const scratch = new Map<number, number>();
    const number = (what: "slot" | "list" | "rates", each: number): number => {
      if (what === "list") return this.#list(lineage.lists[each] as ListIr);
      if (what === "rates") return this.#rates(lineage.rates[each] as RatesIr);
      const field = before.fields[each]?.name;
      if (field !== undefined) return event.schema.fields.findIndex(({ name }) => name === field);
      const own = scratch.get(each) ?? this.#slot(event);
      scratch.set(each, own);
      return own;
    };
    return { ...feature, where: renumber(feature.where, number), value: renumber(feature.value, number) };
  }

  /** What a filter keeps while it runs stands behind everything else in the frame, apart from that of other filters. */
  #slot({ schema, frameSize }: Target["events"][number]): number {
    const slot = this.frames.get(schema.name) ?? frameSize;
    this.frames.set(schema.name, slot + 1);
    return slot;
  }

  #list(list: ListIr): number {
    return place(list, this.#ir.lists, this.lists, (each) => each === list);
  }

  #rates(rates: RatesIr): number {
    return place(rates, this.#ir.rates, this.rates, ({ name }) => name === rates.name);
  }
}

/** The number of an item over two lists of which the second follows the first; put at the end where it is new. */
function place<T>(item: T, first: readonly T[], second: T[], same: (each: T) => boolean): number {
  const there = first.findIndex(same);
  if (there >= 0) return there;
  const after = second.findIndex(same);
  return first.length + (after >= 0 ? after : second.push(item) - 1);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
}
