import { combineLines, EVERYWHERE, isWithin, NOWHERE, wholeOnly, type Line } from "./line.ts";

/*
 * Sets of the values that one subject (a field, a feature, a term) can have. A value is a tag and a number: text and enum
 * members are tags alone, an amount is its currency and minor units, a plain number has the tag `NUMBER_TAG`.
 */

export interface ValueSet {
  readonly missing: boolean;
  /** Not a number, which only computed numbers can be. */
  readonly nan: boolean;
  /** Whether the tags that are not listed are in, with every number. */
  readonly rest: boolean;
  readonly tags: ReadonlyMap<string, Line>;
}

export const NUMBER_TAG = "#";
/** Of the zero that is the sum of nothing and fits every currency. */
export const NO_CURRENCY = "";

const NO_TAGS: ReadonlyMap<string, Line> = new Map();

export const NOTHING: ValueSet = { missing: false, nan: false, rest: false, tags: NO_TAGS };
export const ANYTHING: ValueSet = { missing: true, nan: true, rest: true, tags: NO_TAGS };
export const MISSING: ValueSet = { ...NOTHING, missing: true };

export function numbers(line: Line, nan = false): ValueSet {
  return { missing: false, nan, rest: false, tags: new Map([[NUMBER_TAG, line]]) };
}

/** Values that are a tag alone, such as text. */
export function tagged(tags: Iterable<string>): ValueSet {
  return { missing: false, nan: false, rest: false, tags: new Map([...tags].map((tag) => [tag, EVERYWHERE])) };
}

export function amounts(lines: Iterable<readonly [currency: string, line: Line]>, rest = false): ValueSet {
  return { missing: false, nan: false, rest, tags: new Map(lines) };
}

function lineOf(set: ValueSet, tag: string): Line {
  return set.tags.get(tag) ?? (set.rest ? EVERYWHERE : NOWHERE);
}

function combine(a: ValueSet, b: ValueSet, keep: (inA: boolean, inB: boolean) => boolean, whole: boolean): ValueSet {
  const rest = keep(a.rest, b.rest);
  const tags = new Map<string, Line>();
  const add = (tag: string): void => {
    const line = combineLines(lineOf(a, tag), lineOf(b, tag), keep);
    tags.set(tag, whole ? wholeOnly(line) : line);
  };
  for (const tag of a.tags.keys()) add(tag);
  for (const tag of b.tags.keys()) if (!tags.has(tag)) add(tag);
  // A tag that says what the rest says needs no entry.
  for (const [tag, line] of tags) {
    if (rest ? line.length === 2 && isWithin(EVERYWHERE, line) : line.length === 0) tags.delete(tag);
  }
  return { missing: keep(a.missing, b.missing), nan: keep(a.nan, b.nan), rest, tags };
}

export function intersect(a: ValueSet, b: ValueSet, whole: boolean): ValueSet {
  return combine(a, b, (inA, inB) => inA && inB, whole);
}

export function unite(a: ValueSet, b: ValueSet, whole: boolean): ValueSet {
  return combine(a, b, (inA, inB) => inA || inB, whole);
}

/** What is in the first and not in the second. */
export function without(a: ValueSet, b: ValueSet, whole: boolean): ValueSet {
  return combine(a, b, (inA, inB) => inA && !inB, whole);
}

export function isEmpty(set: ValueSet): boolean {
  if (set.missing || set.nan || set.rest) return false;
  for (const line of set.tags.values()) if (line.length > 0) return false;
  return true;
}

export function isSubset(inner: ValueSet, outer: ValueSet): boolean {
  if ((inner.missing && !outer.missing) || (inner.nan && !outer.nan) || (inner.rest && !outer.rest)) return false;
  for (const [tag, line] of inner.tags) if (!isWithin(line, lineOf(outer, tag))) return false;
  if (inner.rest) {
    for (const [tag, line] of outer.tags) if (!inner.tags.has(tag) && !isWithin(EVERYWHERE, line)) return false;
  }
  return true;
}

export function sameSet(a: ValueSet, b: ValueSet): boolean {
  return isSubset(a, b) && isSubset(b, a);
}
