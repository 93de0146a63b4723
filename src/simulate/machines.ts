import type { Random } from "./random.ts";
import { HOUR } from "./rhythm.ts";

/** A machine with its normal state. */
export interface Machine {
  readonly id: string;
  readonly site: string;
  /** Temperature without load, in degrees Celsius. */
  readonly temperature: number;
  /** Usual vibration in mm/s. */
  readonly vibration: number;
  /** Usual speed, or null without a sensor. */
  readonly rpm: number | null;
  /** Slow wander of the temperature around its normal state. */
  wander: number;
}

/** What the sensors of a machine say, before rounding; faults change it. */
export interface Sample {
  temperature: number;
  vibration: number;
  rpm: number | null;
  pattern: string | null;
}

/** Readings of one machine in a stream of the wanted size: one a minute for a day. */
const READINGS = 1_440;
const SITE_SIZE = 4;

/** Machines that give about `events` readings in a day. */
export function machines(chance: Random, events: number): readonly Machine[] {
  const size = Math.max(2 * SITE_SIZE, Math.round(events / READINGS));
  return Array.from({ length: size }, (_, i) => ({
    id: `m-${i + 1}`,
    site: `site-${Math.floor(i / SITE_SIZE) + 1}`,
    temperature: chance.between(45, 62),
    vibration: chance.between(1, 3),
    rpm: chance.chance(0.8) ? chance.pick([980, 1_480, 2_960]) : null,
    wander: 0,
  }));
}

/** Load by hour of the day, 0 to 1; between the hours it is interpolated. */
const LOAD: readonly number[] = [0.2, 0.1, 0.1, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1, 1, 0.9, 0.8, 0.9, 1, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
/** Degrees between no load and full load. */
const LOAD_HEAT = 6;

function load(at: number): number {
  const hours = (at / HOUR) % 24;
  const low = Math.floor(hours);
  const here = LOAD[low] ?? 0;
  return here + (hours - low) * ((LOAD[(low + 1) % 24] ?? 0) - here);
}

/** A reading of a machine that is well. */
export function sample(chance: Random, machine: Machine, at: number): Sample {
  machine.wander = 0.95 * machine.wander + 0.15 * chance.normal();
  return {
    temperature: machine.temperature + LOAD_HEAT * load(at) + machine.wander + 0.3 * chance.normal(),
    vibration: Math.max(0.3, machine.vibration * (1 + 0.06 * chance.normal())),
    rpm: machine.rpm === null ? null : machine.rpm * (1 + 0.002 * chance.normal()),
    pattern: null,
  };
}
