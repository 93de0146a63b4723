/** Exponents by base dimension, such as `{ length: 1, time: -1 }`; dimensions with exponent 0 are left out. */
export type Dimensions = Readonly<Record<string, number>>;

/**
 * A unit of measure. A value x in this unit is x · scale + offset in the base units of its dimensions.
 *
 * The offset is not 0 only for scales whose zero is a convention, `degC` and `degF`: their values are points, of which
 * two have a difference but no sum. The difference counts in `delta degC`, a unit of its own without offset.
 */
export interface Unit {
  /** As types are written: `degC`, `mm/s`, `delta degC`. */
  readonly text: string;
  readonly dimensions: Dimensions;
  readonly scale: number;
  readonly offset: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Units that make a number literal a duration, in milliseconds. `m` is minutes. */
const DURATION_UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", SECOND_MS],
  ["m", MINUTE_MS],
  ["min", MINUTE_MS],
  ["h", HOUR_MS],
  ["d", DAY_MS],
  ["w", 7 * DAY_MS],
]);

/** Milliseconds in one of a duration unit, or undefined when `unit` is none. */
export function durationUnit(unit: string): number | undefined {
  return DURATION_UNITS.get(unit);
}

const TEMPERATURE = { temperature: 1 };
const LENGTH = { length: 1 };
const TIME = { time: 1 };
const MASS = { mass: 1 };
const PRESSURE = { mass: 1, length: -1, time: -2 };
const POWER = { mass: 1, length: 2, time: -3 };
const ENERGY = { mass: 1, length: 2, time: -2 };
const DATA = { data: 1 };
const PERCENT = { percent: 1 };

/** Dimensions, scale to the base unit (SI; bytes for data) and offset of every simple unit. */
const SIMPLE: ReadonlyMap<string, readonly [Dimensions, number, number?]> = new Map<
  string,
  readonly [Dimensions, number, number?]
>([
  ["%", [PERCENT, 1]],
  ["ppm", [{ ppm: 1 }, 1]],
  ["ms", [TIME, 0.001]],
  ["s", [TIME, 1]],
  ["min", [TIME, 60]],
  ["h", [TIME, 3_600]],
  ["d", [TIME, 86_400]],
  ["w", [TIME, 604_800]],
  ["um", [LENGTH, 1e-6]],
  ["mm", [LENGTH, 0.001]],
  ["cm", [LENGTH, 0.01]],
  ["metre", [LENGTH, 1]],
  ["km", [LENGTH, 1_000]],
  ["ft", [LENGTH, 0.3048]],
  ["mi", [LENGTH, 1_609.344]],
  ["mph", [{ length: 1, time: -1 }, 0.44704]],
  ["kn", [{ length: 1, time: -1 }, 1_852 / 3_600]],
  ["g", [MASS, 0.001]],
  ["kg", [MASS, 1]],
  ["t", [MASS, 1_000]],
  ["K", [TEMPERATURE, 1]],
  ["degC", [TEMPERATURE, 1, 273.15]],
  ["degF", [TEMPERATURE, 5 / 9, 459.67 * (5 / 9)]],
  ["rpm", [{ rotation: 1, time: -1 }, 1 / 60]],
  ["Hz", [{ time: -1 }, 1]],
  ["kHz", [{ time: -1 }, 1_000]],
  ["Pa", [PRESSURE, 1]],
  ["hPa", [PRESSURE, 100]],
  ["kPa", [PRESSURE, 1_000]],
  ["MPa", [PRESSURE, 1e6]],
  ["bar", [PRESSURE, 1e5]],
  ["mbar", [PRESSURE, 100]],
  ["psi", [PRESSURE, 6_894.757293168]],
  ["W", [POWER, 1]],
  ["kW", [POWER, 1_000]],
  ["MW", [POWER, 1e6]],
  ["J", [ENERGY, 1]],
  ["Wh", [ENERGY, 3_600]],
  ["kWh", [ENERGY, 3.6e6]],
  ["A", [{ current: 1 }, 1]],
  ["mA", [{ current: 1 }, 0.001]],
  ["V", [{ mass: 1, length: 2, time: -3, current: -1 }, 1]],
  ["mV", [{ mass: 1, length: 2, time: -3, current: -1 }, 0.001]],
  ["l", [{ length: 3 }, 0.001]],
  ["ml", [{ length: 3 }, 1e-6]],
  ["N", [{ mass: 1, length: 1, time: -2 }, 1]],
  ["dB", [{ level: 1 }, 1]],
  ["lx", [{ illuminance: 1 }, 1]],
  ["deg", [{ angle: 1 }, 1]],
  ["B", [DATA, 1]],
  ["kB", [DATA, 1e3]],
  ["MB", [DATA, 1e6]],
  ["GB", [DATA, 1e9]],
]);

/** Names that an unknown unit may have meant. */
export const UNIT_NAMES: readonly string[] = [...new Set([...SIMPLE.keys(), ...DURATION_UNITS.keys()])];

function simpleUnit(text: string, inQuotient: boolean): Unit | undefined {
  // Alone, `m` is minutes as in durations; in a quotient such as `m/s` only metres make sense.
  const entry = SIMPLE.get(inQuotient && text === "m" ? "metre" : text);
  if (entry === undefined) return undefined;
  return { text, dimensions: entry[0], scale: entry[1], offset: inQuotient ? 0 : (entry[2] ?? 0) };
}

const DELTA = "delta ";

/**
 * Reads a unit as types are written, `mm/s` or `kW*h`; undefined when a part is unknown. `delta` stands before a
 * temperature only: no other unit has a zero of its own.
 */
export function parseUnit(text: string): Unit | undefined {
  if (text.startsWith(DELTA)) {
    const unit = simpleUnit(text.slice(DELTA.length), false);
    return unit !== undefined && unit.dimensions === TEMPERATURE ? deltaOf(unit) : undefined;
  }
  if (SIMPLE.has(text)) return simpleUnit(text, false);
  const pieces = text.split(/([*/])/);
  if (pieces.length < 3) return undefined;
  let unit = simpleUnit(pieces[0] ?? "", true);
  for (let i = 1; i < pieces.length && unit !== undefined; i += 2) {
    const next: Unit | undefined = simpleUnit(pieces[i + 1] ?? "", true);
    unit = next === undefined ? undefined : combine(unit, next, pieces[i] === "*" ? 1 : -1);
  }
  return unit === undefined ? undefined : { ...unit, text };
}

/** Whether values of the unit are points on a scale: two of them have a difference, but no sum and no multiples. */
export function isPoint(unit: Unit | null): unit is Unit {
  return unit !== null && unit.offset !== 0;
}

export function isDelta(unit: Unit | null): unit is Unit {
  return unit !== null && unit.text.startsWith(DELTA);
}

/** What differences of values in the unit count in: another unit for points, the same for all others. */
export function deltaOf(unit: Unit): Unit {
  return isPoint(unit) ? { ...unit, text: DELTA + unit.text, offset: 0 } : unit;
}

/** The unit behind a literal or a printed number: a difference of 15 `delta degC` is written `15degC`. */
export function suffix(unit: Unit): string {
  return unit.text.startsWith(DELTA) ? unit.text.slice(DELTA.length) : unit.text;
}

/**
 * Product (sign 1) or quotient (sign -1) of two units without offset; a simple unit where there is one: kW by h is kWh,
 * metres a second by seconds are metres.
 */
export function combine(left: Unit, right: Unit, sign: 1 | -1): Unit {
  const dimensions: Record<string, number> = { ...left.dimensions };
  for (const [name, exponent] of Object.entries(right.dimensions)) {
    const sum = (dimensions[name] ?? 0) + sign * exponent;
    if (sum === 0) delete dimensions[name];
    else dimensions[name] = sum;
  }
  const scale = sign === 1 ? left.scale * right.scale : left.scale / right.scale;
  const unit: Unit = { text: join(suffix(left), suffix(right), sign), dimensions, scale, offset: 0 };
  for (const [text, [simple, itsScale, offset]] of SIMPLE) {
    const known: Unit = { text, dimensions: simple, scale: itsScale, offset: offset ?? 0 };
    if (sameUnit(known, unit)) return known;
  }
  return unit;
}

/** Units are read from left to right without brackets, so dividing by a quotient turns its operators round. */
function join(left: string, right: string, sign: 1 | -1): string {
  if (sign === 1) return `${left}*${right}`;
  return `${left}/${right.replaceAll(/[*/]/g, (operator) => (operator === "*" ? "/" : "*"))}`;
}

export const ONE: Unit = { text: "1", dimensions: {}, scale: 1, offset: 0 };
/** The unit that durations count in when they enter a quotient such as `distance / duration`. */
export const SECOND: Unit = { text: "s", dimensions: TIME, scale: 1, offset: 0 };

export function isDimensionless(unit: Unit): boolean {
  return Object.keys(unit.dimensions).length === 0;
}

export function isPercent(unit: Unit | null): boolean {
  return unit !== null && unit.text === "%";
}

/** Whether values in one unit can be converted to the other. */
export function sameDimensions(a: Unit, b: Unit): boolean {
  const names = Object.keys(a.dimensions);
  return (
    names.length === Object.keys(b.dimensions).length && names.every((name) => a.dimensions[name] === b.dimensions[name])
  );
}

/** Whether two units are one: equal dimensions, scale and offset, whatever their spelling. A kelvin is a `delta degC`. */
export function sameUnit(a: Unit | null, b: Unit | null): boolean {
  if (a === null || b === null) return a === b;
  return sameDimensions(a, b) && a.offset === b.offset && Math.abs(a.scale - b.scale) <= SCALE_NOISE * b.scale;
}

/** What factors such as 1,000 / 3,600 · 3,600 are off by, relative to the scale; no two units of one kind are so close. */
const SCALE_NOISE = 1e-12;

/** The linear map `value · factor + shift` that takes a value in `from` to one in `to`. */
export function conversion(from: Unit, to: Unit): { readonly factor: number; readonly shift: number } {
  return { factor: from.scale / to.scale, shift: (from.offset - to.offset) / to.scale };
}

/** A converted literal, without the noise of binary fractions: `5s` as `5000ms`. */
export function convertLiteral(value: number, from: Unit, to: Unit): number {
  const { factor, shift } = conversion(from, to);
  return Number((value * factor + shift).toPrecision(12));
}
