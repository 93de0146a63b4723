/** The middle of the values, and how far they lie apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The value that this share of all does not exceed, between two of them in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** `a` by `b`, round by round: what both met in a round, such as other work on the machine, falls out. */
export function ratiosOf(a: readonly number[], b: readonly number[]): readonly number[] {
  return Array.from({ length: Math.min(a.length, b.length) }, (_, i) => (a[i] as number) / (b[i] as number));
}

export function ratioOf(a: readonly number[], b: readonly number[]): Spread {
  return spreadOf(ratiosOf(a, b));
}
