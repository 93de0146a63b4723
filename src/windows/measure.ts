import type { Value } from "../types/value.ts";
import { Missing } from "../types/value.ts";
import { accumulator } from "./accumulator.ts";
import type { WindowSpec } from "./spec.ts";
import type { Feature, Layout, Measure } from "./state.ts";

/**
 * An entity keeps events this many times the reach (over + delay) behind its newest one, so that an event late by as
 * much as the reach still finds all of its own window …
 */
export const KEPT_REACHES = 2;

/** … and this many milliseconds more: clocks set wrong by a time zone, queues that stood still over night. */
export const KEPT_SLACK = 86_400_000;

/** Measures to a mask: the bits of a small integer, which V8 keeps without boxing. */
export const MASK_BITS = 31;

/** Milliseconds that a spec looks back, and so is kept, from the newest event of an entity. */
export function kept(spec: WindowSpec): number {
  return KEPT_REACHES * (spec.over + spec.delay) + KEPT_SLACK;
}

/** Which mask holds the marks of the measure at this place. */
export function maskOf(place: number): number {
  return Math.floor(place / MASK_BITS);
}

export function bitOf(place: number): number {
  return 1 << (place % MASK_BITS);
}

/** The measures of a log in the order given; `serials` has one for each spec. */
export function measures(specs: readonly WindowSpec[], serials: readonly number[]): Measure[] {
  let width = 0;
  return specs.map((spec, place) => ({
    spec,
    serial: serials[place] as number,
    place,
    mask: maskOf(place),
    bit: bitOf(place),
    column: stores(spec) ? width++ : -1,
    filler: spec.domain === "number" ? 0 : null,
    keep: kept(spec),
    scratch: accumulator(spec),
  }));
}

export function layout(list: readonly Measure[]): Layout {
  const columns = list.map((measure) => measure.column);
  return {
    serials: list.map((measure) => measure.serial),
    columns,
    width: columns.filter((column) => column >= 0).length,
    masks: Math.ceil(list.length / MASK_BITS),
  };
}

export function feature(name: string, measure: Measure): Feature {
  return {
    name,
    measure,
    empty: empty(name, measure.spec),
    keyMissing: new Missing(`key of ${name} is missing`),
    mixed: new Missing(`mixed currencies in ${name}`),
  };
}

function stores(spec: WindowSpec): boolean {
  return spec.value !== null && spec.aggregate !== "count" && spec.aggregate !== "exists";
}

function empty(name: string, { aggregate, domain }: WindowSpec): Value | Missing {
  if (aggregate === "count" || aggregate === "distinct") return 0;
  if (aggregate === "exists") return false;
  if (aggregate === "sum") return domain === "money" ? Object.freeze({ minor: 0, currency: "" }) : 0;
  return new Missing(`empty window ${name}`);
}
