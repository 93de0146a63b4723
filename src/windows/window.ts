import type { Missing, Value } from "../types/value.ts";
import { accumulator } from "./accumulator.ts";
import { CURSOR } from "./entity.ts";
import type { Entity } from "./entity.ts";
import type { Accumulator, Feature, Measure } from "./state.ts";

const SECOND_MS = 1_000;

/**
 * The value of a feature for an entity at an event time. Events from position `limit` on are left out. Reads in time
 * order cost the events that came and went since the last one; others cost the window.
 */
export function read(feature: Feature, entity: Entity, at: number, limit: number): Value | Missing {
  const { measure } = feature;
  const upper = at - measure.spec.delay;
  const lower = oldestSeen(measure, entity, upper);
  const { cursors, base, numbers } = entity;
  const { stride } = entity.layout;
  const cursor = measure.place * CURSOR;
  const from = (cursors[cursor] as number) - base;
  // This takes in `DIRTY` and windows that began before what is kept.
  if (from < 0) rebuild(measure, entity, lower, upper, limit);
  else {
    const to = (cursors[cursor + 1] as number) - base;
    const ahead = (to > 0 && (numbers[(to - 1) * stride] as number) > upper) || (from > 0 && (numbers[(from - 1) * stride] as number) > lower);
    if (ahead) return peek(feature, entity, at, limit);
    advance(measure, entity, lower, upper, limit);
  }
  const count = cursors[cursor + 2] as number;
  const fold = foldOf(measure, entity);
  return settle(feature, entity, fold, cursors[cursor] as number, cursors[cursor + 1] as number, count);
}

/** As `read`, by folding the window from the log; leaves the cursor where it is. */
export function peek(feature: Feature, entity: Entity, at: number, limit: number): Value | Missing {
  const { measure } = feature;
  const upper = at - measure.spec.delay;
  const to = Math.min(entity.base + entity.firstAfter(upper), limit);
  const from = Math.min(entity.base + entity.firstAfter(oldestSeen(measure, entity, upper)), to);
  const count = enter(measure.scratch, measure, entity, from, to);
  const value = settle(feature, entity, measure.scratch, from, to, count);
  measure.scratch?.clear();
  return value;
}

/** Goes to the memory of the entity only where there is a fold at all. */
function foldOf(measure: Measure, entity: Entity): Accumulator | null {
  return measure.scratch === null ? null : (entity.folds[measure.place] as Accumulator);
}

/** Events at or before this time are outside of the window that ends at `upper`. */
function oldestSeen({ spec, keep }: Measure, entity: Entity, upper: number): number {
  return Math.max(upper - spec.over, entity.newest - keep);
}

function settle(feature: Feature, entity: Entity, fold: Accumulator | null, from: number, to: number, count: number): Value | Missing {
  if (count === 0) return feature.empty;
  if (fold !== null) return fold.result(feature, entity, from, to, count);
  const { aggregate, over } = feature.measure.spec;
  if (aggregate === "exists") return true;
  return aggregate === "rate" ? count / (over / SECOND_MS) : count;
}

function rebuild(measure: Measure, entity: Entity, lower: number, upper: number, limit: number): void {
  const to = Math.min(entity.base + entity.firstAfter(upper), limit);
  const from = Math.min(entity.base + entity.firstAfter(lower), to);
  const fold = (entity.folds[measure.place] ??= accumulator(measure.spec));
  fold?.clear();
  const cursor = measure.place * CURSOR;
  entity.cursors[cursor] = from;
  entity.cursors[cursor + 1] = to;
  entity.cursors[cursor + 2] = enter(fold, measure, entity, from, to);
}

function advance(measure: Measure, entity: Entity, lower: number, upper: number, limit: number): void {
  const { cursors, base, numbers } = entity;
  const { stride } = entity.layout;
  const cursor = measure.place * CURSOR;
  const fold = foldOf(measure, entity);
  const end = Math.min(entity.size, limit - base);
  const to = cursors[cursor + 1] as number;
  let index = to - base;
  while (index < end && (numbers[index * stride] as number) <= upper) index++;
  const last = index;
  if (last + base > to) {
    cursors[cursor + 1] = last + base;
    cursors[cursor + 2] = (cursors[cursor + 2] as number) + enter(fold, measure, entity, to, last + base);
  }
  const from = cursors[cursor] as number;
  index = from - base;
  while (index < last && (numbers[index * stride] as number) <= lower) index++;
  if (index + base === from) return;
  const count = (cursors[cursor + 2] as number) - leave(fold, measure, entity, from, index + base);
  cursors[cursor] = index + base;
  cursors[cursor + 2] = count;
  // A fresh start rids a fold of what it could not take back exactly.
  if (count === 0) fold?.clear();
}

/** Adds the events that count among these positions, and gives their number. */
function enter(fold: Accumulator | null, measure: Measure, entity: Entity, from: number, to: number): number {
  const { numbers, base } = entity;
  const { stride } = entity.layout;
  const { mask, bit } = measure;
  let count = 0;
  for (let position = from; position < to; position++) {
    if (((numbers[(position - base) * stride + mask] as number) & bit) === 0) continue;
    count++;
    if (fold !== null) fold.add(measure, entity, position);
  }
  return count;
}

/** Removes the events that count among these positions, and gives their number. */
function leave(fold: Accumulator | null, measure: Measure, entity: Entity, from: number, to: number): number {
  const { numbers, base } = entity;
  const { stride } = entity.layout;
  const { mask, bit } = measure;
  let count = 0;
  for (let position = from; position < to; position++) {
    if (((numbers[(position - base) * stride + mask] as number) & bit) === 0) continue;
    count++;
    if (fold !== null) fold.remove(measure, entity, position);
  }
  return count;
}
