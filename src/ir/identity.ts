import { createHash } from "node:crypto";
import type { ListInfo, RatesInfo } from "../check/checked.ts";
import type { EventSchema } from "../types/schema.ts";
import { printType } from "../types/type.ts";
import { LATENESS_MS } from "../windows/spec.ts";
import type { FeatureIr } from "./ir.ts";

/** Characters of the hash that are kept; 96 bits leave no chance to an accident. */
const LENGTH = 24;

interface Named {
  readonly lists: readonly ListInfo[];
  readonly rates: readonly RatesInfo[];
}

/**
 * Names the meaning of a feature. Equal for definitions that differ in name, layout, order of clauses or spelling, and
 * when the event gains or loses fields that it does not use; different when window, key, filter or value mean another thing.
 * Rates of exchange go by their name: an edition more must not empty the windows that convert, whose events were counted
 * by the rates of their own time.
 */
export function featureIdentity(
  feature: Omit<FeatureIr, "name" | "identity">,
  schema: EventSchema,
  { lists, rates }: Named,
): string {
  const keyTypes = feature.keys.map((key) => {
    const field = schema.fields.find((each) => each.name === key);
    return field === undefined ? key : `${key}: ${printType(field.type)}`;
  });
  const scratch = new Map<number, string>();
  const slotName = (slot: number): string => {
    const field = schema.fields[slot];
    // A default stands for absent values, so it is part of what a field means.
    if (field !== undefined) return `${field.name}: ${printType(field.type)} = ${stringify(field.default)}`;
    const name = scratch.get(slot) ?? `#${scratch.size}`;
    scratch.set(slot, name);
    return name;
  };
  const listName = (index: number): string => stringify(lists[index]?.entries ?? []);
  const ratesName = (index: number): string => rates[index]?.decl.name.name ?? "";
  const names: Names = new Map([["slot", slotName], ["time", slotName], ["list", listName], ["rates", ratesName]]);
  const meaning = {
    source: feature.source,
    keys: keyTypes,
    time: schema.time === null ? null : schema.fields[schema.time]?.name,
    aggregate: feature.aggregate,
    argument: feature.argument,
    over: feature.over,
    delay: feature.delay,
    excludingCurrent: feature.excludingCurrent && feature.delay === 0,
    // Left out where nothing is said of it, so that features that say nothing go by the name they always had.
    ...(feature.lateness === LATENESS_MS ? {} : { lateness: feature.lateness }),
    where: canonical(feature.where, names),
    value: canonical(feature.value, names),
  };
  return createHash("sha256").update(stringify(meaning)).digest("hex").slice(0, LENGTH);
}

/** What numbers in an expression stand for, by the name of the property that holds them. */
type Names = ReadonlyMap<string, (number: number) => string>;

/** The expression with slots, lists and rates replaced by what they stand for. */
function canonical(node: unknown, names: Names): unknown {
  if (Array.isArray(node)) return node.map((each) => canonical(each, names));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      const name = typeof value === "number" ? names.get(key) : undefined;
      return [key, name === undefined ? canonical(value, names) : name(value as number)];
    }),
  );
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === "bigint" ? `${each}n` : each));
}
