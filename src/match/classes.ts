/*
 * Sets of classes, and what a test comes to in every class of a column: true, false or missing, with the operators of
 * the language over them.
 */

/** Truth in an order in which `and` is the lesser and `or` the greater. */
export const FALSE = 0;
export const MISSING = 1;
export const TRUE = 2;
export type Truth = typeof FALSE | typeof MISSING | typeof TRUE;

/** A set of classes, counted from the first one that a value of the column's own kind has. */
export interface ClassSet {
  /** Whether class 0 belongs to it. */
  readonly first: boolean;
  /** The classes, ascending, from which on it is the other way round. */
  readonly turns: readonly number[];
}

/** What a test comes to: values of the column's own kind answer true or false, the others as is said for them. */
export interface Truths {
  readonly set: ClassSet;
  readonly absent: Truth;
  readonly foreign: Truth;
  readonly nan: Truth;
}

export const NO_CLASS: ClassSet = { first: false, turns: [] };

/** The classes from `from` up to and without `to`. */
export function span(from: number, to: number = Number.POSITIVE_INFINITY): ClassSet {
  const turns = [from, to].filter((at) => at > 0 && at !== Number.POSITIVE_INFINITY);
  return { first: from <= 0 && to > 0, turns };
}

/** The classes with these numbers. */
export function only(classes: Iterable<number>): ClassSet {
  const sorted = [...new Set(classes)].sort((a, b) => a - b);
  const turns: number[] = [];
  for (const each of sorted) {
    if (turns.at(-1) === each) turns.pop();
    else turns.push(each);
    turns.push(each + 1);
  }
  return turns[0] === 0 ? { first: true, turns: turns.slice(1) } : { first: false, turns };
}

function combine(a: ClassSet, b: ClassSet, join: (a: boolean, b: boolean) => boolean): ClassSet {
  let [inA, inB, i, j] = [a.first, b.first, 0, 0];
  const first = join(inA, inB);
  const turns: number[] = [];
  let now = first;
  while (i < a.turns.length || j < b.turns.length) {
    const at = Math.min(a.turns[i] ?? Number.POSITIVE_INFINITY, b.turns[j] ?? Number.POSITIVE_INFINITY);
    if (a.turns[i] === at) {
      inA = !inA;
      i++;
    }
    if (b.turns[j] === at) {
      inB = !inB;
      j++;
    }
    if (join(inA, inB) === now) continue;
    now = !now;
    turns.push(at);
  }
  return { first, turns };
}

function opposite(truth: Truth): Truth {
  return (TRUE - truth) as Truth;
}

function least(a: Truth, b: Truth): Truth {
  return a < b ? a : b;
}

export function not({ set, absent, foreign, nan }: Truths): Truths {
  return { set: { first: !set.first, turns: set.turns }, absent: opposite(absent), foreign: opposite(foreign), nan: opposite(nan) };
}

export function both(a: Truths, b: Truths): Truths {
  return {
    set: combine(a.set, b.set, (a, b) => a && b),
    absent: least(a.absent, b.absent),
    foreign: least(a.foreign, b.foreign),
    nan: least(a.nan, b.nan),
  };
}

export function either(a: Truths, b: Truths): Truths {
  return not(both(not(a), not(b)));
}
