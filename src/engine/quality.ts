import type { EventProgram, FeatureRef, Run } from "../compile/program.ts";
import { printTimestamp } from "../types/time.ts";
import type { Type } from "../types/type.ts";
import { Missing, type Value } from "../types/value.ts";
import { isSeen, type Frame, type Quality, type WindowPlan } from "../windows/spec.ts";
import type { Degraded } from "./decision.ts";
import { shownValue } from "./effects.ts";

/** How far the value of a feature is to be trusted, as answers tell it. */
export interface FeatureQuality {
  /** The part of the window that was seen, 0 to 1, never rounded up. */
  readonly coverage: number;
  /** Since when all events were counted, RFC 3339; null where nothing of the window was seen. */
  readonly since: string | null;
  readonly approx: boolean;
  readonly late: boolean;
  readonly evicted: boolean;
}

/** By feature; those that are whole are left out. */
export type Qualities = Readonly<Record<string, FeatureQuality>>;

const COVERAGE_DIGITS = 10_000;

/** Null for a value that leaves nothing to be wished for. */
export function qualityOf(quality: Quality, { over, delay }: WindowPlan["features"][number], at: number): FeatureQuality | null {
  const { coverage, approx, late, evicted } = quality;
  if (isSeen(quality) && !approx) return null;
  const since = coverage === 0 ? null : printTimestamp(Math.round(at - delay - coverage * over));
  return { coverage: Math.floor(coverage * COVERAGE_DIGITS) / COVERAGE_DIGITS, since, approx, late, evicted };
}

/** In words: `since 2026-06-15T10:03:00Z, 40 % of the window`. */
export function qualityText({ coverage, since, approx, late, evicted }: FeatureQuality): string {
  const parts = [
    ...(coverage === 1 ? [] : since === null ? ["nothing of the window was seen"] : [`since ${since}, ${Math.floor(coverage * 100)} % of the window`]),
    ...(approx ? ["approximate"] : []),
    ...(late ? ["the event came too late"] : []),
    ...(evicted ? ["events were evicted"] : []),
  ];
  return parts.join(", ");
}

/** What an event saw: its program's windows, and its time. */
export interface Sight {
  readonly run: Run;
  readonly plan: WindowPlan;
  readonly at: number;
}

export function qualitiesOf(refs: readonly FeatureRef[], { run, plan, at }: Sight): Qualities {
  const found: Record<string, FeatureQuality> = {};
  for (const { name, feature } of refs) {
    const quality = qualityOf(run.quality(feature), plan.features[feature] as WindowPlan["features"][number], at);
    if (quality !== null) found[name] = quality;
  }
  return found;
}

/** Where the log tells the quality of the features that a decision read, beside their values: no feature has this name. */
export const QUALITY_KEY = "@quality";

/** The features that were read while an event was decided, for the log: their values stand in its frame. */
export function featuresRead({ features }: EventProgram, frame: Frame, { run, plan, at }: Sight): string | null {
  let values = "";
  let qualities = "";
  for (const { name, feature, slot, type, secret } of features) {
    const value = frame[slot];
    if (value === undefined) continue;
    // Names of the language need no escapes.
    values += `${values === "" ? "" : ","}"${name}":${valueText(value, type, secret)}`;
    const quality = qualityOf(run.quality(feature), plan.features[feature] as WindowPlan["features"][number], at);
    if (quality !== null) qualities += `${qualities === "" ? "" : ","}"${name}":${JSON.stringify(quality)}`;
  }
  if (values === "") return null;
  return qualities === "" ? `{${values}}` : `{${values},"${QUALITY_KEY}":{${qualities}}}`;
}

function valueText(value: Value | Missing, type: Type, secret: boolean): string {
  if (value instanceof Missing) return "null";
  if (typeof value === "number" && type.kind === "number" && !secret && Number.isFinite(value)) return String(value);
  return JSON.stringify(shownValue(value, type, secret));
}

/**
 * Says of features that were read what no author could reckon with. That counting began a while ago or that a value is
 * approximate is no fault: `quality` tells it, and `known` asks for the first.
 */
export function doubts({ features }: EventProgram, frame: Frame, run: Run): readonly Degraded[] {
  let found: Degraded[] | null = null;
  for (const { name, feature, slot } of features) {
    if (frame[slot] === undefined) continue;
    const { late, evicted } = run.quality(feature);
    if (!late && !evicted) continue;
    const why = [...(late ? ["the event came later than it allows, so that a part of its window may be forgotten"] : []), ...(evicted ? ["events of its window may have been evicted"] : [])];
    (found ??= []).push({ ruleset: null, rule: null, row: null, part: "feature", feature: name, missing: `\`${name}\`: ${why.join("; ")}` });
  }
  return found ?? NONE;
}

/** One for all decisions. */
const NONE: readonly never[] = Object.freeze([]);
