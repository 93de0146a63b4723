import type { Subjects } from "./subjects.ts";
import { intersect, isEmpty, isSubset, sameSet, unite, without, type ValueSet } from "./values.ts";

/*
 * A box gives some subjects a set of values each and leaves all others free; a region is a union of boxes. Where a
 * region would need too many boxes it is made larger and says that it is no longer exact: good enough to prove that
 * something cannot happen, not good enough to prove that it does.
 */

/** By number of the subject. Each set is smaller than the universe of its subject, and not empty. */
export type Box = ReadonlyMap<number, ValueSet>;

export interface Region {
  readonly boxes: readonly Box[];
  /** False when the true region may be smaller. */
  readonly exact: boolean;
}

/** Conditions that need more boxes than this are seldom written by people, and products of them grow out of hand. */
export const MAX_BOXES = 48;

/** Pieces that a box may fall into while others are taken from it. */
export const MAX_PIECES = 96;

const FREE: Box = new Map();
export const ALL: Region = { boxes: [FREE], exact: true };
export const NONE: Region = { boxes: [], exact: true };

/** The box of one constraint, or null when no value is left. */
export function constrain(subjects: Subjects, box: Box, id: number, set: ValueSet): Box | null {
  const { universe, whole } = subjects.get(id);
  const narrowed = intersect(box.get(id) ?? universe, set, whole);
  if (isEmpty(narrowed)) return null;
  const known = box.get(id);
  if (known === undefined && isSubset(universe, narrowed)) return box;
  return new Map(box).set(id, narrowed);
}

function meet(subjects: Subjects, a: Box, b: Box): Box | null {
  const [large, small] = a.size >= b.size ? [a, b] : [b, a];
  let box: Box | null = large;
  for (const [id, set] of small) {
    box = constrain(subjects, box, id, set);
    if (box === null) return null;
  }
  return box;
}

/** Where all of the regions are. */
export function product(subjects: Subjects, regions: readonly Region[]): Region {
  let boxes: readonly Box[] = [FREE];
  let exact = true;
  for (const region of regions.toSorted((a, b) => a.boxes.length - b.boxes.length)) {
    exact &&= region.exact;
    const met: Box[] = [];
    for (const a of boxes) {
      for (const b of region.boxes) {
        const box = meet(subjects, a, b);
        if (box !== null) met.push(box);
      }
    }
    const fewer = simplify(subjects, met);
    if (fewer.length <= MAX_BOXES) boxes = fewer;
    // Leaving a region out only makes the result larger.
    else exact = false;
    if (boxes.length === 0) return NONE;
  }
  return { boxes, exact };
}

/** Where any of the regions is. */
export function union(subjects: Subjects, regions: readonly Region[]): Region {
  const boxes = simplify(subjects, regions.flatMap((region) => region.boxes));
  const exact = regions.every((region) => region.exact);
  return boxes.length <= MAX_BOXES ? { boxes, exact } : { boxes: [FREE], exact: false };
}

/** Beyond this, comparing every box with every other costs more than it saves. */
const SIMPLIFY_LIMIT = 4 * MAX_BOXES;

/** Drops boxes inside others and joins those that differ in one subject. */
function simplify(subjects: Subjects, boxes: readonly Box[]): readonly Box[] {
  if (boxes.length < 2 || boxes.length > SIMPLIFY_LIMIT) return boxes;
  const kept: Box[] = [];
  for (const box of boxes) {
    let next: Box = box;
    for (let i = 0; i < kept.length; i++) {
      const joined = join(subjects, kept[i] as Box, next);
      if (joined === null) continue;
      kept.splice(i, 1);
      next = joined;
      i = -1;
    }
    kept.push(next);
  }
  return kept;
}

/** One box that is exactly both, or null when there is none. */
function join(subjects: Subjects, a: Box, b: Box): Box | null {
  if (isInside(a, b)) return b;
  if (isInside(b, a)) return a;
  if (a.size !== b.size) return null;
  let different = -1;
  for (const [id, set] of a) {
    const other = b.get(id);
    if (other === undefined) return null;
    if (sameSet(set, other)) continue;
    if (different !== -1) return null;
    different = id;
  }
  const { universe, whole } = subjects.get(different);
  const both = unite(a.get(different) as ValueSet, b.get(different) as ValueSet, whole);
  const box = new Map(a);
  if (isSubset(universe, both)) box.delete(different);
  else box.set(different, both);
  return box;
}

export function isInside(inner: Box, outer: Box): boolean {
  // A constraint is smaller than its universe, so a box that is free there sticks out.
  if (outer.size > inner.size) return false;
  for (const id of outer.keys()) if (!inner.has(id)) return false;
  for (const [id, set] of outer) if (!isSubset(inner.get(id) as ValueSet, set)) return false;
  return true;
}

/** Whether no point is in both. */
export function areApart(subjects: Subjects, a: Box, b: Box): boolean {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  for (const [id, set] of small) {
    const other = large.get(id);
    if (other !== undefined && isEmpty(intersect(set, other, subjects.get(id).whole))) return true;
  }
  return false;
}

/** What is left of boxes outside of another; null when it would fall into too many pieces. */
export function subtract(subjects: Subjects, boxes: readonly Box[], other: Box): readonly Box[] | null {
  const left: Box[] = [];
  for (const box of boxes) {
    if (areApart(subjects, box, other)) {
      left.push(box);
      continue;
    }
    let core: Box = box;
    for (const [id, set] of other) {
      const { universe, whole } = subjects.get(id);
      const mine = core.get(id) ?? universe;
      const outside = without(mine, set, whole);
      if (!isEmpty(outside)) left.push(new Map(core).set(id, outside));
      core = new Map(core).set(id, intersect(mine, set, whole));
    }
    if (left.length > MAX_PIECES) return null;
  }
  return left;
}

/** Whether every point of the first region is proven to lie in one of the boxes. False means that no proof was found. */
export function isCovered(subjects: Subjects, region: Region, by: readonly Box[]): boolean {
  let left: readonly Box[] = region.boxes.filter((box) => !by.some((other) => isInside(box, other)));
  for (const box of by) {
    if (left.length === 0) return true;
    const rest = subtract(subjects, left, box);
    // A box that shatters the rest is left out, which can only lose the proof.
    if (rest !== null) left = rest;
  }
  return left.length === 0;
}
