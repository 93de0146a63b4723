/** Exponents by base dimension, such as `{ length: 1, time: -1 }`; dimensions with exponent 0 are left out. */
export type Dimensions = Readonly<Record<string, number>>;

/**
 * A unit of measure. A value x in this unit is x · scale + offset in the base units of its dimensions
 * (offset is not 0 only for affine temperatures).
 */
export interface Unit {
  /** As authors write it: `degC`, `mm/s`. */
  readonly text: string;
  readonly dimensions: Dimensions;
  readonly scale: number;
  readonly offset: number;
}
