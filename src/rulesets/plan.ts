import { fieldChange, fieldsOf, retain, unbroken, type Retained } from "../compile/retain.ts";
import { renumber, type Lineage } from "../ir/lineage.ts";
import type { ExprIr, FeatureIr } from "../ir/ir.ts";
import type { EventSchema } from "../types/schema.ts";
import { printDuration } from "../types/time.ts";

/** What becomes of one feature. */
export interface FeaturePlan {
  readonly name: string;
  /** Its state goes on; it begins, from the log of events or with none; no rule of the new version can ask it. */
  readonly action: "keep" | "start" | "drop";
  /** The name that it had, where that was another. */
  readonly was: string | null;
  /** In words. */
  readonly reason: string;
}

/** A definition of an earlier version that goes on, for a return to that version. */
export interface RetainedPlan {
  readonly name: string;
  readonly version: string;
}

/** What a change of version does to the state behind features. */
export interface StatePlan {
  readonly version: string;
  /** The version that it takes the place of; null where there is none. */
  readonly from: string | null;
  readonly features: readonly FeaturePlan[];
  readonly retained: readonly RetainedPlan[];
}

/** Features whose state is there: those of the active version, and those that it goes on with for earlier ones. */
export interface Standing {
  readonly active: Lineage;
  readonly retained: readonly RetainedFeature[];
}

interface RetainedFeature extends RetainedPlan {
  readonly identity: string;
}

/** Versions before the active one whose features go on, so that a return to them finds their state. */
export const RETAINED_VERSIONS = 3;

/** Versions that a return from the newest can lead to: none twice, the newest first, and only as many as are kept. */
export function returnable(versions: readonly Lineage[]): readonly Lineage[] {
  const distinct = versions.filter(({ version }, at) => versions.findIndex((each) => each.version === version) === at);
  return unbroken(distinct.slice(0, RETAINED_VERSIONS + 1));
}

/** Of these, those whose features go on beside a version that comes next. */
export function beside(version: string, versions: readonly Lineage[]): readonly Lineage[] {
  return returnable(versions).filter((each) => each.version !== version).slice(0, RETAINED_VERSIONS);
}

/** What a service has in its windows after these versions, newest first; null after none. */
export function standingAfter(versions: readonly Lineage[]): Standing | null {
  const [active, ...earlier] = returnable(versions);
  if (active === undefined) return null;
  const events = active.schemas.map((schema) => ({ schema, frameSize: schema.fields.length }));
  const { features, versions: of } = retain({ ...active, events }, earlier);
  return { active, retained: features.map(({ name, identity }, i) => ({ name, identity, version: of[i] as string })) };
}

/** Only names: what metrics and logs tell of a plan. */
export function namesOf({ features }: StatePlan, action: FeaturePlan["action"]): readonly string[] {
  return features.filter((each) => each.action === action).map(({ name }) => name);
}

/**
 * Says which features keep their state, which begin and which are dropped, each with the reason.
 * @param standing null where there is no state yet
 * @param retained what the new version goes on with
 */
export function planState(standing: Standing | null, next: Lineage, retained: Retained): StatePlan {
  const active = standing?.active ?? null;
  const going = next.features.map((feature) => planFeature(feature, standing, next));
  const declared = new Set(next.features.flatMap(({ name, identity }) => [name, identity]));
  const lost = new Map(retained.lost.map(({ feature, reason }) => [feature.identity, reason]));
  const gone = (active?.features ?? []).filter(({ name, identity }) => !declared.has(name) && !declared.has(identity));
  const dropped = gone.map(({ name, identity }) => {
    const cause = lost.get(identity);
    return drop(name, cause === undefined ? "it is not declared any more; its state is kept for a return" : `it is not declared any more, and ${cause}`);
  });
  const held = new Set([...declared, ...retained.features.map(({ identity }) => identity)]);
  const forgotten = (standing?.retained ?? []).filter(({ identity }) => !held.has(identity));
  const over = forgotten.map(({ name, version, identity }) => {
    const cause = lost.get(identity);
    return drop(name, cause === undefined ? `version ${version}, which declares it, is too long ago` : `only version ${version} declares it, and ${cause}`);
  });
  return {
    version: next.version,
    from: active?.version ?? null,
    features: [...going, ...dropped, ...over],
    retained: retained.features.map(({ name }, i) => ({ name, version: retained.versions[i] as string })),
  };
}

function drop(name: string, reason: string): FeaturePlan {
  return { name, action: "drop", was: null, reason };
}

function planFeature(feature: FeatureIr, standing: Standing | null, next: Lineage): FeaturePlan {
  const { name, identity } = feature;
  if (standing === null) return { name, action: "start", was: null, reason: "there was no version before" };
  const { active } = standing;
  const same = active.features.filter((each) => each.identity === identity);
  const before = active.features.find((each) => each.name === name);
  if (same.length > 0) {
    const was = same.some((each) => each.name === name) ? null : (same[0] as FeatureIr).name;
    return { name, action: "keep", was, reason: was === null ? "it means what it meant" : `\`${was}\` had the same meaning` };
  }
  const kept = standing.retained.find((each) => each.identity === identity);
  if (kept !== undefined) {
    return { name, action: "keep", was: kept.name === name ? null : kept.name, reason: `its state was kept since version ${kept.version}` };
  }
  return { name, action: "start", was: null, reason: before === undefined ? "it is new" : differences(before, feature, active, next) };
}

/** What changed between two definitions, in words. */
function differences(before: FeatureIr, after: FeatureIr, from: Lineage, to: Lineage): string {
  const found = [
    changed("event", quoted(before.source), quoted(after.source)),
    changed("key", quoted(...before.keys), quoted(...after.keys)),
    changed("aggregate", aggregateOf(before), aggregateOf(after)),
    changed("window", printDuration(before.over), printDuration(after.over)),
    changed("end", endOf(before), endOf(after)),
    changed("lateness", printDuration(before.lateness), printDuration(after.lateness)),
    ...(before.source === after.source ? inEvent(before, after, from, to) : []),
    before.excludingCurrent === after.excludingCurrent ? null : after.excludingCurrent ? "it excludes the current event now" : "it counts the current event now",
  ].filter((each) => each !== null);
  return found.length === 0 ? "its meaning changed" : found.join("; ");
}

function inEvent(before: FeatureIr, after: FeatureIr, from: Lineage, to: Lineage): (string | null)[] {
  const old = schemaOf(from, before.source);
  const now = schemaOf(to, after.source);
  const both = [...fieldsOf(before, old)].filter((name) => fieldsOf(after, now).has(name));
  return [
    changed("value", valueOf(before, old), valueOf(after, now)),
    changed("time", timeOf(old), timeOf(now)),
    filterChange(before, after, from, to),
    ...both.map((name) => fieldChange(name, old, now)),
  ];
}

function filterChange(before: FeatureIr, after: FeatureIr, from: Lineage, to: Lineage): string | null {
  if (before.where === null || after.where === null) return before.where === after.where ? null : after.where === null ? "its filter is gone" : "it has a filter now";
  // Lists by their entries come last: the same words over other entries.
  if (written(before.where, from, before.source, false) !== written(after.where, to, after.source, false)) return "its filter changed";
  return written(before.where, from, before.source, true) === written(after.where, to, after.source, true) ? null : "a list that its filter asks changed";
}

/** A filter as text that is equal where filters mean the same, with lists by their entries or all alike. */
function written(filter: ExprIr, lineage: Lineage, source: string, entries: boolean): string {
  const { fields } = schemaOf(lineage, source);
  const scratch = new Map<number, string>();
  const named = renumber(filter, (what, number) => {
    if (what === "list") return entries ? JSON.stringify(lineage.lists[number]?.entries, plain) : "list";
    if (what === "rates") return lineage.rates[number]?.name ?? "";
    const own = scratch.get(number) ?? `#${scratch.size}`;
    if (fields[number] === undefined) scratch.set(number, own);
    return fields[number]?.name ?? own;
  });
  return JSON.stringify(named, plain);
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function schemaOf(lineage: Lineage, name: string): EventSchema {
  return lineage.schemas.find((schema) => schema.name === name) as EventSchema;
}

function changed(what: string, before: string, after: string): string | null {
  return before === after ? null : `its ${what} changed from ${before} to ${after}`;
}

function quoted(...names: readonly string[]): string {
  return names.length === 0 ? "all events" : names.map((name) => `\`${name}\``).join(", ");
}

function aggregateOf({ aggregate, argument }: FeatureIr): string {
  return argument === null ? `\`${aggregate}\`` : `\`${aggregate}(${argument})\``;
}

function endOf({ delay }: FeatureIr): string {
  return delay === 0 ? "now" : `${printDuration(delay)} ago`;
}

function valueOf({ value }: FeatureIr, { fields }: EventSchema): string {
  return value?.op === "slot" ? `\`${fields[value.slot]?.name}\`` : "none";
}

function timeOf({ fields, time }: EventSchema): string {
  return time === null ? "arrival" : `\`${fields[time]?.name}\``;
}
