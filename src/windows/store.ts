import { randomInt } from "node:crypto";
import type { Missing, Value } from "../types/value.ts";
import { Blend } from "./blend.ts";
import { feature, layout } from "./layout.ts";
import type { Feature, Measure } from "./layout.ts";
import { Log } from "./log.ts";
import { Panes } from "./panes.ts";
import { settle } from "./result.ts";
import type { Rows } from "./rows.ts";
import type { Counts, Shared } from "./shared.ts";
import { Slabs } from "./slabs.ts";
import type { EntityKey, Frame, LogAccess, LogSpec, Quality, WindowPlan, WindowSpec } from "./spec.ts";
import { EXACT_EVENTS } from "./spill.ts";
import { Values } from "./values.ts";
import { Window } from "./window.ts";

/** What became of the features at a change of program, by name. */
export interface Adoption {
  /** Features of the new plan that go on with the state of a feature of equal identity. */
  readonly kept: readonly string[];
  /** Features of the new plan that begin with no events. */
  readonly started: readonly string[];
  /** Features of the old plan whose state is given up. */
  readonly dropped: readonly string[];
}

export interface WindowStats extends Counts {
  /** Entities over all logs; one that stands in two logs counts twice. */
  readonly entities: number;
  /** Events held one by one over all logs. */
  readonly events: number;
  /** Bytes taken from the system, and those of them in use. */
  readonly bytes: number;
  readonly live: number;
}

export interface WindowOptions {
  /** Bytes that the state may take; 512 MB unless given. */
  readonly budget?: number;
  /** Entities that a log may have. */
  readonly maxKeys?: number;
  /** Events of a key and window that are kept one by one; 256 unless given. */
  readonly exact?: number;
  /** Values that `distinct` tells exactly where events are not kept one by one. */
  readonly exactDistinct?: number;
  /** Events up to which an entity has no cursors; 24 unless given. */
  readonly scanned?: number;
  /** Whether nothing was there to be counted before the first event, so that windows are whole from it on, as in a test. */
  readonly whole?: boolean;
  /** Of the hash; drawn by chance unless given. */
  readonly seed?: number;
}

/** Some five million entities with a few events each. */
export const DEFAULT_BUDGET = 512 * 2 ** 20;
/** More entities would not leave the budget room for their events. */
export const DEFAULT_MAX_KEYS = 50_000_000;

/** Part of the budget that blocks in use may take; the rest is room between them. */
const LIVE_SHARE = 0.9;
/** Below this part in use, memory is not given up to win room between blocks. */
const SPREAD_SHARE = 0.5;
/** Entities evicted before one event: more than one event brings. */
export const EVICTED_AT_ONCE = 16;

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
 * The state behind features, in memory that the collector does not see. The window of an event at time t holds the events
 * of its entity in (t - delay - over, t - delay] that have arrived so far, the event itself among them unless the feature
 * excludes it. Events of equal time stand in order of arrival; a late event is put where it belongs and is seen by every
 * later read.
 *
 * Values are exact while no more than `exact` events of the entity count for the feature within what is kept; beyond
 * that the older ones are in panes (see `Blend`). An event that comes late by no more than the feature allows finds its
 * whole window; beyond that only what is kept (see `kept`), which `quality` says. An entity is let go of once the times of
 * its log have moved past it by as much, and the ones met least recently go when the budget is used up. Synchronous
 * throughout: an event is taken up and its features are read before the next one arrives.
 */
export class WindowStore {
  readonly #shared: Shared;
  readonly #budget: number;
  readonly #whole: boolean;
  readonly #window: Window;
  readonly #blend = new Blend();
  #logs: ReadonlyMap<string, Log> = new Map();
  #features: readonly Held[] = [];
  #access: ReadonlyMap<string, readonly Access[]> = new Map();
  #serial = 0;
  #at = 0;

  constructor(options: WindowOptions = {}) {
    const { budget = DEFAULT_BUDGET, maxKeys = DEFAULT_MAX_KEYS, exact = EXACT_EVENTS, exactDistinct, scanned, whole = false, seed = randomInt(2 ** 32) } = options;
    const slabs = new Slabs();
    this.#budget = budget;
    this.#whole = whole;
    this.#window = new Window(scanned);
    this.#shared = {
      slabs, exact, maxKeys, seed,
      values: new Values(slabs, seed),
      panes: new Panes(slabs, exactDistinct),
      counts: { late: 0, tooLate: 0, dropped: 0, expired: 0, evicted: 0, approx: 0 },
      arrival: 0,
    };
  }

  /**
   * Switches to the windows of another program. Features of equal identity keep their state and go on as if nothing
   * had happened; others start empty and count what arrives from now on; what is no longer used is dropped. The event
   * that arrived last can no longer be read.
   */
  adopt(plan: WindowPlan): Adoption {
    const old = this.#features;
    const features: Held[] = [];
    const logs = plan.logs.map((spec) => this.#open(spec, plan, features));
    const before = this.#logs;
    this.#logs = new Map(logs.map((log) => [log.id, log]));
    for (const log of before.values()) if (this.#logs.get(log.id) !== log) log.clear();
    this.#features = features;
    this.#access = new Map(
      [...plan.access].map(([event, list]) => [event, list.map((access) => ({ ...access, log: logs[access.log] as Log }))]),
    );
    this.#shared.arrival++;
    const kept = new Set(old.map(serial));
    const after = new Set(features.map(serial));
    return {
      kept: features.filter((held) => kept.has(serial(held))).map(name),
      started: features.filter((held) => !kept.has(serial(held))).map(name),
      dropped: old.filter((held) => !after.has(serial(held))).map(name),
    };
  }

  /**
   * Takes up an event: finds each of its entities once and, with `fold`, records it in the logs that it is the source
   * of, except where a part of the key is missing. Without `fold` the event is only asked about: it is recorded nowhere
   * and is in no window, its own included. `at` is its event time in milliseconds.
   */
  arrive(event: string, frame: Frame, at: number, fold: boolean): void {
    const shared = this.#shared;
    shared.arrival++;
    this.#at = at;
    const list = this.#access.get(event);
    if (list === undefined) return;
    if (fold) this.#makeRoom();
    for (const { log, entity, records } of list) {
      const { current } = log;
      const key = entity(frame);
      current.arrival = shared.arrival;
      if (key !== undefined && fold && records) {
        log.record(key, frame, at);
        continue;
      }
      current.entity = key === undefined ? undefined : log.find(key, true);
      current.index = Infinity;
      current.behind = 0;
    }
  }

  /** The value of a feature for the event that arrived last; any number of times, in any order. */
  read(feature: number): Value | Missing {
    const held = this.#held(feature);
    const { current } = held.log;
    const rows = current.arrival === this.#shared.arrival ? current.entity : undefined;
    if (rows === undefined) return held.feature.keyMissing;
    if (rows === null) return nothing(held, this.#at);
    // The current event is the newest of its time and those before, so what comes before it is all but itself.
    const limit = held.feature.measure.spec.excludingCurrent ? current.index : Infinity;
    return this.#value(held, rows, this.#at, limit, true);
  }

  /** The value of a feature for an entity key at a time, without an event: nothing is excluded, nothing is recorded. */
  inspect(feature: number, entity: EntityKey, at: number): Value | Missing {
    const held = this.#held(feature);
    const rows = held.log.find(entity, false);
    return rows === null ? nothing(held, at) : this.#value(held, rows, at, Infinity, false);
  }

  /** How far the value of a feature for the event that arrived last is to be trusted. */
  quality(feature: number): Quality {
    const { log, feature: { measure } } = this.#held(feature);
    const { current } = log;
    const rows = current.arrival === this.#shared.arrival ? current.entity : undefined;
    const late = current.behind > measure.lateness;
    return rows === undefined ? NOTHING_KNOWN : this.#quality(log, measure, rows, this.#at, late);
  }

  /** … of its value for an entity key at a time. */
  qualityOf(feature: number, entity: EntityKey, at: number): Quality {
    const { log, feature: { measure } } = this.#held(feature);
    return this.#quality(log, measure, log.find(entity, false), at, false);
  }

  get stats(): WindowStats {
    const { slabs, counts } = this.#shared;
    const tables = this.#tables;
    let entities = 0;
    let events = 0;
    for (const log of this.#logs.values()) {
      entities += log.table.size;
      events += log.events;
    }
    return { entities, events, ...counts, bytes: slabs.bytes + tables, live: slabs.live + tables };
  }

  /** Bytes of the hash tables. */
  get #tables(): number {
    let bytes = this.#shared.values.bytes;
    for (const log of this.#logs.values()) bytes += log.table.bytes;
    return bytes;
  }

  #value({ feature, log }: Held, rows: Rows, at: number, limit: number, moves: boolean): Value | Missing {
    const { measure } = feature;
    const upper = at - measure.spec.delay;
    const lower = oldestSeen(measure, rows, upper);
    if (lower >= upper) return feature.tooLate;
    const window = this.#window;
    if (moves) window.open(rows, measure, lower, upper, limit);
    else window.scan(rows, measure, lower, upper, limit);
    if (rows.spill !== 0) {
      const { panes } = this.#shared;
      if (panes.load(rows, measure) && panes.horizon > lower) {
        this.#shared.counts.approx++;
        return this.#blend.value(feature, rows, window, panes, lower, upper);
      }
    }
    if (window.count === 0 && log.wholeSince(rows.entity) >= upper) return feature.evicted;
    return settle(feature, rows, window);
  }

  #quality(log: Log, measure: Measure, rows: Rows | null, at: number, late: boolean): Quality {
    const { over, delay } = measure.spec;
    const upper = at - delay;
    const { panes } = this.#shared;
    const start = upper - over;
    const lower = rows === null ? start : oldestSeen(measure, rows, upper);
    const whole = rows === null ? log.evictedUntil : log.wholeSince(rows.entity);
    const begun = this.#whole ? -Infinity : (log.since.get(measure.serial) ?? Infinity);
    const since = Math.max(lower, whole, begun);
    return {
      coverage: Math.min(1, Math.max(0, (upper - since) / over)),
      approx: rows !== null && panes.load(rows, measure) && panes.horizon > lower,
      late,
      evicted: whole > start,
    };
  }

  /** Evicts what was met least recently, over all logs, until the budget is kept. */
  #makeRoom(): void {
    const { slabs } = this.#shared;
    const room = this.#budget - this.#tables;
    for (let count = 0; count < EVICTED_AT_ONCE; count++) {
      if (slabs.live <= room * LIVE_SHARE && (slabs.bytes <= room || slabs.live <= room * SPREAD_SHARE)) return;
      let victim = 0;
      let owner: Log | null = null;
      for (const log of this.#logs.values()) {
        const entity = log.sample();
        if (entity === 0 || (owner !== null && owner.idle(victim) >= log.idle(entity))) continue;
        [victim, owner] = [entity, log];
      }
      if (owner === null) return;
      owner.evict(victim);
    }
  }

  /** The log for a spec, the one there is if it goes on with anything; puts its features where the plan numbers them. */
  #open(spec: LogSpec, plan: WindowPlan, features: Held[]): Log {
    const previous = this.#logs.get(logId(spec));
    const serials = new Map(previous?.layout.measures.map((measure) => [measure.spec.identity, measure.serial]));
    const wanted = spec.features.map((number) => plan.features[number] as WindowSpec);
    const distinct = [...new Map(wanted.map((each) => [each.identity, each])).values()];
    const next = layout(distinct, distinct.map((each) => serials.get(each.identity) ?? ++this.#serial));
    const survives = previous !== undefined && distinct.some((each) => serials.has(each.identity));
    const log = survives ? previous : new Log(logId(spec), this.#shared);
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

const NOTHING_KNOWN: Quality = { coverage: 0, approx: false, late: false, evicted: false };

/** The value for an entity of which nothing is kept. */
function nothing({ feature, log }: Held, at: number): Value | Missing {
  return log.evictedUntil >= at - feature.measure.spec.delay ? feature.evicted : feature.empty;
}

/** Events at or before this time are outside of the window that ends at `upper`. */
function oldestSeen({ spec, keep }: Measure, rows: Rows, upper: number): number {
  return Math.max(upper - spec.over, rows.newest - keep);
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
