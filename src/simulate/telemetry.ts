import type { Scenario, Simulated } from "./event.ts";
import { type Fault, faults } from "./faults.ts";
import { machines, type Machine, type Sample, sample } from "./machines.ts";
import { Quota } from "./quota.ts";
import { random, type Random } from "./random.ts";
import { HOUR, MINUTE } from "./rhythm.ts";

/** Time before the first fault, so that machines have a habit to be told from. */
const QUIET = HOUR;
/** Share of readings that are lost on the way. */
const LOST = 0.005;
/** Share of a day's readings that faults are planned ahead. */
const HORIZON = 0.04;

/** Sensor readings without end: each machine once a minute, at its own offset within the minute. */
export function* telemetry(scenario: Scenario): Generator<Simulated> {
  const honest = random(scenario.seed, "telemetry");
  const mishap = random(scenario.seed, "faults");
  const all = machines(random(scenario.seed, "machines"), scenario.events);
  const quota = new Quota(scenario.fraud, scenario.events * HORIZON);
  const step = MINUTE / all.length;
  let running: Fault[] = [];
  let started = 0;
  for (let minute = scenario.start; ; minute += MINUTE) {
    running = running.filter((fault) => fault.until > minute);
    let owed = running.reduce((sum, fault) => sum + fault.owed(minute), 0);
    while (minute >= scenario.start + QUIET && quota.due(owed)) {
      const fault = next(mishap, all, running, started, minute);
      if (fault === null) break;
      started++;
      running.push(fault);
      owed += fault.owed(minute);
    }
    const byMachine = befallen(running);
    for (const [i, machine] of all.entries()) {
      const at = minute + Math.floor(i * step);
      const state = sample(honest, machine, at);
      for (const fault of byMachine.get(machine.id) ?? []) if (at < fault.until) fault.touches(machine, state, at);
      if (honest.chance(LOST)) continue;
      quota.count(1, state.pattern === null ? 0 : 1);
      yield { type: "reading", at, event: written(machine, state, at) };
    }
  }
}

/** The next fault in turn, at a machine whose site has none; null when every site has. */
function next(chance: Random, all: readonly Machine[], running: readonly Fault[], started: number, now: number): Fault | null {
  const busy = new Set(running.flatMap((fault) => [...fault.machines]));
  const ill = new Set(all.filter((machine) => busy.has(machine.id)).map((machine) => machine.site));
  const free = all.filter((machine) => !ill.has(machine.site));
  if (free.length === 0) return null;
  return (faults[started % faults.length] as (typeof faults)[number])(chance, chance.pick(free), all, now);
}

function befallen(running: readonly Fault[]): ReadonlyMap<string, readonly Fault[]> {
  const found = new Map<string, Fault[]>();
  for (const fault of running) {
    for (const id of fault.machines) found.set(id, [...(found.get(id) ?? []), fault]);
  }
  return found;
}

function written(machine: Machine, state: Sample, at: number): Simulated["event"] {
  return {
    at: new Date(at).toISOString(),
    device: machine.id,
    site: machine.site,
    temperature: rounded(state.temperature, 10),
    vibration: rounded(state.vibration, 100),
    ...(state.rpm === null ? {} : { rpm: Math.round(state.rpm) }),
    anomaly: state.pattern !== null,
    ...(state.pattern === null ? {} : { pattern: state.pattern }),
  };
}

function rounded(x: number, parts: number): number {
  return Math.round(x * parts) / parts;
}
