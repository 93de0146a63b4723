import type { Missing, Value } from "../types/value.ts";
import { accumulator } from "./accumulator.ts";
import { firstAfter } from "./entity.ts";
import type { Entity } from "./entity.ts";
import type { Accumulator, Feature, Measure, Window } from "./state.ts";

/**
 * The value of a feature for an entity at an event time. Events from position `limit` on are left out. Reads in time
 * order cost the events that came and went since the last one; others cost the window.
 */
export function read(feature: Feature, entity: Entity, at: number, limit: number): Value | Missing {
  const { measure } = feature;
  const upper = at - measure.spec.delay;
  const lower = oldestSeen(measure, entity, upper);
  const window = (entity.windows[measure.place] ??= create(measure));
  if (window.dirty || window.from < entity.base) rebuild(window, measure, entity, lower, upper, limit);
  else if (at < window.at) return peek(feature, entity, at, limit);
  else advance(window, measure, entity, lower, upper, limit);
  window.at = at;
  return window.fold.result(feature, entity, window.from, window.to);
}

/** As `read`, by folding the window from the log; leaves the cursor where it is. */
export function peek(feature: Feature, entity: Entity, at: number, limit: number): Value | Missing {
  const { measure } = feature;
  const upper = at - measure.spec.delay;
  const to = Math.min(entity.base + firstAfter(entity.times, upper), limit);
  const from = Math.min(entity.base + firstAfter(entity.times, oldestSeen(measure, entity, upper)), to);
  enter(measure.scratch, measure, entity, from, to);
  const value = measure.scratch.result(feature, entity, from, to);
  measure.scratch.clear();
  return value;
}

/** Events at or before this time are outside of the window that ends at `upper`. */
function oldestSeen({ spec, keep }: Measure, entity: Entity, upper: number): number {
  return Math.max(upper - spec.over, entity.newest - keep);
}

function create({ spec }: Measure): Window {
  return { from: 0, to: 0, at: 0, dirty: true, fold: accumulator(spec) };
}

function rebuild(window: Window, measure: Measure, entity: Entity, lower: number, upper: number, limit: number): void {
  window.to = Math.min(entity.base + firstAfter(entity.times, upper), limit);
  window.from = Math.min(entity.base + firstAfter(entity.times, lower), window.to);
  window.fold.clear();
  enter(window.fold, measure, entity, window.from, window.to);
  window.dirty = false;
}

function advance(window: Window, measure: Measure, entity: Entity, lower: number, upper: number, limit: number): void {
  const { times, base } = entity;
  const end = Math.min(times.length, limit - base);
  let index = window.to - base;
  while (index < end && (times[index] as number) <= upper) index++;
  if (index + base > window.to) {
    enter(window.fold, measure, entity, window.to, index + base);
    window.to = index + base;
  }
  const last = window.to - base;
  index = window.from - base;
  while (index < last && (times[index] as number) <= lower) index++;
  if (index + base > window.from) {
    leave(window.fold, measure, entity, window.from, index + base);
    window.from = index + base;
  }
}

function enter(fold: Accumulator, measure: Measure, entity: Entity, from: number, to: number): void {
  const mask = entity.masks[measure.mask] as number[];
  const column = entity.columns[measure.column];
  const { base } = entity;
  for (let index = from - base; index < to - base; index++) {
    if (((mask[index] as number) & measure.bit) === 0) continue;
    fold.add(measure.spec, column === undefined ? null : (column[index] as Value), base + index);
  }
}

function leave(fold: Accumulator, measure: Measure, entity: Entity, from: number, to: number): void {
  const mask = entity.masks[measure.mask] as number[];
  const column = entity.columns[measure.column];
  const { base } = entity;
  for (let index = from - base; index < to - base; index++) {
    if (((mask[index] as number) & measure.bit) === 0) continue;
    fold.remove(column === undefined ? null : (column[index] as Value), base + index);
  }
}
