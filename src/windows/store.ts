import { randomInt } from "node:crypto";
import type { Missing, Value } from "../types/value.ts";
import { Blend } from "./blend.ts";
import { compare } from "./compare.ts";
import type { Adoption, Comparison } from "./compare.ts";
import { Draft } from "./draft.ts";
import { feature, layout } from "./layout.ts";
import type { Feature, Measure } from "./layout.ts";
import { Log } from "./log.ts";
import { Panes } from "./panes.ts";
import { settle } from "./result.ts";
import type { Rows } from "./rows.ts";
import { Records } from "./records.ts";
import { Restorer } from "./restore.ts";
import { ALL_ROWS } from "./shared.ts";
import type { Counts, Shared } from "./shared.ts";
import { SnapshotError } from "./pieces.ts";
import { Slabs } from "./slabs.ts";
import { Snapshotting } from "./snapshot.ts";
import type { HeaderFacts, Snapshot } from "./snapshot.ts";
import { logId } from "./spec.ts";
import type { EntityKey, Frame, LogAccess, LogId, LogSpec, Quality, WindowPlan, WindowSpec } from "./spec.ts";
import { EXACT_EVENTS } from "./spill.ts";
import { Values } from "./values.ts";
import { Window } from "./window.ts";

export interface WindowStats extends Counts {
  /** Entities over all logs; one that stands in two logs counts twice. */
  readonly entities: number;
  /** Events held one by one over all logs. */
  readonly events: number;
  /** Bytes taken from the system, and those of them in use. */
  readonly bytes: number;
  readonly live: number;
  /** Bytes that it may take. */
  readonly budget: number;
  /** Values that were told from panes, so that they are approximate. */
  readonly approx: number;
}

/** One log: the features over one event by the same keys. */
export interface LogStats {
  readonly event: string;
  readonly by: readonly string[];
  readonly entities: number;
}

export interface WindowOptions {
  /** Bytes that the state may take; 512 MB unless given. */
  readonly budget?: number;
  /** Entities that a log may have. */
  readonly maxKeys?: number;
  /** Entities of all rules together whose held conditions are kept, and as many cooldowns; a million unless given. */
  readonly maxStates?: number;
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

/** 120 MB of held conditions when full, and less of cooldowns. */
export const DEFAULT_MAX_STATES = 1_000_000;

/** Part of the budget that blocks in use may take; the rest is room between them. */
const LIVE_SHARE = 0.9;
/** Looks at the budget for one at the sizes of the hash tables. */
const TABLES_A_LOOK = 16;
/** Below this part in use, memory is not given up to win room between blocks. */
const SPREAD_SHARE = 0.5;
/** Entities evicted before one event: more than one event brings. */
export const EVICTED_AT_ONCE = 16;

/** Entities of logs that are no longer used that are freed before one event. */
const FREED_AT_ONCE = 4;
/** Entities freed between two looks at the clock. */
const FREED_AT_A_TIME = 32;

/** Numbers of snapshots begin anew after this; marks have 32 bits. */
const MOST_SNAPSHOTS = 2 ** 32 - 1;

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
  readonly #options: WindowOptions;
  #shared: Shared;
  readonly #budget: number;
  readonly #whole: boolean;
  readonly #window: Window;
  readonly #blend = new Blend();
  /** For rules: what has held, what cools down. */
  #records: readonly [Records, Records];
  #plan: WindowPlan | null = null;
  #logs: ReadonlyMap<LogId, Log> = new Map();
  /** Logs that nobody reads any more, while their memory is being given back. */
  #retired: Log[] = [];
  #draft: Draft | null = null;
  #snapshots = 0;
  /** While a snapshot is taken up. */
  #restorer: Restorer | null = null;
  #incomplete: readonly LogId[] = [];
  /** All logs that take memory. */
  #all: readonly Log[] = [];
  #features: readonly Held[] = [];
  #access: ReadonlyMap<string, readonly Access[]> = new Map();
  #serial = 0;
  /** What the hash tables leave of the budget, as it was counted last, and how often it was asked for. */
  #room = 0;
  #counted = 0;
  #at = 0;
  #approx = 0;

  constructor(options: WindowOptions = {}) {
    this.#options = options;
    this.#budget = options.budget ?? DEFAULT_BUDGET;
    this.#whole = options.whole ?? false;
    this.#window = new Window(options.scanned);
    this.#shared = share(options);
    this.#records = recordsOf(this.#shared, options);
  }

  /** What adopting a plan would do. */
  compare(plan: WindowPlan): Comparison {
    return compare(this.#plan, plan);
  }

  /**
   * Begins logs of a plan beside the live ones, with nothing in them, for `adopt` to take. One at a time: a draft that is
   * no longer wanted is to be discarded before the next.
   */
  draft(plan: WindowPlan, logs: readonly LogId[]): Draft {
    if (this.#draft !== null) throw new RangeError("there is a draft already");
    const counts = nothingCounted();
    const wanted = new Set(logs);
    const opened = plan.logs.map((spec) => (wanted.has(logId(spec)) ? this.#open(spec, plan, undefined, counts) : null));
    const draft = new Draft(plan, opened, counts, {
      makeRoom: () => this.#makeRoom(),
      shared: this.#shared,
      discard: () => {
        if (this.#draft !== draft) return;
        this.#draft = null;
        this.#retire(draft.logs.values());
      },
    });
    this.#draft = draft;
    this.#list();
    return draft;
  }

  /**
   * Switches to the windows of another program. Features of equal identity keep their state and go on as if nothing
   * had happened; others start empty and count what arrives from now on; what is no longer used is dropped. Logs of a
   * draft for this plan take the place of those there are, with all their features. The event that arrived last can no
   * longer be read. What is dropped gives its memory back bit by bit, with every event and by `sweep`.
   */
  adopt(plan: WindowPlan, draft?: Draft): Adoption {
    if (this.#restorer !== null) throw unfinished();
    if (draft !== undefined && (draft !== this.#draft || draft.plan !== plan)) throw new RangeError("the draft is not of this plan");
    const { kept, started, dropped } = this.compare(plan);
    const before = this.#logs;
    const features: Held[] = [];
    const logs = plan.logs.map((spec) => {
      const log = this.#open(spec, plan, draft?.logs.get(logId(spec)) ?? before.get(logId(spec)), this.#shared.counts);
      this.#place(spec, plan, log, features);
      return log;
    });
    this.#plan = plan;
    this.#logs = new Map(logs.map((log) => [log.id, log]));
    this.#features = features;
    this.#access = new Map(
      [...plan.access].map(([event, list]) => [event, list.map((access) => ({ ...access, log: logs[access.log] as Log }))]),
    );
    if (draft !== undefined) {
      this.#draft = null;
      for (const log of draft.logs.values()) log.counts = this.#shared.counts;
    }
    this.#retire([...before.values()].filter((log) => this.#logs.get(log.id) !== log));
    this.#shared.arrival++;
    return { kept, started, dropped };
  }

  /** Room for what rules know of entities from event to event: since when a condition has held, … */
  get held(): Records {
    return this.#records[0];
  }

  /** … and when a cooldown began. */
  get cooled(): Records {
    return this.#records[1];
  }

  /** The seed of the hash. A store whose snapshots a draft is to take must have the same. */
  get seed(): number {
    return this.#shared.seed;
  }

  /**
   * Begins to write down the state as it is now, between two events; all of it unless logs are named. Events, evictions
   * and other plans may follow while its pieces are taken, which must all be taken, or `close` be called. One at a time.
   */
  snapshot(logs?: readonly LogId[]): Snapshot {
    const shared = this.#shared;
    if (shared.keeper !== null) throw new RangeError("there is a snapshot already");
    if (this.#restorer !== null) throw unfinished();
    const wanted = [...this.#logs.values()].filter((log) => logs === undefined || logs.includes(log.id));
    for (const log of wanted) log.settle();
    this.#snapshots = (this.#snapshots % MOST_SNAPSHOTS) + 1;
    const snapshot = new Snapshotting(this.#snapshots, shared, wanted, logs === undefined ? this.#records : [], () => {
      shared.keeper = null;
    });
    shared.keeper = snapshot;
    return snapshot;
  }

  /**
   * Takes up the next piece of a snapshot, before any event and after `adopt`: definitions that the plan has not are left
   * out. Whether it was the last. A `SnapshotError` where it is not what was written; then nothing is left of those before.
   */
  restore(piece: Uint8Array): boolean {
    if (this.#restorer === null) {
      if (this.stats.entities + this.held.size + this.cooled.size > 0 || this.#draft !== null) throw new RangeError("only an empty store can take up a snapshot");
      this.#restorer = new Restorer(this.#shared, (id) => this.#logs.get(id), this.#records, () => this.#makeRoom(), (header) => this.#begin(header));
    }
    try {
      if (!this.#restorer.read(piece)) return false;
    } catch (error) {
      this.forget();
      throw error;
    }
    const restorer = this.#restorer;
    this.#restorer = null;
    this.#incomplete = [...this.#logs.values()].filter((log) => !restorer.isComplete(log)).map((log) => log.id);
    return true;
  }

  /** Logs with features that the snapshot taken up last did not have. */
  incomplete(): readonly LogId[] {
    return this.#incomplete;
  }

  /** Begins anew with nothing, under the same plan: the way out where pieces of a snapshot are not to be had. */
  forget(): void {
    this.#restorer = null;
    this.#incomplete = [];
    this.#shared = share(this.#options);
    this.#records = recordsOf(this.#shared, this.#options);
    this.#logs = new Map();
    this.#retired = [];
    this.#draft = null;
    if (this.#plan !== null) this.adopt(this.#plan);
  }

  /** Gives back memory of logs that are no longer used, for about so many milliseconds; whether there is more. */
  sweep(budgetMs: number): boolean {
    const end = performance.now() + budgetMs;
    while (this.#free(FREED_AT_A_TIME)) if (performance.now() >= end) return true;
    return false;
  }

  /**
   * Takes up an event: finds each of its entities once and, with `fold`, records it in the logs that it is the source
   * of, except where a part of the key is missing. Without `fold` the event is only asked about: it is recorded nowhere
   * and is in no window, its own included. `at` is its event time in milliseconds.
   */
  arrive(event: string, frame: Frame, at: number, fold: boolean): void {
    const shared = this.#shared;
    if (this.#restorer !== null) throw unfinished();
    shared.arrival++;
    this.#at = at;
    const list = this.#access.get(event);
    if (list === undefined) return;
    if (this.#retired.length > 0) this.#free(FREED_AT_ONCE);
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
      current.index = ALL_ROWS;
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
    const limit = held.feature.measure.spec.excludingCurrent ? current.index : ALL_ROWS;
    return this.#value(held, rows, this.#at, limit, true);
  }

  /** The value of a feature for an entity key at a time, without an event: nothing is excluded, nothing is recorded. */
  inspect(feature: number, entity: EntityKey, at: number): Value | Missing {
    const held = this.#held(feature);
    const rows = held.log.find(entity, false);
    return rows === null ? nothing(held, at) : this.#value(held, rows, at, ALL_ROWS, false);
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
    return { entities, events, ...counts, bytes: slabs.bytes + tables, live: slabs.live + tables, budget: this.#budget, approx: this.#approx };
  }

  get logs(): readonly LogStats[] {
    return (this.#plan?.logs ?? []).map((spec) => ({ event: spec.source, by: spec.keys, entities: this.#logs.get(logId(spec))?.table.size ?? 0 }));
  }

  /** Bytes of the hash tables. */
  get #tables(): number {
    let bytes = this.#shared.values.bytes + this.held.bytes + this.cooled.bytes;
    for (const log of this.#all) bytes += log.table.bytes;
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
        this.#approx++;
        return this.#blend.value(feature, rows, window, panes, lower, upper);
      }
    }
    if (window.count === 0 && log.wholeSince(rows.entity) >= upper) return unseen(feature, log, upper);
    return settle(feature, rows, window);
  }

  #quality(log: Log, measure: Measure, rows: Rows | null, at: number, late: boolean): Quality {
    const { over, delay } = measure.spec;
    const upper = at - delay;
    const { panes } = this.#shared;
    const start = upper - over;
    const lower = rows === null ? start : oldestSeen(measure, rows, upper);
    const whole = rows === null ? Math.max(log.evictedUntil, log.floor) : log.wholeSince(rows.entity);
    const begun = this.#whole ? -Infinity : (log.since.get(measure.serial) ?? Infinity);
    const since = Math.max(lower, whole, begun);
    return {
      coverage: Math.min(1, Math.max(0, (upper - since) / over)),
      approx: rows !== null && panes.load(rows, measure) && panes.horizon > lower,
      late: late || Math.min(whole, log.floor) > start,
      evicted: Math.min(whole, log.evictedUntil) > start,
    };
  }

  /** What a snapshot says of the store as a whole. */
  #begin({ seed, arrival, counts, codes }: HeaderFacts): void {
    const shared = this.#shared;
    for (const each of [shared.values, ...this.#records, ...this.#all.map((log) => log.table)]) if (!each.reseed(seed)) throw new SnapshotError("snapshot_seed", "a store that is in use cannot take another seed");
    shared.seed = seed;
    shared.arrival = arrival;
    Object.assign(shared.counts, counts);
    for (const code of codes) shared.values.currency(code);
  }

  #list(): void {
    this.#counted = 0;
    this.#all = [...this.#logs.values(), ...this.#retired, ...(this.#draft?.logs.values() ?? [])];
  }

  #retire(logs: Iterable<Log>): void {
    for (const log of logs) if (log.table.size > 0) this.#retired.push(log);
    this.#list();
  }

  /** Frees entities that nobody can read; whether there are more. */
  #free(count: number): boolean {
    const [log] = this.#retired;
    if (log === undefined) return false;
    if (!log.release(count)) {
      this.#retired.shift();
      this.#list();
    }
    return this.#retired.length > 0;
  }

  /** Evicts what was met least recently, over all logs, until the budget is kept; what is not live goes first. */
  #makeRoom(): void {
    const { slabs } = this.#shared;
    // Tables grow by a few bytes an event.
    if (this.#counted++ % TABLES_A_LOOK === 0) this.#room = this.#budget - this.#tables;
    const room = this.#room;
    for (let count = 0; count < EVICTED_AT_ONCE; count++) {
      if (slabs.live <= room * LIVE_SHARE && (slabs.bytes <= room || slabs.live <= room * SPREAD_SHARE)) return;
      if (this.#retired.length > 0) this.#free(1);
      else if (!evictFrom(this.#draft?.logs.values() ?? [], NO_RECORDS) && !evictFrom(this.#logs.values(), this.#records)) return;
    }
  }

  /** The log for a spec, the one there was if it goes on with anything. */
  #open(spec: LogSpec, plan: WindowPlan, previous: Log | undefined, counts: Counts): Log {
    const serials = new Map(previous?.layout.measures.map((measure) => [measure.spec.identity, measure.serial]));
    const wanted = spec.features.map((number) => plan.features[number] as WindowSpec);
    const distinct = [...new Map(wanted.map((each) => [each.identity, each])).values()];
    const next = layout(distinct, distinct.map((each) => serials.get(each.identity) ?? ++this.#serial));
    const survives = previous !== undefined && distinct.some((each) => serials.has(each.identity));
    const log = survives ? previous : new Log(logId(spec), this.#shared, counts);
    log.configure(next);
    return log;
  }

  /** Puts the features of a log where the plan numbers them. */
  #place(spec: LogSpec, plan: WindowPlan, log: Log, features: Held[]): void {
    const byIdentity = new Map(log.layout.measures.map((measure) => [measure.spec.identity, measure]));
    for (const number of spec.features) {
      const { name, identity } = plan.features[number] as WindowSpec;
      features[number] = { log, feature: feature(name, byIdentity.get(identity) as Measure) };
    }
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
  const upper = at - feature.measure.spec.delay;
  return Math.max(log.evictedUntil, log.floor) >= upper ? unseen(feature, log, upper) : feature.empty;
}

/** The value where nothing of the window is known any more. */
function unseen({ evicted, tooLate }: Feature, log: Log, upper: number): Missing {
  return log.evictedUntil >= upper ? evicted : tooLate;
}

/** Events at or before this time are outside of the window that ends at `upper`. */
function oldestSeen({ spec, keep }: Measure, rows: Rows, upper: number): number {
  return Math.max(upper - spec.over, rows.newest - keep);
}

/** Evicts the entity or record that was met least recently; false where there is none. */
function evictFrom(logs: Iterable<Log>, records: readonly Records[]): boolean {
  let victim = 0;
  let owner: Log | Records | null = null;
  let longest = -1;
  for (const log of logs) {
    const entity = log.sample();
    if (entity !== 0 && log.idle(entity) > longest) [victim, owner, longest] = [entity, log, log.idle(entity)];
  }
  for (const each of records) if (each.idle > longest) [owner, longest] = [each, each.idle];
  owner?.evict(victim);
  return owner !== null;
}

const NO_RECORDS: readonly Records[] = [];

/** Numbers of what is known of a condition, and of a cooldown. */
const HELD_WORDS = 4;
const COOLED_WORDS = 1;

function recordsOf(shared: Shared, { maxStates = DEFAULT_MAX_STATES }: WindowOptions): readonly [Records, Records] {
  return [new Records(shared, HELD_WORDS, maxStates), new Records(shared, COOLED_WORDS, maxStates)];
}

function share({ maxKeys = DEFAULT_MAX_KEYS, exact = EXACT_EVENTS, exactDistinct, seed = randomInt(2 ** 32) }: WindowOptions): Shared {
  const slabs = new Slabs();
  return {
    slabs, exact, maxKeys, seed,
    values: new Values(slabs, seed),
    panes: new Panes(slabs, exactDistinct),
    counts: nothingCounted(),
    arrival: 0,
    keeper: null,
  };
}

function unfinished(): SnapshotError {
  return new SnapshotError("snapshot_unfinished", "not all pieces of a snapshot were taken up");
}

function nothingCounted(): Counts {
  return { late: 0, tooLate: 0, dropped: 0, expired: 0, evicted: 0 };
}
