import type { Machine, Sample } from "./machines.ts";
import type { Random } from "./random.ts";
import { HOUR, MINUTE } from "./rhythm.ts";

/** Something wrong with one machine or a site, from `from` until `until`. */
export interface Fault {
  readonly from: number;
  readonly until: number;
  /** The machines it befalls. */
  readonly machines: ReadonlySet<string>;
  /** Labelled readings still to come; at most one a minute and machine. */
  owed(now: number): number;
  touches(machine: Machine, sample: Sample, at: number): void;
}

export type Start = (chance: Random, machine: Machine, all: readonly Machine[], now: number) => Fault;

function fault(machines: readonly Machine[], from: number, length: number, touches: Fault["touches"]): Fault {
  const until = from + length;
  return {
    from,
    until,
    machines: new Set(machines.map((each) => each.id)),
    owed: (now) => machines.length * Math.max(0, Math.ceil((until - Math.max(now, from)) / MINUTE)),
    touches,
  };
}

/** For 2 to 3 hours the temperature creeps up by 8 to 10 degrees an hour. */
const drift: Start = (chance, machine, _all, now) => {
  const perHour = chance.between(8, 10);
  return fault([machine], now, chance.int(120, 180) * MINUTE, (_machine, sample, at) => {
    sample.temperature += (perHour * (at - now)) / HOUR;
    sample.pattern = "drift";
  });
};

/** One or two readings with five times the vibration and 25 degrees more. */
const spike: Start = (chance, machine, _all, now) =>
  fault([machine], now, chance.int(1, 2) * MINUTE, (_machine, sample) => {
    sample.vibration *= 5;
    sample.temperature += 25;
    sample.pattern = "spike";
  });

/** For 40 to 60 minutes every sensor but the speed says what it said first. */
const stuck: Start = (chance, machine, _all, now) => {
  let held: Pick<Sample, "temperature" | "vibration"> | null = null;
  return fault([machine], now, chance.int(40, 60) * MINUTE, (_machine, sample) => {
    held ??= { temperature: sample.temperature, vibration: sample.vibration };
    Object.assign(sample, held);
    sample.pattern = "stuck_sensor";
  });
};

/** Up by 3 degrees a minute to 92 to 122 degrees, and there until half an hour has passed. */
const overheating: Start = (chance, machine, _all, now) => {
  const top = chance.between(92, 122);
  return fault([machine], now, chance.int(25, 40) * MINUTE, (_machine, sample, at) => {
    sample.temperature = Math.min(sample.temperature + (3 * (at - now)) / MINUTE, top + chance.between(-0.5, 0.5));
    sample.pattern = "overheating";
  });
};

/** The cooling of a site fails: all of its machines warm up together to 82 to 88 degrees. */
const hotSite: Start = (chance, machine, all, now) => {
  const together = all.filter((each) => each.site === machine.site);
  return fault(together, now, chance.int(20, 30) * MINUTE, (_machine, sample, at) => {
    const top = 85 + chance.between(-3, 3);
    sample.temperature = Math.min(sample.temperature + (4 * (at - now)) / MINUTE, top);
    sample.pattern = "hot_site";
  });
};

/** In the order they are started. */
export const faults: readonly Start[] = [overheating, stuck, spike, hotSite, spike, drift, spike];
