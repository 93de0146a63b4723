/*
 * Sets of real numbers, infinities included, as sorted cuts. A cut lies just below a number (`above` false) or just above
 * it, so that open and closed ends need no flags: between the 1st and the 2nd cut the set is in, then out, and so on.
 */

interface Cut {
  readonly at: number;
  readonly above: boolean;
}

/** An even number of cuts, strictly ascending. */
export type Line = readonly Cut[];

export const NOWHERE: Line = [];
export const EVERYWHERE: Line = [
  { at: -Infinity, above: false },
  { at: Infinity, above: true },
];

/** From `low` to `high`; an open end leaves the number itself out. */
export function interval(low: number, lowOpen: boolean, high: number, highOpen: boolean): Line {
  const first = { at: low, above: lowOpen };
  const last = { at: high, above: !highOpen };
  return order(first, last) < 0 ? [first, last] : NOWHERE;
}

export function point(at: number): Line {
  return interval(at, false, at, false);
}

function order(a: Cut, b: Cut): number {
  return a.at < b.at ? -1 : a.at > b.at ? 1 : Number(a.above) - Number(b.above);
}

/** The numbers for which `keep` says so, given whether they are in each set; `keep(false, false)` must be false. */
export function combineLines(a: Line, b: Line, keep: (inA: boolean, inB: boolean) => boolean): Line {
  const cuts: Cut[] = [];
  let [i, j] = [0, 0];
  let inside = false;
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]];
    const sign = x === undefined ? 1 : y === undefined ? -1 : order(x, y);
    const cut = (sign <= 0 ? x : y) as Cut;
    if (sign <= 0) i++;
    if (sign >= 0) j++;
    // An odd number of cuts passed means inside.
    const now = keep(i % 2 === 1, j % 2 === 1);
    if (now !== inside) cuts.push(cut);
    inside = now;
  }
  return cuts;
}

export function isWithin(inner: Line, outer: Line): boolean {
  if (inner.length === 0 || inner === outer || outer === EVERYWHERE) return true;
  if (inner.length === 2 && outer.length === 2) {
    return order(outer[0] as Cut, inner[0] as Cut) <= 0 && order(inner[1] as Cut, outer[1] as Cut) <= 0;
  }
  return combineLines(inner, outer, (inInner, inOuter) => inInner && !inOuter).length === 0;
}

/** The whole numbers of a line, as closed intervals. From 2^53 on doubles are whole anyway, and a step of 1 is lost. */
export function wholeOnly(line: Line): Line {
  const cuts: Cut[] = [];
  for (let i = 0; i < line.length; i += 2) {
    const low = line[i] as Cut;
    const high = line[i + 1] as Cut;
    const from = exactStep(low.at) ? { at: low.above ? Math.floor(low.at) + 1 : Math.ceil(low.at), above: false } : low;
    const to = exactStep(high.at) ? { at: high.above ? Math.floor(high.at) : Math.ceil(high.at) - 1, above: true } : high;
    if (order(from, to) < 0) cuts.push(from, to);
  }
  return cuts;
}

function exactStep(at: number): boolean {
  return Math.abs(at) < Number.MAX_SAFE_INTEGER;
}

/** The intervals one by one, for those who print or sample them. */
export function intervals(line: Line): readonly Interval[] {
  const found: Interval[] = [];
  for (let i = 0; i < line.length; i += 2) {
    const low = line[i] as Cut;
    const high = line[i + 1] as Cut;
    found.push({ low: low.at, lowOpen: low.above, high: high.at, highOpen: !high.above });
  }
  return found;
}

export interface Interval {
  readonly low: number;
  readonly lowOpen: boolean;
  readonly high: number;
  readonly highOpen: boolean;
}

/** A number inside, as round as the ends allow; undefined for an empty line. */
export function sample(line: Line, whole: boolean): number | undefined {
  for (const each of intervals(line)) {
    const found = candidates(each, whole).find((at) => has(each, at));
    if (found !== undefined) return found;
  }
  return undefined;
}

function candidates({ low, lowOpen, high, highOpen }: Interval, whole: boolean): readonly number[] {
  if (low === -Infinity && high === Infinity) return [0];
  if (low === -Infinity) return highOpen ? [Math.ceil(high) - 1, high - 1, high * 2] : [high];
  if (high === Infinity) return lowOpen ? [Math.floor(low) + 1, low + 1, low * 2] : [low];
  const middle = low + (high - low) / 2;
  const round = [Math.floor(low) + 1, Math.ceil(high) - 1, Math.round(middle)];
  const digits = whole ? [] : [1, 2, 3, 6, 9, 12, 15].map((count) => Number(middle.toPrecision(count)));
  return [...(lowOpen ? [] : [low]), ...(highOpen ? [] : [high]), ...round, ...digits, middle];
}

function has({ low, lowOpen, high, highOpen }: Interval, at: number): boolean {
  if (!Number.isFinite(at)) return false;
  return (lowOpen ? at > low : at >= low) && (highOpen ? at < high : at <= high);
}
