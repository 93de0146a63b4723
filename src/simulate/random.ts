/*
 * Chance that is the same on every machine. Only operations whose every bit IEEE 754 and ECMAScript fix are used: no
 * Math.log, exp or sin, whose last digit an engine may choose.
 */

/** A source of chance; equal seeds give equal sequences for ever. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** Mean 0, deviation 1, never beyond ±6. */
  normal(): number;
  /** e to the power of a normal number with this mean and deviation. */
  logNormal(mean: number, deviation: number): number;
  /** How often something happens that happens `mean` times on average; made for small means. */
  poisson(mean: number): number;
}

/** Rounds after which a seed is well mixed, as PractRand does it for this generator. */
const WARM_UP = 15;

/** A source for a seed and a label: sources of one seed and several labels are independent of each other. */
export function random(seed: string, label: string): Random {
  const text = `${label}\n${seed}`;
  const bits = sfc32(hash(text, 0x811c9dc5), hash(text, 0x9e3779b9), hash(text, 0x243f6a88), 1);
  for (let i = 0; i < WARM_UP; i++) bits();
  const next = (): number => bits() / 4_294_967_296;
  const normal = (): number => {
    // Irwin and Hall: twelve uniform numbers have variance 1 together, and adding is exact enough everywhere.
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  };
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] as (typeof list)[number],
    normal,
    logNormal: (mean, deviation) => exp(mean + deviation * normal()),
    poisson: (mean) => {
      // Knuth: multiply uniform numbers until they fall below e^-mean.
      const limit = exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
  };
}

/** Chris Doty-Humphrey's Small Fast Counting generator, 32 bits (PractRand, public domain). */
function sfc32(seedA: number, seedB: number, seedC: number, seedCounter: number): () => number {
  let [a, b, c, counter] = [seedA | 0, seedB | 0, seedC | 0, seedCounter | 0];
  return () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
}

/** FNV-1a over UTF-16 units from a given basis. */
function hash(text: string, basis: number): number {
  let value = basis;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}

const LN2 = 0.6931471805599453;
/** Terms of the series; on ±0.35 the rest is below the last bit. */
const TERMS = 16;

/** e^x by the series on what is left after whole powers of two; for |x| up to some hundreds. */
export function exp(x: number): number {
  const power = Math.round(x / LN2);
  const rest = x - power * LN2;
  let sum = 1;
  for (let n = TERMS; n > 0; n--) sum = 1 + (rest * sum) / n;
  const factor = power < 0 ? 0.5 : 2;
  for (let i = Math.abs(power); i > 0; i--) sum *= factor;
  return sum;
}
