import type { Missing, Value } from "../types/value.ts";
import { Log } from "./log.ts";
import type { Lateness } from "./log.ts";
import { feature, layout } from "./measure.ts";
import type { EntityKey, Frame, LogAccess, LogSpec, WindowPlan, WindowSpec } from "./spec.ts";
import type { Feature, Measure } from "./state.ts";
import { peek, read } from "./window.ts";

/** What became of the features at a change of program, by name. */
export interface Adoption {
  /** Features of the new plan that go on with the state of a feature of equal identity. */
  readonly kept: readonly string[];
  /** Features of the new plan that begin with no events. */
  readonly started: readonly string[];
  /** Features of the old plan whose state is given up. */
  readonly dropped: readonly string[];
}

export interface WindowStats {
  /** Entities over all logs; one that stands in two logs counts twice. */
  readonly entities: number;
  /** Events held over all logs. */
  readonly events: number;
  /** Recordings since the start that came after a newer event of their entity. */
  readonly late: number;
  /** Events not recorded in a log since the start, being older than what it keeps. */
  readonly tooLate: number;
}

interface Held {
  readonly feature: Feature;
  readonly log: Log;
}

interface Access {
  readonly log: Log;
  readonly entity: LogAccess["entity"];
  readonly records: boolean;
}

/**
 * The state behind features, exact and in memory. The window of an event at time t holds the events of its entity in
 * (t - delay - over, t - delay] that have arrived so far, the event itself among them unless the feature excludes it.
 * Events of equal time stand in order of arrival; a late event is put where it belongs and is seen by every later read.
 *
 * An entity is exact for events that come late by no more than the longest reach of the feature and a day; beyond that
 * a read sees only what is kept (see `kept`). An entity is let go of once the times of its log have moved past it by as
 * much. Synchronous throughout: an event is taken up and its features are read before the next one arrives.
 */
export class WindowStore {
  readonly #lateness: Lateness = { late: 0, tooLate: 0 };
  #logs: ReadonlyMap<string, Log> = new Map();
  #features: readonly Held[] = [];
  #access: ReadonlyMap<string, readonly Access[]> = new Map();
  #serial = 0;
  #arrival = 0;
  #at = 0;

  /**
   * Switches to the windows of another program. Features of equal identity keep their state and go on as if nothing
   * had happened; others start empty and count what arrives from now on; what is no longer used is dropped. The event
   * that arrived last can no longer be read.
   */
  adopt(plan: WindowPlan): Adoption {
    const old = this.#features;
    const features: Held[] = [];
    const logs = plan.logs.map((spec) => this.#open(spec, plan, features));
    this.#logs = new Map(plan.logs.map((spec, index) => [logId(spec), logs[index] as Log]));
    this.#features = features;
    this.#access = new Map(
      [...plan.access].map(([event, list]) => [event, list.map((access) => ({ ...access, log: logs[access.log] as Log }))]),
    );
    this.#arrival++;
    const before = new Set(old.map(serial));
    const after = new Set(features.map(serial));
    return {
      kept: features.filter((held) => before.has(serial(held))).map(name),
      started: features.filter((held) => !before.has(serial(held))).map(name),
      dropped: old.filter((held) => !after.has(serial(held))).map(name),
    };
  }

  /**
   * Takes up an event: finds each of its entities once and, with `fold`, records it in the logs that it is the source
   * of, except where a part of the key is missing. Without `fold` the event is only asked about: it is recorded nowhere
   * and is in no window, its own included. `at` is its event time in milliseconds.
   */
  arrive(event: string, frame: Frame, at: number, fold: boolean): void {
    this.#arrival++;
    this.#at = at;
    const list = this.#access.get(event);
    if (list === undefined) return;
    for (const access of list) {
      const { log } = access;
      const { current } = log;
      const key = access.entity(frame);
      current.arrival = this.#arrival;
      if (key !== undefined && fold && access.records) {
        log.record(key, frame, at);
        continue;
      }
      current.entity = key === undefined ? undefined : log.find(key);
      current.position = Infinity;
    }
  }

  /** The value of a feature for the event that arrived last; any number of times, in any order. */
  read(feature: number): Value | Missing {
    const held = this.#held(feature);
    const { current } = held.log;
    const entity = current.arrival === this.#arrival ? current.entity : undefined;
    if (entity === undefined) return held.feature.keyMissing;
    if (entity === null) return held.feature.empty;
    // The current event is the newest of its time and those before, so what comes before it is all but itself.
    const limit = held.feature.measure.spec.excludingCurrent ? current.position : Infinity;
    return read(held.feature, entity, this.#at, limit);
  }

  /** The value of a feature for an entity key at a time, without an event: nothing is excluded, nothing is recorded. */
  inspect(feature: number, entity: EntityKey, at: number): Value | Missing {
    const held = this.#held(feature);
    const found = held.log.find(entity);
    return found === null ? held.feature.empty : peek(held.feature, found, at, Infinity);
  }

  get stats(): WindowStats {
    let entities = 0;
    let events = 0;
    for (const log of this.#logs.values()) {
      entities += log.entities;
      events += log.events;
    }
    return { entities, events, ...this.#lateness };
  }

  /** The log for a spec, the one there is if it goes on with anything; puts its features where the plan numbers them. */
  #open(spec: LogSpec, plan: WindowPlan, features: Held[]): Log {
    const previous = this.#logs.get(logId(spec));
    const serials = new Map(previous?.layout.measures.map((measure) => [measure.spec.identity, measure.serial]));
    const wanted = spec.features.map((number) => plan.features[number] as WindowSpec);
    const distinct = [...new Map(wanted.map((each) => [each.identity, each])).values()];
    const next = layout(distinct, distinct.map((each) => serials.get(each.identity) ?? ++this.#serial));
    const survives = previous !== undefined && distinct.some((each) => serials.has(each.identity));
    const log = survives ? previous : new Log(this.#lateness);
    log.configure(next);
    const byIdentity = new Map(next.measures.map((measure) => [measure.spec.identity, measure]));
    for (const number of spec.features) {
      const { name, identity } = plan.features[number] as WindowSpec;
      features[number] = { log, feature: feature(name, byIdentity.get(identity) as Measure) };
    }
    return log;
  }

  #held(number: number): Held {
    const held = this.#features[number];
    if (held === undefined) throw new RangeError(`feature number ${number} is not in the plan`);
    return held;
  }
}

function logId({ source, keys }: LogSpec): string {
  return JSON.stringify([source, ...keys]);
}

function serial({ feature }: Held): number {
  return feature.measure.serial;
}

function name({ feature }: Held): string {
  return feature.name;
}
