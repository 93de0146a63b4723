import { Missing } from "../types/value.ts";
import type { Value } from "../types/value.ts";
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

/** Measures to a mask: the bits of an integer that bit operators take without a sign. */
export const MASK_BITS = 31;

/** Milliseconds that are kept behind the newest event of an entity. */
export function kept(spec: WindowSpec): number {
  return KEPT_REACHES * (spec.over + spec.delay) + KEPT_SLACK;
}

/** The layout for these specs, in the order given; `serials` has one for each. */
export function layout(specs: readonly WindowSpec[], serials: readonly number[]): Layout {
  const masks = Math.ceil(specs.length / MASK_BITS);
  let stride = 1 + masks;
  let width = 0;
  const measures = specs.map((spec, place): Measure => {
    const number = folds(spec) && numeric(spec);
    const cell = folds(spec) && (!number || spec.domain === "money");
    return {
      spec,
      serial: serials[place] as number,
      place,
      mask: 1 + Math.floor(place / MASK_BITS),
      bit: 1 << (place % MASK_BITS),
      number: number ? stride++ : -1,
      cell: cell ? width++ : -1,
      keep: kept(spec),
      scratch: accumulator(spec),
    };
  });
  return { measures, stride, masks, width };
}

export function feature(name: string, measure: Measure): Feature {
  return {
    name,
    measure,
    empty: empty(name, measure.spec),
    keyMissing: new Missing(`key of ${name} is missing`),
    mixed: new Missing(`mixed currencies in ${name}`),
    few: new Missing(`fewer than two values in ${name}`),
    still: new Missing(`no time between the values in ${name}`),
  };
}

function folds({ value, aggregate }: WindowSpec): boolean {
  return value !== null && aggregate !== "count" && aggregate !== "exists";
}

/** Whether a number of the row holds what is folded; `last` and `first` of money keep the amount as it is. */
function numeric({ aggregate, domain }: WindowSpec): boolean {
  if (aggregate === "distinct") return false;
  return domain === "number" || (domain === "money" && aggregate !== "last" && aggregate !== "first");
}

function empty(name: string, { aggregate, domain, value }: WindowSpec): Value | Missing {
  if (aggregate === "count" || aggregate === "distinct" || (aggregate === "rate" && value === null)) return 0;
  if (aggregate === "exists") return false;
  if (aggregate === "sum") return domain === "money" ? Object.freeze({ minor: 0, currency: "" }) : 0;
  return new Missing(`empty window ${name}`);
}
